// Random numbers as pure functions of (seed, stream, index): any thread may draw any of them in any order, and the same
// seed gives the same results on any number of threads. Why Philox: docs/decisions/0002-counter-based-random.md.
#pragma once

#include <array>
#include <cstdint>

namespace basalt {

/// Philox4x32-10: encrypts a 128-bit counter with a 64-bit key (Salmon, Moraes, Dror and Shaw, "Parallel random
/// numbers: as easy as 1, 2, 3", SC'11). Passes the known-answer vectors published with it.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) noexcept;

/// A random-access sequence. Sequences of different seed or stream are independent.
class CounterRandom {
 public:
  /// `stream` says what the numbers are for, e.g. mix(branch, operation) of base/hash.h.
  CounterRandom(std::uint64_t seed, std::uint64_t stream) noexcept : seed_(seed), stream_(stream) {}

  /// 64 random bits.
  [[nodiscard]] std::uint64_t bits(std::uint64_t index) const noexcept;

  /// Uniform in [0, 1), a multiple of 2^-53.
  [[nodiscard]] double uniform(std::uint64_t index) const noexcept {
    return static_cast<double>(bits(index) >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
};

/// Binomial draws from one stream that are to be independent keep their `index_base` this far apart.
inline constexpr std::uint64_t kBinomialIndices = std::uint64_t{1} << 20;

/// How many of `trials` succeed, each with `probability`: a draw from the exact distribution, to the rounding of f64,
/// in constant expected time. Uses indices from `index_base` on, a handful as a rule. 0 where the probability is ≤ 0 or
/// NaN, `trials` where it is ≥ 1. The same on every platform: only exactly rounded operations are used, no libm.
std::uint64_t binomial(const CounterRandom& random, std::uint64_t index_base, std::uint64_t trials,
                       double probability) noexcept;

}  // namespace basalt
