// What a job does at the boundaries of its steps so that others get their share: follows the cores it is given, waits
// while they are taken, and gives its memory up when a job of higher priority needs it.
#pragma once

#include <functional>

#include "basalt/arena.h"
#include "basalt/ledger.h"

namespace basalt {

/// How a job gives its memory up and takes it back.
struct Checkpoint {
  std::function<bool()> save;  ///< Saves and frees everything; false, with nothing changed, where it cannot.
  std::function<void()> restore;
};

/// Used by the thread that runs the job. References must outlive it.
class Occupancy {
 public:
  Occupancy(Lease& lease, Arena& arena, Checkpoint checkpoint, const CancelToken& cancel, OnWait on_wait);

  /// Call it between steps. Throws Error(cancelled) while it waits, and what the checkpoint throws.
  void at_boundary();

  /// Spent waiting for others.
  [[nodiscard]] double waited_seconds() const noexcept { return waited_seconds_; }

 private:
  void obey(Signal signal);
  void give_up_memory();

  Lease& lease_;
  Arena& arena_;
  Checkpoint checkpoint_;
  const CancelToken& cancel_;
  OnWait on_wait_;
  double waited_seconds_ = 0;
};

}  // namespace basalt
