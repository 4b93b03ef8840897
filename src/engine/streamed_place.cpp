#include "engine/streamed_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "base/stopwatch.h"
#include "engine/device_figures.h"
#include "runtime/vulkan/device_field.h"
#include "workloads/quantum/move_axes.h"
#include "workloads/quantum/results/bit_scatter.h"
#include "workloads/quantum/shaders/device_run.h"

namespace basalt {
namespace {

/// What is copied at once: long enough for the way to and from a device to be at its full speed.
constexpr std::uint64_t kMostChunkBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kStagingBytes = std::uint64_t{8} << 20;

/// Axes of a tile above its chunks, so that visits have a choice; at least what a step mixes.
constexpr int kChosenAxes = 8;

/// To and from a device together, one after the other, through memory that one thread fills and empties.
constexpr double kBytesPerSecond = 8e9;

constexpr std::uint64_t low_bits(int count) {
  return (std::uint64_t{1} << count) - 1;
}

VisitSettings visit_settings(ElementType type, const DeviceLimits& limits, std::uint64_t touched_axes) {
  return {.touched_axes = touched_axes,
          .plan_tile =
              [type, &limits](const Program& program, int axes, std::uint64_t touched) {
                return make_device_plan(program, type, axes, limits,
                                        {.touched_axes = touched, .describe = quantum::describe_device_tile});
              },
          .move = quantum::move_axes};
}

std::vector<std::uint64_t> single_bits(std::uint64_t mask) {
  std::vector<std::uint64_t> bits;
  for (; mask != 0; mask &= mask - 1) {
    bits.push_back(mask & -mask);
  }
  return bits;
}

}  // namespace

PlannedCircuit plan_streamed(PlannedCircuit lowered, ElementType type, int axes, const DeviceLimits& device,
                             const VisitLimits& tiles, std::uint64_t touched_axes) {
  lowered.plan =
      make_visit_plan(lowered.lowered.program, type, axes, tiles, visit_settings(type, device, touched_axes));
  return lowered;
}

std::optional<VisitLimits> streamed_tiles(const vulkan::DevicePlan& plan, ElementType type, std::uint64_t free_bytes) {
  VisitLimits tiles{.tile_axes = 0,
                    .chunk_axes = 0,
                    .buffers = 1,
                    .read_bytes_per_second = kBytesPerSecond,
                    .write_bytes_per_second = kBytesPerSecond,
                    .both_bytes_per_second = kBytesPerSecond};
  // stages as words, and whatever a driver takes of its own, need some room, too
  const std::uint64_t room = free_bytes - free_bytes / 16;
  while (vulkan::device_field_bytes(plan, type, tiles.tile_axes + 1) <= room) {
    ++tiles.tile_axes;
  }
  const int most = std::bit_width(kMostChunkBytes / element_bytes(type)) - 1;
  tiles.chunk_axes = std::min(most, tiles.tile_axes - kChosenAxes);
  // smaller than what a device pads to: copies would be all that it does
  return tiles.chunk_axes < kMinFieldAxes ? std::nullopt : std::optional(tiles);
}

StreamedPlace::StreamedPlace(HostPlace& host, Field& state, OpenDevice& device, const VisitLimits& tiles,
                             const quantum::DrawResources& resources, std::function<void()> at_boundary)
    : host_(host),
      state_(state),
      limits_(choose_device_limits(device.device->physical(), device.figures, state.type)),
      tiles_(tiles),
      resources_(resources),
      at_boundary_(std::move(at_boundary)),
      tile_(device, state.type, tiles.tile_axes, resources, {}),
      staging_(device.memory, kStagingBytes) {}

void StreamedPlace::reset() {
  host_.reset();
  touched_ = 0;
  is_whole_ = true;
}

PlannedCircuit StreamedPlace::plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) {
  touched_ = touched_axes;
  return plan_streamed(std::move(lowered), type(), state_.axes, limits_, tiles_, touched_axes);
}

void StreamedPlace::execute(std::span<const Stage> stages, const Program& program,
                            std::span<const std::unique_ptr<TileProgram>> /*compiled*/,
                            const OnStageDone& on_stage_done) {
  for (const Stage& stage : stages) {
    const Stopwatch watch;
    visit(stage, program);
    on_stage_done(stage, watch.seconds());
  }
}

void StreamedPlace::visit(const Stage& stage, const Program& program) {
  const Visit visit = plan_visit(program, stage, state_.axes, visit_settings(type(), limits_, touched_));
  const quantum::BitScatter start_of(single_bits(stage.tile_axes & ~low_bits(tiles_.chunk_axes)));
  const std::uint64_t outside = low_bits(state_.axes) & ~stage.tile_axes;
  const quantum::BitScatter base_of(single_bits(outside));
  const std::uint64_t chunk_bytes = element_bytes(type()) << tiles_.chunk_axes;
  const std::uint64_t chunks = std::uint64_t{1} << (tiles_.tile_axes - tiles_.chunk_axes);
  const auto for_each_chunk = [&](std::uint64_t base, const auto& copy) {
    for (std::uint64_t chunk = 0; chunk < chunks; ++chunk) {
      const std::uint64_t first = (base | start_of(chunk)) * element_bytes(type());
      copy(state_.buffer.bytes().subspan(first, chunk_bytes), chunk * chunk_bytes);
    }
  };
  is_whole_ = false;
  ++stages_;
  for (std::uint64_t tile = 0; tile < std::uint64_t{1} << std::popcount(outside); ++tile) {
    const std::uint64_t base = base_of(tile);
    if ((base & ~touched_) != 0) {
      continue;  // zeros
    }
    if (at_boundary_) {
      at_boundary_();
    }
    quantum::PartProgram own = quantum::restrict_to_part(
        visit.program, visit.stages, low_bits(state_.axes) & ~low_bits(tiles_.tile_axes), tile << tiles_.tile_axes);
    std::erase_if(own.stages, [](const Stage& inside) { return inside.steps.empty(); });
    if (own.stages.empty()) {
      continue;
    }
    for_each_chunk(base, [&](std::span<std::byte> bytes, std::uint64_t offset) {
      tile_.field().upload(staging_, bytes, offset, &resources_.cancel);
    });
    tile_.watch().begin(fmt::format("those on tile {} in stage {} of the run", tile, stages_));
    tile_.execute(own.stages, own.program, {}, [](const Stage&, double) {});
    for_each_chunk(base, [&](std::span<std::byte> bytes, std::uint64_t offset) {
      tile_.field().download(staging_, offset, bytes, &resources_.cancel);
    });
  }
  is_whole_ = true;
  for (const std::uint32_t step : stage.steps) {
    touched_ |= program.steps[step].access.mixes;
  }
}

}  // namespace basalt
