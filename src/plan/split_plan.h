// Stages for a field that is split over several memories of one size, such as those of several devices: the rung above
// the stages in each of them, found by the same cut.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plan/device_stages.h"
#include "plan/plan.h"

namespace basalt {

/// Where the axes of a field lie: axis a is bit place[a] of an element's index.
struct AxisPlaces {
  std::vector<std::uint8_t> place;  ///< A permutation.
  std::uint64_t touched = 0;        ///< The field holds zeros where another bit of the index is 1.

  /// Every axis at its own place, of a field in which only the first element differs from 0.
  static AxisPlaces identity(int axes);
  /// Bit a of `axes` moves to bit place[a].
  [[nodiscard]] std::uint64_t places_of(std::uint64_t axes) const noexcept;
  [[nodiscard]] bool is_identity() const noexcept;
  /// The axes that lie there change places.
  void swap(AxisSwap places) noexcept;
};

/// A part has the elements whose index has its number in the bits from part_axes on.
struct SplitLimits {
  int part_axes = 0;                    ///< At least what any one step mixes.
  int held_axes = 0;                    ///< The lowest places, which no swap touches: what goes lies in runs of them.
  double swap_bytes_per_second = 20e9;  ///< That leave one part, while as many enter it: PCIe 5 by 16.
  double swap_seconds = 1e-3;           ///< Of a swap, however little it moves.
};

struct SplitSettings {
  AxisPlaces places;  ///< As the program begins.
  /// As DeviceSettings has it.
  DeviceTileWork (*describe)(std::span<const Step* const> steps, ElementType type, std::uint64_t tile_axes) = nullptr;
  /// The step where axis a of the field has become axis place[a].
  Step (*move)(const Step& step, std::span<const std::uint8_t> place) = nullptr;
};

/// Stages of all parts together, and swaps between them. Bits of a tile are places; what a step mixes lies inside of
/// the parts when its turn comes. Pure. `limits` are those of every part's memory.
Plan make_split_plan(const Program& program, ElementType type, const DeviceLimits& limits, const SplitLimits& split,
                     const SplitSettings& settings);

}  // namespace basalt
