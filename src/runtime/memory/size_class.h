// The sizes that small blocks are rounded up to: steps of 64 bytes up to 1 KiB, then eight to each power of two, so
// that rounding costs at most 1/8 and about 1/17 on average.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace basalt::size_class {

inline constexpr std::uint64_t kStep = 64;
inline constexpr std::uint64_t kMaxBytes = std::uint64_t{32} << 10;
inline constexpr std::size_t kFineCount = 16;
inline constexpr std::size_t kPerDoubling = 8;
inline constexpr std::size_t kCount = kFineCount + 5 * kPerDoubling;

/// Bytes of a block of each class.
inline constexpr std::array<std::uint32_t, kCount> kBytes = [] {
  std::array<std::uint32_t, kCount> bytes{};
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::size_t doubling = i < kFineCount ? 0 : (i - kFineCount) / kPerDoubling + 1;
    size += static_cast<std::uint32_t>(kStep) << doubling;
    bytes[i] = size;
  }
  return bytes;
}();
static_assert(kBytes.back() == kMaxBytes);

/// The class of every number of steps.
inline constexpr std::array<std::uint8_t, kMaxBytes / kStep + 1> kOfSteps = [] {
  std::array<std::uint8_t, kMaxBytes / kStep + 1> classes{};
  std::uint8_t current = 0;
  for (std::size_t steps = 0; steps < classes.size(); ++steps) {
    while (kBytes[current] < steps * kStep) {
      ++current;
    }
    classes[steps] = current;
  }
  return classes;
}();

/// The smallest class that holds `bytes`, of at most kMaxBytes.
constexpr std::size_t of(std::uint64_t bytes) noexcept {
  return kOfSteps[(bytes + kStep - 1) / kStep];
}

}  // namespace basalt::size_class
