// The generated circuits: that our own parser reads them, what they hold, and that they are what they are called.
#include "workloads/quantum/generate/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <regex>

#include "basalt/error.h"
#include "reference/state.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/input/machine.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

using testing::HasSubstr;

Circuit circuit_of(const std::string& text) {
  auto script = std::make_shared<const Script>(compile(parse("test.qasm", text)));
  Machine machine(script);
  Circuit circuit(script->qubit_count);
  const CancelToken never;
  EXPECT_EQ(machine.advance(circuit, never), Machine::Status::finished);
  return circuit;
}

/// How often each gate is written, and "all" of them.
std::map<std::string, int> gate_counts(const std::string& text) {
  const std::regex gate(R"(^([a-z0-9]+)(\([^)]*\))? q\[.*;$)");
  std::map<std::string, int> counts;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, gate) && found[1] != "qreg") {
      ++counts[found[1]];
      ++counts["all"];
    }
  }
  return counts;
}

/// FNV-1a: the standard library's hash may differ between platforms.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3;
  }
  return hash;
}

reference::State final_state(const Circuit& circuit) {
  reference::State state = reference::zero_state(static_cast<int>(circuit.qubit_count()));
  reference::apply(state, circuit);
  return state;
}

TEST(GenerateCircuit, EveryFamilyIsReadAtEveryWidth) {
  for (const CircuitFamily& family : circuit_families()) {
    for (const std::uint32_t qubits : {4U, 5U, 7U, 12U, 23U, 28U, 64U}) {
      SCOPED_TRACE(std::string(family.name) + " " + std::to_string(qubits));
      const std::string text = generate_circuit(family.name, qubits, 1);
      const Circuit circuit = circuit_of(text);
      EXPECT_EQ(circuit.qubit_count(), qubits);
      EXPECT_EQ(circuit.operations().size(), static_cast<std::size_t>(gate_counts(text)["all"]));
      EXPECT_GE(circuit.operations().size(), qubits);
    }
  }
}

TEST(GenerateCircuit, HasTheGatesOfTheFamily) {
  const auto counts = [](const char* family) { return gate_counts(generate_circuit(family, 24, 1)); };

  auto qft = counts("qft");
  EXPECT_EQ(qft["cu1"], 24 * 23 / 2);
  EXPECT_EQ(qft["h"], 24);
  EXPECT_EQ(qft["swap"], 12);
  EXPECT_EQ(qft["all"], 312 + 48) << "48 rotations before the transform";

  auto transpiled = counts("qft-transpiled");
  EXPECT_EQ(transpiled["cx"], 24 * 23 + 3 * 12);
  EXPECT_EQ(transpiled["rz"], 3 * 24 * 23 / 2 + 24);
  EXPECT_EQ(transpiled["cu1"] + transpiled["swap"], 0);

  auto random = counts("random");
  EXPECT_EQ(random["rx"] + random["ry"] + random["u3"], 24 * 15);
  EXPECT_EQ(random["cz"], 134);
  EXPECT_EQ(random["all"], 494);

  auto volume = counts("quantum-volume");
  EXPECT_EQ(volume["u3"], 24 * 12 * 4);
  EXPECT_EQ(volume["cx"], 24 * 12 * 3);

  auto qaoa = counts("qaoa");
  EXPECT_EQ(qaoa["cx"], 3 * 36 * 2);
  EXPECT_EQ(qaoa["rz"], 3 * 36);
  EXPECT_EQ(qaoa["rx"], 3 * 24);

  auto heisenberg = counts("heisenberg");
  EXPECT_EQ(heisenberg["rxx"], 4 * 24 * 2);
  EXPECT_EQ(heisenberg["rzz"], 4 * 24);

  EXPECT_EQ(counts("ising")["rzz"], 5 * (20 + 18));
  EXPECT_EQ(counts("ansatz")["all"], 720);
  EXPECT_EQ(counts("ghz")["all"], 24);
  EXPECT_EQ(counts("grover")["ccx"], 3 * 2 * 2 * 11);
}

TEST(GenerateCircuit, IsTheSameOnEveryMachine) {
  std::uint64_t hash = 0;
  for (const CircuitFamily& family : circuit_families()) {
    hash = hash_of(std::to_string(hash) + generate_circuit(family.name, 11, 7));
  }
  EXPECT_EQ(hash, 16357775787978701671U);
}

TEST(GenerateCircuit, DependsOnTheSeedWhereItIsRandom) {
  for (const CircuitFamily& family : circuit_families()) {
    if (family.name != "ghz") {
      EXPECT_NE(generate_circuit(family.name, 12, 1), generate_circuit(family.name, 12, 2)) << family.name;
    }
  }
}

TEST(GenerateCircuit, QftIsTheDiscreteFourierTransformOfItsStart) {
  constexpr int kQubits = 5;
  constexpr std::size_t kSize = 32;
  for (const char* const family : {"qft", "qft-transpiled"}) {
    const Circuit circuit = circuit_of(generate_circuit(family, kQubits, 3));
    Circuit start(kQubits);
    for (const Operation& operation : circuit.operations().first(2 * kQubits)) {
      start.append(operation.gate, circuit.parameters(operation), circuit.controls(operation),
                   circuit.targets(operation));
    }
    const reference::State before = final_state(start);
    reference::State transform(kSize);
    for (std::size_t y = 0; y < kSize; ++y) {
      for (std::size_t x = 0; x < kSize; ++x) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(x * y) / kSize;
        transform[y] += before[x] * std::polar(1 / std::sqrt(static_cast<double>(kSize)), angle);
      }
    }
    EXPECT_LT(reference::max_difference_up_to_phase(final_state(circuit), transform), 1e-9) << family;
  }
}

TEST(GenerateCircuit, NoRootRepeatsOnAQubit) {
  const Circuit circuit = circuit_of(generate_circuit("random", 12, 5));
  std::map<Qubit, GateId> last;
  for (const Operation& operation : circuit.operations()) {
    if (operation.control_count == 0) {
      const Qubit qubit = circuit.targets(operation).front();
      const auto found = last.find(qubit);
      EXPECT_TRUE(found == last.end() || found->second != operation.gate);
      last[qubit] = operation.gate;
    }
  }
  EXPECT_EQ(last.size(), 12U);
}

/// The fourth moment of the trace tells Haar-random unitaries (2) from what only looks random.
TEST(GenerateCircuit, QuantumVolumeDrawsFromTheHaarMeasure) {
  constexpr std::size_t kGatesOfBlock = 10;
  double sum = 0;
  int blocks = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Circuit circuit = circuit_of(generate_circuit("quantum-volume", 4, seed));
    for (std::size_t first = 0; first < circuit.operations().size(); first += kGatesOfBlock, ++blocks) {
      const std::span<const Operation> block = circuit.operations().subspan(first, kGatesOfBlock);
      const Qubit low = circuit.targets(block.front()).front();
      Circuit pair(2);
      for (const Operation& operation : block) {
        std::vector<Control> controls(circuit.controls(operation).begin(), circuit.controls(operation).end());
        for (Control& control : controls) {
          control.qubit = control.qubit == low ? 0 : 1;
        }
        const Qubit target = circuit.targets(operation).front() == low ? 0 : 1;
        pair.append(operation.gate, circuit.parameters(operation), controls, std::vector<Qubit>{target});
      }
      const std::vector<Complex> matrix = reference::circuit_matrix(pair);
      sum += std::pow(std::norm(matrix[0] + matrix[5] + matrix[10] + matrix[15]), 2);
    }
  }
  ASSERT_EQ(blocks, 4000);
  EXPECT_NEAR(sum / blocks, 2, 0.15);
}

TEST(GenerateCircuit, GhzAndBernsteinVaziraniEndInTheStatesTheyAreKnownFor) {
  const reference::State ghz = final_state(circuit_of(generate_circuit("ghz", 6, 1)));
  EXPECT_NEAR(std::norm(ghz.front()), 0.5, 1e-12);
  EXPECT_NEAR(std::norm(ghz.back()), 0.5, 1e-12);

  const std::string text = generate_circuit("bernstein-vazirani", 6, 1);
  const reference::State state = final_state(circuit_of(text));
  std::uint64_t hidden = 0;
  for (std::uint32_t qubit = 0; qubit < 5; ++qubit) {
    hidden |= std::uint64_t{text.find("cx q[" + std::to_string(qubit) + "]") != std::string::npos} << qubit;
  }
  EXPECT_NEAR(std::norm(state[hidden]) + std::norm(state[hidden | 1U << 5]), 1, 1e-12);
}

TEST(GenerateCircuit, GroverGivesItsHelpersBack) {
  // From |0...0⟩ in place of the rotations: the helpers end as they began, and the marked string stands out.
  const Circuit circuit = circuit_of(generate_circuit("grover", 8, 2));
  Circuit search(8);
  for (Qubit qubit = 0; qubit < 5; ++qubit) {
    search.append(GateId::h, {}, {}, std::vector<Qubit>{qubit});
  }
  for (const Operation& operation : circuit.operations().subspan(16)) {
    search.append(operation.gate, circuit.parameters(operation), circuit.controls(operation),
                  circuit.targets(operation));
  }
  const reference::State state = final_state(search);
  double clean = 0;
  double most = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    clean += std::norm(state[i]);
    most = std::max(most, std::norm(state[i]));
  }
  EXPECT_NEAR(clean, 1, 1e-12);
  const double angle = std::asin(1 / std::sqrt(32.0));
  EXPECT_NEAR(most, std::pow(std::sin(7 * angle), 2), 1e-9) << "after three iterations";
}

TEST(GenerateCircuit, RefusesWhatItCannotMake) {
  const auto message_of = [](std::string_view family, std::uint32_t qubits) {
    try {
      generate_circuit(family, qubits, 1);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_usage);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(message_of("qtf", 8), HasSubstr("'qtf'"));
  EXPECT_THAT(message_of("qtf", 8), HasSubstr("qft-transpiled"));
  EXPECT_THAT(message_of("qft", 3), HasSubstr("3 qubits"));
  EXPECT_THAT(message_of("qft", 65), HasSubstr("65 qubits"));
}

}  // namespace
}  // namespace basalt::quantum
