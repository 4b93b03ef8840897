#include "workloads/quantum/shaders/tile_norms.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>
#include <span>

#include "workloads/quantum/shaders/device_sweep.h"

namespace basalt::quantum {
namespace {

constexpr int kElementAxes = 4;  // by which elements of a thread differ

/// A place in a field, or some of its axes.
struct Place {
  std::uint32_t low = 0;
  std::uint32_t chunk = 0;
};

/// As tile_norm.comp has them.
struct TilePlace {
  Place base;
  Place thread_axes;
  Place register_axes;
  Place unused;
};

struct TileNormPush {
  std::uint64_t table = 0;
  std::uint64_t tile = 0;
  std::uint64_t result = 0;
};

/// Of the norm before a stage, or after it.
std::uint64_t offset_of(std::size_t tile, Look look) noexcept {
  return (2 * tile + (look == Look::after_stage ? 1 : 0)) * kSumBytes;
}

}  // namespace

TileNorms::TileNorms(const vulkan::DeviceField& field, vulkan::Pipelines& pipelines, int tile_axes, std::size_t tiles)
    : arithmetic_(arithmetic_of(field)),
      chunk_axes_(field.chunk_axes()),
      tile_axes_(tile_axes),
      pipeline_(pipelines.get(
          readout_shader(Readout::tile_norm, arithmetic_),
          std::array{1U << static_cast<unsigned>(tile_axes - kElementAxes), static_cast<std::uint32_t>(tile_axes)})),
      tiles_(field.memory().allocate(tiles * sizeof(TilePlace), vulkan::Placement::upload, "tiles that are watched")),
      norms_(field.memory().allocate(tiles * 2 * kSumBytes, vulkan::Placement::download, "norms of tiles")) {}

void TileNorms::record(vulkan::Commands& commands, std::uint64_t table, std::size_t tile, Look look) const {
  const TileNormPush push{.table = table,
                          .tile = tiles_.address() + tile * sizeof(TilePlace),
                          .result = norms_.address() + offset_of(tile, look)};
  commands.dispatch(pipeline_, std::as_bytes(std::span(&push, 1)), 1);
}

void TileNorms::aim(std::size_t tile, std::uint64_t base, std::uint64_t axes) {
  assert(std::popcount(axes) == tile_axes_);
  const auto place_of = [this](std::uint64_t index) {
    return Place{.low = static_cast<std::uint32_t>(index & ((std::uint64_t{1} << chunk_axes_) - 1)),
                 .chunk = static_cast<std::uint32_t>(index >> chunk_axes_)};
  };
  std::uint64_t register_axes = axes;
  for (int i = 0; i < tile_axes_ - kElementAxes; ++i) {
    register_axes &= register_axes - 1;
  }
  const TilePlace place{.base = place_of(base),
                        .thread_axes = place_of(axes & ~register_axes),
                        .register_axes = place_of(register_axes),
                        .unused = {}};
  std::memcpy(tiles_.data() + tile * sizeof(place), &place, sizeof(place));
}

/// All ones are NaN, whatever a sum is made of.
void TileNorms::forget() {
  std::memset(norms_.data(), 0xFF, norms_.size_bytes());
}

double TileNorms::norm(std::size_t tile, Look look) const {
  return sum_at(arithmetic_, norms_.data() + offset_of(tile, look));
}

}  // namespace basalt::quantum
