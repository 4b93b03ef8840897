// Plans for recorded cards, and what no plan may do, whatever a driver says.
#include "runtime/vulkan/device_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <volk.h>

#include <algorithm>
#include <bit>
#include <type_traits>
#include <vector>

#include "runtime/vulkan/cards.h"

namespace basalt::vulkan {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

struct Expected {
  std::string card;
  bool named_only;
  bool f64;
  std::uint64_t chunk_bytes;
  int tile_axes_c64;
  int tile_axes_c128;
  std::uint32_t groups_per_row;
  std::uint32_t compute_family;
  std::uint32_t transfer_family;
  bool own_transfer_queue;
  bool host_import;
};

const std::vector<Expected>& expectations() {
  static const std::vector<Expected> rows = {
      // card, named only, f64, chunk, tiles, groups per row, families, own transfer queue, host import
      {"nvidia_h100", false, true, 2 * kGiB, 12, 12, 1U << 30, 0, 1, true, true},
      {"nvidia_rtx_3060", false, true, 2 * kGiB, 12, 12, 1U << 30, 0, 1, true, true},
      {"amd_rx_7900_xtx", false, true, 2 * kGiB, 12, 12, 1U << 30, 0, 1, true, true},
      {"amd_rembrandt", false, true, 2 * kGiB, 12, 12, 1U << 30, 0, 1, true, true},
      {"intel_arc_a770", false, false, 2 * kGiB, 12, 12, 1U << 15, 0, 1, true, true},
      {"intel_uhd_770", false, false, 2 * kGiB, 12, 12, 1U << 15, 0, 0, false, true},
      {"apple_m2", false, false, 2 * kGiB, 12, 11, 1U << 30, 0, 1, true, true},
      {"qualcomm_adreno_740", false, false, kGiB, 12, 11, 1U << 15, 0, 0, true, false},
      {"lavapipe", true, true, kGiB, 12, 11, 1U << 15, 0, 0, false, true},
  };
  return rows;
}

TEST(DevicePlan, IsAsExpectedForEachCard) {
  for (const Expected& expected : expectations()) {
    SCOPED_TRACE(expected.card);
    const DevicePlan plan = plan_device(read_card(expected.card));
    EXPECT_TRUE(plan.usable) << plan.reason;
    EXPECT_THAT(plan.reason, IsEmpty());
    EXPECT_EQ(plan.named_only, expected.named_only);
    EXPECT_EQ(plan.f64, expected.f64);
    EXPECT_EQ(plan.f64_reason.empty(), expected.f64) << plan.f64_reason;
    EXPECT_EQ(plan.chunk_bytes, expected.chunk_bytes);
    EXPECT_EQ(plan.block_bytes, 64 * kMiB);
    EXPECT_EQ(plan.register_axes, 4);
    EXPECT_EQ(plan.tile_axes_c64, expected.tile_axes_c64);
    EXPECT_EQ(plan.tile_axes_c128, expected.tile_axes_c128);
    EXPECT_EQ(plan.groups_per_row, expected.groups_per_row);
    EXPECT_EQ(plan.compute_family, expected.compute_family);
    EXPECT_EQ(plan.transfer_family, expected.transfer_family);
    EXPECT_EQ(plan.own_transfer_queue, expected.own_transfer_queue);
    EXPECT_EQ(plan.host_import, expected.host_import);
  }
}

TEST(DevicePlan, EveryCardHasAnExpectation) {
  for (const auto& [name, properties] : read_cards()) {
    EXPECT_TRUE(std::ranges::count(expectations(), name, &Expected::card) == 1 || !plan_device(properties).usable)
        << name;
  }
}

TEST(DevicePlan, ACardBeforeVulkan12IsNotUsable) {
  const DevicePlan plan = plan_device(read_card("broadcom_v3d_4_2"));
  EXPECT_FALSE(plan.usable);
  EXPECT_EQ(plan.reason, "it has Vulkan 1.0.230; 1.2 is needed");
}

class ChangedCard : public testing::Test {
 protected:
  DeviceProperties card_ = read_card("nvidia_h100");
};

TEST_F(ChangedCard, IsRefusedForEachThingThatIsMissing) {
  const auto reason_without = [&](auto&& change) {
    DeviceProperties card = card_;
    change(card);
    const DevicePlan plan = plan_device(card);
    EXPECT_FALSE(plan.usable);
    return plan.reason;
  };
  EXPECT_THAT(reason_without([](auto& card) { card.api_version = VK_API_VERSION_1_1; }), HasSubstr("Vulkan 1.1.0"));
  EXPECT_THAT(reason_without([](auto& card) {
                for (QueueFamily& family : card.queues) {
                  family.compute = false;
                }
              }),
              HasSubstr("no queue"));
  EXPECT_THAT(reason_without([](auto& card) { card.queues.clear(); }), HasSubstr("no queue"));
  EXPECT_THAT(reason_without([](auto& card) { card.timeline = false; }), HasSubstr("timeline"));
  EXPECT_THAT(reason_without([](auto& card) { card.buffer_address = false; }), HasSubstr("bufferDeviceAddress"));
  EXPECT_THAT(reason_without([](auto& card) { card.max_workgroup_invocations = 127; }), HasSubstr("127 threads"));
  EXPECT_THAT(reason_without([](auto& card) { card.max_workgroup_size[0] = 64; }), HasSubstr("64 threads"));
  EXPECT_THAT(reason_without([](auto& card) { card.max_shared_bytes = 8192; }), HasSubstr("8192 bytes of shared"));
  EXPECT_THAT(reason_without([](auto& card) { card.max_workgroup_count[1] = 1; }), HasSubstr("workgroups"));
  EXPECT_THAT(reason_without([](auto& card) { card.max_push_bytes = 64; }), HasSubstr("64 bytes of push"));
  EXPECT_THAT(reason_without([](auto& card) { card.max_allocation_bytes = kMiB; }), HasSubstr("in pieces of"));
  EXPECT_THAT(reason_without([](auto& card) { card.heaps.clear(); }), HasSubstr("0 bytes of memory"));
}

TEST_F(ChangedCard, HasSmallerTilesWithFewerThreadsOrLessSharedMemory) {
  card_.max_workgroup_invocations = 128;
  EXPECT_EQ(plan_device(card_).tile_axes_c64, 11);
  EXPECT_EQ(plan_device(card_).tile_axes_c128, 11);
  card_.max_workgroup_invocations = 255;
  EXPECT_EQ(plan_device(card_).tile_axes_c64, 11);
  card_.max_workgroup_invocations = 256;
  EXPECT_EQ(plan_device(card_).tile_axes_c64, 12);

  card_.max_shared_bytes = 17 * 1024;
  EXPECT_EQ(plan_device(card_).tile_axes_c64, 12);
  EXPECT_EQ(plan_device(card_).tile_axes_c128, 11);
  EXPECT_TRUE(plan_device(card_).f64);
  card_.max_shared_bytes = 17 * 1024 - 1;
  EXPECT_EQ(plan_device(card_).tile_axes_c64, 11);
  EXPECT_FALSE(plan_device(card_).f64) << "no tile of c128 fits";
  EXPECT_THAT(plan_device(card_).f64_reason, HasSubstr("shared memory"));
  card_.max_shared_bytes = 33 * 1024;
  EXPECT_EQ(plan_device(card_).tile_axes_c128, 12);
}

TEST_F(ChangedCard, HasChunksWithinAllLimits) {
  card_.max_allocation_bytes = kGiB + kGiB / 2;
  EXPECT_EQ(plan_device(card_).chunk_bytes, kGiB);
  card_.max_buffer_bytes = kGiB - 1;
  EXPECT_EQ(plan_device(card_).chunk_bytes, kGiB / 2);
  card_.max_buffer_bytes = 0;
  EXPECT_EQ(plan_device(card_).chunk_bytes, kGiB) << "a limit that is not told limits nothing";
}

TEST_F(ChangedCard, SharesBlocksOfASixteenthOfASmallHeap) {
  card_.heaps = {{.bytes = 256 * kMiB, .device_local = true}, {.bytes = 64 * kGiB, .device_local = false}};
  EXPECT_EQ(plan_device(card_).block_bytes, 16 * kMiB);
}

TEST_F(ChangedCard, TransfersWhereThereIsAQueueForIt) {
  const QueueFamily all = {.count = 1, .graphics = true, .compute = true, .transfer = true, .timestamp_bits = 64};
  card_.queues = {all};
  DevicePlan plan = plan_device(card_);
  EXPECT_FALSE(plan.own_transfer_queue);
  EXPECT_EQ(plan.transfer_family, 0U);

  card_.queues[0].count = 2;
  plan = plan_device(card_);
  EXPECT_TRUE(plan.own_transfer_queue);
  EXPECT_EQ(plan.transfer_family, 0U);

  card_.queues = {{.count = 1, .graphics = true, .transfer = true}, all, {.count = 1, .transfer = true}};
  plan = plan_device(card_);
  EXPECT_EQ(plan.compute_family, 1U);
  EXPECT_EQ(plan.transfer_family, 2U);

  card_.queues = {{.count = 4, .compute = true, .transfer = true}, all};
  EXPECT_EQ(plan_device(card_).compute_family, 1U) << "a queue with a clock comes first";
}

/// A card of which something is otherwise, now and then.
DeviceProperties changed_card() {
  static const auto cards = read_cards();
  DeviceProperties card = (*rc::gen::elementOf(cards)).second;
  const auto change = [](auto& value, const auto& values) {
    using Value = std::remove_cvref_t<decltype(value)>;
    if (*rc::gen::inRange(0, 8) == 0) {
      value = *rc::gen::oneOf(rc::gen::elementOf(values), rc::gen::arbitrary<Value>());
    }
  };
  const std::vector<std::uint32_t> counts = {0, 127, 128, 255, 256, 65535, 65536, 4294967295};
  const std::vector<std::uint64_t> sizes = {0,        kMiB,         kGiB - 1,  kGiB,
                                            kGiB + 1, 4 * kGiB - 1, 80 * kGiB, std::uint64_t{1} << 40};
  const std::vector<bool> either = {false, true};
  change(card.vendor_id, std::vector<std::uint32_t>{0x10de, 0x1002, 0x8086, 0x5143, 0x106b});
  change(card.driver_id, std::vector<std::uint32_t>{3, 4, 6, 8, 13, 14});
  change(card.api_version, std::vector<std::uint32_t>{VK_API_VERSION_1_1, VK_API_VERSION_1_2, VK_API_VERSION_1_3});
  change(card.max_shared_bytes, std::vector<std::uint32_t>{9215, 9216, 17407, 17408, 33791, 33792});
  change(card.max_workgroup_invocations, counts);
  change(card.max_workgroup_size[0], counts);
  change(card.max_workgroup_count[0], counts);
  change(card.max_workgroup_count[1], counts);
  change(card.max_push_bytes, counts);
  change(card.max_allocation_bytes, sizes);
  change(card.max_buffer_bytes, sizes);
  change(card.host_pointer_alignment, sizes);
  change(card.f64, either);
  change(card.buffer_address, either);
  change(card.timeline, either);
  for (MemoryHeap& heap : card.heaps) {
    change(heap.bytes, sizes);
    change(heap.device_local, either);
  }
  for (QueueFamily& family : card.queues) {
    change(family.count, std::vector<std::uint32_t>{0, 1, 2});
    change(family.graphics, either);
    change(family.compute, either);
    change(family.timestamp_bits, std::vector<std::uint32_t>{0, 36});
  }
  return card;
}

void check_queues(const DeviceProperties& properties, const DevicePlan& plan) {
  const auto& families = properties.queues;
  RC_ASSERT(plan.compute_family < families.size());
  RC_ASSERT(families[plan.compute_family].compute);
  RC_ASSERT(families[plan.compute_family].count > 0U);
  RC_ASSERT(plan.transfer_family < families.size());
  const bool is_same = plan.transfer_family == plan.compute_family;
  RC_ASSERT(families[plan.transfer_family].count >= (is_same && plan.own_transfer_queue ? 2U : 1U));
  RC_ASSERT(is_same || plan.own_transfer_queue);
}

void check_workgroups(const DeviceProperties& properties, int tile_axes, std::uint64_t component_bytes) {
  RC_ASSERT(tile_axes == 11 || tile_axes == 12);
  const std::uint32_t threads = 1U << (tile_axes - 4);
  RC_ASSERT(threads <= properties.max_workgroup_invocations);
  RC_ASSERT(threads <= properties.max_workgroup_size[0]);
  RC_ASSERT((component_bytes << tile_axes) + 1024 <= properties.max_shared_bytes);
}

RC_GTEST_PROP(DevicePlanProperty, StaysWithinTheDevicesLimitsOrHasAReason, ()) {
  const DeviceProperties properties = changed_card();
  const DevicePlan plan = plan_device(properties);
  RC_ASSERT(plan.usable == plan.reason.empty());
  RC_ASSERT(plan.f64 == plan.f64_reason.empty());
  RC_ASSERT(!plan.f64 || properties.f64);
  RC_ASSERT(plan.named_only == (properties.type == DeviceType::cpu));
  RC_ASSERT(plan.hang_seconds == (properties.type == DeviceType::cpu ? 600 : 60));
  RC_CLASSIFY(plan.usable, "usable");
  if (!plan.usable) {
    return;
  }
  RC_ASSERT(properties.timeline && properties.buffer_address && properties.api_version >= VK_API_VERSION_1_2);
  RC_ASSERT(std::has_single_bit(plan.chunk_bytes));
  RC_ASSERT(plan.chunk_bytes <= properties.max_allocation_bytes && plan.chunk_bytes <= 2 * kGiB);
  RC_ASSERT(properties.max_buffer_bytes == 0 || plan.chunk_bytes <= properties.max_buffer_bytes);
  RC_ASSERT(std::has_single_bit(plan.block_bytes));
  RC_ASSERT(plan.block_bytes <= std::min(plan.chunk_bytes, 64 * kMiB));
  RC_ASSERT(std::has_single_bit(plan.groups_per_row));
  RC_ASSERT(plan.groups_per_row <= properties.max_workgroup_count[0]);
  check_queues(properties, plan);
  check_workgroups(properties, plan.tile_axes_c64, 4);
  if (plan.f64) {
    check_workgroups(properties, plan.tile_axes_c128, 8);
  }
}

}  // namespace
}  // namespace basalt::vulkan
