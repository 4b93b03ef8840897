// What all jobs of one engine share: the machine as this process may use it and the ledger over it, memory, threads,
// kernels.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

#include "basalt/engine.h"
#include "basalt/ledger.h"
#include "basalt/memory.h"
#include "basalt/memory/adaptors.h"
#include "basalt/memory/placement.h"
#include "basalt/memory/pool.h"
#include "basalt/memory/spill.h"
#include "basalt/memory/trace.h"
#include "engine/arena_cache.h"
#include "engine/device_cache.h"
#include "engine/known_devices.h"
#include "engine/machine_watch.h"
#include "runtime/backend/kernel.h"

namespace basalt {

/// Thread-safe.
class Resources {
 public:
  explicit Resources(const EngineSettings& settings);
  ~Resources();
  Resources(const Resources&) = delete;
  Resources& operator=(const Resources&) = delete;

  /// The machine within the settings, as it was at most a tenth of a second ago.
  [[nodiscard]] Inventory inventory() { return machine_.inventory(); }
  /// What a job may have of memory: now, or once every other job has given back what it holds.
  [[nodiscard]] Limit memory_limit() { return machine_.memory_limit(0); }
  [[nodiscard]] Limit memory_limit_alone();
  /// Whether any job, of this process or another, is in the ledger.
  [[nodiscard]] bool others_are_there() const { return !ledger_.holdings().empty(); }

  [[nodiscard]] PlanLimits plan_limits(int threads) { return machine_.plan_limits(threads); }

  /// The processor's name in the wisdom.
  [[nodiscard]] const std::string& fingerprint() const noexcept { return machine_.fingerprint(); }
  [[nodiscard]] bool records_history() const noexcept { return records_history_; }

  [[nodiscard]] Ledger& ledger() noexcept { return ledger_; }
  /// Where jobs take state-sized memory: a pool that keeps what they give back, and reliefs for when it runs out.
  [[nodiscard]] FailureAdaptor& memory() noexcept { return memory_; }
  [[nodiscard]] HolderTable& holders() noexcept { return holders_; }
  /// Where states wait on disk; null where there is no room for them.
  [[nodiscard]] SpillFile* spill();
  /// The disk within the settings, for what is larger than memory.
  [[nodiscard]] SpillSpace spill_space(const std::string& folder = {});
  [[nodiscard]] ArenaCache& arenas() noexcept { return arenas_; }
  [[nodiscard]] const KernelRegistry& kernels() const noexcept { return kernels_; }
  [[nodiscard]] DeviceCache& devices() noexcept { return devices_; }
  [[nodiscard]] const std::shared_ptr<KnownDevices>& known_devices() const noexcept { return known_devices_; }
  /// By name or index. The ledger knows of its memory from then on.
  /// Of a name that comes up more than once, as many logical devices.
  std::vector<std::shared_ptr<OpenDevice>> open_devices(const std::vector<std::string>& names);

  /// Of one in-place scale of such a field. Where it is small it is measured once: that takes as long as many a run.
  double sweep_seconds(ElementType type, int axes, int threads, const std::function<double()>& measure);

  /// Gives all idle memory back.
  void release_idle() noexcept { pool_.trim(); }
  /// A job has ended: idle memory goes back to the system if somebody else waits for memory.
  void job_ended() noexcept;

 private:
  [[nodiscard]] Capacity capacity();
  [[nodiscard]] bool somebody_waits() const noexcept;

  const EngineSettings settings_;
  const bool records_history_;
  MachineWatch machine_;

  HostMemory host_;
  PlacementAdaptor placed_;
  PoolResource pool_;
  std::unique_ptr<RecorderAdaptor> recorder_;  ///< Of allocations, where BASALT_MEMORY_TRACE names a file.
  StatisticsAdaptor statistics_;
  FailureAdaptor memory_;
  HolderTable holders_;

  std::mutex spill_mutex_;
  std::unique_ptr<SpillFile> spill_;

  std::mutex sweeps_mutex_;
  std::map<std::tuple<ElementType, int, int>, double> sweeps_;

  ArenaCache arenas_;
  KernelRegistry kernels_;
  DeviceCache devices_;
  std::atomic<std::size_t> known_openings_ = 0;  ///< Of devices, that the ledger has heard of.
  const std::shared_ptr<KnownDevices> known_devices_ = std::make_shared<KnownDevices>();
  Ledger ledger_;
};

}  // namespace basalt
