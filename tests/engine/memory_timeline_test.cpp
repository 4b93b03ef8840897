// What is held over the steps of a job stays within what was promised, and names its parts.
#include "engine/memory_timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace basalt {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

/// A state of 64 MiB, tiles of 2, results of 3, counts of 5.
MemoryEstimate estimate() {
  return {.state_bytes = 64 * kMiB,
          .scratch_bytes = 3 * kMiB,
          .counts_bytes = 5 * kMiB,
          .saved_states = 0,
          .tile_bytes = 2 * kMiB,
          .result_bytes = 3 * kMiB};
}

std::uint64_t most(const std::vector<MemoryStep>& steps) {
  return std::ranges::max(steps, {}, &MemoryStep::host_bytes).host_bytes;
}

TEST(MemoryTimeline, OfAStateInTheHostsMemory) {
  const std::vector<MemoryStep> steps = memory_timeline({.estimate = estimate(), .stages = 4});
  ASSERT_EQ(steps.size(), 5U);
  EXPECT_EQ(steps[0].host_bytes, 0U);
  EXPECT_THAT(steps[0].what, HasSubstr("72.0 MiB"));
  EXPECT_EQ(steps[1].host_bytes, 64 * kMiB);
  EXPECT_EQ(steps[2].when, "stages 1 to 4");
  EXPECT_EQ(steps[2].host_bytes, 66 * kMiB);
  EXPECT_EQ(steps[3].host_bytes, 72 * kMiB);
  EXPECT_EQ(most(steps), estimate().promised_bytes());
  EXPECT_EQ(steps[4].host_bytes, 0U);
}

TEST(MemoryTimeline, BranchesKeepStates) {
  MemoryEstimate branching = estimate();
  branching.saved_states = 3;
  const std::vector<MemoryStep> steps =
      memory_timeline({.estimate = branching, .stages = 1, .stops_at_measurement = true});
  EXPECT_EQ(steps[3].when, "branches");
  EXPECT_EQ(steps[3].host_bytes, 4 * 64 * kMiB + 3 * kMiB);
  EXPECT_LE(most(steps), branching.promised_bytes());
}

TEST(MemoryTimeline, OfAStateOnADevice) {
  MemoryEstimate beside = estimate();
  beside.state_bytes = 0;
  beside.scratch_bytes += 16 * kMiB;  // staging
  const std::vector<MemoryStep> steps = memory_timeline({.estimate = beside, .stages = 2, .device_bytes = 64 * kMiB});
  EXPECT_EQ(steps[2].host_bytes, 16 * kMiB);
  EXPECT_EQ(steps[2].device_bytes, 64 * kMiB);
  EXPECT_EQ(steps.back().device_bytes, 0U);
  EXPECT_LE(most(steps), beside.promised_bytes());
}

TEST(MemoryTimeline, OfAStateOnDisk) {
  DiskReport disk;
  disk.state_bytes = 1024 * kMiB;
  const std::vector<MemoryStep> steps = memory_timeline({.estimate = estimate(), .stages = 2, .disk = &disk});
  EXPECT_EQ(steps[1].disk_bytes, 1024 * kMiB);
  EXPECT_EQ(steps[0].disk_bytes, 0U);
}

}  // namespace
}  // namespace basalt
