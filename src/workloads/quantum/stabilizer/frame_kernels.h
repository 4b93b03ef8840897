// The loops over frames, compiled once per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "workloads/quantum/stabilizer/clifford_step.h"

namespace basalt::quantum {

inline constexpr std::size_t kFrameWords = 16;
inline constexpr std::size_t kFrameShots = kFrameWords * 64;

/// Borrowed frames of kFrameShots shots: for every qubit kFrameWords words of x bits, then as many of z bits; shot s is
/// bit s mod 64 of word s / 64.
struct FrameTable {
  std::uint64_t* bits = nullptr;  ///< Aligned to 64 bytes.

  [[nodiscard]] std::uint64_t* x(std::size_t qubit) const { return bits + 2 * qubit * kFrameWords; }
  [[nodiscard]] std::uint64_t* z(std::size_t qubit) const { return bits + (2 * qubit + 1) * kFrameWords; }
};

/// Rows of kFrameWords random words, by (seed, stream, number): Philox4x32-10 as in base/random.h, the same words on
/// every instruction set.
struct FrameRandom {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
  std::uint64_t drawn = 0;  ///< Rows.
};

/// Draws the next row.
void draw_row(FrameRandom& random, std::uint64_t* row);

/// Applies steps to all shots. Which of them flip an outcome goes to row `b` of `flips`, kFrameWords words each.
void run_frames(const FrameTable& frames, std::span<const CliffordStep> steps, FrameRandom& random,
                std::uint64_t* flips);

}  // namespace basalt::quantum
