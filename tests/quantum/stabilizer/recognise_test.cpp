// Which gates are Clifford, and that their steps are the gates.
#include "workloads/quantum/stabilizer/recognise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "reference/clifford.h"
#include "reference/random_circuit.h"
#include "workloads/quantum/stabilizer/clifford_reader.h"

namespace basalt::quantum {
namespace {

constexpr double kPi = std::numbers::pi;

/// Of the steps on their qubits, all of them at once.
std::vector<Complex> matrix_of(int qubits, std::span<const CliffordStep> steps) {
  const std::size_t size = std::size_t{1} << qubits;
  std::vector<Complex> result(size * size);
  for (std::size_t column = 0; column < size; ++column) {
    reference::State state(size);
    state[column] = 1;
    for (const CliffordStep& step : steps) {
      reference::apply(state, step);
    }
    for (std::size_t row = 0; row < size; ++row) {
      result[row * size + column] = state[row];
    }
  }
  return result;
}

TEST(RecogniseClifford, RandomCircuitsAreTheirSteps) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const int qubits = 1 + static_cast<int>(seed % 4);
    const Circuit circuit = reference::random_clifford_circuit(qubits, 12, seed);
    const auto matrix = reference::circuit_matrix(circuit);
    const auto steps = recognise_clifford(matrix);
    ASSERT_TRUE(steps) << seed;
    EXPECT_LT(reference::max_difference_up_to_phase(matrix, matrix_of(qubits, *steps)), 1e-12) << seed;
  }
}

TEST(RecogniseClifford, OtherUnitariesAreNot) {
  for (const GateId gate : {GateId::t, GateId::tdg}) {
    EXPECT_FALSE(recognise_clifford(gate_matrix(gate, {})));
  }
  EXPECT_FALSE(recognise_clifford(gate_matrix(GateId::rccx, {})));
  EXPECT_FALSE(recognise_clifford(gate_matrix(GateId::rx, std::array{0.3})));
  for (int targets = 1; targets <= 3; ++targets) {
    EXPECT_FALSE(recognise_clifford(reference::random_unitary(targets, 7)));
  }
}

TEST(RecogniseClifford, AnglesCountToTwelveDigits) {
  EXPECT_TRUE(recognise_clifford(gate_matrix(GateId::rz, std::array{kPi / 2 + 1e-13})));
  EXPECT_FALSE(recognise_clifford(gate_matrix(GateId::rz, std::array{kPi / 2 + 1e-11})));
}

TEST(CliffordReader, ReadsEveryGateOfACircuit) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const int qubits = 1 + static_cast<int>(seed % 5);
    RecordedCircuit recorded{.circuit = reference::random_clifford_circuit(qubits, 40, seed), .recordings = {}};
    std::vector<CliffordStep> steps;
    CliffordReader reader;
    ASSERT_EQ(reader.append(recorded, steps), recorded.circuit.operations().size()) << seed;
    EXPECT_LT(
        reference::max_difference_up_to_phase(reference::circuit_matrix(recorded.circuit), matrix_of(qubits, steps)),
        1e-11)
        << seed;
  }
}

TEST(CliffordReader, StopsAtTheFirstGateThatIsNone) {
  RecordedCircuit recorded{.circuit = Circuit(3), .recordings = {}};
  recorded.circuit.append(GateId::h, {}, {}, std::array<Qubit, 1>{0});
  recorded.circuit.append(GateId::x, {}, std::array{Control{0, true}, Control{1, true}}, std::array<Qubit, 1>{2});
  recorded.circuit.append(GateId::h, {}, {}, std::array<Qubit, 1>{1});
  std::vector<CliffordStep> steps;
  EXPECT_EQ(CliffordReader().append(recorded, steps), 1);
  EXPECT_EQ(name_of_operation(recorded.circuit, recorded.circuit.operations()[1]), "x with 2 controls");
}

TEST(CliffordReader, PutsRecordingsWhereTheyBelong) {
  RecordedCircuit recorded{
      .circuit = Circuit(2),
      .recordings = {
          {.before = 0, .qubit = 1}, {.before = 1, .qubit = 0, .record = 0}, {.before = 1, .qubit = 1, .record = 1}}};
  recorded.circuit.append(GateId::h, {}, {}, std::array<Qubit, 1>{0});
  std::vector<CliffordStep> steps;
  CliffordReader().append(recorded, steps);
  EXPECT_EQ(steps,
            (std::vector<CliffordStep>{
                {CliffordOp::reset, 1}, {CliffordOp::h, 0}, {CliffordOp::measure, 0, 0}, {CliffordOp::measure, 1, 1}}));
}

}  // namespace
}  // namespace basalt::quantum
