#include "workloads/quantum/stabilizer/shot_records.h"

#include <algorithm>
#include <array>

namespace basalt::quantum {
namespace {

/// Bit j of word i changes places with bit i of word j: blocks of 32, then of 16 and so on.
void transpose(std::array<std::uint64_t, 64>& square) {
  std::uint64_t mask = 0xFFFFFFFF;
  for (std::size_t width = 32; width != 0; width /= 2, mask ^= mask << width) {
    for (std::size_t i = 0; i < 64; i = (i + width + 1) & ~width) {
      const std::uint64_t moved = (square[i] >> width ^ square[i + width]) & mask;
      square[i + width] ^= moved;
      square[i] ^= moved << width;
    }
  }
}

}  // namespace

void append_records(std::span<const BitColumn> columns, const Frames& frames, std::vector<std::uint64_t>& records) {
  const std::size_t words = words_of_bits(columns.size());
  const std::size_t first = records.size();
  records.resize(first + frames.shots() * words);
  std::array<std::uint64_t, 64> square{};
  for (std::size_t word = 0; word < words; ++word) {
    const auto some = columns.subspan(word * 64, std::min<std::size_t>(64, columns.size() - word * 64));
    for (std::size_t shots = 0; shots < frames.words(); ++shots) {
      square.fill(0);
      for (std::size_t bit = 0; bit < some.size(); ++bit) {
        square[bit] =
            (some[bit].value ? ~std::uint64_t{0} : 0) ^ (some[bit].flips != nullptr ? some[bit].flips[shots] : 0);
      }
      transpose(square);
      const std::size_t count = std::min<std::size_t>(64, frames.shots() - shots * 64);
      for (std::size_t shot = 0; shot < count; ++shot) {
        records[first + (shots * 64 + shot) * words + (words - 1 - word)] = square[shot];
      }
    }
  }
}

}  // namespace basalt::quantum
