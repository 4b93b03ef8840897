// States that are split over several devices: what comes out is what one processor gives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "device_fixture.h"
#include "reference/random_circuit.h"
#include "reference/state.h"

namespace basalt {
namespace {

using testing::HasSubstr;

using DeviceSplitTest = DeviceFixture;

std::uint64_t exchanges_of(const Report& report) {
  std::uint64_t count = 0;
  for (const StageEntry& stage : report.stages) {
    for (const KernelCount& kernel : stage.kernels) {
      count += kernel.kernel == "exchange of parts" ? kernel.steps : 0;
    }
  }
  return count;
}

TEST_F(DeviceSplitTest, GivesTheAmplitudesOfTheReference) {
  for (const int qubits : {9, 10, 12, 15}) {
    const quantum::Circuit circuit =
        reference::random_circuit(qubits, 80, static_cast<std::uint64_t>(qubits), reference::GateSet::stdgates);
    reference::State expected = reference::zero_state(qubits);
    reference::apply(expected, circuit);
    for (const int parts : {2, 4}) {
      Request request = on_devices(request_for(reference::to_qasm3(circuit)), parts);
      EXPECT_LT(reference::max_difference(final_state(request), expected), 1e-5) << qubits << " in " << parts;
      if (has_f64_) {
        request.precision = Precision::double_precision;
        EXPECT_LT(reference::max_difference(final_state(request), expected), 1e-13) << qubits << " in " << parts;
      }
    }
  }
}

TEST_F(DeviceSplitTest, GivesResultsOfEveryKindAsTheCpuDoes) {
  Request request = request_for(
      qasm3("qubit[13] q; bit[13] c; h q; for uint i in [0:11] { cx q[i], q[i+1]; ry(0.3*i) q[i]; } rx(0.4) q[12]; "
            "crz(0.7) q[12], q[0]; cp(0.3) q[11], q[12]; x q[12]; x q[3]; c = measure q;"),
      2000);
  // on the axes that number the parts and on others: Z, X and Y alone and together, and flips of everything
  request.observables = {"Z0*Z1 + 0.5*X3",
                         "Y2*X4*Z12",
                         "Z12",
                         "X12",
                         "Y11*Y12",
                         "X12*Y0*Z11 + 0.25*Z11*Z12 + 2*Y3*Y12",
                         "X0*X1*X2*X3*X4*X5*X6*X7*X8*X9*X10*X11*X12",
                         "Y0*Y1*Y2*Y3*Y4*Y5*Y6*Y7*Y8*Y9*Y10*Y11*Y12"};
  request.probability_qubits = {12, 0, 5, 11};
  request.top = 5;
  const Report cpu = run(request);
  for (const int parts : {2, 4}) {
    const Report split = run(on_devices(request, parts));
    EXPECT_EQ(split.backend, "vulkan");
    ASSERT_EQ(split.devices.size(), static_cast<std::size_t>(parts));
    EXPECT_GT(split.devices.back().state_bytes, 0U);
    EXPECT_GT(exchanges_of(split), 0U);
    EXPECT_NEAR(split.norm, 1, 1e-5);
    for (std::size_t i = 0; i < cpu.expectation_values.size(); ++i) {
      EXPECT_NEAR(split.expectation_values[i].second, cpu.expectation_values[i].second, 1e-5)
          << cpu.expectation_values[i].first << " in " << parts;
    }
    ASSERT_EQ(split.probabilities.size(), cpu.probabilities.size());
    for (std::size_t i = 0; i < cpu.probabilities.size(); ++i) {
      EXPECT_NEAR(split.probabilities[i], cpu.probabilities[i], 1e-6);
    }
    ASSERT_EQ(split.top.size(), cpu.top.size());
    for (std::size_t i = 0; i < cpu.top.size(); ++i) {
      EXPECT_NEAR(split.top[i].probability, cpu.top[i].probability, 1e-6);
    }
    std::uint64_t shots = 0;
    for (const auto& [bits, count] : split.counts) {
      shots += count;
    }
    EXPECT_EQ(shots, 2000U);
    EXPECT_EQ(counts_of(run(on_devices(request, parts))), counts_of(split)) << "the same seed gives the same counts";
  }
}

/// All parts have equal amplitudes: the order among equals is that of basis states, whatever part they are in.
TEST_F(DeviceSplitTest, OrdersEqualStatesAsOneDeviceDoes) {
  Request request = request_for(qasm3("qubit[12] q; h q; x q[11]; z q[11];"));
  request.top = 9;
  const Report split = run(on_devices(request, 4));
  ASSERT_EQ(split.top.size(), 9U);
  EXPECT_EQ(split.top.front().bits, "000000000000");
  EXPECT_EQ(split.top.back().bits, "000000001000");
}

TEST_F(DeviceSplitTest, DrawsFromEveryPartByItsWeight) {
  Request request =
      request_for(qasm3("qubit[12] q; bit[12] c; ry(1.2) q[11]; ry(0.7) q[10]; h q[0]; c = measure q;"), 100'000);
  const Report cpu = run(request);
  const Report split = run(on_devices(request, 4));
  ASSERT_EQ(split.counts.size(), cpu.counts.size());
  for (const auto& [bits, count] : counts_of(cpu)) {
    // five standard deviations of the difference of two draws
    const double spread = 5 * std::sqrt(2.0 * static_cast<double>(count));
    EXPECT_NEAR(static_cast<double>(counts_of(split)[bits]), static_cast<double>(count), spread) << bits;
  }
}

TEST_F(DeviceSplitTest, FollowsMeasurementsInTheMiddle) {
  const std::string text = qasm3(
      "qubit[12] q; bit[2] m; bit out; ry(1.1) q[11]; h q[10]; cx q[10], q[0]; cx q[11], q[10]; h q[11]; "
      "m[0] = measure q[11]; m[1] = measure q[10]; if (m[1]) x q[0]; if (m[0]) z q[0]; reset q[11]; swap q[0], q[11]; "
      "ry(-1.1) q[11]; out = measure q[11];");
  const Report report = run(on_devices(request_for(text, 4000), 4));
  EXPECT_EQ(report.branches, 4U);
  for (const auto& [bits, count] : report.counts) {
    EXPECT_EQ(bits.front(), '0') << "teleported and turned back, at " << bits;
  }
}

TEST_F(DeviceSplitTest, UsesFewerDevicesForFewQubits) {
  const Request request = request_for(qasm3("qubit[9] q; bit[9] c; h q; c = measure q;"));
  const Report two = run(on_devices(request, 4));
  EXPECT_EQ(two.devices.size(), 2U);
  EXPECT_THAT(two.notes, testing::Contains(HasSubstr("9 qubits are too few for 4 devices: using 2")));
  Request smaller = request;
  smaller.source.text = qasm3("qubit[3] q; bit[3] c; h q; c = measure q;");
  EXPECT_EQ(run(on_devices(smaller, 2)).devices.size(), 1U);
}

TEST_F(DeviceSplitTest, RefusesListsThatNoStateIsSplitOver) {
  Request request = on_devices(request_for(qasm3("qubit[12] q; h q;")), 3);
  EXPECT_EQ(failure_of(request).first, ErrorCode::bad_usage);
  EXPECT_THAT(failure_of(request).second, HasSubstr("--device names 3 devices"));
  request.device = device_ + ",," + device_;
  EXPECT_THAT(failure_of(request).second, HasSubstr("has a name that is empty"));
  request.device = device_ + ",no such card";
  EXPECT_THAT(failure_of(request).second, HasSubstr("no such card"));
}

TEST_F(DeviceSplitTest, AddsUpWhatTheDevicesOfOneHeapHold) {
  const auto [code, message] = failure_of(on_devices(request_for(qasm3("qubit[40] q; h q;")), 2));
  EXPECT_EQ(code, ErrorCode::out_of_resources);
  EXPECT_THAT(message, HasSubstr("40 qubits in 2 parts take 8.0 TiB"));
}

TEST_F(DeviceSplitTest, StopsWhenCancelled) {
  CancelToken cancel;
  Request request = on_devices(request_for(qasm3("qubit[12] q; h q; for uint i in [0:400] { h q; ry(0.1*i) q; "
                                                 "cx q[0], q[11]; cx q[10], q[3]; }")),
                               2);
  const RunHooks hooks{.cancel = &cancel, .on_progress = [&](const Progress&) { cancel.request(); }};
  try {
    run(request, hooks);
    FAIL() << "it ran to its end";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace basalt
