// Programs on a state of fewer qubits than they have: every outcome must be as probable as with all of them.
#include "workloads/quantum/input/live_qubits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "reference/random_circuit.h"
#include "reference/state.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/input/machine.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

using Distribution = std::map<std::string, double>;

Script script_of(const std::string& body) {
  return compile(parse("test", "OPENQASM 3.1;\ninclude \"stdgates.inc\";\n" + body, {}));
}

std::shared_ptr<const Script> narrow(Script script, Qubit width, bool surveys = false) {
  script.narrowing = {.width = width, .surveys = surveys};
  script.qubit_count = width;
  return std::make_shared<const Script>(std::move(script));
}

/// What the registers hold, of a basis state.
std::string bits_of(const Machine& machine, std::uint64_t basis) {
  std::string text;
  for (const std::vector<BitSource>& bits : machine.registers()) {
    for (const BitSource& bit : bits) {
      text += (bit.is_qubit ? (basis >> bit.qubit & 1) != 0 : bit.value) ? '1' : '0';
    }
  }
  return text;
}

/// Goes every way that a program can go, with the probability of each.
void explore(Machine machine, reference::State state, Qubit qubits, double probability, Distribution& found) {
  constexpr double kNever = 1e-12;
  Circuit circuit(qubits);
  const Machine::Status status = machine.advance(circuit, {});
  reference::apply(state, circuit);
  if (status == Machine::Status::finished) {
    for (std::uint64_t basis = 0; basis < state.size(); ++basis) {
      if (std::norm(state[basis]) > kNever) {
        found[bits_of(machine, basis)] += probability * std::norm(state[basis]);
      }
    }
    return;
  }
  const std::vector<Qubit> wanted(machine.wanted().begin(), machine.wanted().end());
  const std::vector<double> probabilities = reference::probabilities(state, wanted);
  for (std::uint64_t outcome = 0; outcome < probabilities.size(); ++outcome) {
    if (probabilities[outcome] < kNever) {
      continue;
    }
    std::vector<std::uint8_t> bits;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      bits.push_back(outcome >> i & 1);
    }
    Machine next = machine;
    next.provide(bits);
    reference::State projected = state;
    reference::collapse(projected, wanted, outcome);
    explore(std::move(next), std::move(projected), qubits, probability * probabilities[outcome], found);
  }
}

Distribution distribution_of(const std::shared_ptr<const Script>& script) {
  Distribution found;
  explore(Machine(script), reference::zero_state(static_cast<int>(script->qubit_count)), script->qubit_count, 1, found);
  return found;
}

void expect_equal(const Distribution& a, const Distribution& b, const std::string& what) {
  for (const Distribution& both : {a, b}) {
    for (const auto& [bits, probability] : both) {
      const double of_a = a.contains(bits) ? a.at(bits) : 0;
      const double of_b = b.contains(bits) ? b.at(bits) : 0;
      ASSERT_NEAR(of_a, of_b, 1e-9) << bits << " of " << what;
    }
  }
}

/// Measurements, resets and gates that depend on outcomes, among random gates.
std::string random_program(int qubits, int gates, std::uint64_t seed) {
  const std::string header = "qubit[" + std::to_string(qubits) + "] q;\n";
  const Circuit circuit = reference::random_circuit(qubits, gates, seed, reference::GateSet::stdgates);
  std::string lines = reference::to_qasm3(circuit);
  lines.erase(0, lines.find(header) + header.size());
  std::mt19937_64 random(seed);
  const auto any = [&](int count) { return std::to_string(random() % static_cast<std::uint64_t>(count)); };
  std::string text = header + "bit[3] c;\n";
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at) + 1;
    const std::string line = lines.substr(at, end - at);
    at = end;
    switch (random() % 8) {
      case 0:
        text += "c[" + any(3) + "] = measure q[" + any(qubits) + "];\n" + line;
        break;
      case 1:
        text += "reset q[" + any(qubits) + "];\n" + line;
        break;
      case 2:
        text += "if (c[" + any(3) + "]) { " + line + " }\n";
        break;
      default:
        text += line;
    }
  }
  return text + "c[" + any(3) + "] = measure q[" + any(qubits) + "];\n";
}

/// Of every width from 1 on that is enough; how many are.
int widths_that_agree(const std::string& program) {
  const Script script = script_of(program);
  const Distribution expected = distribution_of(std::make_shared<const Script>(script));
  int enough = 0;
  for (Qubit width = 1; width <= script.qubit_count; ++width) {
    try {
      const Distribution found = distribution_of(narrow(script, width));
      expect_equal(expected, found, "width " + std::to_string(width) + " of\n" + program);
      ++enough;
    } catch (const TooNarrow& found) {
      EXPECT_GT(found.needed, width);
      EXPECT_EQ(enough, 0) << "wider is never worse";
    }
  }
  EXPECT_GE(enough, 1) << "all qubits are always enough:\n" << program;
  return enough;
}

TEST(LiveQubits, RandomProgramsHaveTheSameOutcomes) {
  int narrower = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    narrower += widths_that_agree(random_program(2 + static_cast<int>(seed % 4), 14, seed)) > 1 ? 1 : 0;
  }
  EXPECT_GT(narrower, 10);
}

TEST(LiveQubits, ALadderNeedsTwo) {
  const std::string ladder =
      "qubit[6] q; bit[6] c; ry(0.7) q[0]; for int i in [0:4] { ry(0.3) q[i+1]; cx q[i], q[i+1]; rx(0.4) q[i]; }"
      "c = measure q;";
  EXPECT_EQ(widths_that_agree(ladder), 5) << "2, 3, 4, 5 and 6";
}

TEST(LiveQubits, ProductsNeedOne) {
  EXPECT_EQ(widths_that_agree("qubit[4] q; bit[4] c; ry(0.7) q; swap q[0], q[1]; rx(1.1) q[1]; c = measure q;"), 4);
}

TEST(LiveQubits, ControlsThatAreKnownBringNobodyIn) {
  EXPECT_EQ(widths_that_agree("qubit[4] q; bit[4] c; x q[0]; cx q[0], q[1]; ctrl @ ry(0.5) q[1], q[2]; cx q[3], q[2]; "
                              "ccx q[0], q[1], q[3]; c = measure q;"),
            4);
}

TEST(LiveQubits, AQubitIsUsedAgainAfterAReset) {
  const std::string program =
      "qubit[3] q; bit[4] c; ry(0.9) q[0]; for int i in [0:3] { ry(0.6) q[1]; cx q[0], q[1]; cx q[1], q[2]; "
      "c[i] = measure q[1]; reset q[1]; if (c[i]) { rz(0.8) q[2]; rx(0.2) q[0]; } reset q[2]; }";
  EXPECT_GE(widths_that_agree(program), 1);
}

TEST(LiveQubits, TheSurveyFindsTheWidth) {
  const Script script =
      script_of("qubit[40] q; bit[40] c; h q[0]; for int i in [0:38] { cx q[i], q[i+1]; t q[i+1]; } c = measure q;");
  Machine machine(narrow(script, 40, true));
  Circuit circuit(40);
  while (machine.advance(circuit, {}) == Machine::Status::needs_outcomes) {
    machine.provide(std::vector<std::uint8_t>(machine.wanted().size(), 0));
  }
  EXPECT_EQ(machine.live()->peak(), 2U);
  EXPECT_EQ(machine.live()->departures(), 38U) << "the last two are sampled";
}

}  // namespace
}  // namespace basalt::quantum
