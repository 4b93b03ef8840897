#include "engine/device_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "engine/device_figures.h"
#include "workloads/quantum/shaders/device_reader.h"
#include "workloads/quantum/shaders/device_setup.h"

namespace basalt {

NormWatch watch_device(const vulkan::DeviceProperties& device, ElementType type, const DeviceLimits& limits) {
  // a look is a visit of one tile, by one workgroup
  return {type,
          {.seconds = 2 * limits.stage_seconds, .seconds_per_element = 0},
          fmt::format(
              "\"{}\" or its memory computes wrongly: run again with --verify 64, or with --backend cpu, and trust no "
              "results of this device until its memory, its driver and its clock were looked at",
              device.name)};
}

DevicePlace::DevicePlace(OpenDevice& device, ElementType type, int axes, const quantum::DrawResources& host,
                         std::function<void()> at_boundary)
    : device_(device),
      limits_(choose_device_limits(device.device->physical(), device.figures, type)),
      field_(device.memory, type, axes),
      host_(host),
      at_boundary_(std::move(at_boundary)),
      watch_(watch_device(device.device->properties(), type, limits_)) {}

DevicePlace::~DevicePlace() {
  device_.device->drain();  // what still runs works on the field
}

void DevicePlace::reset() {
  quantum::set_zero_state(device_.pipelines, field_, &host_.cancel);
}

PlannedCircuit DevicePlace::plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) {
  lowered.plan = plan_steps_for_device(lowered.lowered.program, field_.type(), field_.axes(), limits_, touched_axes);
  return lowered;
}

void DevicePlace::execute(std::span<const Stage> stages, const Program& program,
                          std::span<const std::unique_ptr<TileProgram>> /*compiled*/,
                          const OnStageDone& on_stage_done) {
  if (field_.padded_axes() <= quantum::RecordedRuns::kMostAxes) {
    watch_.forget_credit();  // looks are recorded, too, and what is recorded is to serve every run of these stages
  }
  const std::vector<WatchedTile> tiles = watch_.choose(stages);
  const quantum::DeviceRunHooks hooks{.at_boundary = at_boundary_,
                                      .on_stage_done = on_stage_done,
                                      .on_norms = [&](const WatchedTile& tile, double before, double after) {
                                        watch_.expect_kept(stages[tile.stage], tile, before, after);
                                      }};
  device_.recorded.run(field_, stages, program, hooks, &host_.cancel, tiles);
}

void DevicePlace::scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) {
  const double bytes = 2 * static_cast<double>(field_.size_bytes());
  const double seconds = timed_scale(keep, scale);
  Stage stage;
  stage.predicted_bytes = bytes;
  stage.predicted_seconds = bytes / limits_.bytes_per_second;
  on_stage_done(stage, seconds);
}

double DevicePlace::timed_scale(quantum::ControlMask keep, double scale) {
  vulkan::Commands commands(device_.device, vulkan::QueueKind::compute, 2);
  commands.begin();
  commands.mark();
  quantum::record_scale_where(commands, device_.pipelines, field_, keep, scale);
  commands.barrier();
  commands.mark();
  commands.end();
  commands.run(&host_.cancel);
  const std::vector<double> marks = commands.mark_seconds();
  return marks.empty() ? 0 : marks.back();
}

/// That of a small state takes as long as the run, and is measured once.
double DevicePlace::measure_sweep_seconds() {
  const bool small = field_.axes() <= quantum::RecordedRuns::kMostAxes;
  double& kept = device_.sweep_seconds[{field_.type(), field_.axes()}];
  if (small && kept > 0) {
    return kept;
  }
  double least = timed_scale({}, 1);
  for (int i = 0; i < 2; ++i) {
    least = std::min(least, timed_scale({}, 1));
  }
  return kept = least;
}

vulkan::Staging& DevicePlace::staging() {
  if (staging_ == nullptr) {
    staging_ = std::make_unique<vulkan::Staging>(device_.memory);
  }
  return *staging_;
}

void DevicePlace::download(std::uint64_t first, std::span<std::byte> to) {
  field_.download(staging(), first, to, &host_.cancel);
}

void DevicePlace::upload(std::uint64_t first, std::span<const std::byte> from) {
  field_.upload(staging(), from, first, &host_.cancel);
}

void DevicePlace::download_tile(std::uint64_t base, std::uint64_t axes, std::span<std::byte> to) {
  const std::uint64_t element = element_bytes(field_.type());
  const int run_axes = std::min(std::countr_one(axes), field_.chunk_axes());
  const std::uint64_t run_elements = std::uint64_t{1} << run_axes;
  const std::uint64_t starts = axes & ~(run_elements - 1);
  const std::uint64_t in_chunk = (std::uint64_t{1} << field_.chunk_axes()) - 1;
  const vulkan::DeviceBuffer buffer = device_.memory.allocate(to.size(), vulkan::Placement::download, "tile");
  vulkan::Commands commands(device_.device, vulkan::QueueKind::compute);
  commands.begin();
  std::uint64_t start = 0;
  for (std::uint64_t done = 0; done < to.size(); done += run_elements * element) {
    const std::uint64_t index = base | start;
    commands.copy(field_.chunks()[index >> field_.chunk_axes()], (index & in_chunk) * element, buffer, done,
                  run_elements * element);
    start = (start - starts) & starts;  // the next larger number with bits of `starts` only
  }
  commands.host_barrier();
  commands.end();
  commands.run(&host_.cancel);
  std::memcpy(to.data(), buffer.data(), to.size());
}

VerifiedPlace::Subject DevicePlace::subject() {
  return {.name = device_.device->properties().name,
          .advice =
              "give --backend cpu, and trust no results of this device until its memory, its driver and its clock were "
              "looked at",
          .download_tile = [this](std::uint64_t base, std::uint64_t axes, std::span<std::byte> to) {
            download_tile(base, axes, to);
          }};
}

std::unique_ptr<quantum::StateReader> DevicePlace::reader(const quantum::QubitMap* map) {
  return std::make_unique<quantum::DeviceReader>(field_, device_.pipelines, map, host_);
}

}  // namespace basalt
