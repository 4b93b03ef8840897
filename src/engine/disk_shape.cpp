#include "engine/disk_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "engine/state_access.h"
#include "execute/tile_stream.h"
#include "runtime/memory/field.h"
#include "workloads/quantum/results/blocks.h"
#include "workloads/quantum/results/outcomes.h"

namespace basalt {
namespace {

/// Large enough for disks to be read at full speed, small enough for a tile to have many: of which axes it is made is
/// chosen by whole chunks.
constexpr std::uint64_t kMostChunkBytes = std::uint64_t{1} << 20;

/// Of the memory, what a chunk may be: each thread of the disk has one beside the tiles.
constexpr std::uint64_t kChunkShare = 128;

/// What a step may mix at most.
constexpr int kMostMixed = 6;

/// Tiles of more take long to fill, and plans gain little.
constexpr int kMostBuffers = 3;

/// From here on a state's size is not countable.
constexpr std::uint32_t kMostQubits = 50;

/// Axes of the largest field that fits; less than 0 where not even one element does.
int axes_within(std::uint64_t bytes, ElementType type) {
  return std::bit_width(bytes / element_bytes(type)) - 1;
}

}  // namespace

DiskOffer offer_disk(const Request& request, const quantum::Script& script, const MemoryEstimate& alone,
                     const Limit& memory, const SpillSpace& space) {
  DiskOffer offer{.shape = std::nullopt, .rejection = {}, .estimate = alone};
  if (script.qubit_count > kMostQubits) {
    offer.rejection = "no disk holds it";
    return offer;
  }
  const ElementType type = element_type_of(request.precision);
  const int axes = static_cast<int>(script.qubit_count);
  const std::uint64_t state_bytes = field_bytes(type, axes);
  if (state_bytes > space.bytes.value) {
    offer.rejection = fmt::format("the state takes {}, and {} may be used in {} ({})", format_bytes(state_bytes),
                                  format_bytes(space.bytes.value), space.folder, space.bytes.source);
    return offer;
  }
  DiskShape shape;
  if (!request.checkpoint.folder.empty()) {
    shape.window_bytes = window_bytes_within(state_bytes, memory.value);
  }
  if (request.lossy_storage > 0) {
    shape.lossy = {.type = type, .tolerance = request.lossy_storage * std::exp2(-0.5 * axes)};
  }
  const std::uint64_t chunk_bytes = std::min(kMostChunkBytes, std::bit_floor(memory.value / kChunkShare));
  const std::uint64_t norms = std::uint64_t{8} << std::max(0, axes - quantum::kBlockAxes);
  MemoryEstimate& estimate = offer.estimate;
  estimate.scratch_bytes = std::max(alone.scratch_bytes, quantum::outcome_scratch_bytes(axes, request.shots)) + norms +
                           chunk_bytes + TileStream::scratch_bytes(chunk_bytes, shape.lossy, shape.threads) +
                           2 * shape.window_bytes;  // and as much where it is compressed
  estimate.state_bytes = 0;
  const std::uint64_t beside = estimate.promised_bytes();
  const std::uint64_t room = beside < memory.value ? memory.value - beside : 0;
  shape.tile_axes = std::min(axes_within(room / 2, type), axes);
  if (shape.tile_axes < std::max(quantum::kBlockAxes, kMinFieldAxes + kMostMixed)) {
    offer.rejection = fmt::format("of the {} of memory that may be used ({}), nothing is left for tiles of the state",
                                  format_bytes(memory.value), memory.source);
    return offer;
  }
  shape.chunk_axes = std::clamp(axes_within(chunk_bytes, type), kMinFieldAxes, shape.tile_axes - kMostMixed);
  const std::uint64_t tile_bytes = field_bytes(type, shape.tile_axes);
  shape.buffers = static_cast<int>(std::clamp<std::uint64_t>(room / tile_bytes, 2, kMostBuffers));
  estimate.state_bytes = static_cast<std::uint64_t>(shape.buffers) * tile_bytes;
  offer.shape = shape;
  return offer;
}

VisitLimits disk_limits(const DiskShape& shape, const DiskFigures& figures) {
  return {.tile_axes = shape.tile_axes,
          .chunk_axes = shape.chunk_axes,
          .buffers = shape.buffers,
          .read_bytes_per_second = figures.read,
          .write_bytes_per_second = figures.write,
          .both_bytes_per_second = figures.both};
}

DiskReport describe_disk(const DiskShape& shape, ElementType type, int qubits, const SpillSpace& space,
                         DiskFigures figures) {
  return {.folder = space.folder,
          .filesystem = space.filesystem,
          .state_bytes = field_bytes(type, qubits),
          .tile_bytes = field_bytes(type, shape.tile_axes),
          .chunk_bytes = element_bytes(type) << shape.chunk_axes,
          .buffers = shape.buffers,
          .figures = std::move(figures)};
}

}  // namespace basalt
