// Random numbers of one circuit, drawn one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/random.h"

namespace basalt::quantum {

class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t stream) noexcept : random_(seed, stream) {}

  /// Uniform in [0, 1).
  double uniform() noexcept { return random_.uniform(index_++); }

  /// Uniform in [0, bound), to one part in 2^58 for bounds of up to 64. `bound` is not 0.
  std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>(random_.bits(index_++) % bound);
  }

  template <typename T>
  void shuffle(std::vector<T>& values) noexcept {
    for (std::size_t left = values.size(); left > 1; --left) {
      std::swap(values[left - 1], values[below(static_cast<std::uint32_t>(left))]);
    }
  }

 private:
  CounterRandom random_;
  std::uint64_t index_ = 0;
};

}  // namespace basalt::quantum
