// What all shaders of a run are told: the grid, its sides, the parameters; and how work is dealt to workgroups.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/memory.h"
#include "runtime/vulkan/pipelines.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/neighbours.h"
#include "workloads/patterns/shaders/device_cells.h"
#include "workloads/patterns/shaders/shaders.h"
#include "workloads/patterns/sides.h"

namespace basalt::patterns {

/// A grid with its sides, as a device solves on it.
struct DeviceDomain {
  Grid grid;
  Precision precision = Precision::single_precision;
  std::array<std::array<Ghost, 2>, 3> ghosts{};
  Neighbours neighbours = Neighbours::plane;
};

/// How workgroups share the cells. Changes no result.
struct DeviceShape {
  std::uint32_t threads = 256;         ///< Of a workgroup: a power of two.
  std::uint32_t threads_along_x = 32;  ///< Of them beside each other, four cells each.
  std::uint32_t rows = 16;             ///< That a thread visits one after the other.
  std::uint64_t chunk_bytes = 0;       ///< Of fields, at most; 0: as the device's plan has it.
};

/// A shape for this grid and device: no more threads than it has in a workgroup, and fewer rows for a thread where
/// there would be too few threads.
DeviceShape fit_shape(DeviceShape shape, const DeviceDomain& domain, const vulkan::DeviceProperties& properties);

/// Cells that one dispatch visits at most, so that it is short on slow devices too.
inline constexpr std::uint64_t kDispatchCells = std::uint64_t{1} << 25;

class DeviceSetup {
 public:
  DeviceSetup(const Model& model, const DeviceDomain& domain, const DeviceShape& shape, vulkan::DeviceMemory& memory,
              vulkan::Pipelines& pipelines);

  [[nodiscard]] const Model& model() const noexcept { return model_; }
  [[nodiscard]] const DeviceDomain& domain() const noexcept { return domain_; }
  [[nodiscard]] const DeviceLayout& layout() const noexcept { return layout_; }
  [[nodiscard]] const DeviceShape& shape() const noexcept { return shape_; }
  [[nodiscard]] vulkan::DeviceMemory& memory() const noexcept { return memory_; }
  /// Of the buffer that shaders read.
  [[nodiscard]] std::uint64_t address() const noexcept { return buffer_.address(); }

  /// With `constants` after those that all shaders have.
  [[nodiscard]] vulkan::Pipeline pipeline(ShaderKind kind, const std::vector<std::uint32_t>& constants) const;
  /// The same with other threads.
  [[nodiscard]] vulkan::Pipeline pipeline(ShaderKind kind, std::uint32_t threads, std::uint32_t threads_along_x,
                                          const std::vector<std::uint32_t>& constants) const;

  /// Workgroups that visit all cells, each thread marching along y, or along z in a volume; and all rows one after the
  /// other, whatever their axes.
  [[nodiscard]] std::uint64_t march_groups() const noexcept;
  [[nodiscard]] std::uint64_t row_groups() const noexcept;

 private:
  template <typename Real>
  void fill();

  const Model& model_;
  const DeviceDomain domain_;
  const DeviceShape shape_;
  const DeviceLayout layout_;
  vulkan::DeviceMemory& memory_;
  vulkan::Pipelines& pipelines_;
  vulkan::DeviceBuffer buffer_;
};

/// Records `groups` workgroups, each of which does `group_cells` cells' worth of work, in dispatches of bounded length.
/// `push` has members first_group and groups.
template <typename Push>
void dispatch_groups(vulkan::Commands& commands, const vulkan::Pipeline& pipeline, Push push, std::uint64_t groups,
                     std::uint64_t group_cells) {
  const std::uint64_t most = std::max<std::uint64_t>(kDispatchCells / group_cells, 256);
  for (std::uint64_t first = 0; first < groups; first += most) {
    push.first_group = static_cast<std::uint32_t>(first);
    push.groups = static_cast<std::uint32_t>(std::min(most, groups - first));
    commands.dispatch(pipeline, std::as_bytes(std::span(&push, 1)), push.groups);
  }
}

}  // namespace basalt::patterns
