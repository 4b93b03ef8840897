// What experience adds to drivers' own words, as data: who is meant, what changes, and why.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "runtime/vulkan/device_plan.h"
#include "runtime/vulkan/properties.h"

namespace basalt::vulkan {

struct Quirk {
  // Who is meant: all of these must hold.
  std::uint32_t vendor_id = 0;      ///< 0: any.
  std::uint32_t driver_id = 0;      ///< VkDriverId; 0: any.
  std::string_view name_part = {};  ///< In the device's name, in this case.
  std::uint32_t first_version = 0;  ///< Of the driver, in the vendor's own encoding.
  std::uint32_t last_version = std::numeric_limits<std::uint32_t>::max();

  // What changes.
  std::uint64_t most_chunk_bytes = 0;  ///< 0: no limit.
  std::uint64_t most_loop_rounds = 0;  ///< 0: no limit.
  std::uint32_t shared_words = 0;      ///< 0: none.
  bool no_f64 = false;
  bool no_host_import = false;
  bool unusable = false;

  std::string_view reason;
};

/// All that is known.
std::span<const Quirk> known_quirks() noexcept;

bool is_meant(const Quirk& quirk, const DeviceProperties& properties) noexcept;

/// Changes `plan` as the quirks that apply say, and adds their reasons to plan.quirks.
void apply_quirks(std::span<const Quirk> quirks, const DeviceProperties& properties, DevicePlan& plan);

}  // namespace basalt::vulkan
