// What well-known circuits come down to, gate by gate.

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <numbers>
#include <random>
#include <string>

#include "basalt/error.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt::quantum {
namespace {

using std::numbers::pi;

/// A circuit that is written down gate by gate.
class Written {
 public:
  explicit Written(Qubit qubits) : circuit(qubits) {}

  void one(GateId gate, Qubit qubit, std::initializer_list<double> parameters = {}) {
    circuit.append(gate, std::vector<double>(parameters), {}, std::array{qubit});
  }
  void two(GateId gate, Qubit a, Qubit b, std::initializer_list<double> parameters = {}) {
    circuit.append(gate, std::vector<double>(parameters), {}, std::array{a, b});
  }
  void controlled(GateId gate, Qubit control, Qubit target, std::initializer_list<double> parameters = {}) {
    circuit.append(gate, std::vector<double>(parameters), std::array{Control{control, true}}, std::array{target});
  }
  void cx(Qubit control, Qubit target) { controlled(GateId::x, control, target); }

  /// As compilers to {rz, sx, cx} write it.
  void hadamard(Qubit qubit) {
    one(GateId::rz, qubit, {pi / 2});
    one(GateId::sx, qubit);
    one(GateId::rz, qubit, {pi / 2});
  }
  void controlled_phase(Qubit a, Qubit b, double angle) {
    one(GateId::rz, a, {angle / 2});
    cx(a, b);
    one(GateId::rz, b, {-angle / 2});
    cx(a, b);
    one(GateId::rz, b, {angle / 2});
  }
  void swap(Qubit a, Qubit b) {
    cx(a, b);
    cx(b, a);
    cx(a, b);
  }

  Circuit circuit;
};

/// How many gates of each shape are left: "dense1", "real2", "phase2", "parity2", "exchange1" (by controls), "swap".
std::map<std::string, int> shapes_after(const Circuit& circuit, const PassOptions& options = {}) {
  GateList list = list_gates(circuit);
  run_passes(list, options);
  std::map<std::string, int> shapes;
  for (const Gate& gate : list.gates) {
    std::string shape;
    switch (gate.kind) {
      case GateKind::dense: {
        bool real = true;
        for (const Complex& entry : list.matrix(gate)) {
          real = real && entry.imag() == 0;
        }
        shape = (real ? "real" : "dense") + std::to_string(gate.target_count);
        break;
      }
      case GateKind::phase:
        shape = (gate.phase.parity ? "parity" : "phase") + std::to_string(std::popcount(gate.phase.mask));
        break;
      case GateKind::exchange:
        shape = "exchange" + std::to_string(std::popcount(gate.control.mask));
        break;
      case GateKind::swap:
        shape = "swap";
        break;
    }
    ++shapes[shape];
  }
  return shapes;
}

using Shapes = std::map<std::string, int>;

Circuit transpiled_qft(Qubit qubits) {
  Written circuit(qubits);
  for (Qubit i = qubits; i-- > 0;) {
    circuit.hadamard(i);
    for (Qubit j = i; j-- > 0;) {
      circuit.controlled_phase(j, i, pi / static_cast<double>(std::uint64_t{1} << (i - j)));
    }
  }
  for (Qubit i = 0; i < qubits / 2; ++i) {
    circuit.swap(i, qubits - 1 - i);
  }
  return circuit.circuit;
}

TEST(Golden, TranspiledQftIsHadamardGatesAndPhases) {
  for (const Qubit qubits : {2U, 5U, 10U, 24U}) {
    const int n = static_cast<int>(qubits);
    EXPECT_EQ(shapes_after(transpiled_qft(qubits)), (Shapes{{"real1", n}, {"phase2", n * (n - 1) / 2}}));
  }
}

TEST(Golden, TranspiledQftEndsInTheMap) {
  GateList list = list_gates(transpiled_qft(6));
  run_passes(list, {});
  EXPECT_EQ(list.map.axis, (std::vector<std::uint8_t>{5, 4, 3, 2, 1, 0}));
}

TEST(Golden, QuantumVolumeBlocksAreAnInteractionBetweenRotationsEach) {
  std::mt19937_64 random(3);
  const auto angle = [&] { return static_cast<double>(random() % 6000) * 1e-3 + 0.01; };
  Written circuit(6);
  const auto any = [&](Qubit qubit) { circuit.one(GateId::u3, qubit, {angle(), angle(), angle()}); };
  const std::array<std::array<Qubit, 2>, 6> pairs{{{0, 1}, {2, 3}, {4, 5}, {5, 0}, {1, 2}, {3, 4}}};
  for (const auto& [a, b] : pairs) {
    any(a);
    any(b);
    for (int i = 0; i < 3; ++i) {
      circuit.cx(a, b);
      any(a);
      any(b);
    }
  }
  // Between the two blocks of a qubit there is one rotation.
  EXPECT_EQ(shapes_after(circuit.circuit), (Shapes{{"real1", 18}, {"real2", 6}, {"phase1", 36}, {"parity2", 6}}));
}

TEST(Golden, QaoaCostLayersArePhases) {
  constexpr Qubit kQubits = 6;
  Written circuit(kQubits);
  for (Qubit qubit = 0; qubit < kQubits; ++qubit) {
    circuit.one(GateId::h, qubit);
  }
  for (int layer = 0; layer < 3; ++layer) {
    for (Qubit qubit = 0; qubit < kQubits; ++qubit) {
      const Qubit next = (qubit + 1) % kQubits;
      circuit.cx(qubit, next);
      circuit.one(GateId::rz, next, {0.7 + layer});
      circuit.cx(qubit, next);
    }
    for (Qubit qubit = 0; qubit < kQubits; ++qubit) {
      circuit.one(GateId::rx, qubit, {0.3 + layer});
    }
  }
  // The quarter turns around real mixers cancel, but for the first and the last.
  EXPECT_EQ(shapes_after(circuit.circuit), (Shapes{{"real1", 4 * kQubits}, {"parity2", 18}, {"phase1", 2 * kQubits}}));
  // Where outcomes are all that is looked at, the last are not seen.
  EXPECT_EQ(shapes_after(circuit.circuit, {.without = {}, .wanted_qubits = 63, .phases_matter = false}),
            (Shapes{{"real1", 4 * kQubits}, {"parity2", 18}, {"phase1", kQubits}}));
}

TEST(Golden, GhzStaysAsItIs) {
  Written circuit(8);
  circuit.one(GateId::h, 0);
  for (Qubit qubit = 1; qubit < 8; ++qubit) {
    circuit.cx(qubit - 1, qubit);
  }
  EXPECT_EQ(shapes_after(circuit.circuit), (Shapes{{"real1", 1}, {"exchange1", 7}}));
}

TEST(Golden, RingsOfCxBetweenRotationsStayAsTheyAre) {
  Written circuit(6);
  for (int layer = 0; layer < 3; ++layer) {
    for (Qubit qubit = 0; qubit < 6; ++qubit) {
      circuit.one(GateId::ry, qubit, {0.1 + layer + 0.2 * qubit});
      circuit.one(GateId::rz, qubit, {0.5 + layer + 0.1 * qubit});
    }
    for (Qubit qubit = 0; qubit < 6; ++qubit) {
      circuit.cx(qubit, (qubit + 1) % 6);
    }
  }
  EXPECT_EQ(shapes_after(circuit.circuit), (Shapes{{"real1", 18}, {"phase1", 18}, {"exchange1", 18}}));
}

TEST(Golden, BernsteinVaziraniNeedsOneHadamardGate) {
  Written circuit(8);
  circuit.one(GateId::x, 7);
  for (Qubit qubit = 0; qubit < 8; ++qubit) {
    circuit.one(GateId::h, qubit);
  }
  for (const Qubit qubit : {0U, 2U, 3U, 6U}) {
    circuit.cx(qubit, 7);
  }
  for (Qubit qubit = 0; qubit < 7; ++qubit) {
    circuit.one(GateId::h, qubit);
  }
  EXPECT_EQ(shapes_after(circuit.circuit), (Shapes{{"real1", 1}, {"exchange1", 4}}));
  // It now comes last, on the qubit that nobody looks at.
  EXPECT_EQ(shapes_after(circuit.circuit, {.without = {}, .wanted_qubits = 127, .phases_matter = false}),
            (Shapes{{"exchange1", 4}}));
}

TEST(Golden, ToffoliWrittenWithCxIsPhasesBetweenHadamardGates) {
  Written c(3);
  c.one(GateId::h, 2);
  c.cx(1, 2);
  c.one(GateId::tdg, 2);
  c.cx(0, 2);
  c.one(GateId::t, 2);
  c.cx(1, 2);
  c.one(GateId::tdg, 2);
  c.cx(0, 2);
  c.one(GateId::t, 1);
  c.one(GateId::t, 2);
  c.one(GateId::h, 2);
  c.cx(0, 1);
  c.one(GateId::t, 0);
  c.one(GateId::tdg, 1);
  c.cx(0, 1);
  const Shapes shapes = shapes_after(c.circuit);
  EXPECT_EQ(shapes.count("exchange1"), 0U);
  EXPECT_EQ(shapes.at("real1"), 2);
}

TEST(Golden, OraclesThatComputeAndUncomputeAreSigns) {
  Written circuit(7);
  const auto compute = [&](Qubit a, Qubit b, Qubit target) {
    circuit.circuit.append(GateId::x, {}, std::array{Control{a, true}, Control{b, true}}, std::array{target});
  };
  compute(0, 1, 4);
  compute(4, 2, 5);
  circuit.controlled(GateId::z, 5, 3);
  compute(4, 2, 5);
  compute(0, 1, 4);
  // Whatever the helpers 4 and 5 hold: their own values count, too.
  EXPECT_EQ(shapes_after(circuit.circuit), (Shapes{{"phase2", 1}, {"phase3", 1}, {"phase4", 1}}));
}

TEST(Golden, HeisenbergStepsAreOneRealMatrixAndOneParityAPair) {
  Written circuit(6);
  for (int step = 0; step < 2; ++step) {
    for (Qubit qubit = 0; qubit + 1 < 6; ++qubit) {
      circuit.two(GateId::rxx, qubit, qubit + 1, {0.3});
      circuit.two(GateId::ryy, qubit, qubit + 1, {0.4});
      circuit.two(GateId::rzz, qubit, qubit + 1, {0.5});
    }
  }
  const Shapes shapes = shapes_after(circuit.circuit);
  EXPECT_EQ(shapes.at("real2"), 10);
  EXPECT_EQ(shapes.at("parity2"), 10);
  EXPECT_LE(shapes.at("phase1"), 6);  // a quarter turn of every second qubit at the beginning and at the end
}

TEST(Golden, IswapIsASwapAndPhases) {
  Written circuit(2);
  circuit.two(GateId::iswap, 0, 1);
  const Shapes shapes = shapes_after(circuit.circuit);
  EXPECT_EQ(shapes.count("swap") + shapes.count("dense2") + shapes.count("real2"), 0U);
}

TEST(Golden, InversesCancelThroughWhatCommutes) {
  Written circuit(4);
  circuit.cx(0, 1);
  circuit.controlled(GateId::z, 0, 2);
  circuit.cx(3, 1);
  circuit.one(GateId::t, 0);
  circuit.cx(0, 1);
  circuit.one(GateId::tdg, 0);
  circuit.controlled(GateId::z, 2, 0);
  EXPECT_EQ(shapes_after(circuit.circuit), (Shapes{{"exchange1", 1}}));
}

TEST(PassTable, RefusesNamesThatItDoesNotHave) {
  GateList list;
  EXPECT_THROW(run_passes(list, {.without = {"fold-ladder"}}), Error);
  try {
    check_pass_names(std::array<std::string, 1>{"fold-ladder"});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_usage);
    EXPECT_NE(std::string(error.what()).find("fold-ladders"), std::string::npos);
  }
}

TEST(PassTable, ReportsEveryRowThatRan) {
  GateList list = list_gates(transpiled_qft(3));
  const auto reports = run_passes(list, {.without = {"merge-pairs"}});
  std::size_t row = 0;
  for (const Pass& pass : pass_table()) {
    if (pass.name != "merge-pairs") {
      ASSERT_LT(row, reports.size());
      EXPECT_EQ(reports[row].name, pass.name);
      EXPECT_GE(reports[row].seconds, 0);
      EXPECT_EQ(reports[row].gates_before,
                row == 0 ? list_gates(transpiled_qft(3)).gates.size() : reports[row - 1].gates_after);
      ++row;
    }
  }
  EXPECT_EQ(row, reports.size());
  EXPECT_EQ(reports.back().gates_after, list.gates.size());
}

TEST(DropUnseen, KeepsOnlyTheLightCone) {
  Written circuit(4);
  circuit.one(GateId::h, 0);
  circuit.cx(0, 1);
  circuit.one(GateId::ry, 2, {0.3});
  circuit.cx(2, 3);
  circuit.one(GateId::rz, 1, {0.2});
  EXPECT_EQ(shapes_after(circuit.circuit, {.without = {}, .wanted_qubits = 0b0011, .phases_matter = false}),
            (Shapes{{"real1", 1}, {"exchange1", 1}}));
  EXPECT_EQ(shapes_after(circuit.circuit, {.without = {}, .wanted_qubits = 0b0001, .phases_matter = false}),
            (Shapes{{"real1", 1}}));
  // Seen as a density matrix, qubit 0 shows that qubit 1 knows of it.
  EXPECT_EQ(shapes_after(circuit.circuit, {.without = {}, .wanted_qubits = 0b0001, .phases_matter = true}),
            (Shapes{{"real1", 1}, {"exchange1", 1}}));
  EXPECT_EQ(shapes_after(circuit.circuit, {.without = {}, .wanted_qubits = 0, .phases_matter = false}), Shapes{});
}

}  // namespace
}  // namespace basalt::quantum
