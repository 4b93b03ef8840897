// Splits shots over weights: exact multinomial draws in time that does not grow with the shots.
#pragma once

#include <cstdint>
#include <span>

#include "basalt/arena.h"
#include "basalt/memory.h"

namespace basalt::quantum {

/// How many shots fell to each of some weights.
class ShotSplit {
 public:
  /// Distributes `shots` in proportion to `weights`, a power of two of them, at least one above 0 and none below. By
  /// binomial draws down a binary tree, the numbers of which are keyed by (seed, stream, place in the tree): the same
  /// on any number of threads.
  ShotSplit(std::span<const double> weights, std::uint64_t shots, std::uint64_t seed, std::uint64_t stream,
            const Arena& arena, const CancelToken& cancel, MemoryResource& memory);

  [[nodiscard]] std::span<const std::uint64_t> shots() const noexcept;

  /// What it holds, for so many weights.
  static constexpr std::uint64_t size_bytes(std::uint64_t weights) noexcept { return 32 * weights; }

 private:
  Buffer tree_;
  std::uint64_t weights_;
};

}  // namespace basalt::quantum
