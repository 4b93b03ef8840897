// basalt devices: Vulkan devices, none, and drivers that fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace basalt::testing_cli {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

class DevicesCommand : public testing::Test {
 protected:
  Workspace space_;
};

TEST_F(DevicesCommand, ShowsWhatEachVulkanDeviceIsAndWhetherItIsUsed) {
  const Json document = Json::parse(space_.run({"devices", "--json"}).out);
  const Json& devices = document["devices"];
  EXPECT_EQ(devices[0]["backend"], "cpu");
  if (devices.size() == 1) {
    GTEST_SKIP() << "no Vulkan device: " << document["no_vulkan_reason"];
  }
  EXPECT_EQ(document["no_vulkan_reason"], "");
  const Result text = space_.run({"devices"});
  EXPECT_EQ(text.status, 0);
  for (std::size_t i = 1; i < devices.size(); ++i) {
    const Json& device = devices[i];
    EXPECT_EQ(device["backend"], "vulkan");
    EXPECT_EQ(device["index"], i - 1);
    EXPECT_EQ(device["properties"]["name"], device["name"]);
    EXPECT_EQ(device["properties"]["heaps"].size(), device["heaps"].size());
    EXPECT_EQ(device["usable"].get<bool>(), device["reason"].get<std::string>().empty());
    EXPECT_EQ(device["named_only"].get<bool>(), device["type"] == "cpu");
    for (const Json& heap : device["heaps"]) {
      EXPECT_LE(heap["budget_bytes"].get<std::uint64_t>(), heap["bytes"].get<std::uint64_t>());
    }
    EXPECT_THAT(text.out, HasSubstr("\nvulkan " + std::to_string(i - 1) + "  " + device["name"].get<std::string>()));
    EXPECT_THAT(text.out,
                HasSubstr(device["usable"].get<bool>() ? device["named_only"].get<bool>() ? "only when named" : "yes"
                                                       : "no: "));
    for (const Json& quirk : device["quirks"]) {
      EXPECT_THAT(text.out, HasSubstr(quirk.get<std::string>()));
    }
  }
}

TEST_F(DevicesCommand, SaysInOneLineWhyThereIsNoVulkanDevice) {
  const Variable off("BASALT_VULKAN", "off");
  const Result text = space_.run({"devices"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, HasSubstr("\nvulkan  none: BASALT_VULKAN=off is set\n"));
  const Json document = Json::parse(space_.run({"devices", "--json"}).out);
  EXPECT_EQ(document["devices"].size(), 1U);
  EXPECT_EQ(document["no_vulkan_reason"], "BASALT_VULKAN=off is set");
}

TEST_F(DevicesCommand, SurvivesADriverThatIsMissingOrNoLibrary) {
  const std::string no_library = space_.write("library.so", "this is no library");
  for (const std::string& library : {std::string("/nonexistent/library.so"), no_library}) {
    const std::string manifest = space_.write(
        "driver.json",
        Json{{"file_format_version", "1.0.0"}, {"ICD", {{"library_path", library}, {"api_version", "1.3.0"}}}}.dump());
    const Variable driver("VK_ICD_FILENAMES", manifest);
    const Result result = space_.run({"devices"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, HasSubstr("\nvulkan  none: "));
  }
}

TEST_F(DevicesCommand, SurvivesADriverThatCrashes) {
  const std::string manifest = space_.write(
      "driver.json",
      Json{{"file_format_version", "1.0.0"}, {"ICD", {{"library_path", BROKEN_DRIVER}, {"api_version", "1.3.0"}}}}
          .dump());
  const Variable driver("VK_ICD_FILENAMES", manifest);
  const Result result = space_.run({"devices"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(result.out, HasSubstr("cpu  "));
  const Json document = Json::parse(space_.run({"devices", "--json"}).out);
  if (document["no_vulkan_reason"].get<std::string>().find("loader") == std::string::npos) {
    EXPECT_THAT(result.out, HasSubstr("a Vulkan driver failed when asked for its devices: it crashed (SIGSEGV)"));
  }
}

}  // namespace
}  // namespace basalt::testing_cli
