#include "engine/norm_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "basalt/error.h"
#include "base/hash.h"
#include "engine/verified_place.h"

namespace basalt {
namespace {

/// Of the time of stages that looking takes.
constexpr double kShare = 1e-3;

/// On one core, where the tile comes from memory.
constexpr LookCost kHostCost{.seconds = 0, .seconds_per_element = 3e-9};

constexpr const char* kAdvice =
    "the processor or its memory computes wrongly: run again with --verify 64, and trust no results of this machine "
    "until its memory and its clock were looked at";

/// Places the low bits of `number` where `mask` has bits.
std::uint64_t deposit(std::uint64_t number, std::uint64_t mask) noexcept {
  std::uint64_t result = 0;
  for (; mask != 0; mask &= mask - 1, number >>= 1) {
    result |= (number & 1) != 0 ? mask & -mask : 0;
  }
  return result;
}

template <typename Real>
double sum_of_squares(const Real* values, std::uint64_t count) {
  constexpr std::uint64_t kLanes = 8;
  std::array<double, kLanes> sums{};
  std::uint64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::uint64_t lane = 0; lane < kLanes; ++lane) {
      const double value = values[i + lane];
      sums[lane] += value * value;
    }
  }
  for (; i < count; ++i) {
    const double value = values[i];
    sums[0] += value * value;
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

double norm_tolerance(ElementType type) noexcept {
  return type == ElementType::c64 ? 1e-3 : 1e-7;
}

void expect_norm(double norm, ElementType type, double slack, const char* where) {
  const double tolerance = norm_tolerance(type) + slack;
  if (!(std::abs(norm - 1) <= tolerance)) {
    throw Error(ErrorCode::failed,
                fmt::format("the norm of the state is {:.9g} {} (tolerated: 1 ± {:.2g})", norm, where, tolerance),
                kAdvice);
  }
}

NormWatch::NormWatch(ElementType type, LookCost cost, std::string advice)
    : type_(type), cost_(cost), advice_(std::move(advice)) {}

NormWatch::NormWatch(ElementType type) : NormWatch(type, kHostCost, kAdvice) {}

std::optional<WatchedTile> NormWatch::next(std::span<const Stage> stages) {
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const Stage& stage = stages[i];
    ++stages_;
    credit_seconds_ += kShare * stage.predicted_seconds;
    const double elements = std::exp2(std::popcount(stage.tile_axes));
    const double cost = cost_.seconds + cost_.seconds_per_element * elements;
    if (stage.tile_axes != 0 && credit_seconds_ >= cost) {
      credit_seconds_ = std::min(credit_seconds_ - cost, 10 * cost);
      const std::uint64_t tiles = std::uint64_t{1} << std::popcount(stage.outer_axes);
      return WatchedTile{
          .stage = i, .number = stages_, .base = deposit(mix(looks_++, tiles) & (tiles - 1), stage.outer_axes)};
    }
  }
  return std::nullopt;
}

std::vector<WatchedTile> NormWatch::choose(std::span<const Stage> stages) {
  std::vector<WatchedTile> tiles;
  std::size_t counted = 0;
  while (auto tile = next(stages.subspan(counted))) {
    tile->stage += counted;
    counted = tile->stage + 1;
    tiles.push_back(*tile);
  }
  return tiles;
}

void NormWatch::begin(std::string whole) {
  whole_ = std::move(whole);
  stages_ = 0;
}

void NormWatch::expect_kept(const Stage& stage, const WatchedTile& tile, double before, double after) const {
  const double tolerance = 2 * verify_tolerance(type_, stage.steps.size());
  // what is below is so small that rounding may have made it
  const double least = type_ == ElementType::c64 ? 1e-30 : 1e-290;
  const double off = std::abs(after - before);
  if (!std::isfinite(off) || off > tolerance * std::max(before, least)) {
    throw Error(ErrorCode::failed,
                fmt::format("stage {} of {} does not keep the norm: that of the tile at {} was {:.9g} and is {:.9g} "
                            "(tolerated: {:.2g} of it)",
                            tile.number, whole_, tile.base, before, after, tolerance),
                advice_);
  }
}

double tile_norm(const Field& state, std::uint64_t base, std::uint64_t axes) {
  const std::uint64_t run = std::uint64_t{1} << std::countr_one(axes);
  const std::uint64_t starts = axes & ~(run - 1);
  const std::uint64_t end = std::uint64_t{1} << std::popcount(starts);
  double norm = 0;
  std::uint64_t start = 0;
  for (std::uint64_t i = 0; i < end; ++i) {
    const std::uint64_t first = 2 * (base | start);
    norm += state.type == ElementType::c64 ? sum_of_squares(state.buffer.as<float>() + first, 2 * run)
                                           : sum_of_squares(state.buffer.as<double>() + first, 2 * run);
    start = (start - starts) & starts;  // the next larger number with bits of `starts` only
  }
  return norm;
}

}  // namespace basalt
