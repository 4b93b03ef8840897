// A device that is open: queues, timelines, the table of functions, and what becomes of it when it is lost.
#pragma once

#include <volk.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "basalt/cancel.h"
#include "runtime/metrics/trace.h"
#include "runtime/vulkan/device_clock.h"
#include "runtime/vulkan/instance.h"

namespace basalt::vulkan {

enum class QueueKind : std::uint8_t { compute, transfer };

/// A point on the timeline of a queue: reached when what was submitted there has ended.
struct Moment {
  QueueKind queue = QueueKind::compute;
  std::uint64_t value = 0;  ///< 0 was reached long ago.
};

struct DeviceOptions {
  std::function<void(VolkDeviceTable& table)> alter;  ///< For tests: replaces functions of the driver.
  double hang_seconds = 0;                            ///< In place of the plan's; 0: that.
};

/// Thread-safe. Errors: out_of_resources where a memory of the device or host runs out, device_lost where the device is
/// lost or hangs; after that every call throws device_lost.
class Device {
 public:
  /// Throws Error(bad_usage) where its plan says that it is not usable.
  static std::shared_ptr<Device> open(const PhysicalDevice& physical, DeviceOptions options = {});
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  [[nodiscard]] const PhysicalDevice& physical() const noexcept { return physical_; }
  [[nodiscard]] const DeviceProperties& properties() const noexcept { return physical_.properties; }
  [[nodiscard]] const DevicePlan& plan() const noexcept { return physical_.plan; }
  [[nodiscard]] const VolkDeviceTable& api() const noexcept { return table_; }
  [[nodiscard]] VkDevice handle() const noexcept { return device_; }
  [[nodiscard]] std::uint32_t family(QueueKind queue) const noexcept;

  /// Starts commands after `after` was reached. They stay untouched until the returned moment.
  Moment submit(QueueKind queue, VkCommandBuffer commands, std::span<const Moment> after = {});
  /// Returns once it is reached. Looks at `cancel`, which may be null, from time to time, and throws Error(cancelled):
  /// what was submitted then still runs. Throws device_lost after `hang_seconds`.
  void wait(Moment moment, const CancelToken* cancel = nullptr);
  [[nodiscard]] bool is_reached(Moment moment);
  /// For destructors: waits, for a lost device too, so that what the commands use can be destroyed. Never throws. One
  /// that hangs is waited for once more, for `hang_seconds`; from then on this returns at once.
  void settle(Moment moment) noexcept;
  /// Until nothing runs; never throws.
  void drain() noexcept;

  /// The device's counter beside the clock of spans. Nothing where the driver does not read both together.
  [[nodiscard]] std::optional<ClockPair> read_clocks() const noexcept;
  /// Its lane in the trace.
  [[nodiscard]] metrics::Track& track() noexcept { return track_; }

  /// Throws what a result of a function of the driver means; nothing for VK_SUCCESS. `what` was tried, e.g. "creating
  /// a buffer".
  void check(VkResult result, const char* what);
  /// Throws device_lost where the device is lost. `what` was asked for.
  void expect_alive(const char* what) const;
  [[nodiscard]] bool is_lost() const noexcept { return lost_.load(); }

 private:
  struct Queue {
    VkQueue handle = VK_NULL_HANDLE;
    std::uint32_t family = 0;
    VkSemaphore timeline = VK_NULL_HANDLE;
    std::uint64_t last = 0;
    std::mutex mutex;
  };

  Device(PhysicalDevice physical, DeviceOptions options);
  void create();
  [[nodiscard]] std::size_t index_of(QueueKind queue) const noexcept;
  VkResult ended_count(std::uint64_t& count) const noexcept;
  VkResult wait_for(Moment moment, const CancelToken* cancel);

  PhysicalDevice physical_;
  DeviceOptions options_;
  VolkDeviceTable table_{};
  VkDevice device_ = VK_NULL_HANDLE;
  bool reads_clocks_ = false;
  metrics::Track track_;
  std::array<Queue, 2> queues_;  ///< By QueueKind; the second is empty where the plan has no queue of its own for it.
  std::atomic<bool> lost_{false};
  std::atomic<bool> abandoned_{false};  ///< A destructor waited in vain: the next ones need not.
};

}  // namespace basalt::vulkan
