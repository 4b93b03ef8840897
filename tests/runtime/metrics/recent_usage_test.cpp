// Readings that may be a little old.
#include "runtime/metrics/recent_usage.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/stopwatch.h"
#include "runtime/metrics/system_tree.h"

namespace basalt::metrics {
namespace {

TEST(RecentUsage, ReadsInventedTreesEveryTime) {
  const testing_support::SystemTree tree(std::map<std::string, std::string>{{"proc/self/status", "VmRSS:\t  1 kB\n"}});
  EXPECT_EQ(recent_usage(tree.root(), 3600).resident_bytes, 1024U);
  tree.write("proc/self/status", "VmRSS:\t  2 kB\n");
  EXPECT_EQ(recent_usage(tree.root(), 3600).resident_bytes, 2048U);
}

TEST(RecentUsage, KeepsWhatFilesSayForAsLongAsAsked) {
  const Usage before = recent_usage("/", 0);
  ASSERT_TRUE(before.resident_bytes);
  std::vector<char> block(std::size_t{64} << 20);
  for (std::size_t i = 0; i < block.size(); i += 4096) {
    static_cast<volatile char*>(block.data())[i] = 1;
  }
  EXPECT_EQ(recent_usage("/", 3600).resident_bytes, before.resident_bytes);
  EXPECT_GE(*recent_usage("/", 0).resident_bytes, *before.resident_bytes + block.size() / 2);
}

TEST(RecentUsage, CountsProcessorTimeEveryTime) {
  const Usage before = recent_usage("/", 3600);
  const Stopwatch watch;
  while (watch.seconds() < 0.03) {
  }
  const Usage after = recent_usage("/", 3600);
  EXPECT_GT(after.user_seconds + after.system_seconds, before.user_seconds + before.system_seconds);
}

}  // namespace
}  // namespace basalt::metrics
