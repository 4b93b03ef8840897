// Moves the bits of numbers to other places, a byte at a time by table.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace basalt::quantum {

class BitScatter {
 public:
  /// Bit i of a number becomes the bits of places[i], no, one or several; `flipped` is inverted in the result.
  explicit BitScatter(std::span<const std::uint64_t> places, std::uint64_t flipped = 0)
      : flipped_(flipped), tables_((places.size() + kTableBits - 1) / kTableBits * kTableSize, 0) {
    for (std::size_t byte = 0; byte * kTableBits < places.size(); ++byte) {
      const std::span<const std::uint64_t> bits = places.subspan(byte * kTableBits);
      std::uint64_t* const table = tables_.data() + byte * kTableSize;
      const std::size_t used = std::size_t{1} << std::min<std::size_t>(bits.size(), kTableBits);
      for (std::size_t value = 1; value < used; ++value) {
        table[value] = table[value & (value - 1)] | bits[static_cast<std::size_t>(std::countr_zero(value))];
      }
    }
  }

  /// Bits of `number` beyond the places must be 0.
  [[nodiscard]] std::uint64_t operator()(std::uint64_t number) const noexcept {
    std::uint64_t result = flipped_;
    for (const std::uint64_t* table = tables_.data(); number != 0; number >>= kTableBits, table += kTableSize) {
      result ^= table[number % kTableSize];
    }
    return result;
  }

 private:
  static constexpr std::size_t kTableBits = 8;
  static constexpr std::size_t kTableSize = std::size_t{1} << kTableBits;
  std::uint64_t flipped_;
  std::vector<std::uint64_t> tables_;  ///< One of kTableSize for each byte of a number.
};

/// The bits of `number` that `mask` has, moved together.
constexpr std::uint64_t gather_bits(std::uint64_t number, std::uint64_t mask) noexcept {
  std::uint64_t result = 0;
  for (std::uint64_t place = 1; mask != 0; mask &= mask - 1, place <<= 1) {
    result |= (number & mask & -mask) != 0 ? place : 0;
  }
  return result;
}

}  // namespace basalt::quantum
