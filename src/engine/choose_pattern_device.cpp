#include "engine/choose_pattern_device.h"

#include <algorithm>

#include "engine/device_figures.h"
#include "engine/device_pattern.h"
#include "engine/host_pattern.h"
#include "plan/cost.h"
#include "workloads/patterns/cost.h"

namespace basalt {
namespace {

/// Bytes a second on the bus to a device, that frames come back over.
constexpr double kBusBytesPerSecond = 10e9;

/// By how much steps are faster where a plane goes through several in a visit: on an H100 (docs/performance.md).
constexpr double kGainOnDevice = 2.4;

/// Whether one visit can make several steps.
bool may_block(const PatternJob& job) {
  return job.scheme.integrator == Integrator::euler && job.domain.grid.axes == 2 && job.varying.empty() &&
         patterns::visits_per_step(job.model, Integrator::euler) == 1 && job.request.steps_per_visit.value_or(2) > 1;
}

ElementType type_of(const PatternJob& job) {
  return job.domain.precision == Precision::single_precision ? ElementType::c64 : ElementType::c128;
}

double field_bytes(const PatternJob& job) {
  return static_cast<double>(job.domain.grid.cells() * patterns::scalar_bytes(job.domain.precision));
}

std::uint64_t frames(const PatternJob& job) {
  const PatternRequest& request = job.request;
  if (request.output.empty()) {
    return 0;
  }
  return 1 + (request.every > 0 ? request.steps / request.every : 0);
}

}  // namespace

BackendChoice choose_pattern_backend(const PatternJob& job, bool fits_host, const BackendSources& sources) {
  const auto steps = static_cast<double>(job.request.steps);
  const double step_bytes = patterns::bytes_per_step(job.model, job.scheme.integrator, field_bytes(job));
  const double visits = steps * static_cast<double>(patterns::visits_per_step(job.model, job.scheme.integrator));
  const double state_bytes = field_bytes(job) * static_cast<double>(job.model.species());
  const StageLoad load{.type = type_of(job), .bytes = step_bytes, .work = {}};
  const PlaneSteps& plane = job.limits.plane;
  const double gain_on_cpu =
      may_block(job) && plane.steps > 1 && state_bytes > static_cast<double>(plane.from_bytes) ? plane.gain : 1;
  const double gain_on_device = may_block(job) && job.request.steps >= kStepsWorthTuning ? kGainOnDevice : 1;
  const CpuWork cpu{
      .seconds = steps * cost_of_stage(job.limits.costs, load, job.report.threads).seconds / gain_on_cpu,
      .source = {},
      .history = std::nullopt,
      .rejection = fits_host ? "" : "the cells do not fit in the host's memory",
      .needed_bytes = host_pattern_bytes(job.request, job.model, job.domain, job.limits, job.report.threads)};
  const DeviceWork device{
      .what = "the grid",
      .f64 = job.domain.precision == Precision::double_precision,
      .bytes =
          [&](const vulkan::DevicePlan& plan) {
            return device_solver_bytes(job.model, device_domain_of(job), job.scheme.integrator, plan);
          },
      .predict =
          [&](const vulkan::PhysicalDevice& physical, const std::optional<DeviceFigures>& figures,
              Candidate& candidate) {
            const DeviceLimits limits = choose_device_limits(physical, figures, type_of(job));
            candidate.stage_seconds =
                (steps * step_bytes / limits.bytes_per_second + visits * limits.stage_seconds) / gain_on_device +
                static_cast<double>(1 + frames(job)) * state_bytes / kBusBytesPerSecond;
            return limits;
          }};
  return choose_among(cpu, device, job.resources.devices().has_open(), sources);
}

bool choose_device(PatternJob& job, bool fits_host, std::string& device) {
  const JobInfo info{.name = job.request.model, .priority = job.request.priority};
  const BackendSources sources = this_machine(job.resources.known_devices(), [&](const Demand& demand) {
    return job.resources.ledger().predict_wait(demand, info);
  });
  const BackendChoice choice = choose_pattern_backend(job, fits_host, sources);
  const Candidate& winner = choice.candidates[choice.winner];
  job.report.choice = winner.name + ": " + choice.reason;
  job.expected_seconds = winner.rejection.empty() ? winner.stage_seconds : 0;
  device = winner.device;
  return winner.backend == Backend::vulkan;
}

}  // namespace basalt
