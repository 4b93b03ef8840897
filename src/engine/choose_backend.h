// Where a job runs that names no backend: wherever it is predicted to be done first, of the places that can run it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "basalt/gpu.h"
#include "basalt/ledger.h"
#include "basalt/plan.h"
#include "engine/beside_stages.h"
#include "engine/known_devices.h"
#include "engine/plan_cache.h"
#include "engine/run_history.h"
#include "plan/limits.h"
#include "plan/wisdom.h"
#include "runtime/vulkan/instance.h"
#include "workloads/quantum/circuit.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt {

/// What a choice depends on besides the devices.
struct BackendQuestion {
  const quantum::Circuit& circuit;  ///< As far as it is known before the first measurement that matters.
  const quantum::PassOptions& passes;
  ElementType type = ElementType::c64;
  double cpu_seconds = 0;                ///< Of the stages, by the CPU's plan.
  BesideStages cpu_beside{};             ///< What else it takes there.
  std::string cpu_source;                ///< Of the speeds that this relies on.
  std::optional<History> cpu_history{};  ///< Of runs of this kind there; nothing where none counts.
  std::string cpu_rejection;             ///< Why the CPU cannot run it; empty where it can.
  std::uint64_t cpu_needed_bytes = 0;    ///< Of its memory.
  int result_passes = 0;                 ///< Of the final state.
  bool device_is_open = false;           ///< This process has opened one before.
  /// The circuit's plan for a device, where one is kept; empty: it is planned here.
  std::function<std::shared_ptr<const ReadyCircuit>(const vulkan::PhysicalDevice& physical, const DeviceLimits& limits)>
      kept_plan{};
};

/// What there is, as list_gpus() tells; asked for only where a device could win.
using ListGpus = std::function<Gpus()>;
/// What was measured of a device.
using FindFigures = std::function<std::optional<DeviceFigures>(const vulkan::DeviceProperties& properties)>;

/// What an open device keeps of its memory for the next job.
using FindIdle = std::function<std::uint64_t(const vulkan::DeviceProperties& properties)>;

/// Seconds until a demand could be granted: infinite where nobody can say. Throws Error(out_of_resources) for one that
/// never could.
using PredictWait = std::function<double(const Demand& demand)>;

/// Where answers come from.
struct BackendSources {
  ListGpus list;
  FindFigures figures_of;
  FindHistory history;
  PredictWait wait{};  ///< Empty: nobody else is there.
  FindIdle idle{};     ///< Empty: no device is open.
};

/// The drivers, the wisdom, and whoever knows of other jobs.
BackendSources this_machine(const std::shared_ptr<KnownDevices>& known, PredictWait wait, FindIdle idle = {});

/// A job on the CPU, whatever it computes.
struct CpuWork {
  double seconds = 0;              ///< Predicted.
  BesideStages beside{};           ///< And what it takes besides.
  std::string source;              ///< Of the speeds that this relies on.
  std::optional<History> history;  ///< Of runs of this kind there; nothing where none counts.
  std::string rejection;           ///< Why the CPU cannot run it; empty where it can.
  std::uint64_t needed_bytes = 0;  ///< Of its memory.
};

/// The same on a device.
struct DeviceWork {
  std::string what;  ///< That a device's memory holds, e.g. "the state".
  bool f64 = false;  ///< It needs double precision.
  int result_passes = 0;
  std::function<std::uint64_t(const vulkan::DevicePlan& plan)> bytes;
  /// Sets stage_seconds of a candidate, and what corrects them. Returns what that relies on.
  std::function<DeviceLimits(const vulkan::PhysicalDevice& physical, const std::optional<DeviceFigures>& figures,
                             Candidate& candidate)>
      predict;
};

/// The same work and the same answers give the same choice.
BackendChoice choose_among(const CpuWork& cpu, const DeviceWork& device, bool device_is_open,
                           const BackendSources& sources);

/// For circuits.
BackendChoice choose_backend(const BackendQuestion& question, const BackendSources& sources);

/// Where the speeds of the CPU come from, for people.
std::string source_of(const std::optional<CpuFigures>& figures);

}  // namespace basalt
