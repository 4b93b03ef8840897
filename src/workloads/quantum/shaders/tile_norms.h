// The norms of tiles before and after stages, measured by the device in between.
#pragma once

#include <cstdint>

#include "plan/watched_tile.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/pipelines.h"
#include "workloads/quantum/shaders/readout_shaders.h"

namespace basalt::quantum {

/// When a tile is looked at.
enum class Look : std::uint8_t { before_stage, after_stage };

/// For one thread. What was recorded must not run while any of it changes or goes.
class TileNorms {
 public:
  /// Of so many tiles with 2^tile_axes elements of a field such as this.
  TileNorms(const vulkan::DeviceField& field, vulkan::Pipelines& pipelines, int tile_axes, std::size_t tiles);

  /// Records a look. `table` is the address of a field's table. Nothing else may write to the tile meanwhile.
  void record(vulkan::Commands& commands, std::uint64_t table, std::size_t tile, Look look) const;

  /// Where tile number `tile` lies from now on, for what was recorded, too.
  void aim(std::size_t tile, std::uint64_t base, std::uint64_t axes);

  /// Forgets all norms: a look that the device leaves out is found, too.
  void forget();

  /// By the latest look, once it has ended; NaN where there was none. The host must have been shown it.
  [[nodiscard]] double norm(std::size_t tile, Look look) const;

 private:
  Arithmetic arithmetic_;
  int chunk_axes_;
  int tile_axes_;
  vulkan::Pipeline pipeline_;
  vulkan::DeviceBuffer tiles_;  ///< Where they lie.
  vulkan::DeviceBuffer norms_;  ///< Two for each.
};

}  // namespace basalt::quantum
