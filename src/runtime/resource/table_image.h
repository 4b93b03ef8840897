// The books as bytes of a file: a header, and two places for the rows. A commit writes the rows where the valid ones
// are not, then the header in one piece, so that whoever is killed in between leaves the books as they were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/resource/books.h"

namespace basalt::ledger {

struct TableHeader {
  static constexpr std::array<char, 16> kMagic = {"basalt ledger 1"};

  std::array<char, 16> magic{};
  std::uint32_t generation = 0;
  std::uint32_t place = 0;  ///< Which of the two holds the rows.
  std::uint32_t pools = 0;
  std::uint32_t members = 0;
  std::uint32_t jobs = 0;
  std::uint32_t row_bytes = 0;  ///< Of one row of each kind: builds that lay rows out differently do not mix.
  std::uint64_t last_id = 0;
  std::uint64_t checksum = 0;  ///< Of the rows and all that stands above but for the generation.
};
static_assert(sizeof(TableHeader) == 56, "no padding, which a checksum would read");

inline constexpr std::size_t kPlaceBytes = std::size_t{512} << 10;
inline constexpr std::size_t kFirstPlace = 4096;
inline constexpr std::size_t kTableBytes = kFirstPlace + 2 * kPlaceBytes;

/// The rows of the books, and a header that fits them but for `generation` and `place`, which are the caller's. Throws
/// Error(out_of_resources) where they are more than a table can hold.
std::vector<std::byte> encode(const Books& books, TableHeader& header);

/// Bytes of the rows that a header announces; nothing where it is not of this build or announces too many.
std::optional<std::size_t> row_bytes_of(const TableHeader& header) noexcept;

/// Nothing where the rows do not fit the header, or make no sense.
std::optional<Books> decode(const TableHeader& header, const std::vector<std::byte>& rows);

}  // namespace basalt::ledger
