#include "workloads/quantum/results/expectation.h"

#include <bit>
#include <complex>

#include "workloads/quantum/kernels/kernels.h"

namespace basalt::quantum {
namespace {

/// i^k.
std::complex<double> power_of_i(int k) {
  switch (k & 3) {
    case 0:
      return {1, 0};
    case 1:
      return {0, 1};
    case 2:
      return {-1, 0};
    default:
      return {0, -1};
  }
}

}  // namespace

double expectation(const StateView& state, const Observable& observable, double norm) {
  const Buffer partials(state.memory, sizeof(std::complex<double>) * state.block_count());
  auto* partial = partials.as<std::complex<double>>();
  double sum = 0;
  for (const PauliTerm& term : observable.terms) {
    if (term.x_mask == 0 && term.z_mask == 0) {
      sum += term.coefficient * norm;
      continue;
    }
    state.for_each_block([&](std::uint64_t block) {
      partial[block] = block_pauli(state.field.buffer.data(), state.field.type, block * state.block_elements(),
                                   state.block_elements(), term.x_mask, term.z_mask);
    });
    std::complex<double> value = 0;
    for (std::uint64_t block = 0; block < state.block_count(); ++block) {
      value += partial[block];
    }
    // Y = i·X·Z as the kernel applies them: Z first, read at the flipped index, gives a factor of −i per Y.
    value *= power_of_i(3 * std::popcount(term.x_mask & term.z_mask));
    sum += term.coefficient * value.real();
  }
  return sum / norm;
}

}  // namespace basalt::quantum
