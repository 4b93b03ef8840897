#include "engine/choose_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "engine/device_cache.h"
#include "engine/device_figures.h"
#include "engine/planned_circuit.h"
#include "engine/what_would_change.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/instance.h"
#include "runtime/vulkan/properties_json.h"

namespace basalt {
namespace {

/// Until a process has asked the drivers for their devices, opened one and has its pipelines from the cache; on hosts
/// with an H100 or an H200 (docs/performance.md).
constexpr double kStartSeconds = 0.4;
/// Of a job on a device that is open, beside what is submitted: to clear the state, and for the stages.
constexpr double kNextStartSeconds = 1.2e-4;
constexpr int kTripsToStart = 2;
/// A device that is quicker than any that was seen: what takes the processor less than that is not worth asking.
constexpr double kLeastTripSeconds = 40e-6;

/// For less the ledger is not asked how long others take.
constexpr double kWorthAsking = 5e-3;

std::uint64_t budget_of(const Gpu& gpu) {
  std::uint64_t bytes = 0;
  for (const GpuHeap& heap : gpu.heaps) {
    bytes = std::max(bytes, heap.device_local ? heap.budget_bytes : 0);
  }
  return bytes;
}

std::uint64_t size_of(const Gpu& gpu) {
  std::uint64_t bytes = 0;
  for (const GpuHeap& heap : gpu.heaps) {
    bytes = std::max(bytes, heap.device_local ? heap.bytes : 0);
  }
  return bytes;
}

/// A device with its plan, as far as they are needed where it is not opened. Both follow from its properties, and are
/// worked out once.
vulkan::PhysicalDevice physical_of(const Gpu& gpu) {
  static std::mutex mutex;
  static std::map<std::string, vulkan::PhysicalDevice> known;  // by properties
  const std::scoped_lock lock(mutex);
  auto found = known.find(gpu.properties);
  if (found == known.end()) {
    vulkan::PhysicalDevice physical{
        .handle = VK_NULL_HANDLE, .properties = vulkan::properties_from_json(gpu.properties), .plan = {}};
    physical.plan = plan_device(physical.properties);
    found = known.emplace(gpu.properties, std::move(physical)).first;
  }
  return found->second;
}

/// Without a number where nobody can say: then what is known decides.
double known_wait(const PredictWait& wait, const Demand& demand) {
  if (!wait) {
    return 0;
  }
  try {
    const double seconds = wait(demand);
    return std::isfinite(seconds) ? seconds : 0;
  } catch (const Error&) {
    return 0;  // what never fits is found where places are judged
  }
}

class Chooser {
 public:
  Chooser(const CpuWork& cpu, const DeviceWork& device, bool device_is_open, const BackendSources& sources)
      : cpu_(cpu),
        device_(device),
        sources_(sources),
        start_seconds_(device_is_open ? kNextStartSeconds : kStartSeconds),
        least_seconds_(device_is_open ? start_seconds_ + (kTripsToStart + device.result_passes) * kLeastTripSeconds
                                      : start_seconds_) {}

  BackendChoice operator()() {
    Candidate& cpu = choice_.candidates.emplace_back();
    cpu.name = "cpu";
    cpu.rejection = cpu_.rejection;
    cpu.stage_seconds = cpu_.seconds;
    cpu.memory_seconds = cpu_.beside.memory_seconds;
    cpu.result_seconds = cpu_.beside.result_seconds;
    cpu.source = cpu_.source;
    cpu.obstacle = cpu.rejection.empty() ? Obstacle::none : Obstacle::memory;
    cpu.needed_bytes = cpu.rejection.empty() ? 0 : cpu_.needed_bytes;
    correct(cpu, cpu_.history);
    if (cpu.rejection.empty() && cpu.stage_seconds >= kWorthAsking) {
      cpu.wait_seconds = known_wait(sources_.wait, {.host_bytes = cpu_.needed_bytes});
    }
    choice_.device_start_seconds = least_seconds_;
    if (cpu.rejection.empty() && cpu.seconds() <= least_seconds_) {
      choice_.reason = fmt::format("predicted {} there; a device would take {} to start, so none was looked at",
                                   seconds_text(cpu.seconds()), seconds_text(least_seconds_));
      return std::move(choice_);
    }
    const Gpus gpus = sources_.list();
    for (const Gpu& gpu : gpus.devices) {
      choice_.candidates.push_back(weigh(gpu));
    }
    decide(gpus.reason);
    return std::move(choice_);
  }

 private:
  [[nodiscard]] Candidate weigh(const Gpu& gpu) const {
    Candidate candidate;
    candidate.name = gpu.name;
    candidate.backend = Backend::vulkan;
    candidate.device = std::to_string(gpu.index);
    candidate.start_seconds = start_seconds_;
    const vulkan::PhysicalDevice physical = physical_of(gpu);
    std::uint64_t bytes = 0;
    try {
      bytes = device_.bytes(physical.plan);
      candidate.wait_seconds =
          known_wait(sources_.wait, {.device_bytes = {{.heap = heap_name(physical.properties), .bytes = bytes}}});
      reject(candidate, gpu, bytes);
    } catch (const Error& error) {
      candidate.obstacle = Obstacle::other;
      candidate.rejection = error.message();
    }
    if (candidate.rejection.empty()) {
      const std::optional<DeviceFigures> figures = sources_.figures_of(physical.properties);
      candidate.source = figures ? "measured at " + figures->measured_at : "default for devices of its kind";
      const DeviceLimits limits = device_.predict(physical, figures, candidate);
      const std::uint64_t idle = sources_.idle ? sources_.idle(physical.properties) : 0;
      const BesideStages beside = beside_stages(limits, bytes, idle, device_.result_passes);
      candidate.start_seconds += kTripsToStart * limits.trip_seconds;
      candidate.memory_seconds = beside.memory_seconds;
      candidate.result_seconds = beside.result_seconds;
    }
    return candidate;
  }

  /// Where the device cannot take it, or should not.
  void reject(Candidate& candidate, const Gpu& gpu, std::uint64_t bytes) const {
    const auto reject_for = [&](Obstacle obstacle, std::string why) {
      candidate.obstacle = obstacle;
      candidate.rejection = std::move(why);
    };
    // others of whom it is known when they end will have given back by then
    const std::uint64_t free = candidate.wait_seconds > 0 ? size_of(gpu) : budget_of(gpu);
    if (!gpu.usable) {
      reject_for(Obstacle::other, gpu.reason);
    } else if (gpu.named_only) {
      reject_for(Obstacle::naming, "a processor that plays a device: used only when it is named");
    } else if (device_.f64 && !gpu.f64) {
      reject_for(Obstacle::precision, "no double precision: " + gpu.f64_reason);
    } else if (bytes > free) {
      reject_for(Obstacle::memory,
                 fmt::format("{} takes {}, and it has {} free", device_.what, format_bytes(bytes), format_bytes(free)));
      candidate.needed_bytes = bytes;
    }
  }

  void decide(const std::string& no_devices) {
    const auto rank = [](const Candidate& candidate) {
      // of those that cannot, the first: what is refused is then explained by the CPU
      const bool can = candidate.rejection.empty();
      return std::pair(!can, can ? candidate.seconds() : 0);
    };
    const auto first = choice_.candidates.begin();
    const auto best = std::ranges::min_element(choice_.candidates, std::less<>(), rank);
    choice_.winner = static_cast<std::size_t>(best - first);
    const Candidate* next = nullptr;
    for (const Candidate& candidate : choice_.candidates) {
      const bool counts = &candidate != &*best && candidate.rejection.empty();
      if (counts && (next == nullptr || candidate.seconds() < next->seconds())) {
        next = &candidate;
      }
    }
    if (!best->rejection.empty()) {
      choice_.reason = "nothing that there is can run it";
      choice_.reason += no_devices.empty() ? "" : "; there is no device: " + no_devices;
    } else if (next != nullptr) {
      choice_.reason = fmt::format("predicted {} there, {:.3g} times as fast as {} ({})", seconds_text(best->seconds()),
                                   next->seconds() / best->seconds(), next->name, seconds_text(next->seconds()));
    } else if (choice_.candidates.size() > 1) {
      choice_.reason = "nothing else that there is can run it";
    } else {
      choice_.reason = "there is no device: " + no_devices;
    }
  }

  const CpuWork& cpu_;
  const DeviceWork& device_;
  const BackendSources& sources_;
  double start_seconds_;  ///< Of a device.
  double least_seconds_;  ///< Of a job on one.
  BackendChoice choice_;
};

}  // namespace

BackendSources this_machine(const std::shared_ptr<KnownDevices>& known, PredictWait wait, FindIdle idle) {
  return {.list = [known] { return known->list(); },
          .figures_of = [known](const vulkan::DeviceProperties& properties) { return known->figures_of(properties); },
          .history = find_history,
          .wait = std::move(wait),
          .idle = std::move(idle)};
}

BackendChoice choose_among(const CpuWork& cpu, const DeviceWork& device, bool device_is_open,
                           const BackendSources& sources) {
  return Chooser(cpu, device, device_is_open, sources)();
}

BackendChoice choose_backend(const BackendQuestion& question, const BackendSources& sources) {
  const auto qubits = static_cast<int>(question.circuit.qubit_count());
  const CpuWork cpu{.seconds = question.cpu_seconds,
                    .beside = question.cpu_beside,
                    .source = question.cpu_source,
                    .history = question.cpu_history,
                    .rejection = question.cpu_rejection,
                    .needed_bytes = question.cpu_needed_bytes};
  const DeviceWork device{
      .what = "the state",
      .f64 = question.type == ElementType::c128,
      .result_passes = question.result_passes,
      .bytes = [&](const vulkan::DevicePlan& plan) { return vulkan::device_field_bytes(plan, question.type, qubits); },
      .predict =
          [&](const vulkan::PhysicalDevice& physical, const std::optional<DeviceFigures>& figures,
              Candidate& candidate) {
            const DeviceLimits limits = choose_device_limits(physical, figures, question.type);
            const std::shared_ptr<const ReadyCircuit> ready =
                question.kept_plan ? question.kept_plan(physical, limits)
                                   : make_ready_for_device(question.circuit, question.passes, question.type, limits);
            candidate.stage_seconds = ready->planned.plan.predicted_seconds;
            correct(candidate, history_of(sources.history, fingerprint_of(physical.properties), ready->planned,
                                          question.type, qubits, /*threads=*/0));
            return limits;
          }};
  return choose_among(cpu, device, question.device_is_open, sources);
}

std::string source_of(const std::optional<CpuFigures>& figures) {
  return figures ? "measured at " + figures->measured_at : "default for processors";
}

}  // namespace basalt
