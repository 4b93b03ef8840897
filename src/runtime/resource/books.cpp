#include "runtime/resource/books.h"

#include <algorithm>
#include <limits>

namespace basalt::ledger {
namespace {

std::int64_t amount(std::uint64_t value) noexcept {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 4);
  return static_cast<std::int64_t>(std::min(value, kMost));
}

/// Cores that a job cannot do without. Once it has started, a machine that shrank below that must do.
std::int64_t least_cores(const Job& job, const Pool& pool) noexcept {
  const bool started = job.state != JobState::waiting;
  return started ? std::min<std::int64_t>(job.min_cores, amount(pool.capacity)) : job.min_cores;
}

std::int64_t device_bytes(const Job& job, const Pool& pool) noexcept {
  std::uint64_t bytes = 0;
  for (const HeapNeed& need : job.device) {
    bytes += need.heap == pool.heap ? need.bytes : 0;
  }
  return amount(bytes);
}

}  // namespace

Text to_text(std::string_view text) noexcept {
  Text result{};
  std::size_t length = std::min(text.size(), result.size() - 1);
  while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) {
    --length;
  }
  std::ranges::copy(text.substr(0, length), result.begin());
  return result;
}

std::string_view from_text(const Text& text) noexcept {
  return {text.data(), static_cast<std::size_t>(std::ranges::find(text, '\0') - text.begin())};
}

std::int64_t held_of(const Job& job, const Pool& pool) noexcept {
  const bool waiting = job.state == JobState::waiting;
  switch (pool.resource) {
    case Resource::host_bytes:
      return waiting ? amount(job.cached_bytes) : job.state == JobState::suspended ? 0 : amount(job.host_bytes);
    case Resource::cores:
      return job.state == JobState::running ? least_cores(job, pool) : 0;
    case Resource::device_bytes:
      return waiting ? 0 : device_bytes(job, pool);
    case Resource::queue_slots:
      return waiting ? 0 : job.queue_slots;
  }
  return 0;
}

std::int64_t wanted_of(const Job& job, const Pool& pool) noexcept {
  const bool waiting = job.state == JobState::waiting;
  switch (pool.resource) {
    case Resource::host_bytes:
      return waiting                            ? amount(job.host_bytes) - amount(job.cached_bytes)
             : job.state == JobState::suspended ? amount(job.host_bytes)
                                                : 0;
    case Resource::cores:
      return job.state == JobState::running ? 0 : least_cores(job, pool);
    case Resource::device_bytes:
      return waiting ? device_bytes(job, pool) : 0;
    case Resource::queue_slots:
      return waiting ? job.queue_slots : 0;
  }
  return 0;
}

double waited_until(const Job& job, double now) noexcept {
  return job.state == JobState::running ? job.waited : job.waited + std::max(0.0, now - job.since);
}

double rank_of(const Job& job, double now) noexcept {
  return job.priority + waited_until(job, now) / kAgingSeconds;
}

bool comes_before(const Job& a, const Job& b, double now) noexcept {
  const double rank_a = rank_of(a, now);
  const double rank_b = rank_of(b, now);
  return rank_a != rank_b ? rank_a > rank_b : a.id < b.id;
}

bool matters_less(const Job& a, const Job& b, double now) noexcept {
  return a.priority != b.priority ? a.priority < b.priority : comes_before(b, a, now);
}

Pool* find_pool(Books& books, std::uint64_t key) noexcept {
  const auto found = std::ranges::find(books.pools, key, &Pool::key);
  return found == books.pools.end() ? nullptr : &*found;
}

Job* find_job(Books& books, std::uint64_t id) noexcept {
  const auto found = std::ranges::find(books.jobs, id, &Job::id);
  return found == books.jobs.end() ? nullptr : &*found;
}

}  // namespace basalt::ledger
