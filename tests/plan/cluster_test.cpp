#include "plan/cluster.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>

#include "plan/operation_lists.h"

namespace basalt {
namespace {

using Numbers = std::vector<std::uint32_t>;

std::vector<Numbers> operations_of(const std::vector<Access>& operations) {
  std::vector<Numbers> result;
  for (const Cluster& cluster : cluster_operations(operations)) {
    result.push_back(cluster.operations);
  }
  return result;
}

RC_GTEST_PROP(Clusters, KeepTheOrderOfWhatDoesNotCommute, ()) {
  const auto operations =
      random_operations(*rc::gen::inRange(1, 12), *rc::gen::inRange(0, 200), 3, *rc::gen::arbitrary<std::uint64_t>());
  Numbers order;
  for (const Cluster& cluster : cluster_operations(operations)) {
    for (const std::uint32_t operation : cluster.operations) {
      const Access& access = operations[operation];
      RC_ASSERT((access.mixes & ~cluster.access.mixes) == 0U);
      RC_ASSERT((access.reads & ~(cluster.access.mixes | cluster.access.reads)) == 0U);
      order.push_back(operation);
    }
  }
  RC_ASSERT(order.size() == operations.size());
  std::vector<bool> seen(operations.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    RC_ASSERT(!seen[order[i]]);
    seen[order[i]] = true;
    for (std::size_t j = 0; j < i; ++j) {
      const Access& a = operations[order[i]];
      const Access& b = operations[order[j]];
      const bool commute = (a.mixes & (b.mixes | b.reads)) == 0 && (b.mixes & a.reads) == 0;
      RC_ASSERT(order[j] < order[i] || commute);
    }
  }
}

TEST(Clusters, TakeWhatIsOnTheirAxes) {
  const std::vector<Access> operations{
      mixing(axis(0)), phase(axis(1)), mixing(axis(0) | axis(1)), phase(axis(0) | axis(1)), mixing(axis(1)),
  };
  EXPECT_EQ(operations_of(operations), (std::vector<Numbers>{{0, 1, 2, 3, 4}}));
}

TEST(Clusters, LeavePhasesAtTheirEndAlone) {
  const std::vector<Access> operations{mixing(axis(0) | axis(1)), phase(axis(0)), phase(axis(0) | axis(1))};
  EXPECT_EQ(operations_of(operations), (std::vector<Numbers>{{0}, {1}, {2}}));
}

TEST(Clusters, EndWhereAnotherBegins) {
  const std::vector<Access> operations{
      mixing(axis(0) | axis(1)), mixing(axis(1)), mixing(axis(1) | axis(2)), mixing(axis(0)), mixing(axis(2)),
  };
  EXPECT_EQ(operations_of(operations), (std::vector<Numbers>{{0, 1}, {2, 4}, {3}}));
}

TEST(Clusters, DoNotReachAcrossWhatLooksAtOtherAxes) {
  const std::vector<Access> operations{
      mixing(axis(0) | axis(1)),
      mixing(axis(1), axis(2)),  // controlled
      mixing(axis(1)),
  };
  EXPECT_EQ(operations_of(operations), (std::vector<Numbers>{{0}, {1}, {2}}));
}

}  // namespace
}  // namespace basalt
