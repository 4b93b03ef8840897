// A run on a device that is stopped goes on there, or on the CPU; and one that began on the CPU goes on on a device.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>

#include "device_fixture.h"
#include "kept_run.h"
#include "reference/random_circuit.h"

namespace basalt {
namespace {

constexpr int kQubits = 14;

std::string program(const std::string& before_more) {
  return reference::to_qasm3(reference::random_circuit(kQubits, 300, 3, reference::GateSet::stdgates)) + "bit[14] c; " +
         before_more + "ry(0.3) q; c = measure q;\n";
}

class DeviceCheckpointTest : public DeviceFixture {
 protected:
  Request request(const std::string& before_more = "") {
    Request request = on_device(request_for(program(before_more), 300));
    request.observables = {"Z0*Z1 + 0.5*X3"};
    return request;
  }

  /// Each piece elsewhere than the one before, if `moves`.
  Report in_pieces(Request request, bool moves, int* pieces) {
    const TemporaryFolder folder;
    return run_in_pieces(std::move(request), folder.path("run"), 3, 1, pieces, [&](Request& changed) {
      if (moves) {
        changed = changed.backend == Backend::cpu ? on_device(changed) : changed;
        if (changed.backend == Backend::vulkan && (turn_++ % 2) == 0) {
          changed.backend = Backend::cpu;
          changed.device.clear();
        }
      }
    });
  }

  int turn_ = 0;
};

TEST_F(DeviceCheckpointTest, GoesOnWhereItWas) {
  const std::string feedback = "c[2] = measure q[2]; if (c[2]) x q[3]; ";
  const Report expected = run(request(feedback));
  for (const bool fall_back : {false, true}) {
    Request kept = request(feedback);
    kept.fall_back = fall_back;
    int pieces = 0;
    const Report report = in_pieces(kept, false, &pieces);
    EXPECT_GT(pieces, 2);
    EXPECT_EQ(report.backend, "vulkan");
    EXPECT_EQ(report.counts, expected.counts);
    EXPECT_EQ(report.expectation_values, expected.expectation_values);
  }
}

TEST_F(DeviceCheckpointTest, GoesOnElsewhere) {
  int pieces = 0;
  const Report report = in_pieces(request(), true, &pieces);
  EXPECT_GT(pieces, 1);
  Request where_it_ended = request();
  if (report.backend == "cpu") {
    where_it_ended.backend = Backend::cpu;
    where_it_ended.device.clear();
  }
  const Report expected = run(where_it_ended);
  EXPECT_EQ(report.counts, expected.counts);
  EXPECT_NEAR(report.expectation_values[0].second, expected.expectation_values[0].second, 1e-5);
}

/// With tiles of 2^13 amplitudes: the state stays in the host's memory.
TEST_F(DeviceCheckpointTest, GoesOnWhereTilesAreStreamed) {
  Request streamed = request();
  streamed.device_memory_limit_bytes = std::uint64_t{96} << 10;
  const Report expected = run(streamed);
  ASSERT_TRUE(expected.ladder);
  int pieces = 0;
  const Report report = in_pieces(streamed, false, &pieces);
  EXPECT_GT(pieces, 1);
  EXPECT_TRUE(report.ladder);
  EXPECT_EQ(report.counts, expected.counts);
  EXPECT_EQ(report.expectation_values, expected.expectation_values);
}

TEST_F(DeviceCheckpointTest, GoesOnOnSeveralDevices) {
  const std::string text = qasm3(
      "qubit[12] q; bit[12] c; h q; for uint i in [0:10] { cx q[i], q[i+1]; ry(0.3*i) q[i]; } c[2] = measure q[2]; "
      "c[11] = measure q[11]; if (c[2]) x q[3]; if (c[11]) h q[11]; for uint i in [0:10] { cx q[11-i], q[i]; rx(0.2*i) "
      "q[11-i]; } c = measure q;");
  for (const bool fall_back : {false, true}) {
    const int parts = fall_back ? 2 : 4;
    Request split = on_devices(request_for(text, 300), parts);
    split.observables = {"Z0*Z1 + 0.5*X3"};
    split.fall_back = fall_back;
    const Report expected = run(split);
    ASSERT_EQ(expected.devices.size(), static_cast<std::size_t>(parts));
    int pieces = 0;
    const TemporaryFolder folder;
    const Report report = run_in_pieces(split, folder.path("run"), 4, 8, &pieces);
    EXPECT_GT(pieces, 2);
    EXPECT_EQ(report.backend, "vulkan");
    EXPECT_EQ(report.devices.size(), static_cast<std::size_t>(parts));
    EXPECT_EQ(report.counts, expected.counts);
    EXPECT_NEAR(report.expectation_values[0].second, expected.expectation_values[0].second, 1e-5);
  }
}

/// Amplitudes, for where axes lie is in every one of them.
TEST_F(DeviceCheckpointTest, GoesFromSeveralDevicesToOneAndToTheCpu) {
  const TemporaryFolder folder;
  Request split = on_devices(
      request_for(reference::to_qasm3(reference::random_circuit(12, 60, 3, reference::GateSet::stdgates))), 4);
  split.save_state = folder.path("expected.npy");
  run(split);
  split.save_state = folder.path("state.npy");
  int turn = 0;
  int pieces = 0;
  run_in_pieces(split, folder.path("run"), 2, 0, &pieces, [&](Request& changed) {
    const std::array<int, 4> parts{2, 1, 0, 4};
    const int count = parts[static_cast<std::size_t>(turn++) % parts.size()];
    changed = count > 0 ? on_devices(changed, count) : changed;
    if (count == 0) {
      changed.backend = Backend::cpu;
      changed.device.clear();
    }
  });
  EXPECT_GT(pieces, 3);
  const std::string expected = content_of(folder.path("expected.npy"));
  const std::string actual = content_of(folder.path("state.npy"));
  ASSERT_EQ(actual.size(), expected.size());
  constexpr std::size_t kHeader = 128;
  float largest = 0;
  for (std::size_t at = kHeader; at < actual.size(); at += sizeof(float)) {
    float one = 0;
    float other = 0;
    std::memcpy(&one, actual.data() + at, sizeof(float));
    std::memcpy(&other, expected.data() + at, sizeof(float));
    largest = std::max(largest, std::abs(one - other));
  }
  EXPECT_LT(largest, 1e-5);
}

}  // namespace
}  // namespace basalt
