// How a state lies on disk and in memory by tiles, and what a job with such a state is promised.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "basalt/inventory.h"
#include "basalt/ladder.h"
#include "basalt/request.h"
#include "engine/memory_budget.h"
#include "plan/visits.h"
#include "runtime/memory/lossy.h"

namespace basalt {

struct DiskShape {
  int tile_axes = 0;
  int chunk_axes = 0;
  int buffers = 2;
  int threads = 4;  ///< That read, and as many that write.
  /// Of memory through which checkpoints go; 0: the run is not kept.
  std::uint64_t window_bytes = 0;
  /// By how much a number may change whenever it is written; none: by nothing.
  std::optional<LossyNumbers> lossy{};
};

/// Whether a state may be on disk.
struct DiskOffer {
  std::optional<DiskShape> shape;
  std::string rejection;  ///< Where there is none.
  MemoryEstimate estimate;
};

/// The largest tiles of which two fit in `memory`, for a job that would take `alone` if all of it were in memory. Pure.
DiskOffer offer_disk(const Request& request, const quantum::Script& script, const MemoryEstimate& alone,
                     const Limit& memory, const SpillSpace& space);

VisitLimits disk_limits(const DiskShape& shape, const DiskFigures& figures);

/// What is known before a run.
DiskReport describe_disk(const DiskShape& shape, ElementType type, int qubits, const SpillSpace& space,
                         DiskFigures figures);

}  // namespace basalt
