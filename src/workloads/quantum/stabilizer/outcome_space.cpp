#include "workloads/quantum/stabilizer/outcome_space.h"

#include <bit>
#include <cassert>

namespace basalt::quantum {

OutcomeSpace::OutcomeSpace(Tableau tableau, std::span<const Qubit> qubits) {
  assert(qubits.size() <= basis_.size());
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    const auto outcome = tableau.measure(qubits[j]);
    base_ |= std::uint64_t{outcome.value} << j;
    if (outcome.certain) {
      continue;
    }
    const std::vector<bool> flips = tableau.flips_of_last(qubits);
    std::uint64_t direction = 0;
    for (std::size_t k = 0; k < flips.size(); ++k) {
      direction |= std::uint64_t{flips[k]} << k;
    }
    direction = reduce(direction);
    directions_.push_back(direction);
    basis_[static_cast<std::size_t>(std::bit_width(direction) - 1)] = direction;
  }
}

std::uint64_t OutcomeSpace::reduce(std::uint64_t outcome) const noexcept {
  for (std::size_t bit = basis_.size(); bit-- > 0;) {
    if ((outcome >> bit & 1) != 0) {
      outcome ^= basis_[bit];
    }
  }
  return outcome;
}

}  // namespace basalt::quantum
