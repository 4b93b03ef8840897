// Circuits whose parts no gate connects: run as parts, they must be what one state of all is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine_harness.h"
#include "reference/random_circuit.h"
#include "workloads/quantum/circuit_parts.h"

namespace basalt {
namespace {

using quantum::Circuit;
using quantum::Qubit;
using testing::ElementsAre;
using testing::HasSubstr;

using Counts = std::map<std::string, std::uint64_t>;

Request on(Method method, Request request) {
  request.method = method;
  request.backend = Backend::cpu;
  request.precision = Precision::double_precision;
  return request;
}

/// Three parts whose qubits lie among one another, and a qubit that no gate touches.
std::string three_parts(std::uint64_t seed) {
  std::string text = "qubit[8] q; bit[8] c;\n";
  constexpr std::array<std::array<int, 3>, 2> kTriples = {{{0, 3, 6}, {1, 4, 7}}};
  for (std::size_t part = 0; part < kTriples.size(); ++part) {
    const Circuit circuit = reference::random_circuit(3, 25, seed + part, reference::GateSet::stdgates);
    std::string gates = reference::to_qasm3(circuit);
    gates.erase(0, gates.find("qubit[3] q;\n") + 12);
    for (int qubit = 0; qubit < 3; ++qubit) {
      const std::string from = "q[" + std::to_string(qubit) + "]";
      const std::string to = "p[" + std::to_string(kTriples[part][static_cast<std::size_t>(qubit)]) + "]";
      for (std::size_t at = gates.find(from); at != std::string::npos; at = gates.find(from)) {
        gates.replace(at, from.size(), to);
      }
    }
    for (std::size_t at = gates.find("p["); at != std::string::npos; at = gates.find("p[", at + 1)) {
      gates[at] = 'q';
    }
    text += gates;
  }
  return qasm3(text + "ry(0.7) q[5];\n");
}

TEST(CircuitParts, AreSetsOfConnectedQubits) {
  Circuit circuit(7);
  using quantum::Control;
  using quantum::GateId;
  circuit.append(GateId::h, {}, {}, std::array<Qubit, 1>{5});
  circuit.append(GateId::x, {}, std::array{Control{6, true}, Control{2, false}}, std::array<Qubit, 1>{0});
  circuit.append(GateId::swap, {}, {}, std::array<Qubit, 2>{3, 5});
  circuit.append(GateId::gphase, std::array{0.3}, {}, {});
  const auto parts = quantum::split_circuit(circuit);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_THAT(parts[0].qubits, ElementsAre(0, 2, 6));
  EXPECT_THAT(parts[1].qubits, ElementsAre(3, 5));
  ASSERT_EQ(parts[0].circuit.operations().size(), 2U);
  EXPECT_EQ(parts[0].circuit.controls(parts[0].circuit.operations()[0])[0], (Control{2, true}));
  EXPECT_EQ(parts[0].circuit.controls(parts[0].circuit.operations()[0])[1], (Control{1, false}));
  EXPECT_THAT(parts[1].circuit.targets(parts[1].circuit.operations()[1]), ElementsAre(0, 1));
  quantum::Connections connections(7);
  connections.add(circuit);
  EXPECT_EQ(connections.count(), 4U) << "two sets, and two qubits that are alone";
  EXPECT_EQ(connections.set_of(6), 0U);
}

TEST(PartRun, ValuesAreThoseOfTheState) {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    Request request = request_for(three_parts(10 * seed), 10);
    request.observables = {"Z0*Z1", "X0*Y1*Z6*X7", "2*Z2*Z5 + X3*X4 - 0.5", "X2", "Y0 Y3 Z4"};
    request.probability_qubits = {7, 2, 0, 5, 3};
    request.top = 12;
    const Report parts = run(on(Method::parts, request));
    const Report state = run(on(Method::state, request));
    EXPECT_EQ(parts.method, Method::parts);
    ASSERT_EQ(parts.parts.size(), 3U);
    EXPECT_THAT(parts.parts[0].qubits, ElementsAre(0, 3, 6));
    EXPECT_THAT(parts.parts[2].qubits, ElementsAre(5));
    EXPECT_EQ(parts.gates, state.gates);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(parts.expectation_values[i].second, state.expectation_values[i].second, 1e-11) << seed;
    }
    for (std::size_t i = 0; i < 32; ++i) {
      EXPECT_NEAR(parts.probabilities[i], state.probabilities[i], 1e-12) << seed;
    }
    ASSERT_EQ(parts.top.size(), state.top.size());
    std::map<std::string, std::complex<double>> amplitudes;
    for (const TopEntry& entry : run(on(Method::state,
                                        [&] {
                                          Request all = request;
                                          all.top = 256;
                                          return all;
                                        }()))
                                     .top) {
      amplitudes[entry.bits] = entry.amplitude;
    }
    for (std::size_t i = 0; i < parts.top.size(); ++i) {
      EXPECT_NEAR(parts.top[i].probability, state.top[i].probability, 1e-12) << seed;
      EXPECT_LT(std::abs(parts.top[i].amplitude - amplitudes.at(parts.top[i].bits)), 1e-11) << seed;
    }
    EXPECT_NEAR(parts.norm, 1, 1e-12);
  }
}

TEST(PartRun, CountsAreIndependentFromPartToPart) {
  const std::string text = three_parts(3) + "c = measure q;";
  constexpr std::uint64_t kShots = 40000;
  Request request = request_for(text, kShots);
  request.probability_qubits = {0, 1, 2, 3, 4, 5, 6, 7};
  const Report report = run(on(Method::parts, request));
  const Counts counts = counts_of(report);
  double statistic = 0;
  double freedom = -1;
  double rest = 0;
  double rest_expected = 0;
  for (std::size_t value = 0; value < 256; ++value) {
    std::string bits(8, '0');
    for (std::size_t bit = 0; bit < 8; ++bit) {
      bits[7 - bit] = (value >> bit & 1) != 0 ? '1' : '0';
    }
    const double expected = kShots * report.probabilities[value];
    const auto found = counts.find(bits);
    const double count = found == counts.end() ? 0 : static_cast<double>(found->second);
    if (expected < 5) {
      rest += count;
      rest_expected += expected;
      continue;
    }
    statistic += (count - expected) * (count - expected) / expected;
    freedom += 1;
  }
  EXPECT_NEAR(rest, rest_expected, 6 * std::sqrt(rest_expected + 1));
  EXPECT_GT(freedom, 10);
  EXPECT_LT(statistic, freedom + 6 * std::sqrt(2 * freedom));
}

/// Parts of ten qubits that are not Clifford.
std::string chains(int parts) {
  std::string text = "qubit[" + std::to_string(10 * parts) + "] q; bit[" + std::to_string(10 * parts) + "] c;\n";
  text += "for uint p in [0:" + std::to_string(parts - 1) +
          "] { h q[10*p]; for uint i in [0:8] { cx q[10*p+i], q[10*p+i+1]; } for uint i in [0:9] { t q[10*p+i]; } }\n";
  return qasm3(text);
}

TEST(PartRun, AHundredAndTwentyQubitsInParts) {
  Request request = request_for(chains(12) + "c = measure q;", 2000);
  request.observables = {"Z0*Z9*Z110*Z119", "X0", "Z9*Z10"};
  const Report report = run(request);
  EXPECT_EQ(report.method, Method::parts) << "chosen by itself: no state is as wide";
  EXPECT_THAT(report.method_reason, HasSubstr("its 12 parts, of at most 10 of the 120 qubits"));
  EXPECT_NEAR(report.expectation_values[0].second, 1, 1e-5);
  EXPECT_NEAR(report.expectation_values[1].second, 0, 1e-5);
  EXPECT_NEAR(report.expectation_values[2].second, 0, 1e-5);
  std::uint64_t equal = 0;
  for (const auto& [bits, count] : report.counts) {
    for (std::size_t part = 0; part < 12; ++part) {
      ASSERT_EQ(bits.substr(10 * part, 10), std::string(10, bits[10 * part]));
    }
    equal += bits[0] == bits[10] ? count : 0;
  }
  EXPECT_NEAR(static_cast<double>(equal), 1000, 140) << "parts are independent";
}

TEST(PartRun, SameSeedSameCountsOnAnyNumberOfThreads) {
  Request request = request_for(chains(3) + "c = measure q;", 3000);
  request.threads = 1;
  const Counts one = counts_of(run(request));
  request.threads = 2;
  EXPECT_EQ(counts_of(run(request)), one);
  request.seed = 9;
  EXPECT_NE(counts_of(run(request)), one);
}

TEST(PartRun, ShowsTheMostProbableStatesOfAWideProgramWithoutBits) {
  std::string text = chains(7);
  text.replace(text.find("bit[70] c;"), 10, "");
  const Report report = run(request_for(text));
  EXPECT_EQ(report.method, Method::parts);
  ASSERT_EQ(report.top.size(), 8U);
  EXPECT_EQ(report.top[0].bits.size(), 70U);
  EXPECT_NEAR(report.top[0].probability, std::ldexp(1.0, -7), 1e-6);
}

TEST(PartRun, IsRefusedWhereItCannotBe) {
  const auto refusal = [](const std::string& body, const std::function<void(Request&)>& change = {}) {
    Request request = request_for(qasm3(body));
    request.method = Method::parts;
    if (change) {
      change(request);
    }
    try {
      run(request);
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("not refused");
  };
  EXPECT_EQ(refusal("qubit[2] q; h q[0]; cx q[0], q[1];"), "--method parts: gates connect all qubits");
  EXPECT_EQ(refusal("qubit[2] q; bit c; h q; c = measure q[0]; if (c) x q[1];"),
            "--method parts: the program needs an outcome before its end");
  EXPECT_EQ(refusal("qubit[2] q; h q;", [](Request& request) { request.save_state = "/tmp/never.npy"; }),
            "--method parts: --save-state needs one state");
  EXPECT_EQ(refusal("qubit[2] q; h q;", [](Request& request) { request.backend = Backend::vulkan; }),
            "--method parts: parts run on the CPU");
  EXPECT_EQ(refusal("qubit[2] q;"), "--method parts: the program has no gates");
}

TEST(PartRun, OneStateWhereThatIsAsGood) {
  Request request =
      request_for(qasm3("qubit[17] q; bit c; for uint i in [0:15] { cx q[i], q[i+1]; t q[i]; } h q[16];"
                        "c = measure q[16];"));
  EXPECT_EQ(run(request).method, Method::state);
  request.source.text = qasm3("qubit[18] q; bit c; ry(0.3) q; c = measure q[3];");
  EXPECT_EQ(run(request).method, Method::state) << "it is soon done";
}

}  // namespace
}  // namespace basalt
