#include "engine/verified_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "basalt/error.h"
#include "base/hash.h"
#include "base/random.h"
#include "runtime/memory/field.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

/// Of the random numbers.
constexpr std::uint64_t kStream = 0x7665726966790000;

/// Tiles of devices have at most this many elements of c64, half as many of c128.
constexpr std::uint64_t kMostTileElements = std::uint64_t{1} << 12;

/// Places the low bits of `number` where `mask` has bits.
std::uint64_t deposit(std::uint64_t number, std::uint64_t mask) noexcept {
  std::uint64_t result = 0;
  for (; mask != 0; mask &= mask - 1, number >>= 1) {
    result |= (number & 1) != 0 ? mask & -mask : 0;
  }
  return result;
}

template <typename Real>
void widen(std::span<const std::byte> from, std::span<double> to) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    Real number = 0;
    std::memcpy(&number, from.data() + i * sizeof(Real), sizeof(Real));
    to[i] = static_cast<double>(number);
  }
}

void to_doubles(ElementType type, std::span<const std::byte> from, std::span<double> to) {
  type == ElementType::c64 ? widen<float>(from, to) : widen<double>(from, to);
}

}  // namespace

double verify_tolerance(ElementType type, std::size_t steps) {
  const double of_hundred = type == ElementType::c64 ? 1e-4 : 1e-11;
  return of_hundred * std::max(1.0, static_cast<double>(steps) / 100);
}

std::uint64_t verify_bytes(std::uint64_t tiles) noexcept {
  constexpr std::uint64_t kTileBytes = kMostTileElements * element_bytes(ElementType::c64);
  constexpr std::uint64_t kScratchBytes = std::uint64_t{4} << 20;  // of the CPU's own program for a tile
  return tiles == 0 ? 0 : (tiles + 8) * kTileBytes + kScratchBytes;
}

VerifiedPlace::VerifiedPlace(StatePlace& device, Subject subject, std::uint64_t tiles, std::uint64_t seed,
                             MemoryResource& memory)
    : device_(device),
      subject_(std::move(subject)),
      tiles_(tiles),
      seed_(seed),
      memory_(memory),
      report_{.tiles = 0, .largest_difference = 0, .tolerance = verify_tolerance(device.type(), 1)} {}

PlannedCircuit VerifiedPlace::plan(const quantum::Circuit& circuit, const quantum::PassOptions& options,
                                   std::uint64_t touched_axes) {
  PlannedCircuit planned = device_.plan(circuit, options, touched_axes);
  draws_.clear();
  next_draw_ = 0;
  next_stage_ = 0;
  const CounterRandom random(seed_, mix(kStream, plans_++));
  const auto stages = static_cast<double>(planned.plan.stages.size());
  for (std::uint64_t i = 0; i < tiles_ && !planned.plan.stages.empty(); ++i) {
    // one from each of as many equal parts of the stages
    const double place = (static_cast<double>(i) + random.uniform(2 * i)) / static_cast<double>(tiles_);
    draws_.push_back({.stage = std::min(planned.plan.stages.size() - 1, static_cast<std::size_t>(place * stages)),
                      .bits = random.bits(2 * i + 1)});
  }
  return planned;
}

void VerifiedPlace::execute(std::span<const Stage> stages, const Program& program,
                            std::span<const std::unique_ptr<TileProgram>> /*compiled*/,
                            const OnStageDone& on_stage_done) {
  for (std::size_t first = 0; first < stages.size();) {
    const std::size_t left = stages.size() - first;
    const std::size_t unlooked = next_draw_ < draws_.size() ? draws_[next_draw_].stage - next_stage_ : left;
    const std::size_t count = std::min(left, unlooked);
    if (count > 0) {
      device_.execute(stages.subspan(first, count), program, {}, on_stage_done);
      first += count;
      next_stage_ += count;
    } else {
      verify(stages[first], program, on_stage_done);
      ++first;
      ++next_stage_;
    }
  }
}

/// The tiles that were drawn of the stage that is next, each once.
std::vector<std::uint64_t> VerifiedPlace::take_draws(const Stage& stage) {
  const std::uint64_t most = (std::uint64_t{1} << std::popcount(stage.outer_axes)) - 1;
  std::vector<std::uint64_t> tiles;
  for (; next_draw_ < draws_.size() && draws_[next_draw_].stage == next_stage_; ++next_draw_) {
    tiles.push_back(draws_[next_draw_].bits & most);
  }
  std::ranges::sort(tiles);
  tiles.erase(std::unique(tiles.begin(), tiles.end()), tiles.end());
  return tiles;
}

void VerifiedPlace::verify(const Stage& stage, const Program& program, const OnStageDone& on_stage_done) {
  const std::vector<std::uint64_t> tiles = take_draws(stage);
  const std::uint64_t elements = std::uint64_t{1} << std::popcount(stage.tile_axes);
  const std::uint64_t tile_bytes = elements * element_bytes(type());
  const Buffer before(memory_, tiles.size() * tile_bytes);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    subject_.download_tile(deposit(tiles[i], stage.outer_axes), stage.tile_axes,
                           before.bytes().subspan(i * tile_bytes, tile_bytes));
  }

  device_.execute(std::span(&stage, 1), program, {}, on_stage_done);

  std::vector<const Step*> steps;
  steps.reserve(stage.steps.size());
  for (const std::uint32_t step : stage.steps) {
    steps.push_back(&program.steps[step]);
  }
  const std::unique_ptr<TileProgram> on_cpu =
      quantum::tile_compiler().compile(steps, {.type = ElementType::c128, .axes = stage.tile_axes});
  const Buffer scratch(memory_, std::max<std::uint64_t>(1, on_cpu->scratch_bytes()));
  const Buffer after(memory_, tile_bytes);
  const Buffer reference(memory_, elements * element_bytes(ElementType::c128));
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const std::uint64_t base = deposit(tiles[i], stage.outer_axes);
    subject_.download_tile(base, stage.tile_axes, after.bytes());
    to_doubles(type(), before.bytes().subspan(i * tile_bytes, tile_bytes), reference.view<double>());
    on_cpu->run(reference.data(), base, false, scratch.data());
    compare(after.bytes(), reference.view<double>(), stage, tiles[i]);
  }
}

void VerifiedPlace::compare(std::span<const std::byte> device, std::span<const double> reference, const Stage& stage,
                            std::uint64_t tile) {
  // what is below is so small that devices may take it for 0
  const double least_norm = type() == ElementType::c64 ? 1e-30 : 1e-290;
  std::vector<double> actual(reference.size());
  to_doubles(type(), device, actual);
  double norm = 0;
  double largest = 0;
  for (std::size_t i = 0; i < reference.size(); i += 2) {
    norm = std::hypot(norm, std::hypot(reference[i], reference[i + 1]));
    const double off = std::hypot(actual[i] - reference[i], actual[i + 1] - reference[i + 1]);
    largest = std::isfinite(off) ? std::max(largest, off) : std::numeric_limits<double>::infinity();
  }
  const double difference = largest / std::max(norm, least_norm);
  ++report_.tiles;
  report_.largest_difference = std::max(report_.largest_difference, difference);
  const double tolerance = verify_tolerance(type(), stage.steps.size());
  if (!(difference <= tolerance)) {
    throw Error(
        ErrorCode::failed,
        fmt::format("\"{}\" computes wrongly: after stage {}, an amplitude of tile {} is off by {:.2g} of the tile's "
                    "norm (tolerated: {:.2g})",
                    subject_.name, next_stage_ + 1, tile, difference, tolerance),
        "give --backend cpu, and trust no results of this device until its memory, its driver and its clock "
        "were looked at");
  }
}

}  // namespace basalt
