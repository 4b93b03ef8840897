// A field filled from a reference state, with what reading it needs.
#pragma once

#include <bit>
#include <complex>

#include "reference/state.h"
#include "workloads/quantum/results/blocks.h"

namespace basalt {

class StateFixture {
 public:
  StateFixture(const reference::State& state, ElementType type, int threads = 2)
      : arena(threads), field(memory, type, static_cast<int>(std::bit_width(state.size()) - 1)) {
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (type == ElementType::c64) {
        field.buffer.as<std::complex<float>>()[i] = std::complex<float>(state[i]);
      } else {
        field.buffer.as<std::complex<double>>()[i] = state[i];
      }
    }
  }

  [[nodiscard]] quantum::StateView view() { return {field, arena, cancel, memory}; }

  HostMemory memory;
  CancelToken cancel;
  Arena arena;
  Field field;
};

}  // namespace basalt
