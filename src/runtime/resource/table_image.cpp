#include "runtime/resource/table_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "basalt/error.h"
#include "base/hash.h"

namespace basalt::ledger {
namespace {

constexpr std::uint32_t kRowBytes = sizeof(Pool) + sizeof(Member) + sizeof(Job);

static_assert(kMostPools * sizeof(Pool) + kMostMembers * sizeof(Member) + kMostJobs * sizeof(Job) <= kPlaceBytes);
static_assert(sizeof(Pool) % 8 == 0 && sizeof(Member) % 8 == 0 && sizeof(Job) % 8 == 0);

std::uint64_t checksum_of(const TableHeader& header, const std::vector<std::byte>& rows) noexcept {
  std::uint64_t sum = mix(mix(header.pools, header.members), mix(header.jobs, header.last_id));
  for (std::size_t i = 0; i + 8 <= rows.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, rows.data() + i, 8);
    sum = mix(sum, word);
  }
  return sum;
}

template <typename Row>
void append(std::vector<std::byte>& bytes, const std::vector<Row>& rows) {
  static_assert(std::is_trivially_copyable_v<Row>);
  const auto* data = reinterpret_cast<const std::byte*>(rows.data());
  bytes.insert(bytes.end(), data, data + rows.size() * sizeof(Row));
}

template <typename Row>
const std::byte* extract(const std::byte* from, std::uint32_t count, std::vector<Row>& rows) {
  rows.resize(count);
  if (count > 0) {  // an empty vector may have no place to copy to
    std::memcpy(rows.data(), from, count * sizeof(Row));
  }
  return from + count * sizeof(Row);
}

bool makes_sense(const Pool& pool) noexcept {
  return pool.resource <= Resource::queue_slots && pool.name.back() == '\0';
}

bool makes_sense(const Job& job) noexcept {
  return job.state <= JobState::paused && job.member < kMostMembers && job.priority >= kLowestPriority &&
         job.priority <= kHighestPriority && job.min_cores >= 0 && job.max_cores >= job.min_cores && job.cores >= 0 &&
         job.queue_slots >= 0 && job.cached_bytes <= job.host_bytes && job.resident_bytes <= job.host_bytes &&
         std::isfinite(job.expected_seconds) && std::isfinite(job.asked_at) && std::isfinite(job.since) &&
         std::isfinite(job.waited) && !std::isnan(job.expected_start) && job.name.back() == '\0';
}

}  // namespace

std::vector<std::byte> encode(const Books& books, TableHeader& header) {
  if (books.pools.size() > kMostPools || books.members.size() > kMostMembers || books.jobs.size() > kMostJobs) {
    throw Error(
        ErrorCode::out_of_resources,
        fmt::format("the ledger has room for {} limits, {} processes and {} jobs; this would make {}, {} and {}",
                    kMostPools, kMostMembers, kMostJobs, books.pools.size(), books.members.size(), books.jobs.size()),
        "run fewer jobs at once");
  }
  header.magic = TableHeader::kMagic;
  header.row_bytes = kRowBytes;
  header.pools = static_cast<std::uint32_t>(books.pools.size());
  header.members = static_cast<std::uint32_t>(books.members.size());
  header.jobs = static_cast<std::uint32_t>(books.jobs.size());
  header.last_id = books.last_id;
  std::vector<std::byte> rows;
  rows.reserve(*row_bytes_of(header));
  append(rows, books.pools);
  append(rows, books.members);
  append(rows, books.jobs);
  header.checksum = checksum_of(header, rows);
  return rows;
}

std::optional<std::size_t> row_bytes_of(const TableHeader& header) noexcept {
  if (header.magic != TableHeader::kMagic || header.row_bytes != kRowBytes || header.place > 1 ||
      header.pools > kMostPools || header.members > kMostMembers || header.jobs > kMostJobs) {
    return std::nullopt;
  }
  return header.pools * sizeof(Pool) + header.members * sizeof(Member) + header.jobs * sizeof(Job);
}

std::optional<Books> decode(const TableHeader& header, const std::vector<std::byte>& rows) {
  if (row_bytes_of(header) != rows.size() || checksum_of(header, rows) != header.checksum) {
    return std::nullopt;
  }
  Books books;
  books.last_id = header.last_id;
  const std::byte* next = extract(rows.data(), header.pools, books.pools);
  next = extract(next, header.members, books.members);
  extract(next, header.jobs, books.jobs);
  const bool sound = std::ranges::all_of(books.pools, [](const Pool& pool) { return makes_sense(pool); }) &&
                     std::ranges::all_of(books.jobs, [](const Job& job) { return makes_sense(job); });
  return sound ? std::optional(std::move(books)) : std::nullopt;
}

}  // namespace basalt::ledger
