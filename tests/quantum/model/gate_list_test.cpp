// Circuits listed as matrices, phases and exchanges, against the reference.

#include "workloads/quantum/gate_list.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <numbers>

#include "reference/gate_list.h"
#include "reference/random_circuit.h"

namespace basalt::quantum {
namespace {

using std::numbers::pi;

RC_GTEST_PROP(GateLists, DoWhatTheirCircuitDoes, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const int qubits = *rc::gen::inRange(1, 8);
  const Circuit circuit = reference::random_circuit(qubits, *rc::gen::inRange(1, 30), seed);
  reference::State expected = reference::random_state(qubits, seed);
  reference::State actual = expected;
  reference::apply(expected, circuit);
  reference::apply(actual, list_gates(circuit));
  RC_ASSERT(reference::max_difference(actual, expected) < 1e-13);
}

RC_GTEST_PROP(GateLists, DiagonalsOfAnyWidthAreTheirPhases, ()) {
  const int targets = *rc::gen::inRange(1, 7);
  const int qubits = targets + *rc::gen::inRange(0, 2);
  const std::size_t size = std::size_t{1} << targets;
  // Multiples of π/4, so that many terms vanish and some representations are shorter than others.
  const auto eighths = *rc::gen::container<std::vector<int>>(size, rc::gen::inRange(-8, 9));
  std::vector<Complex> matrix(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    matrix[i * size + i] = std::polar(1.0, eighths[i] * pi / 4);
  }
  std::vector<Qubit> order(static_cast<std::size_t>(qubits));
  for (Qubit qubit = 0; qubit < order.size(); ++qubit) {
    order[qubit] = static_cast<Qubit>(qubits) - 1 - qubit;
  }
  Circuit circuit(static_cast<Qubit>(qubits));
  const std::vector<Control> controls =
      qubits > targets ? std::vector{Control{order.back(), *rc::gen::arbitrary<bool>()}} : std::vector<Control>{};
  circuit.append_matrix(matrix, controls, std::span(order).first(static_cast<std::size_t>(targets)));
  const GateList list = list_gates(circuit);
  for (const Gate& gate : list.gates) {
    RC_ASSERT(gate.kind == GateKind::phase);
  }
  reference::State expected = reference::random_state(qubits, 5);
  reference::State actual = expected;
  reference::apply(expected, circuit);
  reference::apply(actual, list);
  RC_ASSERT(reference::max_difference(actual, expected) < 1e-13);
}

GateList list_of(GateId gate, std::initializer_list<double> parameters, std::initializer_list<Control> controls,
                 std::initializer_list<Qubit> targets) {
  Circuit circuit(4);
  circuit.append(gate, std::vector(parameters), std::vector(controls), std::vector(targets));
  return list_gates(circuit);
}

TEST(GateList, RzIsOnePhaseWithoutRounding) {
  const GateList list = list_of(GateId::rz, {0.3}, {}, {2});
  ASSERT_EQ(list.gates.size(), 1U);
  EXPECT_EQ(list.gates[0].phase.mask, 4U);
  EXPECT_EQ(list.gates[0].phase.value, 4U);
  EXPECT_EQ(list.gates[0].phase.angle, 0.3);
  EXPECT_EQ(list.global_phase, -0.15);
}

TEST(GateList, RzzIsThePhaseOfAParity) {
  const GateList list = list_of(GateId::rzz, {0.3}, {}, {3, 1});
  ASSERT_EQ(list.gates.size(), 1U);
  EXPECT_TRUE(list.gates[0].phase.parity);
  EXPECT_EQ(list.gates[0].phase.mask, 10U);
  EXPECT_EQ(list.gates[0].phase.angle, 0.3);
}

TEST(GateList, ControlledPhasesAreOneTerm) {
  const GateList list = list_of(GateId::z, {}, {{0, true}, {3, false}}, {1});
  ASSERT_EQ(list.gates.size(), 1U);
  EXPECT_FALSE(list.gates[0].phase.parity);
  EXPECT_EQ(list.gates[0].phase.mask, 11U);
  EXPECT_EQ(list.gates[0].phase.value, 3U);
  EXPECT_EQ(list.gates[0].phase.angle, pi);
}

TEST(GateList, ScalarsAreGlobalPhaseUnlessControlled) {
  EXPECT_EQ(list_of(GateId::gphase, {0.4}, {}, {}).global_phase, 0.4);
  EXPECT_TRUE(list_of(GateId::gphase, {0.4}, {}, {}).gates.empty());
  const GateList controlled = list_of(GateId::gphase, {0.4}, {{2, true}}, {});
  ASSERT_EQ(controlled.gates.size(), 1U);
  EXPECT_EQ(controlled.gates[0].phase.mask, 4U);
  EXPECT_EQ(controlled.global_phase, 0);
}

TEST(GateList, WholeTurnsAreNothing) {
  EXPECT_TRUE(list_of(GateId::p, {2 * pi}, {}, {0}).gates.empty());
  EXPECT_TRUE(list_of(GateId::p, {-12 * pi}, {{1, true}}, {0}).gates.empty());
  EXPECT_TRUE(list_of(GateId::id, {}, {{1, true}}, {0}).gates.empty());
}

TEST(GateList, LargeAnglesLoseNothing) {
  // 10^5 turns and a bit: the double nearest to 2π is off by 2.4e-16, and 10^5 times that would show.
  const double angle = 1e5 * 2 * pi + 0.5;
  const GateList list = list_of(GateId::p, {angle}, {{1, true}}, {0});
  ASSERT_EQ(list.gates.size(), 1U);
  EXPECT_NEAR(std::sin(list.gates[0].phase.angle), std::sin(angle), 1e-15);
}

TEST(GateList, TargetsAscend) {
  const GateList list = list_of(GateId::rccx, {}, {}, {3, 0, 2});
  ASSERT_EQ(list.gates.size(), 1U);
  EXPECT_EQ(list.gates[0].targets[0], 0);
  EXPECT_EQ(list.gates[0].targets[1], 2);
  EXPECT_EQ(list.gates[0].targets[2], 3);
}

}  // namespace
}  // namespace basalt::quantum
