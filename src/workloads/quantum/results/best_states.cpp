#include "workloads/quantum/results/best_states.h"

#include <algorithm>
#include <limits>

namespace basalt::quantum {
namespace {

bool before(const TopState& a, const TopState& b) {
  return a.probability != b.probability ? a.probability > b.probability : a.index < b.index;
}

std::complex<double> amplitude_at(const BlockOf& block, std::uint64_t i) {
  return block.type == ElementType::c64
             ? std::complex<double>(static_cast<const std::complex<float>*>(block.data)[block.first + i])
             : static_cast<const std::complex<double>*>(block.data)[block.first + i];
}

}  // namespace

void BestStates::offer(const TopState& candidate) {
  if (states_.size() < limit_) {
    states_.push_back(candidate);
    std::ranges::push_heap(states_, before);
  } else if (before(candidate, states_.front())) {
    std::ranges::pop_heap(states_, before);
    states_.back() = candidate;
    std::ranges::push_heap(states_, before);
  }
}

double BestStates::threshold() const {
  return states_.size() < limit_ ? std::numeric_limits<double>::denorm_min() : states_.front().probability;
}

void BestStates::offer_block(const BlockOf& block, std::uint64_t first, const BitScatter& basis_of,
                             FoldBuffer& buffer) {
  constexpr std::uint64_t kGroup = 16;  // looked at together, as most hold nothing
  const double* const probabilities = numbers(buffer);
  block_probabilities(block, numbers(buffer));
  for (std::uint64_t group = 0; group < block.count; group += kGroup) {
    const double least = threshold();
    std::uint64_t good = 0;
    for (std::uint64_t i = group; i < group + kGroup; ++i) {
      good += probabilities[i] >= least ? 1 : 0;
    }
    for (std::uint64_t i = group; good != 0 && i < group + kGroup; ++i) {
      if (probabilities[i] >= threshold()) {
        offer({.index = basis_of(first + i), .probability = probabilities[i], .amplitude = amplitude_at(block, i)});
      }
    }
  }
}

std::vector<TopState> BestStates::sorted(double norm) && {
  std::ranges::sort(states_, before);
  for (TopState& state : states_) {
    state.probability /= norm;
  }
  return std::move(states_);
}

}  // namespace basalt::quantum
