#include "workloads/patterns/statistics/watch.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "workloads/patterns/spectral/transform.h"
#include "workloads/patterns/statistics/energy.h"
#include "workloads/patterns/statistics/morphology.h"
#include "workloads/patterns/statistics/structure.h"

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kLooks = 16;
constexpr std::uint64_t kSampleCells = std::uint64_t{1} << 16;

// Thresholds of the classes; docs/patterns/statistics.md says where they come from.
constexpr double kContrast = 0.01;  ///< Of the scale of the model: below, there is none.
constexpr double kChange = 0.1;     ///< Of the deviation, over the last sixteenth of a run.
constexpr double kRoundness = 0.5;  ///< Regions that are four times as long as wide, or more, are stripes.

/// The species in which spots are spots: the activator, v of Gray-Scott.
std::size_t activator(const Model& model) {
  return model.description().name == "gray-scott" ? 1 : 0;
}

double usual_contrast(const Model& model, std::size_t species) {
  const UsualStates states = usual_states(model);
  return std::abs(states.disturbed[species] - states.homogeneous[species]);
}

double mean_of(const std::vector<double>& values) {
  return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// By how much two states differ, in terms of how much two that have nothing to do with each other would.
double change_between(const std::vector<double>& a, const std::vector<double>& b) {
  double differences = 0;
  double squares = 0;
  const double mean_a = mean_of(a);
  const double mean_b = mean_of(b);
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    differences += (a[i] - b[i]) * (a[i] - b[i]);
    squares += (a[i] - mean_a) * (a[i] - mean_a) + (b[i] - mean_b) * (b[i] - mean_b);
  }
  return squares > 0 ? std::sqrt(differences / squares) : 0;
}

double mean_of(const FrameView& frame, std::size_t species) {
  std::vector<double> row;
  double sum = 0;
  for (std::uint64_t i = 0; i < frame.grid.rows(); ++i) {
    read_row(frame, species, i % frame.grid.size[1], i / frame.grid.size[1], row);
    sum += std::accumulate(row.begin(), row.end(), 0.0);
  }
  return sum / static_cast<double>(frame.grid.cells());
}

}  // namespace

std::uint64_t watch_bytes(const Grid& grid) {
  return SpectralLayout(grid).bytes();
}

Watch::Watch(const PatternRequest& request, const Model& model)
    : request_(request), model_(model), classified_(activator(model)), scale_(usual_contrast(model, classified_)) {}

bool Watch::is_due(std::uint64_t step) const noexcept {
  return step == 0 || next_due(step - 1) == step;
}

std::uint64_t Watch::next_due(std::uint64_t step) const noexcept {
  // look i is at the first step that is i sixteenths of all or more
  const std::uint64_t look = step * kLooks / std::max<std::uint64_t>(request_.steps, 1) + 1;
  return std::min((look * request_.steps + kLooks - 1) / kLooks, request_.steps);
}

Watch::Sample Watch::take_sample(const FrameView& frame) const {
  const Grid& grid = frame.grid;
  const std::uint64_t wanted = std::clamp<std::uint64_t>(kSampleCells / grid.size[0], 1, grid.rows());
  Sample sample;
  std::vector<double> row;
  for (std::uint64_t i = 0; i < wanted; ++i) {
    const std::uint64_t number = i * grid.rows() / wanted;
    read_row(frame, classified_, number % grid.size[1], number / grid.size[1], row);
    sample.cells.insert(sample.cells.end(), row.begin(), row.end());
  }
  sample.mean = mean_of(sample.cells);
  return sample;
}

void Watch::look(const FrameView& frame) {
  if (seen_.means.empty()) {
    for (std::size_t species = 0; species < model_.species(); ++species) {
      seen_.first_means.push_back(mean_of(frame, species));
    }
    seen_.first_energy = energy_of(frame, model_, request_);
  }
  seen_.before_last = std::exchange(seen_.last, take_sample(frame));
  seen_.means.push_back(seen_.last.mean);
}

void Watch::classify(const FrameView& frame, const SpeciesSummary& summary, PatternStatistics& statistics) const {
  statistics.classified = summary.name;
  const Morphology shape = morphology_of(frame, classified_, (summary.least + summary.most) / 2, request_);
  statistics.area_fraction = shape.area_fraction;
  statistics.euler_characteristic = shape.euler;
  statistics.roundness = shape.roundness;
  statistics.temporal_change = change_between(seen_.before_last.cells, seen_.last.cells);
  if (summary.deviation < kContrast * scale_) {
    const auto half = seen_.means.begin() + static_cast<std::ptrdiff_t>(seen_.means.size() / 2);
    const auto [least, most] = std::minmax_element(half, seen_.means.end());
    statistics.changing = *most - *least > kContrast * scale_;
    statistics.kind = statistics.changing ? PatternClass::oscillating : PatternClass::uniform;
    return;
  }
  statistics.changing = statistics.temporal_change > kChange;
  if (frame.grid.axes != 2) {
    statistics.kind = PatternClass::pattern;
  } else if (shape.roundness <= kRoundness) {
    statistics.kind = PatternClass::stripes;
  } else {
    statistics.kind = shape.euler > 0 ? PatternClass::spots : PatternClass::holes;
  }
}

PatternStatistics Watch::measure(const FrameView& frame, const std::vector<SpeciesSummary>& species,
                                 MemoryResource& memory, const Arena& arena, const CancelToken& cancel) const {
  PatternStatistics statistics;
  const Transform transform(frame.grid, arena);
  const Buffer modes(memory, transform.layout().bytes());
  const double volume = std::pow(frame.grid.spacing, frame.grid.axes) * static_cast<double>(frame.grid.cells());
  for (std::size_t i = 0; i < species.size(); ++i) {
    const Structure structure = structure_of(frame, i, species[i].mean, transform, modes.as<double>(), cancel);
    // of what rounding leaves, no length says anything
    const bool flat = species[i].deviation < kContrast * usual_contrast(model_, i);
    const auto length = [&](const std::optional<double>& wavelength) { return flat ? std::nullopt : wavelength; };
    statistics.species.push_back({.name = species[i].name,
                                  .mass = species[i].mean * volume,
                                  .mass_at_first = seen_.first_means[i] * volume,
                                  .dominant_wavelength = length(structure.dominant_wavelength),
                                  .mean_wavelength = length(structure.mean_wavelength),
                                  .structure_factor = structure.factor});
  }
  statistics.energy = energy_of(frame, model_, request_);
  statistics.energy_at_first = seen_.first_energy;
  classify(frame, species[classified_], statistics);
  return statistics;
}

}  // namespace basalt::patterns
