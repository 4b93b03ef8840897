// Asks for memory ahead of a kernel, in the order of addresses. A processor's own prefetcher follows one stream a page;
// a gate whose pairs lie 256 B to 64 KiB apart reads two or more, and takes up to twice the time of a sweep without
// this (docs/rejected.md has what else was tried). Near targets fill whole blocks, so that block after block is read
// from front to back; each combination of far targets is a stream of such blocks.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "workloads/quantum/kernels/walk.h"

namespace basalt::quantum {

/// Vectors that one group may span: 2^6.
inline constexpr std::size_t kMaxGroupVectors = 64;

inline constexpr std::size_t kLineBytes = 64;

struct AheadLimits {
  std::uint64_t min_field_bytes = std::uint64_t{2} << 20;    ///< Smaller fields stay in a cache that needs no help.
  std::uint64_t max_stride_bytes = std::uint64_t{64} << 10;  ///< Streams further apart do not disturb each other.
  std::uint64_t min_distance_bytes = std::uint64_t{8} << 10;
};

class Ahead {
 public:
  /// For groups of vectors base | t, t any subset of `targets`, base from Walk(fixed, rank) with `value` put in. All
  /// are masks of vector indices; `fixed` includes the targets.
  Ahead(std::uint64_t targets, std::uint64_t fixed, std::uint64_t value, std::uint64_t rank, std::uint64_t vector_bytes,
        std::uint64_t field_bytes, const AheadLimits& limits = {}) noexcept {
    if (field_bytes < limits.min_field_bytes) {
      return;
    }
    const std::uint64_t near = targets & (2 * limits.max_stride_bytes / vector_bytes - 1);
    const std::uint64_t far = targets & ~near;
    vectors_ = std::uint64_t{1} << std::popcount(near);
    stream_[0] = value & ~targets;
    for (streams_ = 1; streams_ < std::size_t{1} << std::popcount(far); ++streams_) {
      stream_[streams_] = (((stream_[streams_ - 1] | ~far) + 1) & far) | stream_[0];
    }
    // One whole block of the largest near stride: its second half is needed as soon as its first.
    const std::uint64_t block_bytes = 2 * std::bit_floor(near) * vector_bytes;
    const std::uint64_t distance = std::max(block_bytes, limits.min_distance_bytes) / vector_bytes;
    walk_ = Walk(fixed & ~near, rank * vectors_ + distance);
  }

  /// For pairs of vectors base | value and base | (value ^ flip); `fixed` includes the flip.
  static Ahead of_pairs(std::uint64_t flip, std::uint64_t fixed, std::uint64_t value, std::uint64_t rank,
                        std::uint64_t vector_bytes, std::uint64_t field_bytes) noexcept {
    if (std::has_single_bit(flip)) {
      return Ahead(flip, fixed, value, rank, vector_bytes, field_bytes);
    }
    Ahead result(0, fixed, value, rank, vector_bytes, field_bytes);
    if (result.streams_ != 0) {
      result.stream_[result.streams_++] = value ^ flip;
    }
    return result;
  }

  /// Call once for each group.
  template <typename T>
  void step(const T* data, std::uint64_t parts_per_vector) noexcept {
    for (std::uint64_t i = 0; i < vectors_; ++i) {
      if (walk_.index() * sizeof(T) * parts_per_vector % kLineBytes == 0) {
        for (std::size_t stream = 0; stream < streams_; ++stream) {
          __builtin_prefetch(data + (walk_.index() | stream_[stream]) * parts_per_vector);
        }
      }
      walk_.advance();
    }
  }

 private:
  Walk walk_{0, 0};
  std::uint64_t vectors_ = 0;  ///< Vectors of one group in one stream; 0: nothing to do.
  std::size_t streams_ = 0;
  std::array<std::uint64_t, kMaxGroupVectors> stream_;  ///< What is put into the walk's fixed bits.
};

}  // namespace basalt::quantum
