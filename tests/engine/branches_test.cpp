// Measurement in the middle, reset and classical control: the tree of branches against exact probabilities.

#include <gtest/gtest.h>

#include <cmath>

#include "engine/memory_budget.h"
#include "engine_harness.h"

namespace basalt {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

TEST(Branches, AConditionFollowsItsMeasurement) {
  const Report report = run(request_for(
      qasm3("qubit[2] q; bit[2] c; ry(1.2) q[0]; c[0] = measure q[0]; if (c[0]) x q[1]; c[1] = measure q[1];"),
      100000));
  const Counts counts = counts_of(report);
  ASSERT_EQ(counts.size(), 2U);
  const double expected = 100000 * std::pow(std::sin(0.6), 2);
  EXPECT_NEAR(static_cast<double>(counts.at("11")), expected, 6 * std::sqrt(expected));
  EXPECT_EQ(counts.at("00") + counts.at("11"), 100000U);
  EXPECT_EQ(report.branches, 2U);
}

TEST(Branches, ResetForgetsAndKeepsTheRest) {
  const Report report =
      run(request_for(qasm3("qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; reset q[0]; c = measure q;"), 10000));
  const Counts counts = counts_of(report);
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_NEAR(static_cast<double>(counts.at("10")), 5000, 300);
  EXPECT_EQ(counts.at("00") + counts.at("10"), 10000U);
}

TEST(Branches, ResetOfAFreshQubitCostsNothing) {
  const Report report = run(request_for(qasm3("qubit[3] q; bit[3] c; reset q; h q[0]; c = measure q;")));
  EXPECT_EQ(report.branches, 1U);
  EXPECT_EQ(report.gates, 1U);
}

TEST(Branches, TeleportationArrives) {
  Request request = request_for(
      qasm3("qubit[3] q; bit[2] c; ry(0.7) q[0]; rz(0.4) q[0]; h q[1]; cx q[1], q[2]; cx q[0], q[1]; h q[0];"
            "c[0] = measure q[0]; c[1] = measure q[1]; if (c[1]) x q[2]; if (c[0]) z q[2];"));
  request.precision = Precision::double_precision;
  request.observables = {"X2", "Y2", "Z2"};
  const Report report = run(request);
  EXPECT_EQ(report.branches, 4U);
  EXPECT_NEAR(report.expectation_values[0].second, std::sin(0.7) * std::cos(0.4), 1e-12);
  EXPECT_NEAR(report.expectation_values[1].second, std::sin(0.7) * std::sin(0.4), 1e-12);
  EXPECT_NEAR(report.expectation_values[2].second, std::cos(0.7), 1e-12);
}

TEST(Branches, RepeatUntilSuccessEnds) {
  const Report report = run(request_for(
      qasm3("qubit q; bit c = \"1\"; int[32] tries = 0; while (c) { reset q; h q; c = measure q; tries += 1; }"),
      4096));
  EXPECT_EQ(counts_of(report), (Counts{{"0", 4096}}));
  EXPECT_GT(report.branches, 6U);
}

TEST(Branches, AConditionOnAWholeRegisterSplitsOverItsValues) {
  const std::string text =
      "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[3];\nqreg t[1];\ncreg c[3];\ncreg d[1];\nh q;\nmeasure q -> c;\n"
      "if (c==5) x t[0];\nmeasure t -> d;\n";
  const Counts counts = counts_of(run(request_for(text, 8000)));
  ASSERT_EQ(counts.size(), 8U);
  for (const auto& [bits, count] : counts) {
    EXPECT_EQ(bits.substr(0, 2), bits.substr(2) == "101" ? "1 " : "0 ");
    EXPECT_NEAR(static_cast<double>(count), 1000, 190);
  }
}

/// Ten rounds of a coin that is measured and used: about a thousand leaves.
constexpr const char* kCoins =
    "qubit[3] q; bit[10] c; for int i in [0:9] { ry(0.9 + 0.1*i) q[0]; cx q[0], q[1]; rx(0.3) q[1]; c[i] = measure "
    "q[0]; "
    "if (c[i]) { h q[2]; cx q[2], q[0]; } }";

TEST(Branches, AreTheSameWhetherStatesAreKeptOrComputedAgain) {
  Request request = request_for(qasm3(kCoins), 3000);
  request.precision = Precision::double_precision;
  request.observables = {"Z2", "X1"};
  const Report kept = run(request);
  ASSERT_GT(kept.branches, 50U);

  // Room for the estimate without any copy: every waiting state must be computed again.
  quantum::Script shape;
  shape.qubit_count = 3;
  shape.registers.push_back({.name = "c", .width = 10});
  request.threads = 1;
  const MemoryEstimate estimate = estimate_memory(request, shape, request.threads);
  request.memory_limit_bytes = estimate.promised_bytes();
  const Report again = run(request);
  EXPECT_EQ(again.counts, kept.counts);
  EXPECT_EQ(again.branches, kept.branches);
  EXPECT_GT(again.gates, kept.gates);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(again.expectation_values[i].second, kept.expectation_values[i].second, 1e-12);
  }
  EXPECT_LE(again.memory.peak_bytes, *request.memory_limit_bytes);
}

TEST(Branches, NeverHoldMoreThanEstimated) {
  for (const std::uint64_t shots : {1U, 2U, 100U, 5000U}) {
    const Report report = run(request_for(qasm3(kCoins), shots));
    EXPECT_LE(report.memory.peak_bytes, report.memory.estimate_bytes) << shots << " shots";
    std::uint64_t total = 0;
    for (const auto& [bits, count] : report.counts) {
      total += count;
    }
    EXPECT_EQ(total, shots);
  }
}

TEST(Branches, GiveTheSameCountsOnAnyNumberOfThreads) {
  Request request = request_for(qasm3(kCoins), 2000);
  request.threads = 1;
  const Report one = run(request);
  request.threads = 2;
  EXPECT_EQ(run(request).counts, one.counts);
}

TEST(Branches, FitTheExactDistribution) {
  // Two measured coins with feedback; exact probabilities by hand.
  const double p = std::pow(std::sin(0.4), 2);
  const double r = std::pow(std::sin(0.9), 2);
  const double shots = 200000;
  const Counts counts = counts_of(run(request_for(
      qasm3(
          "qubit[2] q; bit[2] c; ry(0.8) q[0]; c[0] = measure q[0]; if (c[0]) { ry(1.8) q[1]; } else { ry(0.8) q[1]; } "
          "c[1] = measure q[1];"),
      static_cast<std::uint64_t>(shots))));
  const std::map<std::string, double> expected = {
      {"00", (1 - p) * (1 - p)}, {"10", (1 - p) * p}, {"01", p * (1 - r)}, {"11", p * r}};
  double chi_square = 0;
  for (const auto& [bits, probability] : expected) {
    const double difference = static_cast<double>(counts.at(bits)) - shots * probability;
    chi_square += difference * difference / (shots * probability);
  }
  EXPECT_LT(chi_square, 25) << "three degrees of freedom";
}

}  // namespace
}  // namespace basalt
