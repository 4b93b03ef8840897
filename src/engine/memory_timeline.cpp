#include "engine/memory_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "basalt/inventory.h"

namespace basalt {

std::vector<MemoryStep> memory_timeline(const TimelineQuestion& question) {
  const MemoryEstimate& estimate = question.estimate;
  // what lies beside the state whatever is done: staging of devices, tiles of a disk
  const std::uint64_t during_any =
      estimate.scratch_bytes - std::min(estimate.scratch_bytes, std::max(estimate.tile_bytes, estimate.result_bytes));
  const std::uint64_t disk_bytes = question.disk != nullptr ? question.disk->state_bytes : 0;
  const std::uint64_t base = estimate.state_bytes + during_any;
  std::vector<MemoryStep> steps;
  const auto add = [&](std::string when, std::uint64_t host_bytes, std::string what) {
    steps.push_back({.when = std::move(when),
                     .host_bytes = host_bytes,
                     .device_bytes = question.device_bytes,
                     .disk_bytes = disk_bytes,
                     .what = std::move(what)});
  };
  steps.push_back({.when = "lease",
                   .host_bytes = 0,
                   .device_bytes = 0,
                   .disk_bytes = 0,
                   .what = fmt::format("{} of the host's memory promised, nothing taken",
                                       format_bytes(estimate.promised_bytes()))});
  add("start", base,
      question.disk != nullptr     ? "tiles of the state, which is on disk"
      : question.device_bytes == 0 ? "the state"
      : estimate.state_bytes == 0  ? "the state is on the device; staging"
                                   : "the state; tiles of it on the device");
  if (question.stages > 0) {
    const bool on_host = question.device_bytes == 0;
    add(question.stages == 1 ? "stage 1" : fmt::format("stages 1 to {}", question.stages),
        base + (on_host ? estimate.tile_bytes : 0), on_host ? "and a tile for each thread" : "the same");
  }
  if (question.stops_at_measurement) {
    add("branches",
        base + estimate.saved_states * estimate.state_bytes + std::max(estimate.tile_bytes, estimate.result_bytes),
        fmt::format("and at most {} states that wait for their turn", estimate.saved_states));
  }
  add("results", base + estimate.result_bytes + estimate.counts_bytes, "and what results take, counts included");
  steps.push_back({.when = "end", .host_bytes = 0, .device_bytes = 0, .disk_bytes = 0, .what = "the report is left"});
  return steps;
}

}  // namespace basalt
