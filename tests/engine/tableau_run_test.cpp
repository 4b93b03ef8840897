// Clifford programs on a tableau: against the reference, against the state, and as wide as no state is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine_harness.h"
#include "reference/clifford.h"

namespace basalt {
namespace {

using quantum::CliffordOp;
using quantum::CliffordStep;
using testing::HasSubstr;

using Counts = std::map<std::string, std::uint64_t>;

std::string text_of(const CliffordStep& step) {
  constexpr std::array kNames = {"x", "y", "z", "h", "s", "sdg", "sx", "inv @ sx", "cx", "cz", "swap"};
  const std::string a = "q[" + std::to_string(step.a) + "]";
  const std::string b = "q[" + std::to_string(step.b) + "]";
  switch (step.op) {
    case CliffordOp::measure:
      return "c[" + std::to_string(step.b) + "] = measure " + a + ";";
    case CliffordOp::reset:
      return "reset " + a + ";";
    case CliffordOp::cx:
    case CliffordOp::cz:
    case CliffordOp::swap:
      return std::string(kNames.at(static_cast<std::size_t>(step.op))) + " " + a + ", " + b + ";";
    default:
      return std::string(kNames.at(static_cast<std::size_t>(step.op))) + " " + a + ";";
  }
}

/// Few measurements, so that each outcome comes up often; with `feedback`, gates that depend on what came before.
std::vector<CliffordStep> few_measurements(int qubits, int count, std::uint64_t seed) {
  std::vector<CliffordStep> steps = reference::random_clifford_steps(qubits, count, seed);
  std::erase_if(steps, [](const CliffordStep& step) { return step.op == CliffordOp::measure && step.b >= 5; });
  return steps;
}

std::string program_of(int qubits, std::span<const CliffordStep> steps, bool feedback) {
  std::string text = "qubit[" + std::to_string(qubits) + "] q; bit[5] c;\n";
  std::size_t measured = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool gate = steps[i].op != CliffordOp::measure && steps[i].op != CliffordOp::reset;
    if (feedback && gate && measured > 0 && i % 4 == 0) {
      text += "if (c[" + std::to_string(i / 4 % measured) + "]) { " + text_of(steps[i]) + " }\n";
    } else {
      text += text_of(steps[i]) + "\n";
    }
    measured += steps[i].op == CliffordOp::measure ? 1 : 0;
  }
  return qasm3(text);
}

Request on(Method method, Request request) {
  request.method = method;
  request.backend = Backend::cpu;
  return request;
}

/// Of two samples of one distribution: Pearson's statistic, less what it is on average, in standard deviations.
double discrepancy(const Counts& a, const Counts& b, double shots) {
  double statistic = 0;
  double freedom = -1;
  Counts both = a;
  for (const auto& [bits, count] : b) {
    both[bits] += count;
  }
  for (const auto& [bits, sum] : both) {
    const auto found = a.find(bits);
    const double mean = static_cast<double>(sum) / 2;
    const double difference = (found == a.end() ? 0.0 : static_cast<double>(found->second)) - mean;
    statistic += 2 * difference * difference / mean;
    freedom += 1;
  }
  EXPECT_GT(shots, 0);
  return freedom < 1 ? statistic : (statistic - freedom) / std::sqrt(2 * freedom);
}

TEST(TableauRun, CountsAreThoseOfTheReference) {
  constexpr std::uint64_t kShots = 6000;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const int qubits = 2 + static_cast<int>(seed % 4);
    const auto steps = few_measurements(qubits, 60, seed);
    const Report report = run(on(Method::stabilizer, request_for(program_of(qubits, steps, false), kShots, seed)));
    EXPECT_EQ(report.method, Method::stabilizer);
    EXPECT_EQ(report.branches, 1U);
    std::map<std::string, double> expected;
    for (const auto& [outcomes, history] : reference::histories(qubits, steps)) {
      std::string bits(5, '0');
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        bits[4 - i] = outcomes[i] ? '1' : '0';
      }
      expected[bits] += history.probability;
    }
    double statistic = 0;
    const Counts counts = counts_of(report);
    for (const auto& [bits, count] : counts) {
      ASSERT_TRUE(expected.contains(bits)) << "seed " << seed << ": " << bits << " cannot be";
    }
    for (const auto& [bits, probability] : expected) {
      const auto found = counts.find(bits);
      const double mean = kShots * probability;
      const double count = found == counts.end() ? 0 : static_cast<double>(found->second);
      statistic += (count - mean) * (count - mean) / mean;
    }
    const auto freedom = static_cast<double>(expected.size() - 1);
    EXPECT_LT(statistic, freedom + 6 * std::sqrt(2 * freedom) + 1e-9) << "seed " << seed;
  }
}

TEST(TableauRun, FeedbackGoesTheWaysOfTheState) {
  constexpr std::uint64_t kShots = 5000;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const int qubits = 2 + static_cast<int>(seed % 4);
    const std::string text = program_of(qubits, few_measurements(qubits, 80, seed + 500), true);
    const Report tableau = run(on(Method::stabilizer, request_for(text, kShots, seed)));
    const Report state = run(on(Method::state, request_for(text, kShots, seed + 1)));
    EXPECT_LT(discrepancy(counts_of(tableau), counts_of(state), kShots), 6) << "seed " << seed << "\n" << text;
  }
}

TEST(TableauRun, CorrectionsPartNoShots) {
  const std::string text = qasm3(
      "qubit[301] q; bit m; bit f; bit c; y q[0]; h q[0]; s q[0]; for int i in [0:149] { h q[2*i+1]; "
      "cx q[2*i+1], q[2*i+2]; cx q[2*i], q[2*i+1]; h q[2*i]; f = measure q[2*i]; m = measure q[2*i+1]; "
      "if (m) { x q[2*i+2]; } if (f) z q[2*i+2]; } sdg q[300]; h q[300]; c = measure q[300];");
  const Report report = run(on(Method::stabilizer, request_for(text, 2000)));
  EXPECT_EQ(report.branches, 1U);
  EXPECT_EQ(report.counts.size(), 4U) << "two bits of the last hop are random";
  for (const auto& [bits, count] : report.counts) {
    EXPECT_EQ(bits.front(), '1') << "what was teleported, " << count << " times";
  }
}

TEST(TableauRun, WhatIsMoreThanACorrectionPartsShots) {
  for (const std::string body : {"x q[1]; h q[1];", "cx q[1], q[2];", "d = 1; x q[1];", "x q[1]; } else { y q[2];"}) {
    const std::string text =
        qasm3("qubit[3] q; bit[3] c; bit d; h q[0]; bit m = measure q[0]; if (m) { " + body + " } c = measure q;");
    const Report tableau = run(on(Method::stabilizer, request_for(text, 3000)));
    const Report state = run(on(Method::state, request_for(text, 3000, 8)));
    EXPECT_EQ(tableau.branches, 2U) << body;
    EXPECT_LT(discrepancy(counts_of(tableau), counts_of(state), 3000), 6) << body;
  }
}

TEST(TableauRun, CorrectionsThatCannotBeAreForThoseShotsThatComeToThem) {
  const std::string text = qasm3("qubit[2] q; bit m; int i = 7; h q[0]; h q[0]; m = measure q[0]; if (m) { x q[i]; }");
  EXPECT_EQ(run(on(Method::stabilizer, request_for(text, 10))).counts.size(), 1U);
}

TEST(TableauRun, ValuesAreThoseOfTheState) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const int qubits = 3 + static_cast<int>(seed % 5);
    std::vector<CliffordStep> steps = reference::random_clifford_steps(qubits, 80, seed);
    std::erase_if(
        steps, [](const CliffordStep& step) { return step.op == CliffordOp::measure || step.op == CliffordOp::reset; });
    Request request = request_for(program_of(qubits, steps, false) + "c[0] = measure q[0]; c[1] = measure q[1];", 100);
    request.precision = Precision::double_precision;
    request.observables = {"Z0", "X0*Y1 - 2*Z2", "0.5*Y0 Y1 Y2 + X1", "Z0*Z1*Z2 + 3 + X0*X1*X2"};
    request.probability_qubits = {2, 0, 1};
    const Report tableau = run(on(Method::stabilizer, request));
    const Report state = run(on(Method::state, request));
    ASSERT_EQ(tableau.expectation_values.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(tableau.expectation_values[i].first, state.expectation_values[i].first);
      EXPECT_NEAR(tableau.expectation_values[i].second, state.expectation_values[i].second, 1e-9) << seed;
    }
    for (std::size_t i = 0; i < 8; ++i) {
      EXPECT_NEAR(tableau.probabilities[i], state.probabilities[i], 1e-9) << seed;
    }
  }
}

TEST(TableauRun, ValuesAfterMeasurementsAreAveragesOverShots) {
  // X of a qubit that was measured and turned back is 0; Z of its partner follows the outcome
  Request request = request_for(
      qasm3("qubit[2] q; bit c; h q[0]; cx q[0], q[1]; c = measure q[0]; h q[0]; h q[0]; if (c) { x q[1]; id q[1]; }"),
      4000);
  request.observables = {"Z1", "Z0", "X0", "Z0*Z1"};
  request.probability_qubits = {0, 1};
  const Report report = run(on(Method::stabilizer, request));
  EXPECT_EQ(report.branches, 2U);
  EXPECT_EQ(report.expectation_values[0].second, 1);
  const double ones = static_cast<double>(counts_of(report).at("1")) / 4000;
  EXPECT_NEAR(report.expectation_values[1].second, 1 - 2 * ones, 1e-12);
  EXPECT_EQ(report.expectation_values[2].second, 0);
  EXPECT_NEAR(report.expectation_values[3].second, 1 - 2 * ones, 1e-12);
  EXPECT_NEAR(report.probabilities[1], ones, 1e-12);
  EXPECT_NEAR(report.probabilities[0], 1 - ones, 1e-12);
}

std::string wide_ghz(int qubits) {
  const std::string n = std::to_string(qubits);
  return qasm3("qubit[" + n + "] q; bit[" + n + "] c; h q[0]; for uint i in [1:" + std::to_string(qubits - 1) +
               "] { cx q[i-1], q[i]; } c = measure q;");
}

TEST(TableauRun, AThousandQubits) {
  Request request = request_for(wide_ghz(1000), 3000);
  request.observables = {"Z0*Z999", "X500", "2*Z3*Z64*Z65*Z127 - Z998"};
  request.probability_qubits = {999, 63, 64};
  const Report report = run(request);
  EXPECT_EQ(report.method, Method::stabilizer) << "chosen by itself: no state is as wide";
  const Counts counts = counts_of(report);
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_NEAR(static_cast<double>(counts.at(std::string(1000, '0'))), 1500, 170);
  EXPECT_EQ(counts.at(std::string(1000, '0')) + counts.at(std::string(1000, '1')), 3000U);
  EXPECT_EQ(report.expectation_values[0].second, 1);
  EXPECT_EQ(report.expectation_values[1].second, 0);
  EXPECT_EQ(report.expectation_values[2].second, 2);
  EXPECT_EQ(report.probabilities, (std::vector<double>{0.5, 0, 0, 0, 0, 0, 0, 0.5}));
}

TEST(TableauRun, SameSeedSameCountsOnAnyNumberOfThreads) {
  const std::string text = qasm3(
      "qubit[70] q; bit[70] c; bit d; h q; for uint i in [0:68] { cz q[i], q[i+1]; } h q; d = measure q[3];"
      "if (d) { h q[3]; } h q[5]; c = measure q;");
  Request request = request_for(text, 5000);
  request.threads = 1;
  const Counts one = counts_of(run(request));
  request.threads = 2;
  EXPECT_EQ(counts_of(run(request)), one);
  request.seed = 8;
  EXPECT_NE(counts_of(run(request)), one);
}

TEST(TableauRun, ManyShotsComeInTurns) {
  // as many shots as are not run at a time, on a program that goes different ways
  const std::string text = qasm3(
      "qubit[3000] q; bit[2] c; h q[2999]; c[0] = measure q[2999]; if (c[0]) { x q[0]; id q[0]; } c[1] = measure "
      "q[0];");
  const Report report = run(request_for(text, 120000));
  const Counts counts = counts_of(report);
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_NEAR(static_cast<double>(counts.at("11")), 60000, 1100);
  EXPECT_GT(report.branches, 2U);
}

TEST(TableauRun, ProgramsInPiecesAreOneProgram) {
  // more gates than are read at a time; the flips of the first pieces must reach the last
  const std::string text = qasm3(
      "qubit[20] q; bit[3] c; h q[0]; for uint i in [1:600000] { s q[0]; z q[1]; } h q[0];"
      "c[0] = measure q[0]; h q[2]; cx q[2], q[0]; c[1] = measure q[0]; c[2] = measure q[2];");
  const Counts counts = counts_of(run(on(Method::stabilizer, request_for(text, 1000))));
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_TRUE(counts.contains("000"));
  EXPECT_TRUE(counts.contains("110"));
}

TEST(TableauRun, AProgramThatTurnsOutOtherwiseRunsOnAState) {
  const std::string text = qasm3(
      "qubit[24] q; bit[2] c; for uint k in [0:9] { h q; } h q[0]; c[0] = measure q[0]; if (c[0]) { h q[1]; t "
      "q[1]; h q[1]; } c[1] = measure q[1];");
  Request request = request_for(text, 500);
  const Report report = run(request);
  EXPECT_EQ(report.method, Method::state);
  EXPECT_THAT(report.method_reason, HasSubstr("t, after a measurement, is no Clifford gate"));
  EXPECT_EQ(report.shots, 500U);
  request.method = Method::stabilizer;
  try {
    run(request);
    FAIL() << "ran";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_THAT(error.message(), HasSubstr("t is none"));
  }
}

TEST(TableauRun, RefusesWhatDoesNotFit) {
  Request request = request_for(wide_ghz(20000), 10);
  request.memory_limit_bytes = std::uint64_t{64} << 20;
  try {
    run(request);
    FAIL() << "ran";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_resources);
    EXPECT_THAT(error.message(), HasSubstr("a tableau of 20000 qubits needs 195.4 MiB"));
  }
}

TEST(TableauRun, CanBeCancelled) {
  CancelToken cancel;
  cancel.request();
  RunHooks hooks;
  hooks.cancel = &cancel;
  EXPECT_THROW(run(request_for(wide_ghz(100)), hooks), Error);
}

TEST(TableauRun, ProgressEndsAtTheLastShot) {
  Progress last;
  RunHooks hooks;
  hooks.on_progress = [&](const Progress& progress) { last = progress; };
  run(request_for(wide_ghz(100), 777), hooks);
  EXPECT_EQ(last.shots_done, 777U);
  EXPECT_EQ(last.fraction, 1);
}

}  // namespace
}  // namespace basalt
