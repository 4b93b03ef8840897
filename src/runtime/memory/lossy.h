// Numbers that may change a little when they are compressed: each by an amount that is bounded, and known afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/memory/compression.h"
#include "runtime/memory/field.h"

namespace basalt {

/// What numbers there are, and by how much each may change: the real and the imaginary part of an element are one each.
struct LossyNumbers {
  ElementType type = ElementType::c64;
  double tolerance = 0;
};

/// Room that compress_lossy() needs.
std::size_t lossy_bound(const LossyNumbers& numbers, std::size_t bytes) noexcept;

/// Bytes written into `to`, which has lossy_bound() and is aligned to 8; 0 where the codec fails.
std::size_t compress_lossy(const LossyNumbers& numbers, std::span<const std::byte> from,
                           std::span<std::byte> to) noexcept;

/// Whether `from` holds what fills `to`. Where it is damaged, what follows it is read, too: it lies in room of
/// lossy_bound(), aligned to 8.
bool decompress_lossy(const LossyNumbers& numbers, std::span<const std::byte> from, std::span<std::byte> to) noexcept;

/// How numbers differ from what they were.
struct NumberChange {
  double largest = 0;         ///< NaN where any of them is.
  double sum_of_squares = 0;  ///< Of the differences.
};

/// Of the same size.
NumberChange change_of(ElementType type, std::span<const std::byte> before, std::span<const std::byte> after) noexcept;

/// On a sample of `bytes`; there and back, for what is written is also looked at. Without a gain where the codec fails.
CodecTrial try_lossy(const LossyNumbers& numbers, std::span<const std::byte> bytes);

}  // namespace basalt
