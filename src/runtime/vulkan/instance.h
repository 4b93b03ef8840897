// The Vulkan loader and the one instance of this process. Where there is no loader, no driver or no device, that is an
// answer with a reason, never a failure.
#pragma once

#include <volk.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/vulkan/device_plan.h"
#include "runtime/vulkan/properties.h"

namespace basalt::vulkan {

struct PhysicalDevice {
  VkPhysicalDevice handle = VK_NULL_HANDLE;
  DeviceProperties properties;
  DevicePlan plan;
};

/// What a heap has now.
struct HeapBudget {
  std::uint64_t bytes = 0;         ///< Of the heap.
  std::uint64_t budget_bytes = 0;  ///< What this process may have of it: never more than `bytes`.
  std::uint64_t used_bytes = 0;    ///< By this process; 0 where the driver does not tell.
};

/// What to make of a driver's own budget: never more than the heap. A budget of 0 is none, as where there is no
/// VK_EXT_memory_budget: then it is the heap less a reserve for others.
HeapBudget clamp_budget(std::uint64_t heap_bytes, std::uint64_t told_budget, std::uint64_t told_use) noexcept;

/// See Instance::find(); `reason` is why there are none.
const PhysicalDevice& find_device(const std::vector<PhysicalDevice>& devices, const std::string& reason,
                                  const std::string& text);

/// Made at first use, and kept until the process ends. Thread-safe. BASALT_VULKAN=off in the environment: as if there
/// were no loader. BASALT_VULKAN_VALIDATION=1: with the validation layers (core and synchronisation), if installed.
class Instance {
 public:
  static Instance& get();
  /// Whether get() was called before.
  static bool is_made() noexcept;

  [[nodiscard]] const std::vector<PhysicalDevice>& devices() const noexcept { return devices_; }
  /// Why there is no device; empty where there is one.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] VkInstance handle() const noexcept { return instance_; }

  /// By index ("0"), or by a part of its name in any case; of several, the first that is usable. Throws
  /// Error(bad_usage) that lists the devices there are. An empty text is the first device that is usable and not
  /// `named_only`.
  [[nodiscard]] const PhysicalDevice& find(const std::string& text) const;

  /// Without VK_EXT_memory_budget: what is left beside a reserve.
  [[nodiscard]] static std::vector<HeapBudget> budgets(const PhysicalDevice& device);

  /// Errors and warnings of the validation layers so far, for tests to be empty.
  [[nodiscard]] static std::vector<std::string> validation_messages();
  [[nodiscard]] bool validates() const noexcept { return validates_; }

 private:
  Instance();
  void create();
  void list_devices();

  VkInstance instance_ = VK_NULL_HANDLE;
  std::vector<PhysicalDevice> devices_;
  std::string reason_;
  bool validates_ = false;
};

}  // namespace basalt::vulkan
