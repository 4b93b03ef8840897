// What was recorded for small states, kept for the next circuit of the same shape. In a sweep every item has other
// angles: its words are written anew, and the commands are those of the first.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <span>

#include "workloads/quantum/shaders/device_run.h"

namespace basalt::quantum {

/// For one thread at a time. References must outlive it.
class RecordedRuns {
 public:
  /// Larger states take so long that encoding and recording are next to nothing.
  static constexpr int kMostAxes = 28;
  static constexpr std::size_t kMostRuns = 16;
  /// Of all that are kept, in the device's memory and as much again in the host's.
  static constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 20;

  explicit RecordedRuns(vulkan::Pipelines& pipelines) : pipelines_(pipelines) {}

  /// As a DeviceRun of these stages, recorded now or before, does it, with looks at these tiles. Those of a program
  /// with an identity are encoded once, too. What fails or is cancelled is forgotten.
  void run(vulkan::DeviceField& field, std::span<const Stage> stages, const Program& program,
           const DeviceRunHooks& hooks, const CancelToken* cancel, std::span<const WatchedTile> watched = {});

  /// Gives back all that is kept.
  void forget() noexcept { runs_.clear(); }

 private:
  struct Kept {
    std::unique_ptr<DeviceRun> run;
    /// What its words are of: these stages of this program; null: nothing that could come again.
    std::shared_ptr<const void> identity;
    const Stage* first = nullptr;
  };

  [[nodiscard]] Kept take(const vulkan::DeviceField& field, std::span<const Stage> stages, const Program& program,
                          std::span<const WatchedTile> watched);
  [[nodiscard]] std::unique_ptr<DeviceRun> take(const StageShape& shape);
  void keep(Kept kept);

  vulkan::Pipelines& pipelines_;
  std::list<Kept> runs_;  ///< The latest first.
};

}  // namespace basalt::quantum
