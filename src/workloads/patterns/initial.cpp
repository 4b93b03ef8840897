#include "workloads/patterns/initial.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "basalt/error.h"

namespace basalt::patterns {
namespace {

constexpr double kUsualNoise = 0.01;

constexpr std::uint32_t kMostSpots = 1'000'000;

// streams of random numbers
constexpr std::uint64_t kNoiseStream = 1;  // and one more for each species
constexpr std::uint64_t kSpotStream = 100;

void check_values(const std::vector<double>& values, const Model& model) {
  if (!values.empty() && values.size() != model.species()) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} initial values were given", values.size()),
                fmt::format("{} has {} species: give one value for each", model.description().name, model.species()));
  }
  for (const double value : values) {
    if (!std::isfinite(value)) {
      throw Error(ErrorCode::bad_usage, fmt::format("{} is no initial value", value), "give finite numbers");
    }
  }
}

void check_given(std::uint64_t layers, InitialKind kind, const Model& model) {
  if (layers != 1 && layers != model.species()) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("the initial state holds {} grids, and {} has {} species", layers, model.description().name,
                            model.species()),
                "give one for each species, or one that mixes two states");
  }
  if (kind == InitialKind::square || kind == InitialKind::spots) {
    throw Error(ErrorCode::bad_usage, "the initial state comes from a file, which has its own squares and spots",
                "leave the kind out, or the file");
  }
}

}  // namespace

InitialValues::InitialValues(const PatternRequest& request, const Model& model, const Grid& grid, std::uint64_t seed,
                             GivenValues given)
    : grid_(grid),
      noise_(request.initial.noise.value_or(given ? 0 : kUsualNoise)),
      given_(std::move(given)),
      seed_(seed) {
  check_values(request.initial.values, model);
  if (given_) {
    check_given(given_.layers, request.initial.kind, model);
  }
  if (!std::isfinite(noise_) || noise_ < 0) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} is no size of noise", noise_), "give 0 or more");
  }
  const UsualStates usual = usual_states(model);
  homogeneous_ = request.initial.values.empty() ? usual.homogeneous : request.initial.values;
  disturbed_ = usual.disturbed;
  const bool automatic = request.initial.kind == InitialKind::automatic;
  if (request.initial.kind == InitialKind::square || (automatic && usual.square && !given_)) {
    add_middle();
  } else if (request.initial.kind == InitialKind::spots) {
    if (request.initial.spots > kMostSpots) {
      throw Error(ErrorCode::bad_usage, fmt::format("{} spots are too many", request.initial.spots),
                  fmt::format("give at most {}", kMostSpots));
    }
    add_spots(request.initial.spots, seed);
  }
}

void InitialValues::add_middle() {
  Box box{.from = {0, 0, 0}, .to = {1, 1, 1}};
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(grid_.axes); ++axis) {
    const std::uint64_t half = std::max<std::uint64_t>(grid_.size[axis] / 10, 1);
    box.from[axis] = grid_.size[axis] / 2 - half;
    box.to[axis] = grid_.size[axis] / 2 + half;
  }
  boxes_.push_back(box);
}

void InitialValues::add_spots(std::uint32_t count, std::uint64_t seed) {
  const CounterRandom random(seed, kSpotStream);
  for (std::uint32_t spot = 0; spot < count; ++spot) {
    Box box{.from = {0, 0, 0}, .to = {1, 1, 1}};
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(grid_.axes); ++axis) {
      const std::uint64_t width = std::max<std::uint64_t>(grid_.size[axis] / 20, 2);
      const double share = random.uniform(3 * std::uint64_t{spot} + axis);
      box.from[axis] = static_cast<std::uint64_t>(share * static_cast<double>(grid_.size[axis] - width));
      box.to[axis] = box.from[axis] + width;
    }
    boxes_.push_back(box);
  }
}

void InitialValues::read_given(std::size_t species, std::uint64_t y, std::uint64_t z, std::span<double> row) const {
  if (given_.layers == homogeneous_.size()) {
    given_.read_row(species, y, z, row.data());
    return;
  }
  given_.read_row(0, y, z, row.data());
  const double from = homogeneous_[species];
  const double width = disturbed_[species] - from;
  std::transform(row.begin(), row.end(), row.begin(), [&](double share) { return from + width * share; });
}

void InitialValues::fill_row(std::size_t species, std::uint64_t y, std::uint64_t z, std::span<double> row) const {
  if (given_) {
    read_given(species, y, z, row);
  } else {
    std::fill(row.begin(), row.end(), homogeneous_[species]);
  }
  for (const Box& box : boxes_) {
    if (y >= box.from[1] && y < box.to[1] && z >= box.from[2] && z < box.to[2]) {
      std::fill(row.begin() + static_cast<std::ptrdiff_t>(box.from[0]),
                row.begin() + static_cast<std::ptrdiff_t>(box.to[0]), disturbed_[species]);
    }
  }
  if (noise_ == 0) {
    return;
  }
  const CounterRandom random(seed_, kNoiseStream + species);
  const std::uint64_t first = (z * grid_.size[1] + y) * grid_.size[0];
  for (std::size_t x = 0; x < row.size(); ++x) {
    row[x] += noise_ * (2 * random.uniform(first + x) - 1);
  }
}

}  // namespace basalt::patterns
