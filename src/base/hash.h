// One mixing step, for keys of random streams and of tables.
#pragma once

#include <cstdint>

namespace basalt {

/// Mixes two numbers into one: every bit of either changes about half of the bits of the result, and the order of the
/// two matters. The step and the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), applied to each in turn.
/// Not for secrets. mix(mix(a, b), c) keys by three.
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  const auto step = [](std::uint64_t value) {
    value += 0x9E3779B97F4A7C15;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
    return value ^ (value >> 31);
  };
  return step(step(a) ^ b);
}

}  // namespace basalt
