#include "engine/split_place.h"

#include <algorithm>
#include <bit>
#include <future>
#include <utility>

#include "base/hash.h"
#include "base/stopwatch.h"
#include "engine/device_figures.h"
#include "workloads/quantum/move_axes.h"
#include "workloads/quantum/shaders/device_run.h"
#include "workloads/quantum/shaders/split_reader.h"

namespace basalt {
namespace {

/// What a step may mix at most: so many axes of a part must be free to change places.
constexpr int kMostMixed = 6;

/// Of tiles that are spread over parts.
std::uint64_t share_of(std::uint64_t tiles, std::size_t part, std::size_t parts) noexcept {
  return tiles / parts + (part < tiles % parts ? 1 : 0);
}

std::vector<std::unique_ptr<DevicePlace>> make_parts(const OpenDevices& devices, ElementType type, int axes,
                                                     const quantum::DrawResources& host,
                                                     const std::function<void()>& at_boundary) {
  std::vector<std::unique_ptr<DevicePlace>> parts;
  for (const auto& device : devices) {
    // one thread speaks for the job
    parts.push_back(std::make_unique<DevicePlace>(*device, type, part_qubits(axes, devices.size()), host,
                                                  parts.empty() ? at_boundary : std::function<void()>{}));
  }
  return parts;
}

std::vector<quantum::StatePart> fields_of(const OpenDevices& devices,
                                          const std::vector<std::unique_ptr<DevicePlace>>& parts) {
  std::vector<quantum::StatePart> fields;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    fields.push_back({.field = parts[i]->field(), .pipelines = devices[i]->pipelines});
  }
  return fields;
}

std::vector<DeviceLimits> limits_of(const OpenDevices& devices, ElementType type) {
  std::vector<DeviceLimits> limits;
  limits.reserve(devices.size());
  for (const auto& device : devices) {
    limits.push_back(choose_device_limits(device->device->physical(), device->figures, type));
  }
  return limits;
}

/// Stages, and their steps where the axes lie in `places`.
quantum::PartProgram placed(std::span<const Stage> stages, const Program& program, const AxisPlaces& places) {
  quantum::PartProgram result{.program = {}, .stages = {stages.begin(), stages.end()}};
  for (Stage& stage : result.stages) {
    for (std::uint32_t& step : stage.steps) {
      result.program.steps.push_back(quantum::move_axes(program.steps[step], places.place));
      step = static_cast<std::uint32_t>(result.program.steps.size() - 1);
    }
  }
  return result;
}

/// The first error of several things at the same time, once all have ended.
class Parallel {
 public:
  void start(std::function<void()> work) { others_.push_back(std::async(std::launch::async, std::move(work))); }

  /// Does `own` on this thread meanwhile.
  void finish(const std::function<void()>& own) {
    std::exception_ptr first;
    const auto attempt = [&](const auto& work) {
      try {
        work();
      } catch (...) {
        first = first == nullptr ? std::current_exception() : first;
      }
    };
    attempt(own);
    for (std::future<void>& other : others_) {
      attempt([&] { other.get(); });
    }
    if (first != nullptr) {
      std::rethrow_exception(first);
    }
  }

 private:
  std::vector<std::future<void>> others_;
};

}  // namespace

PlannedCircuit plan_for_parts(PlannedCircuit lowered, ElementType type, int axes, const DeviceLimits& limits,
                              std::size_t parts, const AxisPlaces& places) {
  const int part_axes = part_qubits(axes, parts);
  const SplitLimits split{.part_axes = part_axes, .held_axes = std::clamp(part_axes - kMostMixed, 0, limits.low_axes)};
  lowered.plan =
      make_split_plan(lowered.lowered.program, type, limits, split,
                      {.places = places, .describe = quantum::describe_device_tile, .move = quantum::move_axes});
  return lowered;
}

DeviceLimits common_limits(const std::vector<DeviceLimits>& limits) {
  DeviceLimits common = limits.front();
  for (const DeviceLimits& of_one : limits) {
    common.tile_axes = std::min(common.tile_axes, of_one.tile_axes);
    common.bytes_per_second = std::min(common.bytes_per_second, of_one.bytes_per_second);
    common.flops_per_second = std::min(common.flops_per_second, of_one.flops_per_second);
    common.transposition_sweeps = std::max(common.transposition_sweeps, of_one.transposition_sweeps);
    common.stage_seconds = std::max(common.stage_seconds, of_one.stage_seconds);
    common.tile_flop_seconds = std::max(common.tile_flop_seconds, of_one.tile_flop_seconds);
    common.tile_transposition_seconds = std::max(common.tile_transposition_seconds, of_one.tile_transposition_seconds);
    common.trip_seconds = std::max(common.trip_seconds, of_one.trip_seconds);
  }
  return common;
}

SplitPlace::SplitPlace(const OpenDevices& devices, ElementType type, int axes, const quantum::DrawResources& host,
                       const std::function<void()>& at_boundary)
    : axes_(axes),
      part_axes_(part_qubits(axes, devices.size())),
      host_(host),
      limits_(common_limits(limits_of(devices, type))),
      parts_(make_parts(devices, type, axes, host, at_boundary)),
      fields_(fields_of(devices, parts_)),
      exchange_(fields_, host.memory),
      places_(AxisPlaces::identity(axes)) {}

SplitPlace::~SplitPlace() = default;

void SplitPlace::reset() {
  places_ = AxisPlaces::identity(axes_);
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    parts_[part]->reset();
    if (part > 0) {
      parts_[part]->scale_where({}, 0, [](const Stage&, double) {});
    }
  }
}

PlannedCircuit SplitPlace::plan_lowered(PlannedCircuit lowered, std::uint64_t /*touched_axes*/) {
  // what is touched goes from place to place with the axes: that is known here
  PlannedCircuit planned = plan_for_parts(std::move(lowered), type(), axes_, limits_, parts_.size(), places_);
  for (const auto& part : verified_) {
    part->draw(planned.plan.stages.size());
  }
  return planned;
}

void SplitPlace::verify(std::uint64_t tiles, std::uint64_t seed, MemoryResource& memory) {
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    verified_.push_back(std::make_unique<VerifiedPlace>(*parts_[part], parts_[part]->subject(),
                                                        share_of(tiles, part, parts_.size()), mix(seed, part), memory));
  }
}

std::uint64_t SplitPlace::verify_bytes(std::uint64_t tiles, std::size_t parts) noexcept {
  std::uint64_t bytes = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    bytes += basalt::verify_bytes(share_of(tiles, part, parts), kDeviceTileBytes);
  }
  return bytes;
}

VerifyReport SplitPlace::verify_report() const {
  VerifyReport report = verified_.front()->report();
  for (auto part = verified_.begin() + 1; part != verified_.end(); ++part) {
    report.tiles += (*part)->report().tiles;
    report.largest_difference = std::max(report.largest_difference, (*part)->report().largest_difference);
  }
  return report;
}

/// Calls copy(part, where in it, how many bytes come before, how many bytes) for each part in which some lie.
template <typename Copy>
void SplitPlace::for_each_part(std::uint64_t first, std::uint64_t bytes, const Copy& copy) {
  const std::uint64_t part_bytes = element_bytes(type()) << part_axes_;
  for (std::uint64_t done = 0; done < bytes;) {
    const std::uint64_t in_part = (first + done) % part_bytes;
    const std::uint64_t count = std::min(bytes - done, part_bytes - in_part);
    copy(*parts_[(first + done) / part_bytes], in_part, done, count);
    done += count;
  }
}

void SplitPlace::download(std::uint64_t first, std::span<std::byte> to) {
  for_each_part(first, to.size(),
                [&](DevicePlace& part, std::uint64_t in_part, std::uint64_t done, std::uint64_t count) {
                  part.download(in_part, to.subspan(done, count));
                });
}

void SplitPlace::upload(std::uint64_t first, std::span<const std::byte> from) {
  for_each_part(first, from.size(),
                [&](DevicePlace& part, std::uint64_t in_part, std::uint64_t done, std::uint64_t count) {
                  part.upload(in_part, from.subspan(done, count));
                });
}

void SplitPlace::lay_out(const AxisPlaces& layout) {
  if (layout.place.size() == places_.place.size()) {
    places_.touched = ~std::uint64_t{0};  // of what is there nothing is known yet
    arrange(layout.place);
    places_.touched = layout.touched;
  }
}

void SplitPlace::go_on(std::uint64_t touched_axes, std::span<const Stage> done) {
  places_.touched = places_.places_of(touched_axes);
  for (const Stage& stage : done) {
    std::ranges::for_each(stage.swaps, [&](const AxisSwap& swap) { swap_axes(swap); });
  }
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    pass_over(part, done.size());
  }
}

void SplitPlace::straighten() {
  place_before_ = places_.place;
  arrange(AxisPlaces::identity(axes_).place);
}

void SplitPlace::restore() {
  arrange(place_before_);
}

void SplitPlace::arrange(const std::vector<std::uint8_t>& wanted) {
  for (std::size_t axis = 0; axis < wanted.size(); ++axis) {
    if (places_.place[axis] != wanted[axis]) {
      swap_places(places_.place[axis], wanted[axis]);
    }
  }
}

/// Axes go from part to part only: two on the same side change places by way of the other.
void SplitPlace::swap_places(int one, int other) {
  const auto [low, high] = std::minmax(one, other);
  if (low < part_axes_ && high >= part_axes_) {
    swap_axes({.inside = low, .outside = high});
    return;
  }
  const bool both_inside = high < part_axes_;
  const int way = both_inside ? axes_ - 1 : part_axes_ - 1;
  for (const int place : {low, high, low}) {
    swap_axes({.inside = both_inside ? place : way, .outside = both_inside ? way : place});
  }
}

void SplitPlace::pass_over(std::size_t part, std::size_t stages) {
  parts_[part]->watch().pass_over(stages);
  if (!verified_.empty()) {
    verified_[part]->pass_over(stages);
  }
}

void SplitPlace::execute(std::span<const Stage> stages, const Program& program,
                         std::span<const std::unique_ptr<TileProgram>> /*compiled*/, const OnStageDone& on_stage_done) {
  while (!stages.empty()) {
    if (!stages.front().swaps.empty()) {
      swap_axes(stages.front(), on_stage_done);
      stages = stages.subspan(1);
      continue;
    }
    const auto end = std::ranges::find_if(stages, [](const Stage& stage) { return !stage.swaps.empty(); });
    const auto count = static_cast<std::size_t>(end - stages.begin());
    execute_on_parts(stages.first(count), program, on_stage_done);
    stages = stages.subspan(count);
  }
}

/// Where neither place was touched, only zeros would go from part to part.
void SplitPlace::swap_axes(const AxisSwap& swap) {
  const std::uint64_t both = std::uint64_t{1} << swap.inside | std::uint64_t{1} << swap.outside;
  if ((places_.touched & both) != 0) {
    exchange_.swap_axes(swap.inside, swap.outside, host_.cancel);
  }
  places_.swap(swap);
}

void SplitPlace::swap_axes(const Stage& stage, const OnStageDone& on_stage_done) {
  const Stopwatch watch;
  std::ranges::for_each(stage.swaps, [&](const AxisSwap& swap) { swap_axes(swap); });
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    pass_over(part, 1);
  }
  on_stage_done(stage, watch.seconds());
}

bool SplitPlace::holds_something(std::size_t part) const noexcept {
  return ((static_cast<std::uint64_t>(part) << part_axes_) & ~places_.touched) == 0;
}

void SplitPlace::execute_on_parts(std::span<const Stage> stages, const Program& program,
                                  const OnStageDone& on_stage_done) {
  const std::uint64_t outside = (~std::uint64_t{0} << part_axes_) & ((std::uint64_t{1} << axes_) - 1);
  const quantum::PartProgram all = placed(stages, program, places_);
  std::vector<std::vector<double>> seconds(parts_.size(), std::vector<double>(stages.size(), 0.0));
  const auto run = [&](std::size_t part) {
    const quantum::PartProgram own =
        quantum::restrict_to_part(all.program, all.stages, outside, static_cast<std::uint64_t>(part) << part_axes_);
    std::size_t next = 0;
    StatePlace& place = verified_.empty() ? static_cast<StatePlace&>(*parts_[part]) : *verified_[part];
    place.execute(own.stages, own.program, {},
                  [&](const Stage&, double stage_seconds) { seconds[part][next++] = stage_seconds; });
  };
  Parallel parallel;
  for (std::size_t part = 1; part < parts_.size(); ++part) {
    if (holds_something(part)) {
      parallel.start([&run, part] { run(part); });
    } else {
      pass_over(part, stages.size());
    }
  }
  parallel.finish([&] { run(0); });
  for (std::size_t i = 0; i < stages.size(); ++i) {
    double longest = 0;
    for (const std::vector<double>& of_part : seconds) {
      longest = std::max(longest, of_part[i]);
    }
    for (const std::uint32_t step : stages[i].steps) {
      places_.touched |= places_.places_of(program.steps[step].access.mixes);
    }
    on_stage_done(stages[i], longest);
  }
}

void SplitPlace::scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) {
  const quantum::ControlMask placed{.mask = places_.places_of(keep.mask), .value = places_.places_of(keep.value)};
  const std::uint64_t inside = (std::uint64_t{1} << part_axes_) - 1;
  Stage whole;
  double longest = 0;
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    const std::uint64_t index = static_cast<std::uint64_t>(part) << part_axes_;
    const bool kept = ((index ^ placed.value) & placed.mask & ~inside) == 0;
    parts_[part]->scale_where({.mask = placed.mask & inside, .value = placed.value & inside}, kept ? scale : 0,
                              [&](const Stage& stage, double seconds) {
                                whole.predicted_bytes += stage.predicted_bytes;
                                whole.predicted_seconds = stage.predicted_seconds;
                                longest = std::max(longest, seconds);
                              });
  }
  on_stage_done(whole, longest);
}

std::unique_ptr<quantum::StateReader> SplitPlace::reader(const quantum::QubitMap* map) {
  const quantum::QubitMap& axes = quantum::QubitMap::or_identity(map);
  reader_map_.axis.clear();
  for (int qubit = 0; qubit < axes_; ++qubit) {
    reader_map_.axis.push_back(places_.place[axes.axis_of(static_cast<std::uint64_t>(qubit))]);
  }
  reader_map_.flipped = places_.places_of(axes.flipped);
  return std::make_unique<quantum::SplitReader>(fields_, exchange_, reader_map_, host_);
}

double SplitPlace::measure_sweep_seconds() {
  double longest = 0;
  for (const auto& part : parts_) {
    longest = std::max(longest, part->measure_sweep_seconds());
  }
  return longest;
}

}  // namespace basalt
