#include "engine/stage_entry.h"

#include <algorithm>

namespace basalt {

StageEntry stage_entry(const Program& program, const Stage& stage, double actual_seconds) {
  StageEntry entry{.tile_axes = stage.tile_axes,
                   .outer_axes = stage.outer_axes,
                   .pieces = stage.pieces,
                   .kernels = {},
                   .predicted_bytes = stage.predicted_bytes,
                   .predicted_flops = stage.predicted_flops,
                   .predicted_seconds = stage.predicted_seconds,
                   .actual_seconds = actual_seconds};
  if (!stage.swaps.empty()) {
    entry.kernels.push_back({.kernel = "exchange of parts", .steps = stage.swaps.size()});
  }
  for (const std::uint32_t index : stage.steps) {
    const std::string_view kernel = program.steps[index].kernel;
    const auto known = std::ranges::find(entry.kernels, kernel, &KernelCount::kernel);
    if (known == entry.kernels.end()) {
      entry.kernels.push_back({.kernel = std::string(kernel), .steps = 1});
    } else {
      ++known->steps;
    }
  }
  return entry;
}

}  // namespace basalt
