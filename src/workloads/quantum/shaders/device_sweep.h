// Goes through a field on a device, block by block, and brings what a shader says of it to the host, a window at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "basalt/cancel.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/pipelines.h"
#include "workloads/quantum/shaders/readout_shaders.h"

namespace basalt::quantum {

/// How push constants of readout.glsl begin.
struct SweepPush {
  std::uint64_t table = 0;
  std::uint64_t results = 0;
  std::uint64_t given = 0;
  std::uint32_t first_group = 0;
  std::uint32_t groups = 0;
  std::uint32_t chunk_blocks = 0;
  std::uint32_t unused = 0;
};

/// Workgroups of one shader.
struct SweepWork {
  vulkan::Pipeline pipeline;
  std::span<std::byte> push;  ///< Begins with a SweepPush, which need not be filled in.
  std::uint64_t groups = 0;
  std::uint64_t group_elements = 0;    ///< That each visits.
  std::uint64_t result_bytes = 0;      ///< Of each; 0: the shader finds places itself among all results.
  std::span<const std::byte> given{};  ///< What the shader is told besides.
};

/// The push constants of a shader as bytes.
template <typename Push>
std::span<std::byte> bytes_of(Push& push) {
  static_assert(offsetof(Push, sweep) == 0 && sizeof(push) <= 128);
  return std::as_writable_bytes(std::span(&push, 1));
}

/// Axes of a block: as many threads as a stage has, with 16 elements each.
int sweep_block_axes(const vulkan::DeviceField& field);

Arithmetic arithmetic_of(const vulkan::DeviceField& field);

vulkan::Pipeline sweep_pipeline(vulkan::Pipelines& pipelines, const vulkan::DeviceField& field, Readout what);
vulkan::Pipeline pauli_pipeline(vulkan::Pipelines& pipelines, const vulkan::DeviceField& field, std::uint32_t strings);

/// Of a sum as shaders write it.
inline constexpr std::uint64_t kSumBytes = 8;
[[nodiscard]] double sum_at(Arithmetic arithmetic, const std::byte* from) noexcept;

/// In dispatches of bounded length, for results at push.results.
void record_sweep(vulkan::Commands& commands, const vulkan::DeviceField& field, const SweepWork& work);

/// For one thread. References must outlive it.
class DeviceSweep {
 public:
  DeviceSweep(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, const CancelToken& cancel);

  [[nodiscard]] vulkan::DeviceField& field() const noexcept { return field_; }
  [[nodiscard]] vulkan::Pipelines& pipelines() const noexcept { return pipelines_; }
  [[nodiscard]] std::uint64_t block_elements() const noexcept { return std::uint64_t{1} << block_axes_; }
  [[nodiscard]] std::uint64_t block_bytes() const noexcept { return element_bytes(field_.type()) << block_axes_; }
  [[nodiscard]] std::uint64_t block_count() const noexcept {
    return std::uint64_t{1} << (field_.padded_axes() - block_axes_);
  }
  [[nodiscard]] int block_axes() const noexcept { return block_axes_; }

  /// The most bytes of results at a time.
  [[nodiscard]] std::uint64_t window_bytes() const noexcept { return window_bytes_; }

  /// Calls take(first group, results of it and those after) in order until all groups were taken.
  using Take = std::function<void(std::uint64_t first, std::span<const std::byte> results)>;
  void run(const SweepWork& work, const Take& take);

  /// All groups at once, with results of `bytes` bytes together. Valid until the next call.
  std::span<const std::byte> run_at_once(const SweepWork& work, std::uint64_t bytes);

  /// Calls take(block, elements) for each of the blocks, in order.
  using TakeBlock = std::function<void(std::uint64_t block, const std::byte* elements)>;
  void read_blocks(std::span<const std::uint64_t> blocks, const TakeBlock& take);

  /// Sums as shaders write them.
  [[nodiscard]] double sum_at(std::span<const std::byte> results, std::size_t i) const {
    return quantum::sum_at(arithmetic_, results.data() + i * kSumBytes);
  }

 private:
  void reserve(std::uint64_t bytes);
  void give(std::span<const std::byte> given);

  vulkan::DeviceField& field_;
  vulkan::Pipelines& pipelines_;
  const CancelToken& cancel_;
  int block_axes_;
  std::uint64_t window_bytes_;
  Arithmetic arithmetic_;
  vulkan::DeviceBuffer results_;
  vulkan::DeviceBuffer results_on_host_;
  vulkan::DeviceBuffer given_;
  vulkan::DeviceBuffer given_on_host_;
  vulkan::Commands commands_;  ///< Goes first: what it runs uses the buffers.
};

}  // namespace basalt::quantum
