// A driver that counts what is alive, notes what is called, and fails when it is told to.
//
//   WatchedDriver driver;
//   driver.fail_at(7, VK_ERROR_DEVICE_LOST);
//   auto device = Device::open(*test_device(), driver.options());
//
// Functions that the runtime is not known to use are null: who uses a new one adds it here.
#pragma once

#include <volk.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/vulkan/device.h"

namespace basalt::vulkan {

/// Its functions have nowhere to keep a pointer: one at a time.
class WatchedDriver {
 public:
  WatchedDriver() { state() = {}; }
  WatchedDriver(const WatchedDriver&) = delete;
  WatchedDriver& operator=(const WatchedDriver&) = delete;

  /// The call number `call`, counted from now and from 0, of those that return a result fails; with `sticky` those
  /// after it, too. What has run until then ends first, as on a device that is lost.
  void fail_at(std::uint64_t call, VkResult failure, bool sticky = false) {
    state().counted = 0;
    state().failed.clear();
    state().fail_at = call;
    state().failure = failure;
    state().sticky = sticky;
  }
  /// Only this function counts as a call.
  void fail_only(std::string function) { state().only = std::move(function); }

  [[nodiscard]] DeviceOptions options(double hang_seconds = 0) const {
    return {.alter = alter, .hang_seconds = hang_seconds};
  }

  /// Objects that were created and not destroyed, the device included.
  [[nodiscard]] std::int64_t alive() const { return state().alive; }
  [[nodiscard]] std::uint64_t created() const { return state().created; }
  /// Functions that return a result, in order.
  [[nodiscard]] std::vector<std::string> calls() const { return state().log; }
  void forget_calls() { state().log.clear(); }
  /// What was made to fail first; empty: nothing yet.
  [[nodiscard]] std::string failed() const { return state().failed; }

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  struct State {
    std::uint64_t fail_at = kNever;
    VkResult failure = VK_SUCCESS;
    bool sticky = false;
    std::string only;
    std::uint64_t counted = 0;
    std::vector<std::string> log;
    std::string failed;
    std::int64_t alive = 0;
    std::uint64_t created = 0;
    VkDevice device = VK_NULL_HANDLE;
    PFN_vkDeviceWaitIdle wait_idle = nullptr;
  };
  static State& state() {
    static State driver;
    return driver;
  }
  static std::mutex& mutex() {
    static std::mutex lock;
    return lock;
  }

  /// Whether this call is to fail.
  static bool fails(const char* name) {
    const std::scoped_lock lock(mutex());
    State& driver = state();
    driver.log.emplace_back(name);
    if (!driver.only.empty() && driver.only != name) {
      return false;
    }
    const std::uint64_t call = driver.counted++;
    if (call != driver.fail_at && !(driver.sticky && call > driver.fail_at)) {
      return false;
    }
    if (driver.failed.empty()) {
      driver.failed = name;
    }
    if (driver.device != VK_NULL_HANDLE) {
      driver.wait_idle(driver.device);
    }
    return true;
  }

  static void note_device(VkDevice device) {
    const std::scoped_lock lock(mutex());
    state().device = device;
  }

  static void count(std::int64_t change) {
    const std::scoped_lock lock(mutex());
    state().alive += change;
    state().created += change > 0 ? 1 : 0;
  }

  /// The function that takes the place of table.*Member. `Change`: of the number of objects alive.
  template <auto Member, int Change>
  struct Stand;

  template <typename Result, typename... Arguments, Result (VKAPI_PTR* VolkDeviceTable::*Member)(Arguments...),
            int Change>
  struct Stand<Member, Change> {
    static inline Result(VKAPI_PTR* original)(Arguments...) = nullptr;
    static inline const char* name = nullptr;

    static VKAPI_ATTR Result VKAPI_CALL call(Arguments... arguments) {
      if constexpr (std::is_same_v<Result, VkResult>) {
        const auto& first = std::get<0>(std::tie(arguments...));
        if constexpr (std::is_same_v<std::decay_t<decltype(first)>, VkDevice>) {
          note_device(first);
        }
        if (fails(name)) {
          return state().failure;
        }
        const VkResult result = original(arguments...);
        if (Change != 0 && result == VK_SUCCESS) {
          count(Change);
        }
        return result;
      } else {
        if constexpr (Change != 0) {
          const auto all = std::tuple(arguments...);
          // the object is the second argument, or the device itself
          constexpr std::size_t kObject = std::tuple_size_v < decltype(all) >> 2 ? 1 : 0;
          count(std::get<kObject>(all) == VK_NULL_HANDLE ? 0 : Change);
        }
        return original(arguments...);
      }
    }

    static void install(const VolkDeviceTable& from, VolkDeviceTable& to, const char* called) {
      name = called;
      original = from.*Member;
      to.*Member = call;
    }
  };

  static void alter(VolkDeviceTable& table) {
    VolkDeviceTable watched{};
    state().wait_idle = table.vkDeviceWaitIdle;
#define BASALT_WATCH(name, change) Stand<&VolkDeviceTable::name, change>::install(table, watched, #name)
    BASALT_WATCH(vkAllocateCommandBuffers, 0);  // they go with their pool
    BASALT_WATCH(vkAllocateMemory, 1);
    BASALT_WATCH(vkBeginCommandBuffer, 0);
    BASALT_WATCH(vkBindBufferMemory, 0);
    BASALT_WATCH(vkCreateBuffer, 1);
    BASALT_WATCH(vkCreateCommandPool, 1);
    BASALT_WATCH(vkCreateComputePipelines, 1);
    BASALT_WATCH(vkCreatePipelineCache, 1);
    BASALT_WATCH(vkCreatePipelineLayout, 1);
    BASALT_WATCH(vkCreateQueryPool, 1);
    BASALT_WATCH(vkCreateSemaphore, 1);
    BASALT_WATCH(vkCreateShaderModule, 1);
    BASALT_WATCH(vkDeviceWaitIdle, 0);
    BASALT_WATCH(vkEndCommandBuffer, 0);
    BASALT_WATCH(vkGetCalibratedTimestampsEXT, 0);
    BASALT_WATCH(vkGetMemoryHostPointerPropertiesEXT, 0);
    BASALT_WATCH(vkGetPipelineCacheData, 0);
    BASALT_WATCH(vkGetQueryPoolResults, 0);
    BASALT_WATCH(vkGetSemaphoreCounterValue, 0);
    BASALT_WATCH(vkMapMemory, 0);
    BASALT_WATCH(vkQueueSubmit, 0);
    BASALT_WATCH(vkResetCommandPool, 0);
    BASALT_WATCH(vkWaitSemaphores, 0);
    BASALT_WATCH(vkDestroyBuffer, -1);
    BASALT_WATCH(vkDestroyCommandPool, -1);
    BASALT_WATCH(vkDestroyDevice, -1);
    BASALT_WATCH(vkDestroyPipeline, -1);
    BASALT_WATCH(vkDestroyPipelineCache, -1);
    BASALT_WATCH(vkDestroyPipelineLayout, -1);
    BASALT_WATCH(vkDestroyQueryPool, -1);
    BASALT_WATCH(vkDestroySemaphore, -1);
    BASALT_WATCH(vkDestroyShaderModule, -1);
    BASALT_WATCH(vkFreeMemory, -1);
#undef BASALT_WATCH
    watched.vkCmdBindPipeline = table.vkCmdBindPipeline;
    watched.vkCmdCopyBuffer = table.vkCmdCopyBuffer;
    watched.vkCmdDispatch = table.vkCmdDispatch;
    watched.vkCmdFillBuffer = table.vkCmdFillBuffer;
    watched.vkCmdPipelineBarrier = table.vkCmdPipelineBarrier;
    watched.vkCmdPushConstants = table.vkCmdPushConstants;
    watched.vkCmdResetQueryPool = table.vkCmdResetQueryPool;
    watched.vkCmdWriteTimestamp = table.vkCmdWriteTimestamp;
    watched.vkGetBufferDeviceAddress = table.vkGetBufferDeviceAddress;
    watched.vkGetBufferMemoryRequirements = table.vkGetBufferMemoryRequirements;
    watched.vkGetDeviceQueue = table.vkGetDeviceQueue;
    table = watched;
    count(1);
  }
};

}  // namespace basalt::vulkan
