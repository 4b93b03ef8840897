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
#include "workloads/quantum/kernels/plain_steps.h"

namespace basalt {
namespace {

/// Of the random numbers.
constexpr std::uint64_t kStream = 0x7665726966790000;

/// Places the low bits of `number` where `mask` has bits.
std::uint64_t deposit(std::uint64_t number, std::uint64_t mask) noexcept {
  std::uint64_t result = 0;
  for (; mask != 0; mask &= mask - 1, number >>= 1) {
    result |= (number & 1) != 0 ? mask & -mask : 0;
  }
  return result;
}

template <typename Real>
void widen(std::span<const std::byte> from, std::span<std::complex<double>> to) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    std::complex<Real> number;
    std::memcpy(&number, from.data() + i * sizeof(number), sizeof(number));
    to[i] = number;
  }
}

void to_doubles(ElementType type, std::span<const std::byte> from, std::span<std::complex<double>> to) {
  type == ElementType::c64 ? widen<float>(from, to) : widen<double>(from, to);
}

}  // namespace

double verify_tolerance(ElementType type, std::size_t steps) {
  const double of_hundred = type == ElementType::c64 ? 1e-4 : 1e-11;
  return of_hundred * std::max(1.0, static_cast<double>(steps) / 100);
}

std::uint64_t verify_bytes(std::uint64_t tiles, std::uint64_t tile_bytes) noexcept {
  constexpr std::uint64_t kBeside = 8;  // one afterwards, and twice in double precision
  return tiles == 0 ? 0 : (tiles + kBeside) * tile_bytes;
}

std::uint64_t host_tile_bytes(std::uint64_t state_bytes) noexcept {
  return std::min(state_bytes, std::uint64_t{1} << 20);
}

VerifiedPlace::VerifiedPlace(StatePlace& place, Subject subject, std::uint64_t tiles, std::uint64_t seed,
                             MemoryResource& memory)
    : place_(place),
      subject_(std::move(subject)),
      tiles_(tiles),
      seed_(seed),
      memory_(memory),
      report_{.tiles = 0, .largest_difference = 0, .tolerance = verify_tolerance(place.type(), 1)} {}

PlannedCircuit VerifiedPlace::plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) {
  PlannedCircuit planned = place_.plan_lowered(std::move(lowered), touched_axes);
  draw(planned.plan.stages.size());
  return planned;
}

void VerifiedPlace::draw(std::size_t stages) {
  draws_.clear();
  next_draw_ = 0;
  next_stage_ = 0;
  const CounterRandom random(seed_, mix(kStream, plans_++));
  for (std::uint64_t i = 0; i < tiles_ && stages > 0; ++i) {
    // one from each of as many equal parts of the stages
    const double place = (static_cast<double>(i) + random.uniform(2 * i)) / static_cast<double>(tiles_);
    draws_.push_back({.stage = std::min(stages - 1, static_cast<std::size_t>(place * static_cast<double>(stages))),
                      .bits = random.bits(2 * i + 1)});
  }
}

void VerifiedPlace::pass_over(std::size_t stages) {
  next_stage_ += stages;
  while (next_draw_ < draws_.size() && draws_[next_draw_].stage < next_stage_) {
    ++next_draw_;
  }
}

void VerifiedPlace::execute(std::span<const Stage> stages, const Program& program,
                            std::span<const std::unique_ptr<TileProgram>> /*compiled*/,
                            const OnStageDone& on_stage_done) {
  for (std::size_t first = 0; first < stages.size();) {
    const std::size_t left = stages.size() - first;
    const std::size_t unlooked = next_draw_ < draws_.size() ? draws_[next_draw_].stage - next_stage_ : left;
    const std::size_t count = std::min(left, unlooked);
    if (count > 0) {
      place_.execute(stages.subspan(first, count), program, {}, on_stage_done);
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
  if (stage.tile_axes == 0) {
    place_.execute(std::span(&stage, 1), program, {}, on_stage_done);  // without tiles there is nothing to compare
    return;
  }
  const std::uint64_t elements = std::uint64_t{1} << std::popcount(stage.tile_axes);
  const std::uint64_t tile_bytes = elements * element_bytes(type());
  const Buffer before(memory_, tiles.size() * tile_bytes);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    subject_.download_tile(deposit(tiles[i], stage.outer_axes), stage.tile_axes,
                           before.bytes().subspan(i * tile_bytes, tile_bytes));
  }

  place_.execute(std::span(&stage, 1), program, {}, on_stage_done);

  const Buffer after(memory_, tile_bytes);
  const Buffer reference(memory_, elements * element_bytes(ElementType::c128));
  const std::span<std::complex<double>> expected = reference.view<std::complex<double>>();
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const std::uint64_t base = deposit(tiles[i], stage.outer_axes);
    subject_.download_tile(base, stage.tile_axes, after.bytes());
    to_doubles(type(), before.bytes().subspan(i * tile_bytes, tile_bytes), expected);
    for (const std::uint32_t step : stage.steps) {
      quantum::apply_plainly(program.steps[step], base, stage.tile_axes, expected);
    }
    compare(after.bytes(), expected, stage, tiles[i]);
  }
}

void VerifiedPlace::compare(std::span<const std::byte> bytes, std::span<const std::complex<double>> reference,
                            const Stage& stage, std::uint64_t tile) {
  // what is below is so small that devices may take it for 0
  const double least_norm = type() == ElementType::c64 ? 1e-30 : 1e-290;
  const Buffer doubles(memory_, reference.size_bytes());
  const std::span<std::complex<double>> actual = doubles.view<std::complex<double>>();
  to_doubles(type(), bytes, actual);
  double norm = 0;
  double largest = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    norm = std::hypot(norm, std::abs(reference[i]));
    const double off = std::abs(actual[i] - reference[i]);
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
        subject_.advice);
  }
}

}  // namespace basalt
