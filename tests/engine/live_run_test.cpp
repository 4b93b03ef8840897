// Programs whose qubits are never in one state at the same time, run on a state of those that are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "basalt/error.h"
#include "basalt/plan.h"
#include "engine_harness.h"

namespace basalt {
namespace {

using testing::HasSubstr;

using Counts = std::map<std::string, std::uint64_t>;

Request on(Method method, Request request) {
  request.method = method;
  request.backend = Backend::cpu;
  return request;
}

/// Of two samples of one distribution: Pearson's statistic, less what it is on average, in standard deviations.
double discrepancy(const Counts& a, const Counts& b) {
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
  return freedom < 1 ? statistic : (statistic - freedom) / std::sqrt(2 * freedom);
}

/// Qubit i is entangled with the next, then never touched again.
std::string ladder(int qubits, const std::string& gates) {
  const std::string n = std::to_string(qubits);
  return qasm3("qubit[" + n + "] q; bit[" + n + "] c; h q[0]; for int i in [0:" + std::to_string(qubits - 2) + "] { " +
               gates + " } c = measure q;");
}

/// A state is carried along by teleportation over `hops` hops, each with two qubits of its own, and with a rotation
/// that no tableau has.
std::string teleportation(int hops) {
  const std::string n = std::to_string(2 * hops + 1);
  return qasm3("qubit[" + n + "] q; bit m; bit f; bit c; ry(0.8) q[0]; for int i in [0:" + std::to_string(hops - 1) +
               "] { h q[2*i+1]; cx q[2*i+1], q[2*i+2]; cx q[2*i], q[2*i+1]; h q[2*i]; f = measure q[2*i]; "
               "m = measure q[2*i+1]; if (m) { x q[2*i+2]; } if (f) { z q[2*i+2]; } } c = measure q[" +
               std::to_string(2 * hops) + "];");
}

TEST(LiveRun, CountsAreThoseOfTheState) {
  const std::vector<std::string> programs = {
      ladder(12, "ry(0.4) q[i+1]; cx q[i], q[i+1]; rx(0.3) q[i];"),
      ladder(
          5,
          "u3(0.4, 0.2, 0.1) q[i+1]; cx q[i], q[i+1]; c[i] = measure q[i]; if (c[i]) { ry(1.1) q[i+1]; } reset q[i];"),
      teleportation(3),
      qasm3("qubit[3] q; bit[6] c; for int i in [0:5] { ry(0.5) q[0]; rx(0.9) q[1]; cx q[0], q[1]; "
            "cp(0.7) q[1], q[2]; h q[2]; c[i] = measure q[1]; reset q[1]; if (c[i]) { x q[2]; } }"),
  };
  constexpr std::uint64_t kShots = 4000;
  for (const std::string& program : programs) {
    const Report live = run(on(Method::live, request_for(program, kShots)));
    const Report state = run(on(Method::state, request_for(program, kShots, 8)));
    EXPECT_EQ(live.method, Method::live);
    EXPECT_LT(discrepancy(counts_of(live), counts_of(state)), 6) << program;
  }
}

TEST(LiveRun, SixtyQubitsOfWhichTwoAreLive) {
  const Report report = run(on(Method::automatic, request_for(ladder(60, "t q[i]; cx q[i], q[i+1];"), 500)));
  EXPECT_EQ(report.method, Method::live) << "no state is as wide";
  EXPECT_EQ(report.qubits, 60U);
  EXPECT_EQ(report.live_qubits, 10U);
  const Counts counts = counts_of(report);
  ASSERT_EQ(counts.size(), 2U);
  const std::uint64_t zeros = counts.at(std::string(60, '0'));
  EXPECT_EQ(zeros + counts.at(std::string(60, '1')), 500U);
  EXPECT_NEAR(static_cast<double>(zeros), 250, 70);
}

TEST(LiveRun, ALongTeleportationKeepsTheState) {
  constexpr std::uint64_t kShots = 300;
  const Report report = run(on(Method::automatic, request_for(teleportation(40), kShots)));
  EXPECT_EQ(report.method, Method::live);
  double ones = 0;
  for (const auto& [bits, count] : report.counts) {
    ones += bits.front() == '1' ? static_cast<double>(count) : 0;
  }
  EXPECT_NEAR(ones / kShots, std::pow(std::sin(0.4), 2), 0.1);
}

TEST(LiveRun, TheSameSeedGivesTheSameCountsOnAnyNumberOfThreads) {
  Request request = on(Method::live, request_for(ladder(14, "ry(0.4) q[i+1]; cx q[i], q[i+1]; rx(0.3) q[i];"), 500));
  request.threads = 1;
  const Report one = run(request);
  request.threads = 4;
  EXPECT_EQ(one.counts, run(request).counts);
}

TEST(LiveRun, WhereMoreAreLiveThanItSeemedTheStateGrows) {
  const Report report = run(
      on(Method::live,
         request_for(qasm3("qubit[14] q; bit[14] c; bit d; ry(2.9) q[0]; d = measure q[0]; if (d) { h q[1]; "
                           "for int i in [1:12] { cx q[i], q[i+1]; } for int i in [1:12] { cp(0.1) q[i], q[i+1]; } } "
                           "c = measure q;"),
                     200)));
  EXPECT_GT(report.live_qubits, 10U);
  EXPECT_EQ(report.counts.size(), 3U);
}

TEST(LiveRun, IsRefusedWhereAllQubitsAreNeeded) {
  const auto complaint = [](const std::function<void(Request&)>& change) {
    Request request = on(Method::live, request_for(ladder(20, "t q[i]; cx q[i], q[i+1];")));
    change(request);
    try {
      run(request);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_usage);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(complaint([](Request& request) { request.top = 3; }), HasSubstr("--top"));
  EXPECT_THAT(complaint([](Request& request) { request.observables = {"Z0"}; }), HasSubstr("--observable"));
  EXPECT_THAT(complaint([](Request& request) { request.probability_qubits = {1}; }), HasSubstr("--probabilities"));
  EXPECT_THAT(complaint([](Request& request) { request.save_state = "a.npy"; }), HasSubstr("--save-state"));
  EXPECT_THAT(complaint([](Request& request) { request.checkpoint.folder = "a"; }), HasSubstr("--checkpoint"));
}

TEST(LiveRun, PlansSayHowManyAreLive) {
  const PlanReport report = explain_plan(on(Method::automatic, request_for(ladder(40, "t q[i]; cx q[i], q[i+1];"))));
  EXPECT_EQ(report.method, Method::live);
  EXPECT_EQ(report.method_reason, "at most 2 of the 40 qubits have to be in the state at a time");
  EXPECT_EQ(report.qubits, 40U);
  EXPECT_EQ(report.live_qubits, 10U);
  EXPECT_EQ(report.state_bytes, 8192U);
}

TEST(LiveRun, OneStateIsTakenWhereItIsSoonDone) {
  EXPECT_EQ(run(on(Method::automatic, request_for(ladder(17, "t q[i]; cx q[i], q[i+1];")))).method, Method::state);
}

}  // namespace
}  // namespace basalt
