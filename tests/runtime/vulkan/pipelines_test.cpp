#include "runtime/vulkan/pipelines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "../memory/refusal.h"
#include "runtime/vulkan/add_shader.h"
#include "runtime/vulkan/fixture.h"
#include "runtime/vulkan/pipeline_cache_file.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt::vulkan {
namespace {

namespace fs = std::filesystem;
using test::refusal;
using testing::HasSubstr;

class PipelinesTest : public VulkanTest {
 protected:
  void SetUp() override {
    VulkanTest::SetUp();
    std::string pattern = (fs::temp_directory_path() / "basalt_pipelines.XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    fs::remove_all(folder_);
    VulkanTest::TearDown();
  }

  fs::path folder_;
};

TEST_F(PipelinesTest, AreMadeOnceForEachShaderAndItsConstants) {
  Pipelines pipelines(Device::open(*test_device()), {});
  const Pipeline one = add_pipeline(pipelines, 1);
  EXPECT_NE(one.handle, VK_NULL_HANDLE);
  EXPECT_NE(one.layout, VK_NULL_HANDLE);
  EXPECT_EQ(add_pipeline(pipelines, 1).handle, one.handle);
  EXPECT_EQ(pipelines.count(), 1);
  EXPECT_NE(add_pipeline(pipelines, 2).handle, one.handle);
  const Pipeline plain = pipelines.get({.name = "add", .code = kAddShader}, {});
  EXPECT_NE(plain.handle, one.handle);
  EXPECT_EQ(pipelines.get({.name = "other", .code = kAddShader}, {}).handle, plain.handle) << "names are for people";
  static const auto kElsewhere = kAddShader;
  EXPECT_NE(pipelines.get({.name = "add", .code = kElsewhere}, {}).handle, plain.handle);
  EXPECT_EQ(pipelines.count(), 4);
  EXPECT_GT(pipelines.seconds(), 0);
}

TEST_F(PipelinesTest, AFailureIsNotKept) {
  WatchedDriver driver;
  driver.fail_only("vkCreateComputePipelines");
  driver.fail_at(0, VK_ERROR_OUT_OF_HOST_MEMORY);
  Pipelines pipelines(Device::open(*test_device(), driver.options()), {});
  EXPECT_THAT(refusal([&] { add_pipeline(pipelines); }), HasSubstr("creating a pipeline of add"));
  EXPECT_EQ(pipelines.count(), 0);
  EXPECT_NE(add_pipeline(pipelines).handle, VK_NULL_HANDLE);
}

TEST_F(PipelinesTest, TheCacheIsKeptFromStartToStart) {
  const auto device = Device::open(*test_device());
  {
    Pipelines pipelines(device, folder_ / "deep" / "down");
    EXPECT_FALSE(pipelines.cache_was_read());
    add_pipeline(pipelines);
    EXPECT_TRUE(pipelines.save());
    EXPECT_FALSE(pipelines.save()) << "nothing new";
  }
  Pipelines pipelines(device, folder_ / "deep" / "down");
  EXPECT_TRUE(pipelines.cache_was_read());
  add_pipeline(pipelines);
}

TEST_F(PipelinesTest, TheEndSavesByItself) {
  const auto device = Device::open(*test_device());
  {
    Pipelines pipelines(device, folder_);
    add_pipeline(pipelines);
  }
  EXPECT_TRUE(Pipelines(device, folder_).cache_was_read());
}

TEST_F(PipelinesTest, WithoutAFolderNothingIsKept) {
  Pipelines pipelines(Device::open(*test_device()), {});
  add_pipeline(pipelines);
  EXPECT_FALSE(pipelines.save());
  EXPECT_FALSE(pipelines.cache_was_read());
}

TEST_F(PipelinesTest, AFolderThatCannotBeMadeIsNoError) {
  std::ofstream(folder_ / "file") << "in the way";
  Pipelines pipelines(Device::open(*test_device()), folder_ / "file" / "below");
  add_pipeline(pipelines);
  EXPECT_FALSE(pipelines.save());
}

TEST_F(PipelinesTest, ADamagedFileIsReplaced) {
  const auto device = Device::open(*test_device());
  const fs::path file = pipeline_cache_file(folder_, device->properties());
  std::ofstream(file) << "no cache";
  {
    Pipelines pipelines(device, folder_);
    EXPECT_FALSE(pipelines.cache_was_read());
    add_pipeline(pipelines);
  }
  EXPECT_TRUE(read_pipeline_cache(file, device->properties()));
}

/// The file alone, without a device.
class PipelineCacheFileTest : public testing::Test {
 protected:
  PipelineCacheFileTest() {
    std::string pattern = (fs::temp_directory_path() / "basalt_pipelines.XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    device_.vendor_id = 0x10de;
    device_.device_id = 0x2330;
    device_.driver_id = 4;
    device_.driver_version = 580;
    device_.cache_uuid = "0123456789abcdef0123456789abcdef";
    file_ = pipeline_cache_file(folder_, device_);
    for (int i = 0; i < 1001; ++i) {
      data_.push_back(static_cast<std::byte>(i * 31));
    }
    write_pipeline_cache(file_, device_, data_);
  }
  ~PipelineCacheFileTest() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string text() const {
    std::ifstream input(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(input), {}};
  }
  void replace(const std::string& text) const { std::ofstream(file_, std::ios::binary) << text; }
  [[nodiscard]] bool is_read() const { return read_pipeline_cache(file_, device_).has_value(); }

  fs::path folder_;
  DeviceProperties device_;
  fs::path file_;
  std::vector<std::byte> data_;
};

TEST_F(PipelineCacheFileTest, IsReadAsItWasWritten) {
  EXPECT_EQ(read_pipeline_cache(file_, device_), data_);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "nothing is left beside it";
}

TEST_F(PipelineCacheFileTest, AnEmptyCacheIsOne) {
  write_pipeline_cache(file_, device_, {});
  EXPECT_EQ(read_pipeline_cache(file_, device_), std::vector<std::byte>());
}

TEST_F(PipelineCacheFileTest, EveryChangedByteIsNoticed) {
  const std::string whole = text();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    replace(damaged);
    EXPECT_FALSE(is_read()) << i;
  }
  replace(whole);
  EXPECT_TRUE(is_read());
}

TEST_F(PipelineCacheFileTest, EveryLengthButItsOwnIsNoticed) {
  const std::string whole = text();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    replace(whole.substr(0, length));
    EXPECT_FALSE(is_read()) << length;
  }
  replace(whole + "x");
  EXPECT_FALSE(is_read());
}

TEST_F(PipelineCacheFileTest, AnotherDriverIsNoticed) {
  const auto is_foreign = [this](auto&& change) {
    DeviceProperties other = device_;
    change(other);
    return !read_pipeline_cache(file_, other).has_value();
  };
  EXPECT_TRUE(is_foreign([](DeviceProperties& other) { ++other.vendor_id; }));
  EXPECT_TRUE(is_foreign([](DeviceProperties& other) { ++other.device_id; }));
  EXPECT_TRUE(is_foreign([](DeviceProperties& other) { ++other.driver_id; }));
  EXPECT_TRUE(is_foreign([](DeviceProperties& other) { ++other.driver_version; }));
  EXPECT_TRUE(is_foreign([](DeviceProperties& other) { other.cache_uuid[31] = '0'; }));
  EXPECT_TRUE(is_foreign([](DeviceProperties& other) { other.cache_uuid.clear(); }));
  EXPECT_FALSE(is_foreign([](DeviceProperties& other) { other.name = "renamed"; }));
}

TEST_F(PipelineCacheFileTest, WhatIsNoFileIsNone) {
  fs::remove(file_);
  EXPECT_FALSE(is_read());
  fs::create_directory(file_);
  EXPECT_FALSE(is_read());
  EXPECT_FALSE(read_pipeline_cache({}, device_).has_value());
}

TEST_F(PipelineCacheFileTest, DevicesHaveFilesOfTheirOwn) {
  DeviceProperties other = device_;
  ++other.device_id;
  EXPECT_NE(pipeline_cache_file(folder_, other), file_);
  EXPECT_TRUE(pipeline_cache_file({}, device_).empty());
}

TEST(CacheFolder, FollowsTheEnvironment) {
  const auto set = [](const char* basalt, const char* user, const char* home) {
    ::setenv("BASALT_CACHE", basalt, 1);
    ::setenv("XDG_CACHE_HOME", user, 1);
    ::setenv("HOME", home, 1);
    return cache_folder();
  };
  const char* home = std::getenv("HOME");
  const std::string kept = home == nullptr ? "" : home;
  EXPECT_EQ(set("/a", "/b", "/c"), "/a");
  EXPECT_EQ(set("", "/b", "/c"), "/b/basalt");
  EXPECT_EQ(set("", "", "/c"), "/c/.cache/basalt");
  EXPECT_EQ(set("", "", ""), "");
  ::setenv("HOME", kept.c_str(), 1);
  ::unsetenv("BASALT_CACHE");
  ::unsetenv("XDG_CACHE_HOME");
}

}  // namespace
}  // namespace basalt::vulkan
