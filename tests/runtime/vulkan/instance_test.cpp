// The instance: with devices, without, and how one is found.
#include "runtime/vulkan/instance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "basalt/error.h"
#include "runtime/vulkan/cards.h"
#include "runtime/vulkan/fixture.h"
#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

/// Runs in a process of its own, which has no instance yet.
void expect_no_devices_with(const char* variable, const char* value, const std::string& reason) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv(variable, value, 1);
        const Instance& instance = Instance::get();
        const bool is_right = instance.devices().empty() && instance.reason().find(reason) != std::string::npos &&
                              instance.reason() == why_no_test_device().substr(18);
        std::exit(is_right && test_device() == nullptr ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(InstanceDeathTest, CanBeSwitchedOff) {
  expect_no_devices_with("BASALT_VULKAN", "off", "BASALT_VULKAN=off");
}

TEST(InstanceDeathTest, WithoutADriverThereAreNoDevices) {
  for (const char* const variable : {"VK_ICD_FILENAMES", "VK_DRIVER_FILES"}) {
    expect_no_devices_with(variable, "/nonexistent/driver.json", "driver");
  }
}

class InstanceTest : public VulkanTest {};

TEST_F(InstanceTest, IsOneAndHasPlansAndBudgets) {
  const Instance& instance = Instance::get();
  EXPECT_EQ(&instance, &Instance::get());
  EXPECT_NE(instance.handle(), nullptr);
  EXPECT_THAT(instance.reason(), IsEmpty());
  for (const PhysicalDevice& device : instance.devices()) {
    EXPECT_NE(device.handle, nullptr);
    const auto budgets = Instance::budgets(device);
    ASSERT_EQ(budgets.size(), device.properties.heaps.size());
    for (std::size_t i = 0; i < budgets.size(); ++i) {
      EXPECT_EQ(budgets[i].bytes, device.properties.heaps[i].bytes);
      EXPECT_LE(budgets[i].budget_bytes, budgets[i].bytes);
      EXPECT_GT(budgets[i].budget_bytes, 0U);
    }
  }
}

TEST_F(InstanceTest, FindsByIndexAndName) {
  const Instance& instance = Instance::get();
  EXPECT_EQ(&instance.find("0"), instance.devices().data());
  EXPECT_EQ(instance.find(test_device()->properties.name).properties.name, test_device()->properties.name);
}

TEST(Validation, IsThereWhereAskedFor) {
  if (test_device() == nullptr) {
    GTEST_SKIP() << why_no_test_device();
  }
  const char* const asked = std::getenv("BASALT_VULKAN_VALIDATION");
  if (asked == nullptr || std::string(asked) != "1") {
    EXPECT_FALSE(Instance::get().validates());
    return;
  }
  if (!Instance::get().validates()) {
    GTEST_SKIP() << "the validation layers are not installed";
  }
  // no part of that chain: drivers pass over it, the layers complain
  auto stranger = structure<VkApplicationInfo>(VK_STRUCTURE_TYPE_APPLICATION_INFO);
  auto properties = structure<VkPhysicalDeviceProperties2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2);
  properties.pNext = &stranger;
  const std::size_t before = Instance::validation_messages().size();
  vkGetPhysicalDeviceProperties2(test_device()->handle, &properties);
  EXPECT_GT(Instance::validation_messages().size(), before);
}

TEST(ClampBudget, IsNeverMoreThanTheHeap) {
  EXPECT_EQ(clamp_budget(8 * kGiB, 6 * kGiB, kGiB).budget_bytes, 6 * kGiB);
  EXPECT_EQ(clamp_budget(8 * kGiB, 6 * kGiB, kGiB).used_bytes, kGiB);
  EXPECT_EQ(clamp_budget(8 * kGiB, 9 * kGiB, 10 * kGiB).budget_bytes, 8 * kGiB);
  EXPECT_EQ(clamp_budget(8 * kGiB, 9 * kGiB, 10 * kGiB).used_bytes, 8 * kGiB);
}

TEST(ClampBudget, KeepsAReserveWhereNothingIsTold) {
  EXPECT_EQ(clamp_budget(8 * kGiB, 0, 0).budget_bytes, 8 * kGiB - kGiB / 2);
  EXPECT_EQ(clamp_budget(80 * kGiB, 0, 0).budget_bytes, 79 * kGiB) << "the reserve has a limit";
  EXPECT_EQ(clamp_budget(0, 0, 0).budget_bytes, 0U);
}

class FindDevice : public testing::Test {
 protected:
  void add(const std::string& card) {
    const DeviceProperties properties = read_card(card);
    devices_.push_back({.properties = properties, .plan = plan_device(properties)});
  }
  const std::string& find(const std::string& text) { return find_device(devices_, "why", text).properties.name; }
  std::string refusal(const std::string& text) {
    try {
      return "found " + find(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_usage);
      return error.what();
    }
  }

  std::vector<PhysicalDevice> devices_;
};

TEST_F(FindDevice, ByNothingIsTheFirstThatNeedsNoNaming) {
  add("lavapipe");
  add("broadcom_v3d_4_2");
  add("apple_m2");
  add("nvidia_h100");
  EXPECT_EQ(find(""), "Apple M2");
}

TEST_F(FindDevice, ByIndexOrPartOfTheName) {
  add("lavapipe");
  add("nvidia_rtx_3060");
  add("nvidia_h100");
  EXPECT_EQ(find("0"), devices_[0].properties.name);
  EXPECT_EQ(find("2"), "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(find("h100"), "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(find("LLVMpipe"), devices_[0].properties.name);
  EXPECT_EQ(find("nvidia"), "NVIDIA GeForce RTX 3060") << "the first of two";
  EXPECT_EQ(find("3060"), "NVIDIA GeForce RTX 3060") << "a number that is no index";
}

TEST_F(FindDevice, PrefersWhatIsUsable) {
  add("nvidia_rtx_3060");
  add("nvidia_rtx_3060");
  devices_[0].plan.usable = false;
  EXPECT_EQ(&find_device(devices_, "", "3060"), &devices_[1]);
  EXPECT_EQ(&find_device(devices_, "", "0"), devices_.data()) << "an index is that device";
}

TEST_F(FindDevice, TellsWhatThereIs) {
  EXPECT_THAT(refusal("0"), HasSubstr("there is no Vulkan device: why"));
  add("lavapipe");
  add("broadcom_v3d_4_2");
  EXPECT_THAT(refusal("h100"), AllOf(HasSubstr("no Vulkan device \"h100\""), HasSubstr("0: llvmpipe"),
                                     HasSubstr("(only when named)"), HasSubstr("1: V3D 4.2 (not usable: it has")));
  EXPECT_THAT(refusal("56"), HasSubstr("no Vulkan device \"56\"")) << "a part of a number";
  EXPECT_THAT(refusal(""), HasSubstr("unless it is named"));
}

}  // namespace
}  // namespace basalt::vulkan
