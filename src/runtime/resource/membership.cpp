#include "runtime/resource/membership.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string_view>

#include "basalt/error.h"
#include "base/hash.h"

namespace basalt::ledger {
namespace {

std::uint64_t draw_token() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device() | 1U;
}

std::uint64_t key_of(const CapacityLimit& limit, std::uint64_t token) {
  const std::uint64_t owner = limit.shared ? 0 : token;
  return mix(mix(hash_text(limit.name), static_cast<std::uint64_t>(limit.resource)), owner) | 1U;
}

/// The row of a pool: the one that has the key, else a free one, else a new one.
std::size_t row_for(Books& books, std::uint64_t key) {
  auto found = std::ranges::find(books.pools, key, &Pool::key);
  if (found == books.pools.end()) {
    found = std::ranges::find(books.pools, 0U, &Pool::key);
  }
  if (found == books.pools.end()) {
    found = books.pools.insert(found, Pool{});
  }
  if (books.pools.size() > kMostPools) {
    throw Error(ErrorCode::out_of_resources, fmt::format("the ledger has no room for more than {} limits", kMostPools),
                "run fewer processes at once, or set BASALT_LEDGER=off");
  }
  return static_cast<std::size_t>(found - books.pools.begin());
}

}  // namespace

std::uint64_t hash_text(std::string_view text) noexcept {
  std::uint64_t sum = text.size();
  for (const char letter : text) {
    sum = mix(sum, static_cast<unsigned char>(letter));
  }
  return sum | 1U;
}

Residents residents_of(const Books& books) {
  Residents residents;
  for (const Job& job : books.jobs) {
    residents[job.id] = job.resident_bytes;
  }
  return residents;
}

Membership::Membership() : token_(draw_token()) {}

bool Membership::is_in(const Books& books) const noexcept {
  return row_ < books.members.size() && books.members[row_].token == token_;
}

void Membership::join(Books& books, Table& table) {
  if (is_in(books)) {
    return;
  }
  for (std::uint32_t row = 0; row < kMostMembers; ++row) {
    const bool taken = row < books.members.size() && books.members[row].token != 0;
    if (!taken && table.claim(row)) {
      books.members.resize(std::max<std::size_t>(books.members.size(), row + 1));
      books.members[row] = {.token = token_, .pools = {}, .pid = ::getpid()};
      row_ = row;
      return;
    }
  }
  throw Error(ErrorCode::out_of_resources,
              fmt::format("the ledger has no room for more than {} processes", kMostMembers),
              "run fewer processes at once, or set BASALT_LEDGER=off");
}

void Membership::apply(const Capacity& capacity, const Residents& before, Books& books) const {
  Member& self = books.members[row_];
  self.pools = {};
  for (const CapacityLimit& limit : capacity.limits) {
    const std::uint64_t key = key_of(limit, token_);
    const std::size_t row = row_for(books, key);
    self.pools.add(row);
    books.pools[row] = {.key = key,
                        .heap = limit.resource == Resource::device_bytes ? hash_text(limit.name) : 0,
                        .capacity = limit.value,
                        .resource = limit.resource,
                        .is_what_is_left = limit.is_what_is_left,
                        .name = to_text(limit.name)};
  }
  for (Job& job : books.jobs) {
    if (job.member == row_) {
      job.pools = self.pools;
    }
  }
  for (const Job& job : books.jobs) {
    const auto then = before.find(job.id);
    const std::uint64_t resident = then == before.end() ? 0 : std::min(then->second, job.resident_bytes);
    for (std::size_t row = 0; row < books.pools.size(); ++row) {
      if (self.pools.has(row) && books.pools[row].is_what_is_left && draws_from(job, row)) {
        books.pools[row].capacity += resident;
      }
    }
  }
}

void strike_dead_members(Books& books, const Table& table, const Membership& own) {
  for (std::uint32_t row = 0; row < books.members.size(); ++row) {
    const bool is_own = row == own.row() && own.is_in(books);
    if (books.members[row].token != 0 && !is_own && !table.alive(row)) {
      std::erase_if(books.jobs, [&](const Job& job) { return job.member == row; });
      books.members[row] = {};
    }
  }
  while (!books.members.empty() && books.members.back().token == 0) {
    books.members.pop_back();
  }
}

void drop_unused_pools(Books& books) {
  for (std::size_t row = 0; row < books.pools.size(); ++row) {
    if (std::ranges::none_of(books.members, [&](const Member& member) { return member.pools.has(row); })) {
      books.pools[row] = {};
    }
  }
  while (!books.pools.empty() && books.pools.back().key == 0) {
    books.pools.pop_back();
  }
}

void adjust_what_is_left(Books& books, const Job& job, std::int64_t bytes) {
  for (std::size_t row = 0; row < books.pools.size(); ++row) {
    Pool& pool = books.pools[row];
    if (draws_from(job, row) && pool.is_what_is_left && pool.resource == Resource::host_bytes) {
      pool.capacity = bytes < 0 ? pool.capacity - std::min(pool.capacity, static_cast<std::uint64_t>(-bytes))
                                : pool.capacity + static_cast<std::uint64_t>(bytes);
    }
  }
}

}  // namespace basalt::ledger
