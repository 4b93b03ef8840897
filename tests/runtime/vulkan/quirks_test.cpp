// Quirks: who is meant, and what changes.
#include "runtime/vulkan/quirks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "runtime/vulkan/cards.h"

namespace basalt::vulkan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

DevicePlan changed_by(const Quirk& quirk, const DeviceProperties& properties) {
  DevicePlan plan = {.usable = true,
                     .reason = {},
                     .f64 = true,
                     .f64_reason = {},
                     .chunk_bytes = 2 * kGiB,
                     .block_bytes = kGiB,
                     .host_import = true,
                     .quirks = {}};
  apply_quirks(std::array{quirk}, properties, plan);
  return plan;
}

TEST(Quirks, AllThatIsGivenMustMatch) {
  DeviceProperties card;
  card.vendor_id = 7;
  card.driver_id = 8;
  card.driver_version = 50;
  card.name = "Some Card 9000";
  EXPECT_TRUE(is_meant({.reason = {}}, card));
  EXPECT_TRUE(is_meant({.vendor_id = 7, .driver_id = 8, .name_part = "Card", .reason = {}}, card));
  EXPECT_FALSE(is_meant({.vendor_id = 6, .driver_id = 8, .reason = {}}, card));
  EXPECT_FALSE(is_meant({.vendor_id = 7, .driver_id = 9, .reason = {}}, card));
  EXPECT_FALSE(is_meant({.vendor_id = 7, .name_part = "Other", .reason = {}}, card));
  EXPECT_TRUE(is_meant({.first_version = 50, .last_version = 50, .reason = {}}, card));
  EXPECT_FALSE(is_meant({.first_version = 51, .reason = {}}, card));
  EXPECT_FALSE(is_meant({.last_version = 49, .reason = {}}, card));
}

TEST(Quirks, ChangeThePlanAndSayWhy) {
  const DeviceProperties card;
  DevicePlan plan = changed_by({.most_chunk_bytes = kGiB / 2, .reason = "why"}, card);
  EXPECT_EQ(plan.chunk_bytes, kGiB / 2);
  EXPECT_EQ(plan.block_bytes, kGiB / 2) << "a block is no larger than a chunk";
  EXPECT_TRUE(plan.usable && plan.f64 && plan.host_import);
  EXPECT_THAT(plan.quirks, ElementsAre("why"));

  plan = changed_by({.no_f64 = true, .reason = "why"}, card);
  EXPECT_FALSE(plan.f64);
  EXPECT_EQ(plan.f64_reason, "why");

  EXPECT_EQ(plan.most_loop_rounds, 0) << "no limit";
  EXPECT_EQ(changed_by({.most_loop_rounds = 1000, .reason = "why"}, card).most_loop_rounds, 1000);

  EXPECT_FALSE(changed_by({.no_host_import = true, .reason = "why"}, card).host_import);

  plan = changed_by({.unusable = true, .reason = "why"}, card);
  EXPECT_FALSE(plan.usable);
  EXPECT_EQ(plan.reason, "why");
}

TEST(Quirks, NeverMakeALimitLarger) {
  DevicePlan plan = changed_by({.most_chunk_bytes = 8 * kGiB, .reason = "why"}, {});
  EXPECT_EQ(plan.chunk_bytes, 2 * kGiB);
  for (const std::uint64_t rounds : {1000, 500, 2000}) {
    apply_quirks(std::array{Quirk{.most_loop_rounds = rounds, .reason = "why"}}, {}, plan);
  }
  EXPECT_EQ(plan.most_loop_rounds, 500);
}

TEST(Quirks, OthersAreLeftAlone) {
  const DevicePlan plan = changed_by({.vendor_id = 1, .unusable = true, .reason = "why"}, {});
  EXPECT_TRUE(plan.usable);
  EXPECT_THAT(plan.quirks, IsEmpty());
}

TEST(Quirks, EveryOneIsToldApartAndHasAReason) {
  for (const Quirk& quirk : known_quirks()) {
    EXPECT_FALSE(quirk.reason.empty());
    EXPECT_TRUE(quirk.vendor_id != 0 || quirk.driver_id != 0) << quirk.reason;
    EXPECT_LE(quirk.first_version, quirk.last_version) << quirk.reason;
  }
}

TEST(Quirks, MeetTheCardsTheyWereWrittenFor) {
  EXPECT_THAT(plan_device(read_card("nvidia_h100")).quirks, Contains(HasSubstr("wrap at 4 GiB")));
  EXPECT_THAT(plan_device(read_card("lavapipe")).quirks, Contains(HasSubstr("4 GiB - 1")));
  EXPECT_EQ(plan_device(read_card("lavapipe")).most_loop_rounds, 65535);
  EXPECT_EQ(plan_device(read_card("nvidia_h100")).most_loop_rounds, 0);
  EXPECT_THAT(plan_device(read_card("apple_m2")).f64_reason, HasSubstr("Metal"));
  EXPECT_THAT(plan_device(read_card("qualcomm_adreno_740")).f64_reason, HasSubstr("Adreno"));
  EXPECT_THAT(plan_device(read_card("amd_rx_7900_xtx")).quirks, IsEmpty());
}

}  // namespace
}  // namespace basalt::vulkan
