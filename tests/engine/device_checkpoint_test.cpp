// A run on a device that is stopped goes on there, or on the CPU; and one that began on the CPU goes on on a device.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device_fixture.h"
#include "kept_run.h"
#include "reference/random_circuit.h"

namespace basalt {
namespace {

using testing::HasSubstr;

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

TEST_F(DeviceCheckpointTest, IsForOneDevice) {
  const TemporaryFolder folder;
  Request several = on_devices(request_for(qasm3("qubit[24] q; h q;")), 2);
  several.checkpoint.folder = folder.path("run");
  EXPECT_THAT(failure_of(several).second, HasSubstr("--checkpoint looks after one device"));
  EXPECT_FALSE(std::filesystem::exists(folder.path("run")));
}

}  // namespace
}  // namespace basalt
