#include "workloads/quantum/shaders/recorded_runs.h"

#include <algorithm>
#include <utility>

#include "runtime/metrics/metrics.h"

namespace basalt::quantum {

void RecordedRuns::run(vulkan::DeviceField& field, std::span<const Stage> stages, const Program& program,
                       const DeviceRunHooks& hooks, const CancelToken* cancel, std::span<const WatchedTile> watched) {
  Kept kept = take(field, stages, program, watched);
  if (kept.run != nullptr) {
    kept.run->move_to(field);
    metrics::add(metrics::Metric::device_replays);
  } else {
    EncodedStages encoded = encode_stages(field, stages, program, 0, watched);
    kept = {.run = take(encoded.shape), .identity = program.identity, .first = stages.data()};
    if (kept.run != nullptr) {
      kept.run->change(field, stages, encoded.words);
      metrics::add(metrics::Metric::device_replays);
    } else {
      kept.run = std::make_unique<DeviceRun>(field, pipelines_, stages, std::move(encoded));
      metrics::add(metrics::Metric::device_recordings);
    }
  }
  kept.run->watch(watched);
  kept.run->run(hooks, cancel);
  keep(std::move(kept));
}

RecordedRuns::Kept RecordedRuns::take(const vulkan::DeviceField& field, std::span<const Stage> stages,
                                      const Program& program, std::span<const WatchedTile> watched) {
  const auto found = std::ranges::find_if(runs_, [&](const Kept& kept) {
    const StageShape& shape = kept.run->shape();
    return program.identity != nullptr && kept.identity == program.identity && kept.first == stages.data() &&
           shape.stages.size() == stages.size() && shape.type == field.type() && shape.axes == field.padded_axes() &&
           std::ranges::equal(watched, shape.watched, {}, &WatchedTile::stage);
  });
  if (found == runs_.end()) {
    return {};
  }
  Kept kept = std::move(*found);
  runs_.erase(found);
  return kept;
}

std::unique_ptr<DeviceRun> RecordedRuns::take(const StageShape& shape) {
  const auto found = std::ranges::find_if(runs_, [&](const Kept& kept) { return kept.run->shape() == shape; });
  if (found == runs_.end()) {
    return nullptr;
  }
  std::unique_ptr<DeviceRun> run = std::move(found->run);
  runs_.erase(found);
  return run;
}

void RecordedRuns::keep(Kept kept) {
  if (kept.run->shape().axes > kMostAxes) {
    return;
  }
  runs_.push_front(std::move(kept));
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  const auto end = std::ranges::find_if(runs_, [&](const Kept& each) {
    bytes += each.run->shape().word_bytes;
    return ++count > kMostRuns || bytes > kMostBytes;
  });
  runs_.erase(end, runs_.end());
}

}  // namespace basalt::quantum
