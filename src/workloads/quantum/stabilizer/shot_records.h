// From bits packed over shots to shots packed over bits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/quantum/stabilizer/frames.h"

namespace basalt::quantum {

/// One bit of every shot: that of the reference, and which shots flip it.
struct BitColumn {
  bool value = false;
  const std::uint64_t* flips = nullptr;  ///< kFrameWords words; null: none.
};

/// Appends the bits of every shot of `frames`, column 0 least significant: words_of_bits(columns) words a shot, the
/// most significant first.
void append_records(std::span<const BitColumn> columns, const Frames& frames, std::vector<std::uint64_t>& records);

/// Words that so many bits take.
constexpr std::size_t words_of_bits(std::size_t bits) noexcept {
  return (bits + 63) / 64;
}

}  // namespace basalt::quantum
