#include "runtime/resource/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/resource/membership.h"
#include "runtime/resource/settle.h"

namespace basalt::ledger {
namespace {

std::string amount_text(Resource resource, std::int64_t amount) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(amount, 0));
  switch (resource) {
    case Resource::host_bytes:
      return format_bytes(value) + " of memory";
    case Resource::device_bytes:
      return format_bytes(value) + " of device memory";
    case Resource::cores:
      return fmt::format("{} {}", value, value == 1 ? "core" : "cores");
    case Resource::queue_slots:
      return fmt::format("{} {}", value, value == 1 ? "queue slot" : "queue slots");
  }
  return {};
}

std::string number_text(Resource resource, std::int64_t amount) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(amount, 0));
  const bool bytes = resource == Resource::host_bytes || resource == Resource::device_bytes;
  return bytes ? format_bytes(value) : std::to_string(value);
}

std::string name_of(const Job& job) {
  return job.name.front() == '\0' ? "a job" : std::string(from_text(job.name));
}

std::vector<std::string> holders_of(const Books& books, const Job& job, std::size_t pool) {
  std::vector<std::pair<std::int64_t, const Job*>> holding;
  for (const Job& other : books.jobs) {
    const std::int64_t held = draws_from(other, pool) ? held_of(other, books.pools[pool]) : 0;
    if (held > 0 && other.id != job.id) {
      holding.emplace_back(held, &other);
    }
  }
  std::ranges::stable_sort(holding, std::ranges::greater{}, &std::pair<std::int64_t, const Job*>::first);
  std::vector<std::string> names;
  for (const auto& [held, other] : holding) {
    const std::int64_t pid = other->member < books.members.size() ? books.members[other->member].pid : 0;
    names.push_back(fmt::format("{} (process {})", name_of(*other), pid));
  }
  return names;
}

}  // namespace

Waiting explain_wait(const Books& books, const Job& job) {
  for (std::size_t row = 0; row < books.pools.size(); ++row) {
    const Pool& pool = books.pools[row];
    const std::int64_t wanted = draws_from(job, row) ? wanted_of(job, pool) : 0;
    if (wanted == 0) {
      continue;
    }
    auto free = static_cast<std::int64_t>(std::min(pool.capacity, std::uint64_t{1} << 61));
    for (const Job& other : books.jobs) {
      free -= draws_from(other, row) ? held_of(other, pool) : 0;
    }
    if (free < wanted) {
      return {.reason = fmt::format(
                  "{} needed, {} of {} free ({})", amount_text(pool.resource, wanted), number_text(pool.resource, free),
                  number_text(pool.resource, static_cast<std::int64_t>(pool.capacity)), from_text(pool.name)),
              .holders = holders_of(books, job, row)};
    }
  }
  return {.reason = "what is free is kept for jobs that come first", .holders = {}};
}

void refuse_what_never_fits(const Books& books, const Job& job, const Demand& demand) {
  const auto refuse = [&](const std::string& problem, const std::string& advice) {
    return Error(ErrorCode::out_of_resources, fmt::format("{} {}", name_of(job), problem), advice);
  };
  const auto is_limited = [&](Resource resource, std::uint64_t heap) {
    for (std::size_t row = 0; row < books.pools.size(); ++row) {
      if (draws_from(job, row) && books.pools[row].resource == resource && books.pools[row].heap == heap) {
        return true;
      }
    }
    return false;
  };
  for (const HeapBytes& need : demand.device_bytes) {
    if (need.bytes > 0 && !is_limited(Resource::device_bytes, hash_text(need.heap))) {
      throw refuse(fmt::format("needs memory of the heap \"{}\", which this process does not have", need.heap),
                   "see the devices of this machine");
    }
  }
  if (demand.queue_slots > 0 && !is_limited(Resource::queue_slots, 0)) {
    throw refuse("needs a queue slot, and this process has no device queues", "see the devices of this machine");
  }
  for (std::size_t row = 0; row < books.pools.size(); ++row) {
    const Pool& pool = books.pools[row];
    const std::int64_t needed = held_of(job, pool) + wanted_of(job, pool);
    if (draws_from(job, row) && needed > 0 && static_cast<std::uint64_t>(needed) > pool.capacity) {
      throw refuse(
          fmt::format("needs {}, and all there is is {} ({})", amount_text(pool.resource, needed),
                      number_text(pool.resource, static_cast<std::int64_t>(pool.capacity)), from_text(pool.name)),
          "ask for less, or raise that limit");
    }
  }
}

}  // namespace basalt::ledger
