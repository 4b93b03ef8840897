// The machine as the jobs of one engine may use it, with what follows from that: reading it takes as long as many small
// jobs do.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "basalt/engine.h"
#include "basalt/inventory.h"
#include "basalt/ledger.h"
#include "basalt/tune.h"
#include "base/stopwatch.h"
#include "plan/limits.h"

namespace basalt {

/// Limits are read anew where the last reading is a tenth of a second old, or as old as a call allows. Thread-safe.
class MachineWatch {
 public:
  static constexpr double kFreshSeconds = 0.1;

  explicit MachineWatch(EngineSettings settings);

  /// The machine without and within the settings.
  [[nodiscard]] Inventory whole();
  [[nodiscard]] Inventory inventory();
  /// The limits that the settings and the machine set to jobs.
  [[nodiscard]] Capacity capacity(double most_seconds_ago);
  /// The tightest limit on memory, were `held_bytes` of what is touched given back.
  [[nodiscard]] Limit memory_limit(std::uint64_t held_bytes);
  /// For a job on `threads` threads. Its `choices`, which are for people, are not there.
  [[nodiscard]] PlanLimits plan_limits(int threads);

  /// What was measured of the processor, and its name in the wisdom.
  [[nodiscard]] const std::optional<CpuFigures>& figures() const noexcept { return wisdom_.figures; }
  [[nodiscard]] const std::string& fingerprint() const noexcept { return wisdom_.fingerprint; }

 private:
  void look(double most_seconds_ago);
  void follow();

  const EngineSettings settings_;
  std::mutex mutex_;  ///< Guards what follows, the wisdom aside.
  InventoryWatch watch_;
  Stopwatch since_read_;
  const WisdomStatus wisdom_;
  Inventory inventory_;
  Capacity capacity_;
  std::map<int, PlanLimits> plan_limits_;  ///< By threads; those that were asked for.
};

}  // namespace basalt
