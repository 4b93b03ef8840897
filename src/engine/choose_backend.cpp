#include "engine/choose_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "basalt/inventory.h"
#include "engine/device_figures.h"
#include "engine/planned_circuit.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/instance.h"
#include "runtime/vulkan/properties_json.h"

namespace basalt {
namespace {

/// Until a process has asked the drivers for their devices, opened one and has its pipelines from the cache, and the
/// speed at which a driver gives memory; on hosts with an H100 or an H200 (docs/performance.md).
constexpr double kStartSeconds = 0.4;
constexpr double kNextStartSeconds = 5e-3;  ///< Of a job on a device that is open.
constexpr double kMemoryBytesPerSecond = 45e9;

std::uint64_t budget_of(const Gpu& gpu) {
  std::uint64_t bytes = 0;
  for (const GpuHeap& heap : gpu.heaps) {
    bytes = std::max(bytes, heap.device_local ? heap.budget_bytes : 0);
  }
  return bytes;
}

class Chooser {
 public:
  Chooser(const BackendQuestion& question, const ListGpus& list, const FindFigures& figures_of)
      : question_(question),
        list_(list),
        figures_of_(figures_of),
        start_seconds_(question.device_is_open ? kNextStartSeconds : kStartSeconds) {}

  BackendChoice operator()() {
    choice_.candidates.push_back({.name = "cpu",
                                  .backend = Backend::cpu,
                                  .device = {},
                                  .rejection = question_.cpu_rejection,
                                  .start_seconds = 0,
                                  .stage_seconds = question_.cpu_seconds,
                                  .source = question_.cpu_source});
    if (question_.cpu_rejection.empty() && question_.cpu_seconds <= start_seconds_) {
      choice_.reason = fmt::format("predicted {} there; a device would take {} to start, so none was looked at",
                                   text_of(question_.cpu_seconds), text_of(start_seconds_));
      return std::move(choice_);
    }
    const Gpus gpus = list_();
    for (const Gpu& gpu : gpus.devices) {
      choice_.candidates.push_back(weigh(gpu));
    }
    decide(gpus.reason);
    return std::move(choice_);
  }

 private:
  static std::string text_of(double seconds) {
    return seconds < 1e-3 ? fmt::format("{:.0f} µs", seconds * 1e6)
           : seconds < 1  ? fmt::format("{:.0f} ms", seconds * 1e3)
                          : fmt::format("{:.3g} s", seconds);
  }

  [[nodiscard]] Candidate weigh(const Gpu& gpu) const {
    Candidate candidate{.name = gpu.name,
                        .backend = Backend::vulkan,
                        .device = std::to_string(gpu.index),
                        .rejection = {},
                        .start_seconds = start_seconds_,
                        .stage_seconds = 0,
                        .source = {}};
    vulkan::PhysicalDevice physical{
        .handle = VK_NULL_HANDLE, .properties = vulkan::properties_from_json(gpu.properties), .plan = {}};
    physical.plan = plan_device(physical.properties);
    const auto qubits = static_cast<int>(question_.circuit.qubit_count());
    const std::uint64_t bytes = vulkan::device_field_bytes(physical.plan, question_.type, qubits);
    candidate.rejection = rejection_of(gpu, bytes);
    if (candidate.rejection.empty()) {
      const std::optional<DeviceFigures> figures = figures_of_(physical.properties);
      const DeviceLimits limits = choose_device_limits(physical, figures, question_.type);
      candidate.stage_seconds =
          plan_circuit_for_device(question_.circuit, question_.passes, question_.type, limits, /*touched_axes=*/0)
              .plan.predicted_seconds;
      candidate.start_seconds += static_cast<double>(bytes) / kMemoryBytesPerSecond;
      candidate.source = figures ? "measured at " + figures->measured_at : "default for devices of its kind";
    }
    return candidate;
  }

  [[nodiscard]] std::string rejection_of(const Gpu& gpu, std::uint64_t bytes) const {
    if (!gpu.usable) {
      return gpu.reason;
    }
    if (gpu.named_only) {
      return "a processor that plays a device: used only when it is named";
    }
    if (question_.type == ElementType::c128 && !gpu.f64) {
      return "no double precision: " + gpu.f64_reason;
    }
    const std::uint64_t free = budget_of(gpu);
    return bytes <= free
               ? ""
               : fmt::format("the state takes {}, and it has {} free", format_bytes(bytes), format_bytes(free));
  }

  void decide(const std::string& no_devices) {
    const auto rank = [](const Candidate& candidate) {
      return std::pair(!candidate.rejection.empty(), candidate.seconds());
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
      choice_.reason = fmt::format("predicted {} there, {:.3g} times as fast as {} ({})", text_of(best->seconds()),
                                   next->seconds() / best->seconds(), next->name, text_of(next->seconds()));
    } else if (choice_.candidates.size() > 1) {
      choice_.reason = "nothing else that there is can run it";
    } else {
      choice_.reason = "there is no device: " + no_devices;
    }
  }

  const BackendQuestion& question_;
  const ListGpus& list_;
  const FindFigures& figures_of_;
  double start_seconds_;  ///< Of a device.
  BackendChoice choice_;
};

}  // namespace

BackendChoice choose_backend(const BackendQuestion& question, const ListGpus& list, const FindFigures& figures_of) {
  return Chooser(question, list, figures_of)();
}

std::string source_of(const std::optional<CpuFigures>& figures) {
  return figures ? "measured at " + figures->measured_at : "default for processors";
}

}  // namespace basalt
