// A stage's steps as words for a device: which axes of the tile are registers when, which operations run then, and what
// the registers of the threads turn by.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plan/program.h"
#include "runtime/memory/field.h"

namespace basalt::quantum {

/// The tiles of a stage, and how the device holds them.
struct DeviceTile {
  ElementType type = ElementType::c64;
  std::uint64_t axes = 0;        ///< Of the field, one bit each: as many as the device's tiles have.
  std::uint64_t outer_axes = 0;  ///< Over which tiles are enumerated.
  int chunk_axes = 0;            ///< Lowest axes, within a chunk.
  /// Lowest axes of the tile that stay with the threads while it is gathered and stored, so that neighbours in memory
  /// are neighbours among threads.
  int gathered_axes = 0;
};

/// What a visit of a tile costs beside gathering and storing it, roughly.
struct DeviceWork {
  int transpositions = 0;
  double flops_per_element = 0;
  std::uint32_t needs = 0;  ///< Of the shader: see stage_words.h.
};

struct StageWords {
  std::vector<std::uint32_t> words;  ///< Of stage_words.h.
  DeviceWork work;
};

/// Steps are quantum/dense, quantum/exchange and quantum/phase; what they mix is in the tile. Pure.
StageWords encode_stage(std::span<const Step* const> steps, const DeviceTile& tile);

DeviceWork describe_stage(std::span<const Step* const> steps, const DeviceTile& tile);

}  // namespace basalt::quantum
