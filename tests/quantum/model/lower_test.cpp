// Steps of lowered gate lists, run by plain loops, against the reference; and what they tell the planner.

#include "workloads/quantum/lower.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <set>

#include "reference/gate_list.h"
#include "reference/random_circuit.h"

namespace basalt::quantum {
namespace {

GateList empty_list(std::size_t state_size) {
  GateList list;
  list.qubit_count = static_cast<Qubit>(std::countr_zero(state_size));
  return list;
}

void run_step(reference::State& state, const Step& step) {
  const reference::State before = state;
  GateList one = empty_list(state.size());
  if (step.kernel == "quantum/dense") {
    const auto& operands = *static_cast<const DenseOperands*>(step.operands.get());
    const Gate gate =
        make_dense(one, operands.control, std::span(operands.targets).first(operands.target_count), operands.matrix);
    one.gates.push_back(gate);
    reference::apply(state, one);
  } else if (step.kernel == "quantum/phase") {
    one.gates.push_back(make_phase(*static_cast<const PhaseTerm*>(step.operands.get())));
    reference::apply(state, one);
  } else {
    ASSERT_EQ(step.kernel, "quantum/exchange");
    const auto& operands = *static_cast<const ExchangeOperands*>(step.operands.get());
    ASSERT_NE(operands.flip & operands.control.mask, 0U) << "pairs would be met twice";
    for (std::uint64_t index = 0; index < state.size(); ++index) {
      if ((index & operands.control.mask) == operands.control.value) {
        state[index] = before[index ^ operands.flip];
        state[index ^ operands.flip] = before[index];
      }
    }
  }
}

/// The axes along which a step really mixes elements, and those whose value it looks at, by trying all elements.
void expect_access_tells_the_truth(const Step& step, std::size_t size) {
  for (std::uint64_t source = 0; source < size; ++source) {
    reference::State state(size);
    state[source] = 1;
    run_step(state, step);
    for (std::uint64_t index = 0; index < size; ++index) {
      if (std::abs(state[index]) > 1e-12) {
        ASSERT_EQ((source ^ index) & ~step.access.mixes, 0U);
      }
    }
  }
  ASSERT_EQ(step.access.fixed & ~step.access.reads, 0U);
  ASSERT_EQ(step.access.mixes & step.access.reads, 0U);
}

RC_GTEST_PROP(LoweredGates, DoWhatTheirListDoes, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const int qubits = *rc::gen::inRange(1, 7);
  const Circuit circuit = reference::random_circuit(qubits, *rc::gen::inRange(1, 20), seed);
  const LoweredCircuit lowered = lower(list_gates(circuit));
  reference::State expected = reference::random_state(qubits, seed);
  reference::State actual = expected;
  reference::apply(expected, circuit);
  for (const Step& step : lowered.program.steps) {
    expect_access_tells_the_truth(step, actual.size());
    run_step(actual, step);
  }
  for (Complex& amplitude : actual) {
    amplitude *= std::polar(1.0, lowered.global_phase);
  }
  RC_ASSERT(!testing::Test::HasFailure());
  RC_ASSERT(reference::max_difference(actual, expected) < 1e-13);
}

TEST(LoweredGates, ControlledSwapsAreThreeExchangesOfOneTargetEach) {
  GateList list = empty_list(8);
  list.gates.push_back(make_swap({1, 1}, 1, 2));
  const LoweredCircuit lowered = lower(list);
  ASSERT_EQ(lowered.program.steps.size(), 3U);
  for (const Step& step : lowered.program.steps) {
    EXPECT_EQ(std::popcount(step.access.mixes), 1);
  }
  reference::State actual = reference::random_state(3, 1);
  reference::State expected = actual;
  reference::apply(expected, list);
  for (const Step& step : lowered.program.steps) {
    run_step(actual, step);
  }
  EXPECT_LT(reference::max_difference(actual, expected), 1e-15);
}

TEST(LoweredGates, TermsVisitOnlyWhatTheySelect) {
  GateList list = empty_list(16);
  list.gates = {make_phase({.mask = 5, .value = 4, .angle = 1, .parity = false}),
                make_phase({.mask = 5, .value = 0, .angle = 1, .parity = true})};
  const LoweredCircuit lowered = lower(list);
  EXPECT_EQ(lowered.program.steps[0].access.fixed, 5U);
  EXPECT_EQ(lowered.program.steps[1].access.fixed, 0U);
  EXPECT_EQ(lowered.program.steps[1].access.reads, 5U);
}

TEST(LoweredGates, OperandsAreSharedAndOutliveTheList) {
  std::shared_ptr<const void> kept;
  {
    GateList list = empty_list(4);
    list.gates = {make_exchange({}, 1), make_phase({.mask = 3, .value = 3, .angle = 0.25, .parity = false})};
    kept = lower(list).program.steps[1].operands;
  }
  EXPECT_EQ(static_cast<const PhaseTerm*>(kept.get())->angle, 0.25);
}

TEST(LoweredGates, RealMatricesAreKnown) {
  Circuit circuit(1);
  circuit.append(GateId::ry, std::array{0.3}, {}, std::array{Qubit{0}});
  circuit.append(GateId::rx, std::array{0.3}, {}, std::array{Qubit{0}});
  const LoweredCircuit lowered = lower(list_gates(circuit));
  EXPECT_TRUE(static_cast<const DenseOperands*>(lowered.program.steps[0].operands.get())->real);
  EXPECT_FALSE(static_cast<const DenseOperands*>(lowered.program.steps[1].operands.get())->real);
  EXPECT_LT(lowered.program.steps[0].flops_per_element, lowered.program.steps[1].flops_per_element);
}

}  // namespace
}  // namespace basalt::quantum
