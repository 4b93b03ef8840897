// The tableau against states of all amplitudes.
#include "workloads/quantum/stabilizer/tableau.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reference/clifford.h"

namespace basalt::quantum {
namespace {

std::vector<PauliFactor> factors_of(std::uint64_t x_mask, std::uint64_t z_mask) {
  std::vector<PauliFactor> result;
  for (Qubit qubit = 0; qubit < 64; ++qubit) {
    const bool x = (x_mask >> qubit & 1) != 0;
    const bool z = (z_mask >> qubit & 1) != 0;
    if (x || z) {
      result.push_back({qubit, x, z});
    }
  }
  return result;
}

/// Every Pauli string of both, which say all of them.
void expect_same(const Tableau& tableau, const reference::State& state, std::uint64_t seed) {
  const std::uint64_t size = state.size();
  for (std::uint64_t x = 0; x < size; ++x) {
    for (std::uint64_t z = 0; z < size; ++z) {
      const double expected = reference::pauli_expectation(state, x, z).real();
      ASSERT_NEAR(tableau.expectation(factors_of(x, z)), expected, 1e-9) << "seed " << seed << ", " << x << ", " << z;
    }
  }
}

TEST(Tableau, UnitaryStepsAreThoseOfTheState) {
  HostMemory memory;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const int qubits = 1 + static_cast<int>(seed % 4);
    Tableau tableau(memory, static_cast<Qubit>(qubits));
    reference::State state = reference::zero_state(qubits);
    for (const CliffordStep& step : reference::random_clifford_steps(qubits, 60, seed)) {
      if (step.op != CliffordOp::measure && step.op != CliffordOp::reset) {
        tableau.apply(std::span(&step, 1));
        reference::apply(state, step);
      }
    }
    expect_same(tableau, state, seed);
  }
}

TEST(Tableau, MeasuresAndResetsAsTheStateDoes) {
  HostMemory memory;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    const int qubits = 1 + static_cast<int>(seed % 5);
    Tableau tableau(memory, static_cast<Qubit>(qubits));
    reference::State state = reference::zero_state(qubits);
    for (const CliffordStep& step : reference::random_clifford_steps(qubits, 40, seed + 1000)) {
      const std::array qubit = {step.a};
      if (step.op == CliffordOp::measure) {
        const double zero = reference::probability(state, qubit, 0);
        const auto outcome = tableau.measure(step.a);
        EXPECT_EQ(outcome.certain, zero < 0.1 || zero > 0.9) << seed;
        EXPECT_EQ(outcome.value, zero < 0.1) << seed;
        reference::collapse(state, qubit, outcome.value ? 1 : 0);
      } else if (step.op == CliffordOp::reset) {
        // of a qubit that could be either, the tableau keeps 0
        const bool one = reference::probability(state, qubit, 0) < 0.1;
        reference::collapse(state, qubit, one ? 1 : 0);
        if (one) {
          reference::apply(state, CliffordStep{CliffordOp::x, step.a});
        }
        tableau.reset(step.a);
      } else {
        tableau.apply(std::span(&step, 1));
        reference::apply(state, step);
      }
    }
    expect_same(tableau, state, seed);
  }
}

TEST(Tableau, WorksAcrossWords) {
  // a GHZ state whose qubits lie in several words of a row, and in several vectors
  constexpr Qubit kQubits = 1300;
  HostMemory memory;
  Tableau tableau(memory, kQubits);
  std::vector<CliffordStep> steps{{CliffordOp::h, 700}};
  for (Qubit qubit = 0; qubit < kQubits; ++qubit) {
    if (qubit != 700) {
      steps.push_back({CliffordOp::cx, qubit < 700 || qubit == 701 ? 700 : qubit - 1, qubit});
    }
  }
  tableau.apply(steps);
  std::vector<PauliFactor> all_x;
  for (Qubit qubit = 0; qubit < kQubits; ++qubit) {
    all_x.push_back({qubit, true, false});
  }
  EXPECT_EQ(tableau.expectation(all_x), 1);
  EXPECT_EQ(tableau.expectation(std::array{PauliFactor{3, false, true}, PauliFactor{1299, false, true}}), 1);
  EXPECT_EQ(tableau.expectation(std::array{PauliFactor{3, false, true}}), 0);
  Tableau copy = tableau.copy();
  EXPECT_FALSE(copy.measure(900).certain);
  const std::array<Qubit, 3> some = {0, 640, 1299};
  EXPECT_EQ(copy.flips_of_last(some), std::vector<bool>(3, true));
  for (const Qubit qubit : {0U, 1U, 699U, 1299U}) {
    EXPECT_TRUE(copy.measure(qubit).certain);
    EXPECT_FALSE(copy.measure(qubit).value);
  }
  EXPECT_EQ(copy.expectation(all_x), 0);
  EXPECT_EQ(tableau.expectation(all_x), 1) << "a copy is a state of its own";
}

}  // namespace
}  // namespace basalt::quantum
