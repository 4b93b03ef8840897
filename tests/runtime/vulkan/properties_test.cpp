// Properties: their JSON, and what devices are called.
#include "runtime/vulkan/properties.h"

#include <gtest/gtest.h>
#include <volk.h>

#include <nlohmann/json.hpp>

#include "basalt/error.h"
#include "runtime/vulkan/cards.h"
#include "runtime/vulkan/fixture.h"

namespace basalt::vulkan {
namespace {

using Json = nlohmann::json;

TEST(PropertiesJson, GivesBackWhatWasWritten) {
  const auto cards = read_cards();
  ASSERT_GE(cards.size(), 9U);
  for (const auto& [name, properties] : cards) {
    EXPECT_EQ(properties_from_json(to_json(properties)), properties) << name;
    EXPECT_EQ(Json::parse(to_json(properties)), Json::parse(read_card_text(name))) << name << " has further keys";
  }
}

TEST(PropertiesJson, RefusesWhatIsNoRecord) {
  const Json card = Json::parse(read_card_text("lavapipe"));
  const auto refused = [](const std::string& text) {
    try {
      const DeviceProperties properties = properties_from_json(text);
      return false;
    } catch (const Error& error) {
      return error.code() == ErrorCode::bad_input;
    }
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("[]"));
  EXPECT_TRUE(refused("{}"));
  for (const auto& [key, value] : card.items()) {
    Json changed = card;
    changed.erase(key);
    EXPECT_TRUE(refused(changed.dump())) << "without " << key;
    changed[key] = value.is_array() ? Json(1) : Json::array({"no"});
    EXPECT_TRUE(refused(changed.dump())) << "with a wrong " << key;
  }
  Json changed = card;
  changed["type"] = "toaster";
  EXPECT_TRUE(refused(changed.dump()));
}

TEST(PropertiesText, NamesVersionsAndDrivers) {
  EXPECT_EQ(version_text(VK_MAKE_API_VERSION(0, 1, 3, 230)), "1.3.230");
  EXPECT_EQ(driver_text(read_card("nvidia_h100")), "NVIDIA 580.159.04");
  DeviceProperties properties;
  properties.driver_version = 0x1234;
  EXPECT_EQ(driver_text(properties), "unnamed, version 0x1234");
  properties.driver_name = "some";
  EXPECT_EQ(driver_text(properties), "some");
  EXPECT_EQ(name_of(DeviceType::virtual_gpu), "virtual");
}

class RealProperties : public VulkanTest {};

TEST_F(RealProperties, AreComplete) {
  const DeviceProperties& properties = test_device()->properties;
  EXPECT_FALSE(properties.name.empty());
  EXPECT_FALSE(properties.driver_name.empty());
  EXPECT_EQ(properties.uuid.size(), 32U);
  EXPECT_EQ(properties.cache_uuid.size(), 32U);
  EXPECT_GE(properties.subgroup_size, 1U);
  EXPECT_GE(properties.max_shared_bytes, 16384U);
  EXPECT_GE(properties.max_allocation_bytes, std::uint64_t{1} << 30);
  EXPECT_GE(properties.max_push_bytes, 128U);
  EXPECT_FALSE(properties.heaps.empty());
  EXPECT_FALSE(properties.types.empty());
  for (const MemoryType& type : properties.types) {
    EXPECT_LT(type.heap, properties.heaps.size());
  }
  EXPECT_EQ(properties_from_json(to_json(properties)), properties);
}

TEST_F(RealProperties, OfLavapipeAreTheRecordedOnes) {
  const DeviceProperties& properties = test_device()->properties;
  DeviceProperties recorded = read_card("lavapipe");
  if (properties.name != recorded.name || properties.driver_info != recorded.driver_info) {
    GTEST_SKIP() << "this is " << properties.name << ", " << properties.driver_info;
  }
  recorded.heaps = properties.heaps;  // of this machine
  EXPECT_EQ(to_json(properties), to_json(recorded));
}

}  // namespace
}  // namespace basalt::vulkan
