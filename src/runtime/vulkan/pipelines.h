// Compute pipelines: made once for each shader and its constants, kept on disk from start to start.
#pragma once

#include <volk.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/vulkan/device.h"

namespace basalt::vulkan {

/// A shader in SPIR-V. Takes no descriptors: addresses of what it works on come as push constants.
struct Shader {
  std::string_view name;                ///< E.g. "quantum/stage_c64"; for messages.
  std::span<const std::uint32_t> code;  ///< Stays where it is for as long as the program runs.
};

struct Pipeline {
  VkPipeline handle = VK_NULL_HANDLE;
  VkPipelineLayout layout = VK_NULL_HANDLE;
};

/// Thread-safe. Pipelines live as long as this.
class Pipelines {
 public:
  /// `folder` is where the cache is kept, a file for each device and driver; empty: nowhere. A file that is damaged or
  /// of another driver is ignored and replaced.
  Pipelines(std::shared_ptr<Device> device, const std::filesystem::path& folder);
  ~Pipelines();  ///< Saves what is new; never throws.
  Pipelines(const Pipelines&) = delete;
  Pipelines& operator=(const Pipelines&) = delete;

  /// `constants[i]` is specialisation constant i. All pipelines have plan()-independent push constants of 128 bytes.
  Pipeline get(const Shader& shader, std::span<const std::uint32_t> constants);

  /// Writes the cache aside and renames it; true where there was something new and it was written. That the file cannot
  /// be written is no error.
  bool save();

  /// Seconds spent making pipelines so far, and how many.
  [[nodiscard]] double seconds() const;
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] bool cache_was_read() const noexcept { return cache_was_read_; }

 private:
  VkPipeline create(const Shader& shader, std::span<const std::uint32_t> constants);

  std::shared_ptr<Device> device_;
  std::filesystem::path file_;
  mutable std::mutex mutex_;
  VkPipelineCache cache_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  std::map<std::vector<std::uint64_t>, VkPipeline> pipelines_;
  double seconds_ = 0;
  bool cache_was_read_ = false;
  std::uint64_t kept_checksum_ = 0;  ///< Of the content of the file, as far as this knows.
};

/// Where caches go: $BASALT_CACHE, or "basalt" in the user's cache directory; empty where there is none.
std::filesystem::path cache_folder();

}  // namespace basalt::vulkan
