// What a job holds from its lease to its results, step by step.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "basalt/ladder.h"
#include "basalt/plan.h"
#include "engine/memory_budget.h"

namespace basalt {

struct TimelineQuestion {
  const MemoryEstimate& estimate;     ///< Of the host's memory.
  std::size_t stages = 0;             ///< Of the plan.
  std::uint64_t device_bytes = 0;     ///< Of the state, or of tiles of it, on devices.
  const DiskReport* disk = nullptr;   ///< Of a state on disk.
  bool stops_at_measurement = false;  ///< More follows, and branches may keep states.
};

/// Upper bounds, as they are promised. Pure.
std::vector<MemoryStep> memory_timeline(const TimelineQuestion& question);

}  // namespace basalt
