// The file of a pipeline cache. Drivers trust what they are handed, so that it is theirs and whole is checked here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "runtime/vulkan/properties.h"

namespace basalt::vulkan {

/// Of the device and its driver in `folder`; empty where the folder is.
std::filesystem::path pipeline_cache_file(const std::filesystem::path& folder, const DeviceProperties& device);

/// Nothing where there is no file, or it is damaged, too large, or of another device, driver, or version of the format.
std::optional<std::vector<std::byte>> read_pipeline_cache(const std::filesystem::path& file,
                                                          const DeviceProperties& device);

/// Creates the folder if need be. Throws Error(io).
void write_pipeline_cache(const std::filesystem::path& file, const DeviceProperties& device,
                          std::span<const std::byte> data);

std::uint64_t checksum_of(std::span<const std::byte> data) noexcept;

}  // namespace basalt::vulkan
