// Stages for a device whose workgroups hold tiles of one size. The same cut as for caches; other costs.
#pragma once

#include <cstdint>
#include <span>

#include "plan/plan.h"

namespace basalt {

/// What a visit of a device's tile costs beside gathering and storing it.
struct DeviceTileWork {
  int transpositions = 0;  ///< Of a tile among the threads that hold it.
  double flops_per_element = 0;
};

/// Speeds of a device, and the tiles that its workgroups hold.
struct DeviceLimits {
  int tile_axes = 12;
  int low_axes = 4;                   ///< In every tile: what is contiguous in memory is gathered together.
  double bytes_per_second = 200e9;    ///< Read plus written.
  double flops_per_second = 2e12;     ///< Of simple operations on registers, as stages reach it.
  double transposition_sweeps = 0.3;  ///< Visits of the tile in memory that one costs.
  double stage_seconds = 10e-6;
  // How long a workgroup takes over a tile that it has to itself, as an H100 does: with few tiles that is what counts,
  // and with many it is how long the last of them are waited for.
  double tile_step_seconds = 0.3e-6;  ///< For one more step, whatever it does.
  double tile_flop_seconds = 30e-9;   ///< For one more operation an element.
  double tile_transposition_seconds = 1e-6;
  /// From submitting work to knowing that it is done, beside the work.
  double trip_seconds = 50e-6;
};

struct DeviceSettings {
  /// The field holds zeros where an axis outside of this is 1.
  std::uint64_t touched_axes = ~std::uint64_t{0};
  /// Of a stage with these axes in its tile. May be null.
  DeviceTileWork (*describe)(std::span<const Step* const> steps, ElementType type, std::uint64_t tile_axes) = nullptr;
};

/// Cuts a program for a field of 2^axes elements in a device's memory; axes ≥ limits.tile_axes. Every step runs in
/// tiles. Pure.
Plan make_device_plan(const Program& program, ElementType type, int axes, const DeviceLimits& limits,
                      const DeviceSettings& settings);

}  // namespace basalt
