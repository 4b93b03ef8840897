#include "workloads/quantum/shaders/recorded_runs.h"

#include <algorithm>
#include <utility>

#include "runtime/metrics/metrics.h"

namespace basalt::quantum {

void RecordedRuns::run(vulkan::DeviceField& field, std::span<const Stage> stages, const Program& program,
                       const DeviceRunHooks& hooks, const CancelToken* cancel) {
  EncodedStages encoded = encode_stages(field, stages, program);
  std::unique_ptr<DeviceRun> run = take(encoded.shape);
  if (run != nullptr) {
    run->change(field, stages, encoded.words);
    metrics::add(metrics::Metric::device_replays);
  } else {
    run = std::make_unique<DeviceRun>(field, pipelines_, stages, std::move(encoded));
    metrics::add(metrics::Metric::device_recordings);
  }
  run->run(hooks, cancel);
  keep(std::move(run));
}

std::unique_ptr<DeviceRun> RecordedRuns::take(const StageShape& shape) {
  const auto found = std::ranges::find_if(runs_, [&](const auto& run) { return run->shape() == shape; });
  if (found == runs_.end()) {
    return nullptr;
  }
  std::unique_ptr<DeviceRun> run = std::move(*found);
  runs_.erase(found);
  return run;
}

void RecordedRuns::keep(std::unique_ptr<DeviceRun> run) {
  if (run->shape().axes > kMostAxes) {
    return;
  }
  runs_.push_front(std::move(run));
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  const auto end = std::ranges::find_if(runs_, [&](const auto& kept) {
    bytes += kept->shape().word_bytes;
    return ++count > kMostRuns || bytes > kMostBytes;
  });
  runs_.erase(end, runs_.end());
}

}  // namespace basalt::quantum
