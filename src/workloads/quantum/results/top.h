// The most probable basis states.
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

struct TopState {
  std::uint64_t index = 0;  ///< Basis state: bit k is qubit k.
  double probability = 0;
  std::complex<double> amplitude;
};

/// The `count` most probable basis states with probability above 0, most probable first, equals by index.
/// `norm` is Σ|a|² of the state.
std::vector<TopState> top_states(const StateView& state, std::uint64_t count, double norm);

}  // namespace basalt::quantum
