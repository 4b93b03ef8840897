// Permutations of the axes of a field, as arithmetic on the bits of indices. No memory is touched here.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace basalt {

/// Axis k goes to to[k]: the element at index i moves to the index whose bit to[k] is bit k of i.
using AxisPermutation = std::vector<std::uint8_t>;

/// Whether each of 0 to size − 1 occurs once, and there are at most 63.
bool is_permutation(std::span<const std::uint8_t> to) noexcept;

bool is_identity(std::span<const std::uint8_t> to) noexcept;
bool is_involution(std::span<const std::uint8_t> to) noexcept;

AxisPermutation inverse_of(std::span<const std::uint8_t> to);

/// The index that the element at `index` moves to.
std::uint64_t permute_index(std::span<const std::uint8_t> to, std::uint64_t index) noexcept;

/// Two involutions which, the first done first, do the same as `to`: any permutation has them. Axes that `to` leaves
/// alone, both leave alone.
std::pair<AxisPermutation, AxisPermutation> split_into_involutions(std::span<const std::uint8_t> to);

/// The smallest set of axes (one bit each) that includes `axes` and that `to` maps onto itself.
std::uint64_t closure(std::span<const std::uint8_t> to, std::uint64_t axes) noexcept;

/// Spreads the bits of a counter over chosen bits of an offset, a byte at a time by table.
class BitSpread {
 public:
  BitSpread() = default;
  /// Bit i of the counter becomes bit positions[i] of the offset.
  explicit BitSpread(std::span<const std::uint8_t> positions);

  [[nodiscard]] std::uint64_t operator()(std::uint64_t counter) const noexcept {
    std::uint64_t offset = 0;
    for (const std::uint64_t* table = tables_.data(); counter != 0; counter >>= kTableBits, table += kTableSize) {
      offset |= table[counter % kTableSize];
    }
    return offset;
  }

 private:
  static constexpr std::uint64_t kTableBits = 8;
  static constexpr std::uint64_t kTableSize = std::uint64_t{1} << kTableBits;
  std::vector<std::uint64_t> tables_;  ///< One of kTableSize for each byte of the counter.
};

}  // namespace basalt
