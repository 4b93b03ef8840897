// Compiled circuits against the reference, against themselves with other inputs, and what they refuse.
#include "basalt/compiled_circuit.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "engine_harness.h"
#include "reference/random_circuit.h"
#include "reference/state.h"

namespace basalt {
namespace {

using testing::HasSubstr;

Engine& engine() {
  static Engine one;
  return one;
}

std::shared_ptr<const PreparedProgram> program_of(const std::string& text) {
  return prepare(request_for(text).source);
}

template <typename Real>
CompiledCircuit compile(const std::string& text, const std::map<std::string, std::string>& inputs = {}) {
  return {engine(), program_of(text), sizeof(Real) == 4 ? Precision::single_precision : Precision::double_precision,
          inputs};
}

/// The final state in memory that begins `shift` amplitudes after an aligned place.
template <typename Real>
reference::State run_compiled(CompiledCircuit& circuit, std::size_t shift = 0) {
  struct alignas(64) Line {
    std::array<std::byte, 64> bytes;
  };
  std::vector<Line> memory((circuit.amplitudes() + shift) * 2 * sizeof(Real) / 64 + 1);
  auto* const first = reinterpret_cast<std::complex<Real>*>(memory.data()) + shift;
  const std::span<std::complex<Real>> state(first, circuit.amplitudes());
  std::ranges::fill(state, std::complex<Real>(3, 4));  // what was there does not matter
  circuit.run(state);
  return {state.begin(), state.end()};
}

template <typename Real>
double error_of(const std::string& text, const quantum::Circuit& circuit, std::size_t shift = 0) {
  reference::State expected = reference::zero_state(static_cast<int>(circuit.qubit_count()));
  reference::apply(expected, circuit);
  CompiledCircuit compiled = compile<Real>(text);
  return reference::max_difference(run_compiled<Real>(compiled, shift), expected);
}

RC_GTEST_PROP(CompiledCircuits, AgreeWithTheReference, ()) {
  const int qubits = *rc::gen::inRange(1, 13);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto circuit = reference::random_circuit(qubits, *rc::gen::inRange(1, 60), seed, reference::GateSet::stdgates);
  const std::size_t shift = *rc::gen::inRange<std::size_t>(0, 3);
  const std::string text = reference::to_qasm3(circuit);
  RC_ASSERT(error_of<float>(text, circuit, shift) < 2e-5);
  RC_ASSERT(error_of<double>(text, circuit, shift) < 1e-12);
}

/// SWAP and X that passes would turn into other names of the qubits.
RC_GTEST_PROP(CompiledCircuits, GiveRenamedQubitsBackInTheirPlaces, ()) {
  const int qubits = *rc::gen::inRange(2, 9);
  std::string body = fmt::format("qubit[{}] q; ", qubits);
  quantum::Circuit circuit(static_cast<quantum::Qubit>(qubits));
  for (quantum::Qubit qubit = 0; qubit < circuit.qubit_count(); ++qubit) {
    const double angle = 0.3 + 0.2 * qubit;
    body += fmt::format("ry({}) q[{}]; ", angle, qubit);
    circuit.append(quantum::GateId::ry, std::array{angle}, {}, std::array{qubit});
  }
  for (int i = *rc::gen::inRange(1, 20); i > 0; --i) {
    const auto a = *rc::gen::inRange<quantum::Qubit>(0, circuit.qubit_count());
    const auto b = (a + *rc::gen::inRange<quantum::Qubit>(1, circuit.qubit_count())) % circuit.qubit_count();
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        body += fmt::format("swap q[{}], q[{}]; ", a, b);
        circuit.append(quantum::GateId::swap, {}, {}, std::array{a, b});
        break;
      case 1:
        body += fmt::format("x q[{}]; ", a);
        circuit.append(quantum::GateId::x, {}, {}, std::array{a});
        break;
      default:
        body += fmt::format("negctrl @ x q[{}], q[{}]; ", a, b);
        circuit.append(quantum::GateId::x, {}, std::array{quantum::Control{a, false}}, std::array{b});
    }
  }
  RC_ASSERT(error_of<double>(qasm3(body), circuit) < 1e-12);
}

TEST(CompiledCircuits, KeepTheGlobalPhase) {
  CompiledCircuit circuit = compile<double>(qasm3("qubit q; gphase(0.7); x q;"));
  const reference::State state = run_compiled<double>(circuit);
  EXPECT_NEAR(std::abs(state[1] - std::polar(1.0, 0.7)), 0, 1e-14);
}

TEST(CompiledCircuits, SayHowLargeTheyAre) {
  const CompiledCircuit circuit = compile<float>(qasm3("qubit[5] q; h q;"));
  EXPECT_EQ(circuit.qubits(), 5U);
  EXPECT_EQ(circuit.amplitudes(), 32U);
  EXPECT_EQ(circuit.gates(), 5U);
}

TEST(CompiledCircuits, RunWithoutAGate) {
  CompiledCircuit circuit = compile<float>(qasm3("qubit[2] q;"));
  EXPECT_EQ(run_compiled<float>(circuit), reference::zero_state(2));
}

TEST(CompiledCircuits, StayNormalHoweverManyGates) {
  CompiledCircuit circuit = compile<float>(
      qasm3("qubit[6] q; for int i in [1:3000] { ry(0.1 + i) q; for int j in [0:4] { cx q[j], q[j + 1]; } }"));
  EXPECT_NEAR(reference::norm(run_compiled<float>(circuit)), 1, 2e-5);
}

TEST(CompiledCircuits, GiveTheSameStateEveryTime) {
  CompiledCircuit circuit =
      compile<float>(qasm3("qubit[7] q; h q; for int i in [0:5] { cp(0.3 * i) q[i], q[i + 1]; }"));
  const reference::State first = run_compiled<float>(circuit);
  EXPECT_EQ(run_compiled<float>(circuit), first);
  CompiledCircuit moved = std::move(circuit);
  EXPECT_EQ(run_compiled<float>(moved), first);
}

constexpr const char* kAnsatz =
    "input float a; input float b; qubit[6] q; ry(a) q; for int i in [0:4] { crz(b) q[i], q[i + 1]; } rx(a * b) q;";

template <typename Real>
void expect_sweep_equals_separate_runs() {
  CompiledCircuit swept = compile<Real>(qasm3(kAnsatz), {{"a", "0.1"}, {"b", "0.2"}});
  // Zeros and whole turns drop gates, so that the shape changes on the way, and comes back.
  for (const char* a : {"0.3", "0", "1.7", "3.141592653589793", "0.4"}) {
    for (const char* b : {"0.5", "0", "-2.5"}) {
      const std::map<std::string, std::string> inputs{{"a", a}, {"b", b}};
      swept.bind(inputs);
      CompiledCircuit separate = compile<Real>(qasm3(kAnsatz), inputs);
      EXPECT_LT(reference::max_difference(run_compiled<Real>(swept), run_compiled<Real>(separate)),
                sizeof(Real) == 4 ? 1e-6 : 1e-14)
          << a << " " << b;
    }
  }
}

TEST(CompiledCircuits, SweepsEqualSeparateRuns) {
  expect_sweep_equals_separate_runs<float>();
  expect_sweep_equals_separate_runs<double>();
}

TEST(CompiledCircuits, AgreeWithTheEngine) {
  Request request = request_for(qasm3(kAnsatz));
  request.inputs = {{"a", "0.3"}, {"b", "1.5"}};
  request.precision = Precision::double_precision;
  CompiledCircuit circuit = compile<double>(request.source.text, request.inputs);
  EXPECT_LT(reference::max_difference(run_compiled<double>(circuit), final_state(request)), 1e-13);
}

void expect_refused(const std::string& body, ErrorCode code, const std::string& what,
                    const std::map<std::string, std::string>& inputs = {}) {
  try {
    compile<float>(qasm3(body), inputs);
    FAIL() << body << " was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << body;
    EXPECT_THAT(std::string(error.what()), HasSubstr(what));
    EXPECT_FALSE(error.advice().empty()) << body;
  }
}

TEST(CompiledCircuits, RefuseWhatHasNoSingleState) {
  constexpr ErrorCode kUnsupported = ErrorCode::unsupported;
  expect_refused("qubit q; bit c; h q; c = measure q;", kUnsupported, "measures or resets");
  expect_refused("qubit q; bit c; h q; c = measure q; if (c) { x q; }", kUnsupported, "measures or resets");
  expect_refused("qubit q; h q; reset q;", kUnsupported, "measures or resets");
  expect_refused("qubit[21] q; h q;", kUnsupported, "21 qubits");
}

TEST(CompiledCircuits, RefuseInputsThatAreMissingOrUnknown) {
  expect_refused("input float a; qubit q; rx(a) q;", ErrorCode::bad_usage, "a");
  expect_refused("input float a; qubit q; rx(a) q;", ErrorCode::bad_usage, "b", {{"a", "1"}, {"b", "2"}});
}

TEST(CompiledCircuits, StayAsTheyWereWhereInputsAreRefused) {
  CompiledCircuit circuit = compile<float>(qasm3(kAnsatz), {{"a", "0.1"}, {"b", "0.2"}});
  const reference::State before = run_compiled<float>(circuit);
  EXPECT_THROW(circuit.bind({{"a", "0.1"}}), Error);
  EXPECT_EQ(run_compiled<float>(circuit), before);
}

TEST(CompiledCircuits, RefuseStatesOfAnotherSizeOrPrecision) {
  CompiledCircuit circuit = compile<float>(qasm3("qubit[3] q; h q;"));
  std::vector<std::complex<float>> small(4);
  std::vector<std::complex<double>> wide(8);
  EXPECT_THROW(circuit.run(std::span(small)), Error);
  EXPECT_THROW(circuit.run(std::span(wide)), Error);
}

}  // namespace
}  // namespace basalt
