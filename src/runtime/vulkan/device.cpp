// What runs on a device that is open; how it is opened is device_open.cpp.
#include "runtime/vulkan/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "basalt/error.h"
#include "base/stopwatch.h"
#include "runtime/vulkan/driver_call.h"
#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {
namespace {

/// How often a wait looks at its token, and whether the device makes progress.
constexpr double kLookSeconds = 0.02;

/// For so long a wait asks again and again before it sleeps: waking up takes as long as many a dispatch.
constexpr double kAskSeconds = 5e-5;

constexpr const char* kLostAdvice =
    "run again; if it happens again, see the system's log for the driver's words, or run on the processor";

std::string name_of(VkResult result) {
  switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
      return "out of host memory";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
      return "out of device memory";
    case VK_ERROR_OUT_OF_POOL_MEMORY:
    case VK_ERROR_FRAGMENTATION:
    case VK_ERROR_FRAGMENTED_POOL:
      return "out of pool memory";
    case VK_ERROR_TOO_MANY_OBJECTS:
      return "too many objects";
    case VK_ERROR_DEVICE_LOST:
      return "device lost";
    case VK_ERROR_INITIALIZATION_FAILED:
      return "initialisation failed";
    default:
      return "VkResult " + std::to_string(static_cast<int>(result));
  }
}

bool means_exhausted(VkResult result) {
  return result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY ||
         result == VK_ERROR_OUT_OF_POOL_MEMORY || result == VK_ERROR_FRAGMENTATION ||
         result == VK_ERROR_FRAGMENTED_POOL || result == VK_ERROR_TOO_MANY_OBJECTS;
}

}  // namespace

Device::~Device() {
  if (device_ == VK_NULL_HANDLE) {
    return;
  }
  drain();
  const DriverCall call;
  for (const Queue& queue : queues_) {
    if (queue.timeline != VK_NULL_HANDLE) {
      table_.vkDestroySemaphore(device_, queue.timeline, nullptr);
    }
  }
  table_.vkDestroyDevice(device_, nullptr);
}

std::size_t Device::index_of(QueueKind queue) const noexcept {
  return queue == QueueKind::transfer && plan().own_transfer_queue ? 1 : 0;
}

std::uint32_t Device::family(QueueKind queue) const noexcept {
  return queues_[index_of(queue)].family;
}

Moment Device::submit(QueueKind queue, VkCommandBuffer commands, std::span<const Moment> after) {
  expect_alive("submitting commands");
  std::array<std::uint64_t, 2> latest{};
  for (const Moment& moment : after) {
    std::uint64_t& value = latest[index_of(moment.queue)];
    value = std::max(value, moment.value);
  }
  std::array<VkSemaphore, 2> semaphores{};
  std::array<std::uint64_t, 2> values{};
  const std::array<VkPipelineStageFlags, 2> stages = {VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                                                      VK_PIPELINE_STAGE_ALL_COMMANDS_BIT};
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < latest.size(); ++i) {
    if (latest[i] != 0) {
      semaphores[count] = queues_[i].timeline;
      values[count++] = latest[i];
    }
  }

  Queue& own = queues_[index_of(queue)];
  const std::scoped_lock lock(own.mutex);
  const std::uint64_t next = own.last + 1;
  auto timeline = structure<VkTimelineSemaphoreSubmitInfo>(VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO);
  timeline.waitSemaphoreValueCount = count;
  timeline.pWaitSemaphoreValues = values.data();
  timeline.signalSemaphoreValueCount = 1;
  timeline.pSignalSemaphoreValues = &next;
  auto info = structure<VkSubmitInfo>(VK_STRUCTURE_TYPE_SUBMIT_INFO);
  info.pNext = &timeline;
  info.waitSemaphoreCount = count;
  info.pWaitSemaphores = semaphores.data();
  info.pWaitDstStageMask = stages.data();
  info.commandBufferCount = 1;
  info.pCommandBuffers = &commands;
  info.signalSemaphoreCount = 1;
  info.pSignalSemaphores = &own.timeline;
  const DriverCall call;
  check(table_.vkQueueSubmit(own.handle, 1, &info, VK_NULL_HANDLE), "submitting commands");
  own.last = next;
  return {queue, next};
}

/// How many submissions have ended, over all queues.
VkResult Device::ended_count(std::uint64_t& count) const noexcept {
  const DriverCall call;
  count = 0;
  for (const Queue& queue : queues_) {
    std::uint64_t ended = 0;
    if (queue.timeline != VK_NULL_HANDLE) {
      const VkResult result = table_.vkGetSemaphoreCounterValue(device_, queue.timeline, &ended);
      if (result != VK_SUCCESS) {
        return result;
      }
    }
    count += ended;
  }
  return VK_SUCCESS;
}

/// VK_TIMEOUT: the device hangs. Throws only what `cancel` does.
VkResult Device::wait_for(Moment moment, const CancelToken* cancel) {
  const Queue& queue = queues_[index_of(moment.queue)];
  if (moment.value == 0 || queue.timeline == VK_NULL_HANDLE) {
    return VK_SUCCESS;
  }
  auto info = structure<VkSemaphoreWaitInfo>(VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO);
  info.semaphoreCount = 1;
  info.pSemaphores = &queue.timeline;
  info.pValues = &moment.value;
  const auto nanoseconds = static_cast<std::uint64_t>(std::min(kLookSeconds, options_.hang_seconds) * 1e9);
  Stopwatch since_progress;
  if (properties().type != DeviceType::cpu) {  // which would be kept from its work
    std::uint64_t ended = 0;
    do {
      const DriverCall call;
      if (const VkResult result = table_.vkGetSemaphoreCounterValue(device_, queue.timeline, &ended);
          result != VK_SUCCESS || ended >= moment.value) {
        return result;
      }
    } while (since_progress.seconds() < kAskSeconds);
  }
  std::uint64_t progress = 0;
  while (true) {
    VkResult result = VK_TIMEOUT;
    {
      const DriverCall call;
      result = table_.vkWaitSemaphores(device_, &info, nanoseconds);
    }
    if (result != VK_TIMEOUT) {
      return result;
    }
    if (cancel != nullptr) {
      cancel->check();
    }
    std::uint64_t ended = 0;
    result = ended_count(ended);
    if (result != VK_SUCCESS) {
      return result;
    }
    if (std::exchange(progress, ended) != ended) {
      since_progress.restart();
    } else if (since_progress.seconds() > options_.hang_seconds) {
      return VK_TIMEOUT;
    }
  }
}

void Device::wait(Moment moment, const CancelToken* cancel) {
  expect_alive("waiting for commands");
  const VkResult result = wait_for(moment, cancel);
  if (result == VK_TIMEOUT) {
    lost_ = true;
    throw Error(ErrorCode::device_lost,
                fmt::format("device {} hangs: nothing that was submitted has ended for {:g} s", properties().name,
                            options_.hang_seconds),
                kLostAdvice);
  }
  check(result, "waiting for commands");
}

bool Device::is_reached(Moment moment) {
  expect_alive("asking for progress");
  const Queue& queue = queues_[index_of(moment.queue)];
  std::uint64_t ended = 0;
  check(table_.vkGetSemaphoreCounterValue(device_, queue.timeline, &ended), "asking for progress");
  return ended >= moment.value;
}

void Device::settle(Moment moment) noexcept {
  if (abandoned_.load()) {
    return;
  }
  const VkResult result = wait_for(moment, nullptr);
  if (result == VK_TIMEOUT || result == VK_ERROR_DEVICE_LOST) {
    lost_ = true;
    abandoned_ = result == VK_TIMEOUT;
  }
  if (result != VK_SUCCESS && result != VK_TIMEOUT) {
    // A lost device answers this in finite time, and one that is not lost after all has nothing running after it.
    const std::scoped_lock lock(queues_[0].mutex, queues_[1].mutex);
    const DriverCall call;
    table_.vkDeviceWaitIdle(device_);
  }
}

void Device::drain() noexcept {
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    std::uint64_t last = 0;
    {
      const std::scoped_lock lock(queues_[i].mutex);
      last = queues_[i].last;
    }
    settle({static_cast<QueueKind>(i), last});
  }
}

std::optional<ClockPair> Device::read_clocks() const noexcept {
  if (!reads_clocks_ || lost_.load()) {
    return std::nullopt;
  }
  std::array<VkCalibratedTimestampInfoEXT, 2> infos{};
  std::array<std::uint64_t, 2> times{};
  const std::array domains = {VK_TIME_DOMAIN_DEVICE_EXT, VK_TIME_DOMAIN_CLOCK_MONOTONIC_EXT};
  for (std::size_t i = 0; i < infos.size(); ++i) {
    infos[i].sType = VK_STRUCTURE_TYPE_CALIBRATED_TIMESTAMP_INFO_EXT;
    infos[i].timeDomain = domains[i];
  }
  std::uint64_t deviation = 0;
  if (table_.vkGetCalibratedTimestampsEXT(device_, 2, infos.data(), times.data(), &deviation) != VK_SUCCESS) {
    return std::nullopt;  // a trace is no reason to end a job
  }
  return ClockPair{.ticks = times[0], .nanoseconds = static_cast<std::int64_t>(times[1])};
}

void Device::expect_alive(const char* what) const {
  if (lost_.load()) {
    throw Error(ErrorCode::device_lost, "device " + properties().name + " was lost before " + what, kLostAdvice);
  }
}

void Device::check(VkResult result, const char* what) {
  if (result == VK_SUCCESS) {
    return;
  }
  const std::string message = "device " + properties().name + ": " + what + " failed: " + name_of(result);
  if (result == VK_ERROR_DEVICE_LOST) {
    lost_ = true;
    throw Error(ErrorCode::device_lost, message, kLostAdvice);
  }
  if (means_exhausted(result)) {
    throw Error(ErrorCode::out_of_resources, message, "close other programs that use the device, or use fewer qubits");
  }
  throw Error(ErrorCode::failed, message, "update the driver, or run on the processor");
}

}  // namespace basalt::vulkan
