// Where the state goes that does not fit where it would be fastest: down, rung by rung, and each is named.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/ladder.h"
#include "basalt/memory.h"
#include "basalt/plan.h"
#include "engine/disk_shape.h"

namespace basalt {

struct LadderQuestion {
  const Request& request;
  const quantum::Script& script;
  int threads = 1;
  Limit memory;     ///< What the state and its results do not fit in.
  SpillSpace disk;  ///< What may be used of it.
  /// Of places that were weighed; without candidates where the request named one.
  const BackendChoice& choice;
  MemoryResource& scratch;  ///< A few MiB, to measure the disk.
  const CancelToken& cancel;
};

struct LadderAnswer {
  LadderReport report;
  Precision precision = Precision::double_precision;
  std::optional<DiskShape> shape;  ///< How the state lies on disk; none: it is in memory, or nowhere.
  MemoryEstimate estimate;         ///< Of a state on disk.

  /// Whether the last rung takes the state.
  [[nodiscard]] bool is_taken() const noexcept { return report.rungs.back().rejection.empty(); }
};

/// Looks at single precision, where the request is double and allows that, and at the disk, whose speed is measured.
/// `fits` tells whether some memory takes the state in that precision. Throws Error(cancelled).
LadderAnswer go_down(const LadderQuestion& question, const std::function<bool(Precision precision)>& fits);

}  // namespace basalt
