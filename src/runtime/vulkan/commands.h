// Commands recorded once and submitted any number of times.
#pragma once

#include <volk.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/vulkan/device.h"
#include "runtime/vulkan/memory.h"
#include "runtime/vulkan/pipelines.h"

namespace basalt::vulkan {

/// The times of a submission, which has ended.
struct Marks {
  std::vector<double> seconds;        ///< From mark 0 to each mark, by the device's clock.
  std::optional<std::int64_t> start;  ///< Of mark 0, as metrics::now_nanoseconds(); while a trace is recorded.
};

/// One command buffer and the times at which it passed its marks. For one thread at a time. begin() and the destructor
/// wait until what was submitted has ended. Each submission starts where earlier ones on its queue have ended, as after
/// a barrier().
class Commands {
 public:
  /// With room for `marks` times.
  Commands(std::shared_ptr<Device> device, QueueKind queue, std::uint32_t marks = 0);
  ~Commands();
  Commands(Commands&& other) noexcept;
  Commands& operator=(Commands&& other) noexcept;

  /// Recording. begin() forgets what was recorded before.
  void begin();
  /// `groups` workgroups in all, in rows of plan().groups_per_row: the shader finds its number in
  /// gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x, and must ignore numbers from `groups` on (they come up
  /// where `groups` is more than a row and no multiple of it). At most 128 bytes of `push`.
  void dispatch(const Pipeline& pipeline, std::span<const std::byte> push, std::uint64_t groups);
  /// What comes after sees what was written before, by shaders and copies, and overwrites it only after it was read.
  void barrier();
  /// Makes what was written before visible to the host once the commands have ended.
  void host_barrier();
  void copy(const DeviceBuffer& from, std::uint64_t from_offset, const DeviceBuffer& to, std::uint64_t to_offset,
            std::uint64_t bytes);
  /// Sets 4-byte words. `bytes` is a multiple of 4.
  void fill(const DeviceBuffer& buffer, std::uint64_t offset, std::uint64_t bytes, std::uint32_t word);
  /// Notes the time when all before has ended; marks are numbered from 0 in the order of calls.
  void mark();
  void end();

  Moment submit(std::span<const Moment> after = {});
  /// Submits and waits.
  void run(const CancelToken* cancel = nullptr);

  /// Of the last submission, which must have ended. Empty where the queue has no clock that its commands can set back,
  /// as one for copies alone. What was submitted there before is known to have ended no earlier than `after`.
  [[nodiscard]] Marks marks(std::int64_t after = 0) const;
  [[nodiscard]] std::vector<double> mark_seconds() const { return marks().seconds; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Copies between the host and buffers that it does not see, through two staging buffers in turn: while one is copied
/// by the device's transfer queue, the host fills or empties the other. For one thread at a time.
class Staging {
 public:
  explicit Staging(DeviceMemory& memory, std::uint64_t bytes = std::uint64_t{32} << 20);
  ~Staging();
  void upload(std::span<const std::byte> from, const DeviceBuffer& to, std::uint64_t offset = 0,
              const CancelToken* cancel = nullptr);
  void download(const DeviceBuffer& from, std::uint64_t offset, std::span<std::byte> to,
                const CancelToken* cancel = nullptr);

 private:
  struct Lane;
  DeviceMemory& memory_;
  std::uint64_t bytes_;  ///< Of each staging buffer.
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace basalt::vulkan
