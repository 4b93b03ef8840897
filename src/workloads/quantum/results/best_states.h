// Keeps the most probable of the basis states that it is shown.
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "workloads/quantum/kernels/readout.h"
#include "workloads/quantum/results/bit_scatter.h"
#include "workloads/quantum/results/fold_buffer.h"

namespace basalt::quantum {

struct TopState {
  std::uint64_t index = 0;  ///< Basis state: bit k is qubit k.
  double probability = 0;
  std::complex<double> amplitude;
};

/// The order of the result is total: which states are kept does not depend on the order in which they are shown.
class BestStates {
 public:
  /// `limit` > 0.
  explicit BestStates(std::uint64_t limit) : limit_(limit) {}

  void offer(const TopState& candidate);

  /// All of a block with probability above 0; its first element is the `first`-th of the field, whatever block.first
  /// is. `buffer` has room for its elements.
  void offer_block(const BlockOf& block, std::uint64_t first, const BitScatter& basis_of, FoldBuffer& buffer);

  /// The least probability that an offer must have to matter; from there on it also depends on which state it is.
  [[nodiscard]] double threshold() const;

  /// In no order.
  [[nodiscard]] const std::vector<TopState>& states() const { return states_; }
  /// Most probable first, equals by index; probabilities divided by `norm`.
  [[nodiscard]] std::vector<TopState> sorted(double norm) &&;

 private:
  std::uint64_t limit_;
  std::vector<TopState> states_;  ///< A heap whose front is the worst of them.
};

}  // namespace basalt::quantum
