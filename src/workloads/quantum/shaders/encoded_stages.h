// Stages as words for a device, and what is recorded to have them applied. Circuits that differ in angles alone differ,
// as a rule, in words alone.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "plan/plan.h"
#include "plan/watched_tile.h"
#include "runtime/vulkan/device_field.h"

namespace basalt::quantum {

/// All that is recorded of a list of stages but addresses.
struct StageShape {
  /// What one dispatch, or several in a row, do of a stage: all of it, but for drivers that limit the rounds of loops.
  struct Part {
    std::uint64_t words = 0;  ///< Where they are, in bytes.
    std::uint32_t word_count = 0;
    std::array<std::uint32_t, 4> constants{};  ///< That the shader is specialised by.
    std::uint64_t tiles = 0;
    std::uint64_t most_tiles = 0;  ///< Of one dispatch.
    friend bool operator==(const Part&, const Part&) = default;
  };

  ElementType type = ElementType::c64;
  int axes = 0;  ///< Of the field, with those that pad it.
  std::uint64_t word_bytes = 0;
  std::vector<std::vector<Part>> stages;  ///< In order.
  std::vector<std::size_t> batches;       ///< How many stages are submitted together, in order.
  std::vector<std::size_t> watched;       ///< Stages of which a tile is looked at, in order.
  friend bool operator==(const StageShape&, const StageShape&) = default;
};

struct EncodedStages {
  StageShape shape;
  std::vector<std::uint32_t> words;
};

/// Stages are those of make_device_plan, for a field such as this. `gathered_axes` as DeviceTile has them. `watched` in
/// order. Touches no device.
EncodedStages encode_stages(const vulkan::DeviceField& field, std::span<const Stage> stages, const Program& program,
                            int gathered_axes = 0, std::span<const WatchedTile> watched = {});

}  // namespace basalt::quantum
