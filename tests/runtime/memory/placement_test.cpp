// First touch and placement on memory nodes, with the system's part played by a fake.
#include "basalt/memory/placement.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "runtime/memory/failing_memory.h"

namespace basalt {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

/// Nodes of four processors each; the last one, of an accelerator, has no memory.
std::vector<NumaNode> nodes(int count) {
  std::vector<NumaNode> result;
  for (int i = 0; i < count; ++i) {
    result.push_back({.id = 2 * i, .memory_bytes = std::uint64_t{8} << 30, .processors = {0, 1, 2, 3}});
  }
  result.push_back({.id = 99, .memory_bytes = 0, .processors = {}});
  return result;
}

TEST(FirstTouch, WritesToEveryPageOfEveryPieceOnce) {
  HostMemory host;
  const Buffer buffer(host, 20 * kMiB + 5);
  std::ranges::fill(buffer.bytes(), std::byte{7});
  std::set<std::uint64_t> pieces;
  first_touch(buffer.bytes(), [&](std::uint64_t count, const std::function<void(std::uint64_t)>& body) {
    for (std::uint64_t i = 0; i < count; ++i) {
      EXPECT_TRUE(pieces.insert(i).second);
      body(i);
    }
  });
  EXPECT_EQ(pieces.size(), 3U);
  for (std::uint64_t i = 0; i < buffer.size_bytes(); i += 4096) {
    ASSERT_EQ(buffer.data()[i], std::byte{0}) << i;
  }
  EXPECT_NO_THROW(first_touch({}, for_each_in_turn));
}

TEST(ChoosePlacement, InterleavesWhatThreadsOfSeveralNodesShare) {
  EXPECT_EQ(choose_placement(100 * kMiB, 8, nodes(2)), Placement::interleave);
  EXPECT_EQ(choose_placement(100 * kMiB, 4, nodes(2)), Placement::first_touch) << "one node has cores for all";
  EXPECT_EQ(choose_placement(3 * kMiB, 8, nodes(2)), Placement::first_touch) << "no huge page for each node";
  EXPECT_EQ(choose_placement(100 * kMiB, 8, nodes(1)), Placement::first_touch);
  EXPECT_EQ(choose_placement(100 * kMiB, 8, {}), Placement::first_touch) << "the system does not tell";
}

struct FakeBind {
  struct Call {
    std::uint64_t bytes;
    Placement placement;
    std::vector<int> nodes;
  };
  std::vector<Call> calls;
  bool answer = true;

  PlacementAdaptor::Bind function() {
    return [this](std::span<std::byte> block, Placement placement, const std::vector<int>& ids) {
      calls.push_back({block.size(), placement, ids});
      return answer;
    };
  }
};

TEST(PlacementAdaptor, PlacesBlocksOfWholePagesOnNodesWithMemory) {
  HostMemory host;
  FakeBind bind;
  PlacementAdaptor memory(host, Placement::interleave, nodes(3), bind.function());
  const Buffer large(memory, kMiB);
  const Buffer small(memory, 100);
  ASSERT_EQ(bind.calls.size(), 1U);
  EXPECT_EQ(bind.calls[0].bytes, kMiB);
  EXPECT_EQ(bind.calls[0].placement, Placement::interleave);
  EXPECT_EQ(bind.calls[0].nodes, (std::vector<int>{0, 2, 4}));
}

TEST(PlacementAdaptor, LeavesOneNodeAndFirstTouchToTheSystem) {
  HostMemory host;
  FakeBind bind;
  PlacementAdaptor one(host, Placement::interleave, nodes(1), bind.function());
  const Buffer first(one, kMiB);
  PlacementAdaptor touched(host, Placement::first_touch, nodes(2), bind.function());
  const Buffer second(touched, kMiB);
  EXPECT_TRUE(bind.calls.empty());
}

TEST(PlacementAdaptor, CountsRefusalsAndGivesTheBlockAllTheSame) {
  HostMemory host;
  test::FailingMemory counted(host);
  FakeBind bind;
  bind.answer = false;
  PlacementAdaptor memory(counted, Placement::local, nodes(2), bind.function());
  {
    const Buffer block(memory, kMiB);
    EXPECT_NE(block.data(), nullptr);
  }
  EXPECT_EQ(memory.refusals(), 1U);
  EXPECT_EQ(counted.held_bytes(), 0U);
}

TEST(PlacementAdaptor, AsksTheRealSystem) {
  HostMemory host;
  for (const Placement placement : {Placement::local, Placement::interleave}) {
    // the second node may not be there: refused or not, the block works
    PlacementAdaptor memory(host, placement, nodes(2));
    const Buffer block(memory, kMiB);
    block.view<char>().back() = 1;
    EXPECT_LE(memory.refusals(), 1U);
  }
}

}  // namespace
}  // namespace basalt
