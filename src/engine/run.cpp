// One request from program text to report. Forward only: parse, compile, promise memory, take the lease, run the tree
// of branches, read the results off each leaf.
#include "engine/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "basalt/error_log.h"
#include "basalt/metrics.h"
#include "base/stopwatch.h"
#include "engine/choices.h"
#include "engine/choose_backend.h"
#include "engine/device_figures.h"
#include "engine/device_job.h"
#include "engine/job.h"
#include "engine/prepared_program.h"
#include "engine/run_on_device.h"
#include "engine/run_on_devices.h"
#include "engine/run_on_host.h"
#include "engine/seed.h"
#include "engine/verified_place.h"
#include "runtime/cpu/sweep.h"
#include "runtime/metrics/span.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/properties.h"

namespace basalt {
namespace {

using quantum::Machine;

/// Basis states shown for a program that has no classical bits and was asked for nothing.
constexpr std::uint64_t kDefaultTop = 8;

/// States of more no machine holds, and nobody asks where they would run.
constexpr int kMostPlannedQubits = 50;

/// Seconds from which on a job's memory is looked at, page table by page table.
constexpr double kWorthSampling = 0.1;

void compile_program(Job& job) {
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::parse);
  job.script = std::make_shared<const quantum::Script>(
      bind_inputs(job.request.prepared ? job.request.prepared->script
                                       : prepare_program(job.request.source, job.limit.value, job.cancel).script,
                  job.request.inputs));
  job.report.notes.insert(job.report.notes.end(), job.script->notes.begin(), job.script->notes.end());
  job.report.timing.parse = watch.seconds();
  job.report.qubits = job.script->qubit_count;
  job.report.shots = job.request.shots;
  job.report.precision = job.request.precision;
  job.report.instruction_set = simd_target();
}

void choose_devices(Job& job) {
  std::vector<std::string> names = device_names(job.request.device);
  if (const std::size_t parts = worthwhile_parts(names.size(), job.qubits()); parts < names.size()) {
    job.report.notes.push_back(note_of_fewer_parts(job.qubits(), names.size(), parts));
    names.resize(parts);
  }
  job.devices = job.resources.open_devices(names);
  admit_to_devices(job.devices, job.type(), job.qubits());
  for (const auto& device : job.devices) {
    const vulkan::DeviceProperties& properties = device->device->properties();
    job.report.devices.push_back({.name = properties.name,
                                  .driver = vulkan::driver_text(properties),
                                  .state_bytes = vulkan::device_field_bytes(device->device->plan(), job.type(),
                                                                            part_qubits(job.qubits(), names.size()))});
  }
}

/// What the host holds of a job on devices that would take `alone` on the CPU.
MemoryEstimate beside_state(const Job& job, const MemoryEstimate& alone) {
  if (job.request.verify > 0 && job.devices.size() > 1) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("--verify looks after one device, and --device {} names {}", job.request.device,
                            job.devices.size()),
                "give one device, or leave --verify out");
  }
  MemoryEstimate estimate = beside_devices(alone, job.devices.size());
  if (job.request.fall_back && job.devices.size() == 1) {
    estimate.state_bytes = alone.state_bytes;  // where the CPU goes on
  }
  estimate.scratch_bytes += verify_bytes(job.request.verify);
  return estimate;
}

/// Having to wait for others is no reason to be refused: the limit becomes what there is without them. What they
/// touch or give back just now is counted a little later, so that it is looked at for some time.
void wait_for_sight_of(Job& job, std::uint64_t bytes) {
  constexpr double kPatienceSeconds = 2;
  job.resources.release_idle();
  const Stopwatch watch;
  do {
    job.limit = memory_limit(job.request, job.resources.memory_limit_alone());
    if (bytes <= job.limit.value || !job.resources.others_are_there()) {
      return;
    }
    job.cancel.check();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  } while (watch.seconds() < kPatienceSeconds);
}

Opening open(const Job& job) {
  Opening result{.machine = Machine(job.script), .status = {}, .circuit = quantum::Circuit(job.script->qubit_count)};
  result.status = result.machine.advance(result.circuit, job.cancel);
  return result;
}

void set_plan_limits(Job& job, const MemoryEstimate& estimate) {
  job.limits = job.resources.plan_limits(job.most_threads);
  job.limits.threads = worthwhile_threads(estimate.state_bytes, job.limits);
  job.report.threads = job.limits.threads;
}

/// What is asked for, and the script up to its first stop.
void open_program(Job& job) {
  job.results = std::make_unique<Results>(job.request, *job.script, job.report);
  const Stopwatch watch;
  job.opening = job.plans().opening([&] { return open(job); });
  job.report.timing.plan += watch.seconds();
  if (job.opening->status == Machine::Status::finished && asks_for_nothing(job.request, *job.script)) {
    job.request.top = kDefaultTop;
    job.report.notes.emplace_back("the program has no classical bits: showing its most probable states");
  }
}

/// Why the CPU cannot run what would take `estimate` there; empty where it can.
std::string cpu_rejection(const Job& job, const MemoryEstimate& estimate) {
  const std::uint64_t needed = estimate.promised_bytes();
  if (needed <= job.limit.value) {
    return {};
  }
  const Limit alone = memory_limit(job.request, job.resources.memory_limit_alone());
  return needed <= alone.value ? ""
                               : fmt::format("the state and its results take {}, and {} may be used ({})",
                                             format_bytes(needed), format_bytes(alone.value), alone.source);
}

/// Decides where the job runs that names no backend.
void settle_backend(Job& job, const MemoryEstimate& estimate) {
  if (job.request.backend != Backend::automatic) {
    return;
  }
  if (!job.request.device.empty()) {
    job.request.backend = Backend::vulkan;
    return;
  }
  job.request.backend = Backend::cpu;
  const std::string rejection = cpu_rejection(job, estimate);
  if (job.qubits() > kMostPlannedQubits) {
    return;  // no device holds it either
  }
  open_program(job);
  double cpu_seconds = 0;
  if (rejection.empty()) {
    set_plan_limits(job, estimate);
    cpu_seconds = plan_opening(job)->planned.plan.predicted_seconds;
  }
  const quantum::PassOptions passes = job.opening_options();
  const BackendChoice choice = choose_backend(
      {.circuit = job.opening->circuit,
       .passes = passes,
       .type = job.type(),
       .cpu_seconds = cpu_seconds,
       .cpu_source = {},
       .cpu_rejection = rejection,
       .device_is_open = job.resources.devices().has_open()},
      list_gpus, [](const vulkan::DeviceProperties& properties) { return look_up_device(properties).figures; });
  const Candidate& winner = choice.candidates[choice.winner];
  job.request.backend = winner.backend;
  job.request.device = winner.device;
  job.report.choice = winner.name + ": " + choice.reason;
}

/// Everything that can be refused is refused here, before memory is taken.
void prepare(Job& job) {
  job.most_threads = most_threads(job.request, job.inventory, job.report.notes);
  MemoryEstimate estimate = estimate_memory(job.request, *job.script, job.most_threads);
  settle_backend(job, estimate);
  job.report.backend = job.on_device() ? "vulkan" : "cpu";
  if (job.on_device()) {
    choose_devices(job);
    estimate = beside_state(job, estimate);
  }
  if (estimate.promised_bytes() > job.limit.value) {
    wait_for_sight_of(job, estimate.promised_bytes());
  }
  admit(estimate, job.request, *job.script, job.limit);
  if (job.opening == nullptr) {
    open_program(job);
  }
  if (job.opening->status != Machine::Status::finished && (!job.on_device() || job.request.fall_back)) {
    const int axes = std::max(job.qubits(), kMinFieldAxes);
    estimate.scratch_bytes = std::max(estimate.scratch_bytes, quantum::outcome_scratch_bytes(axes, job.request.shots));
    admit(estimate, job.request, *job.script, job.limit);
  }
  if (job.opening->status != Machine::Status::finished && !job.on_device()) {
    estimate.saved_states = choose_saved_states(estimate, job.request.shots, job.limit);
  }
  job.estimate = estimate;
  job.report.memory.estimate_bytes = estimate.total_bytes();
  job.report.memory.limit_bytes = job.limit.value;
  job.report.memory.limit_source = job.limit.source;
}

/// Waits until memory and cores are granted.
void take_lease(Job& job) {
  set_plan_limits(job, job.estimate);
  const Demand demand{.host_bytes = job.estimate.promised_bytes(),
                      .cached_bytes = 0,
                      .device_bytes = bytes_on_devices(job.devices, job.type(), job.qubits()),
                      .min_cores = 1,
                      .max_cores = job.report.threads,
                      .queue_slots = 0,
                      .expected_seconds = 0,
                      .can_release_host = !job.on_device() && job.resources.spill() != nullptr};
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::wait);
  const JobInfo info{.name = job.request.source.name, .priority = job.request.priority};
  Ledger& ledger = job.resources.ledger();
  if (std::optional<Lease> lease = ledger.try_acquire(demand, info)) {
    job.lease = std::move(*lease);
  } else {
    job.resources.release_idle();
    job.lease = ledger.acquire(demand, info, job.cancel, job.hooks.on_wait);
  }
  job.report.timing.wait = watch.seconds();
  const std::vector<std::string> notes = ledger.notes();
  job.report.notes.insert(job.report.notes.end(), notes.begin(), notes.end());
}

void execute_tree(Job& job) {
  if (job.devices.size() > 1) {
    run_on_devices(job);
  } else if (job.on_device()) {
    run_on_device(job);
  } else {
    run_on_host(job);
  }
  job.results->finish();
  if (job.report.timing.allocate + job.report.timing.execute > kWorthSampling) {
    job.usage.sample();
  }
}

void count_metrics(const Report& report) {
  using metrics::Metric;
  metrics::add(Metric::shots, report.shots);
  metrics::add(Metric::gates, report.gates);
  metrics::add(Metric::stages, report.sweeps);
  metrics::add(Metric::branches, report.branches);
  metrics::add(Metric::bytes_moved, static_cast<std::uint64_t>(report.bytes_moved));
  metrics::set(Metric::memory_limit, static_cast<double>(report.memory.limit_bytes));
  metrics::set(Metric::threads, report.threads);
  metrics::observe(Metric::job_seconds, report.timing.total);
}

Report run_once(Resources& resources, const Request& request, const RunHooks& hooks) {
  const Stopwatch total;
  const metrics::Span span(metrics::SpanName::job);
  Job job(resources, request, hooks);
  check_request(job.request);
  job.report.notes = load_tools();
  job.inventory = job.resources.inventory();
  job.limit = memory_limit(job.request, job.resources.memory_limit());
  compile_program(job);
  job.report.seed = job.request.seed ? *job.request.seed : draw_seed();
  prepare(job);
  take_lease(job);
  execute_tree(job);
  job.report.timing.total = total.seconds();
  job.report.usage = job.usage.finish(job.report.threads);
  count_metrics(job.report);
  return std::move(job.report);
}

/// On the CPU from the start where the device fails before anything was done, or in the middle of a checkpoint, and the
/// request allows that. A device that fails later: engine/failover_place.h.
Report run_somewhere(Resources& resources, const Request& request, const RunHooks& hooks) {
  if (!request.fall_back) {
    return run_once(resources, request, hooks);
  }
  try {
    return run_once(resources, request, hooks);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::device_lost && error.code() != ErrorCode::out_of_resources) {
      throw;
    }
    Request on_cpu = request;
    on_cpu.backend = Backend::cpu;
    on_cpu.device.clear();
    on_cpu.fall_back = false;
    Report report = run_once(resources, on_cpu, hooks);
    report.notes.push_back(fmt::format("run on the CPU, as the device failed: {}", error.message()));
    return report;
  }
}

void note_failure(Resources& resources, const Error& error, const Request& request) noexcept {
  metrics::add(metrics::Metric::jobs_failed);
  log_error(error, request.source.name, "run");
  resources.job_ended();
}

}  // namespace

Error out_of_memory() {
  return {ErrorCode::out_of_resources, "memory ran out", "close other programs, or give a smaller --memory"};
}

Report run_request(Resources& resources, const Request& request, const RunHooks& hooks) {
  metrics::add(metrics::Metric::jobs);
  try {
    Report report = run_somewhere(resources, request, hooks);
    resources.job_ended();
    return report;
  } catch (const std::bad_alloc&) {
    note_failure(resources, out_of_memory(), request);
    throw out_of_memory();
  } catch (const Error& error) {
    note_failure(resources, error, request);
    throw;
  }
}

}  // namespace basalt
