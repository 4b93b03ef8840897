#include "runtime/vulkan/pipelines.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>
#include <utility>

#include "basalt/error.h"
#include "base/stopwatch.h"
#include "runtime/vulkan/driver_call.h"
#include "runtime/vulkan/pipeline_cache_file.h"
#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {
namespace {

constexpr std::uint32_t kPushBytes = 128;  ///< What every device has.

/// Code is told apart by where it is: to read it takes as long as a small stage.
std::vector<std::uint64_t> key_of(const Shader& shader, std::span<const std::uint32_t> constants) {
  std::vector<std::uint64_t> key = {std::bit_cast<std::uintptr_t>(shader.code.data()), shader.code.size()};
  key.insert(key.end(), constants.begin(), constants.end());
  return key;
}

std::filesystem::path folder_in(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing in Basalt changes the environment
  return value == nullptr ? std::filesystem::path() : std::filesystem::path(value);
}

}  // namespace

Pipelines::Pipelines(std::shared_ptr<Device> device, const std::filesystem::path& folder) : device_(std::move(device)) {
  device_->expect_alive("creating pipelines");
  file_ = pipeline_cache_file(folder, device_->properties());
  std::vector<std::byte> data;
  if (auto found = read_pipeline_cache(file_, device_->properties())) {
    data = *std::move(found);
    cache_was_read_ = true;
    kept_checksum_ = checksum_of(data);
  }
  auto cache_info = structure<VkPipelineCacheCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO);
  cache_info.initialDataSize = data.size();
  cache_info.pInitialData = data.data();
  const DriverCall call;
  device_->check(device_->api().vkCreatePipelineCache(device_->handle(), &cache_info, nullptr, &cache_),
                 "creating a pipeline cache");

  const VkPushConstantRange push{.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .offset = 0, .size = kPushBytes};
  auto layout_info = structure<VkPipelineLayoutCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO);
  layout_info.pushConstantRangeCount = 1;
  layout_info.pPushConstantRanges = &push;
  const VkResult result = device_->api().vkCreatePipelineLayout(device_->handle(), &layout_info, nullptr, &layout_);
  if (result != VK_SUCCESS) {  // there will be no destructor
    device_->api().vkDestroyPipelineCache(device_->handle(), cache_, nullptr);
  }
  device_->check(result, "creating a pipeline layout");
}

Pipelines::~Pipelines() {
  try {
    if (!device_->is_lost()) {
      save();
    }
  } catch (const std::exception&) {  // the next start makes them again
  }
  const DriverCall call;
  const VolkDeviceTable& api = device_->api();
  for (const auto& [key, pipeline] : pipelines_) {
    api.vkDestroyPipeline(device_->handle(), pipeline, nullptr);
  }
  api.vkDestroyPipelineLayout(device_->handle(), layout_, nullptr);
  api.vkDestroyPipelineCache(device_->handle(), cache_, nullptr);
}

Pipeline Pipelines::get(const Shader& shader, std::span<const std::uint32_t> constants) {
  device_->expect_alive("creating a pipeline");
  const std::scoped_lock lock(mutex_);
  VkPipeline& pipeline = pipelines_[key_of(shader, constants)];  // stays null where it cannot be made
  if (pipeline == VK_NULL_HANDLE) {
    const Stopwatch stopwatch;
    pipeline = create(shader, constants);
    seconds_ += stopwatch.seconds();
  }
  return {pipeline, layout_};
}

VkPipeline Pipelines::create(const Shader& shader, std::span<const std::uint32_t> constants) {
  const std::string what = "creating a pipeline of " + std::string(shader.name);
  const VolkDeviceTable& api = device_->api();
  auto module_info = structure<VkShaderModuleCreateInfo>(VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO);
  module_info.codeSize = shader.code.size_bytes();
  module_info.pCode = shader.code.data();

  std::vector<VkSpecializationMapEntry> entries;
  for (std::uint32_t i = 0; i < constants.size(); ++i) {
    entries.push_back({.constantID = i, .offset = i * 4, .size = 4});
  }
  const VkSpecializationInfo specialization{.mapEntryCount = static_cast<std::uint32_t>(entries.size()),
                                            .pMapEntries = entries.data(),
                                            .dataSize = constants.size_bytes(),
                                            .pData = constants.data()};
  auto info = structure<VkComputePipelineCreateInfo>(VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO);
  info.layout = layout_;
  info.stage = structure<VkPipelineShaderStageCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO);
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.pName = "main";
  info.stage.pSpecializationInfo = &specialization;
  const DriverCall call;
  device_->check(api.vkCreateShaderModule(device_->handle(), &module_info, nullptr, &info.stage.module), what.c_str());
  VkPipeline pipeline = VK_NULL_HANDLE;
  const VkResult result = api.vkCreateComputePipelines(device_->handle(), cache_, 1, &info, nullptr, &pipeline);
  api.vkDestroyShaderModule(device_->handle(), info.stage.module, nullptr);
  device_->check(result, what.c_str());
  return pipeline;
}

bool Pipelines::save() {
  device_->expect_alive("saving pipelines");
  const std::scoped_lock lock(mutex_);
  if (file_.empty()) {
    return false;
  }
  const DriverCall call;
  const VolkDeviceTable& api = device_->api();
  std::size_t bytes = 0;
  device_->check(api.vkGetPipelineCacheData(device_->handle(), cache_, &bytes, nullptr), "reading a pipeline cache");
  std::vector<std::byte> data(bytes);
  device_->check(api.vkGetPipelineCacheData(device_->handle(), cache_, &bytes, data.data()),
                 "reading a pipeline cache");
  data.resize(bytes);
  const std::uint64_t checksum = checksum_of(data);
  if (checksum == kept_checksum_) {
    return false;
  }
  try {
    write_pipeline_cache(file_, device_->properties(), data);
  } catch (const Error&) {
    return false;
  }
  kept_checksum_ = checksum;
  return true;
}

double Pipelines::seconds() const {
  const std::scoped_lock lock(mutex_);
  return seconds_;
}

std::size_t Pipelines::count() const {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(pipelines_, [](const auto& entry) { return entry.second != VK_NULL_HANDLE; }));
}

std::filesystem::path cache_folder() {
  if (auto folder = folder_in("BASALT_CACHE"); !folder.empty()) {
    return folder;
  }
  if (const auto folder = folder_in("XDG_CACHE_HOME"); !folder.empty()) {
    return folder / "basalt";
  }
  const auto home = folder_in("HOME");
  return home.empty() ? home : home / ".cache" / "basalt";
}

}  // namespace basalt::vulkan
