// Whole programs on a Vulkan device, as a user runs them: what comes out is what the CPU gives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device_fixture.h"
#include "reference/random_circuit.h"
#include "reference/state.h"

namespace basalt {
namespace {

using testing::HasSubstr;

using DeviceRunTest = DeviceFixture;

TEST_F(DeviceRunTest, GivesTheAmplitudesOfTheReference) {
  for (const int qubits : {1, 3, 9, 12, 14}) {
    const quantum::Circuit circuit =
        reference::random_circuit(qubits, 60, static_cast<std::uint64_t>(qubits), reference::GateSet::stdgates);
    reference::State expected = reference::zero_state(qubits);
    reference::apply(expected, circuit);
    Request request = on_device(request_for(reference::to_qasm3(circuit)));
    EXPECT_LT(reference::max_difference(final_state(request), expected), 1e-5) << qubits;
    if (has_f64_) {
      request.precision = Precision::double_precision;
      EXPECT_LT(reference::max_difference(final_state(request), expected), 1e-13) << qubits;
    }
  }
}

TEST_F(DeviceRunTest, GivesResultsOfEveryKindAsTheCpuDoes) {
  Request request = request_for(
      qasm3("qubit[13] q; bit[13] c; h q; for uint i in [0:11] { cx q[i], q[i+1]; ry(0.3*i) q[i]; } rx(0.4) q[12]; "
            "c = measure q;"),
      2000);
  request.observables = {"Z0*Z1 + 0.5*X3", "Y2*X4*Z12"};
  request.probability_qubits = {12, 0, 5};
  request.top = 5;
  const Report cpu = run(request);
  const Report device = run(on_device(request));
  EXPECT_EQ(device.backend, "vulkan");
  ASSERT_EQ(device.devices.size(), 1U);
  EXPECT_GT(device.devices.front().state_bytes, 0U);
  EXPECT_FALSE(device.stages.empty());
  for (std::size_t i = 0; i < cpu.expectation_values.size(); ++i) {
    EXPECT_NEAR(device.expectation_values[i].second, cpu.expectation_values[i].second, 1e-5);
  }
  ASSERT_EQ(device.probabilities.size(), cpu.probabilities.size());
  for (std::size_t i = 0; i < cpu.probabilities.size(); ++i) {
    EXPECT_NEAR(device.probabilities[i], cpu.probabilities[i], 1e-6);
  }
  ASSERT_EQ(device.top.size(), cpu.top.size());
  for (std::size_t i = 0; i < cpu.top.size(); ++i) {
    EXPECT_NEAR(device.top[i].probability, cpu.top[i].probability, 1e-6);
  }
  std::uint64_t shots = 0;
  for (const auto& [bits, count] : device.counts) {
    shots += count;
  }
  EXPECT_EQ(shots, 2000U);
  EXPECT_EQ(counts_of(run(on_device(request))), counts_of(device)) << "the same seed gives the same counts";
}

TEST_F(DeviceRunTest, FollowsMeasurementsInTheMiddle) {
  const std::string text = qasm3(
      "qubit[3] q; bit[2] m; bit out; ry(1.1) q[0]; h q[1]; cx q[1], q[2]; cx q[0], q[1]; h q[0]; m[0] = measure q[0]; "
      "m[1] = measure q[1]; if (m[1]) x q[2]; if (m[0]) z q[2]; ry(-1.1) q[2]; out = measure q[2];");
  const Report report = run(on_device(request_for(text, 4000)));
  EXPECT_EQ(report.branches, 4U);
  for (const auto& [bits, count] : report.counts) {
    EXPECT_EQ(bits.front(), '0') << "teleported and turned back, at " << bits;
  }
}

TEST_F(DeviceRunTest, ResetsQubits) {
  const Report report =
      run(on_device(request_for(qasm3("qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; reset q[0]; "
                                      "c = measure q;"))));
  for (const auto& [bits, count] : report.counts) {
    EXPECT_EQ(bits.back(), '0');
  }
  EXPECT_EQ(report.counts.size(), 2U);
}

TEST_F(DeviceRunTest, RefusesAStateThatDoesNotFitWithTheNumbers) {
  const auto [code, message] = failure_of(on_device(request_for(qasm3("qubit[40] q; h q;"))));
  EXPECT_EQ(code, ErrorCode::out_of_resources);
  EXPECT_THAT(message, HasSubstr("40 qubits take 8.0 TiB"));
  EXPECT_THAT(message, HasSubstr("--backend cpu"));
}

TEST_F(DeviceRunTest, FallsBackToTheCpuWhereThatIsAllowed) {
  vulkan::Instance::get();
  Request request = on_device(request_for(qasm3("qubit[20] q; bit[20] c; h q[0]; c = measure q;")));
  request.memory_limit_bytes = std::uint64_t{64} << 20;  // too little beside a device, enough for the state
  EXPECT_EQ(failure_of(request).first, ErrorCode::out_of_resources);
  request.fall_back = true;
  const Report report = run(request);
  EXPECT_EQ(report.backend, "cpu");
  EXPECT_THAT(report.notes, testing::Contains(HasSubstr("run on the CPU")));
}

TEST_F(DeviceRunTest, RefusesWhatItDoesNotKnow) {
  Request request = on_device(request_for(qasm3("qubit q; h q;")));
  request.device = "no such card";
  const auto [code, message] = failure_of(request);
  EXPECT_EQ(code, ErrorCode::bad_usage);
  EXPECT_THAT(message, HasSubstr("no such card"));
  request.device = "0";
  request.backend = Backend::cpu;
  EXPECT_EQ(failure_of(request).first, ErrorCode::bad_usage);
}

TEST_F(DeviceRunTest, StopsWhenCancelled) {
  CancelToken cancel;
  cancel.request();
  RunHooks hooks;
  hooks.cancel = &cancel;
  try {
    run(on_device(request_for(qasm3("qubit[16] q; h q;"))), hooks);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace basalt
