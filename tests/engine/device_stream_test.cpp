// States in the host's memory that a device works on tile by tile: what comes out is what the processor gives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device_fixture.h"
#include "reference/random_circuit.h"
#include "reference/state.h"

namespace basalt {
namespace {

using testing::HasSubstr;

class DeviceStreamTest : public DeviceFixture {
 protected:
  /// With room for tiles of 2^13 or 2^14 amplitudes.
  [[nodiscard]] Request streamed(Request request, std::uint64_t device_memory = std::uint64_t{160} << 10) const {
    request = on_device(std::move(request));
    request.device_memory_limit_bytes = device_memory;
    return request;
  }
};

TEST_F(DeviceStreamTest, GivesTheAmplitudesOfTheReference) {
  for (const int qubits : {16, 17}) {
    const quantum::Circuit circuit =
        reference::random_circuit(qubits, 60, static_cast<std::uint64_t>(qubits), reference::GateSet::stdgates);
    reference::State expected = reference::zero_state(qubits);
    reference::apply(expected, circuit);
    Request request = streamed(request_for(reference::to_qasm3(circuit)));
    EXPECT_LT(reference::max_difference(final_state(request), expected), 1e-5) << qubits;
    if (has_f64_) {
      request.precision = Precision::double_precision;
      EXPECT_LT(reference::max_difference(final_state(request), expected), 1e-13) << qubits;
    }
  }
}

TEST_F(DeviceStreamTest, TellsOfTheLadderAndReadsResults) {
  Request request = request_for(
      qasm3("qubit[16] q; bit[16] c; for uint i in [0:15] { ry(0.3*i+0.2) q[i]; } for uint i in [0:14] { cx q[i], "
            "q[i+1]; rx(0.1*i+0.1) q[i]; } crz(0.7) q[15], q[0]; cp(0.3) q[11], q[14]; c = measure q;"),
      2000);
  request.observables = {"Z0*Z1 + 0.5*X3", "X15*Y0*Z11"};
  const Report cpu = run(request);
  const Report report = run(streamed(request));
  EXPECT_EQ(report.backend, "vulkan");
  ASSERT_TRUE(report.ladder);
  ASSERT_EQ(report.ladder->rungs.size(), 2U);
  EXPECT_THAT(report.ladder->rungs[0].rejection, HasSubstr("160.0 KiB may be used"));
  EXPECT_THAT(report.ladder->rungs[1].name, HasSubstr("tiles streamed from the host's memory"));
  EXPECT_LE(report.devices.front().state_bytes, std::uint64_t{160} << 10);
  for (std::size_t i = 0; i < cpu.expectation_values.size(); ++i) {
    EXPECT_NEAR(report.expectation_values[i].second, cpu.expectation_values[i].second, 1e-5);
  }
  EXPECT_NEAR(report.norm, 1, 1e-5);
  EXPECT_FALSE(run(on_device(request)).ladder) << "it fits";
}

TEST_F(DeviceStreamTest, FollowsMeasurementsInTheMiddle) {
  const std::string text = qasm3(
      "qubit[16] q; bit[2] m; bit out; ry(1.1) q[11]; h q[15]; cx q[15], q[0]; cx q[11], q[15]; h q[11]; "
      "m[0] = measure q[11]; m[1] = measure q[15]; if (m[1]) x q[0]; if (m[0]) z q[0]; reset q[11]; swap q[0], q[11]; "
      "ry(-1.1) q[11]; out = measure q[11];");
  const Report report = run(streamed(request_for(text, 4000)));
  ASSERT_TRUE(report.ladder);
  EXPECT_EQ(report.branches, 4U);
  for (const auto& [bits, count] : report.counts) {
    EXPECT_EQ(bits.front(), '0') << "teleported and turned back, at " << bits;
  }
}

TEST_F(DeviceStreamTest, RefusesWhatHasNoRoomForATile) {
  const auto [code, message] =
      failure_of(streamed(request_for(qasm3("qubit[16] q; bit c; ry(0.3) q; c = measure q[0];")), 1000));
  EXPECT_EQ(code, ErrorCode::out_of_resources);
  EXPECT_THAT(message, HasSubstr("1000 B may be used"));
}

}  // namespace
}  // namespace basalt
