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

#include "basalt/metrics.h"
#include "base/stopwatch.h"
#include "engine/choices.h"
#include "engine/choose_backend.h"
#include "engine/choose_method.h"
#include "engine/conduct.h"
#include "engine/device_job.h"
#include "engine/job.h"
#include "engine/ladder.h"
#include "engine/prepared_program.h"
#include "engine/run_history.h"
#include "engine/run_in_parts.h"
#include "engine/run_keeper.h"
#include "engine/run_on_device.h"
#include "engine/run_on_devices.h"
#include "engine/run_on_disk.h"
#include "engine/run_on_host.h"
#include "engine/run_on_tableau.h"
#include "engine/run_streamed.h"
#include "engine/seed.h"
#include "engine/shot_tree.h"
#include "engine/split_place.h"
#include "engine/state_access.h"
#include "engine/streamed_place.h"
#include "engine/verified_place.h"
#include "runtime/cpu/sweep.h"
#include "runtime/metrics/span.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/properties.h"
#include "workloads/quantum/input/live_qubits.h"

namespace basalt {
namespace {

using quantum::Machine;

/// States of more no machine holds, and nobody asks where they would run.
constexpr int kMostPlannedQubits = 50;

/// Seconds from which on a job's memory is looked at, page table by page table.
constexpr double kWorthSampling = 0.1;

/// The script that the request brings, or else that of its source; its inputs have no values yet.
quantum::Script unbound_script(Job& job) {
  if (job.request.prepared) {
    return job.request.prepared->script;
  }
  PreparedProgram prepared = prepare_program(job.request.source, job.limit.value, job.cancel);
  job.request.source.included = std::move(prepared.included);
  return std::move(prepared.script);
}

void compile_program(Job& job) {
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::parse);
  job.script = std::make_shared<const quantum::Script>(bind_inputs(unbound_script(job), job.request.inputs));
  job.report.notes.insert(job.report.notes.end(), job.script->notes.begin(), job.script->notes.end());
  job.report.timing.parse = watch.seconds();
  job.report.qubits = job.script->qubit_count;
  job.report.shots = job.request.shots;
  job.report.precision = job.request.precision;
  job.report.instruction_set = simd_target();
}

/// A state that one device does not hold, and the host does, is streamed through the device tile by tile.
bool try_streaming(Job& job, const MemoryEstimate& alone) {
  if (job.devices.size() > 1 || job.request.fall_back || job.request.verify > 0) {
    return false;
  }
  const OpenDevice& device = *job.devices.front();
  const std::optional<std::uint64_t>& limit = job.request.device_memory_limit_bytes;
  const std::string rejection = device_rejection(device, job.type(), job.qubits(), limit);
  if (rejection.empty()) {
    return false;
  }
  expect_numbers(device.device->physical(), job.type());
  const std::string& name = device.device->properties().name;
  if (beside_streams(alone).promised_bytes() <= job.limit.value) {
    const std::uint64_t free = device.memory.free_bytes();
    job.streamed = streamed_tiles(device.device->plan(), job.type(), std::min(free, limit.value_or(free)));
  }
  if (!job.streamed && limit) {
    throw Error(ErrorCode::out_of_resources, fmt::format("\"{}\" cannot run it: {}", name, rejection),
                "give more by --device-memory, or leave it out");
  }
  if (job.streamed) {
    job.report.ladder =
        LadderReport{.rungs = {{.name = name, .rejection = rejection},
                               {.name = name + ", tiles streamed from the host's memory", .rejection = {}}},
                     .disk = std::nullopt};
  }
  return job.streamed.has_value();
}

void choose_devices(Job& job, const MemoryEstimate& alone) {
  std::vector<std::string> names = device_names(job.request.device);
  if (const std::size_t parts = worthwhile_parts(names.size(), job.qubits()); parts < names.size()) {
    job.report.notes.push_back(note_of_fewer_parts(job.qubits(), names.size(), parts));
    names.resize(parts);
  }
  job.devices = job.resources.open_devices(names);
  if (part_qubits(job.qubits(), names.size()) > quantum::RecordedRuns::kMostAxes) {
    std::ranges::for_each(job.devices, [](const auto& device) { make_room(*device); });
  }
  if (!try_streaming(job, alone)) {
    admit_to_devices(job.devices, job.type(), job.qubits());
  }
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
  if (job.streamed) {
    return beside_streams(alone);
  }
  MemoryEstimate estimate = beside_devices(alone, job.devices.size());
  if (job.request.fall_back) {
    estimate.state_bytes = alone.state_bytes;  // where the CPU goes on
  }
  estimate.scratch_bytes += SplitPlace::verify_bytes(job.request.verify, job.devices.size());
  if (!job.request.checkpoint.folder.empty()) {
    estimate.scratch_bytes += most_window_bytes(alone.state_bytes);
  }
  return estimate;
}

/// What checking the CPU takes.
std::uint64_t verify_on_host(const Job& job, const MemoryEstimate& estimate) {
  if (job.disk) {
    throw Error(ErrorCode::bad_usage, "--verify looks after states in memory, and this one is worked on on a disk",
                "leave --verify out: what is on the disk stands under checksums");
  }
  const std::uint64_t tile_bytes = host_tile_bytes(estimate.state_bytes);
  return verify_bytes(std::min(job.request.verify, estimate.state_bytes / tile_bytes), tile_bytes);
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
  if (job.opening->status == Machine::Status::finished) {
    show_something(job);
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
  if (job.opening == nullptr) {
    open_program(job);
  }
  const quantum::PassOptions passes = job.opening_options();
  BackendQuestion question{.circuit = job.opening->circuit,
                           .passes = passes,
                           .type = job.type(),
                           .cpu_seconds = 0,
                           .cpu_source = {},
                           .cpu_rejection = rejection,
                           .cpu_needed_bytes = estimate.promised_bytes(),
                           .result_passes = result_passes(job.request, *job.script),
                           .device_is_open = job.resources.devices().has_open(),
                           .kept_plan = [&](const vulkan::PhysicalDevice& physical, const DeviceLimits& limits) {
                             return plan_opening_on(job, physical, limits);
                           }};
  const JobInfo info{.name = job.request.source.name, .priority = job.request.priority};
  const BackendSources sources = this_machine(
      job.resources.known_devices(),
      [&](const Demand& demand) { return job.resources.ledger().predict_wait(demand, info); },
      [&](const vulkan::DeviceProperties& properties) { return job.resources.devices().idle_bytes(properties.uuid); });
  if (rejection.empty()) {
    set_plan_limits(job, estimate);
    const std::shared_ptr<const ReadyCircuit> ready = plan_opening(job);
    question.cpu_seconds = ready->planned.plan.predicted_seconds;
    question.cpu_beside = beside_stages(job.limits, job.type(), job.qubits(), question.result_passes);
    question.cpu_history = history_of(sources.history, job.resources.fingerprint(), ready->planned, job.type(),
                                      job.qubits(), job.limits.threads);
  }
  job.choice = choose_backend(question, sources);
  const Candidate& winner = job.choice.candidates[job.choice.winner];
  job.request.backend = winner.backend;
  job.request.device = winner.device;
  job.report.choice = winner.name + ": " + job.choice.reason;
  job.expected_seconds = winner.rejection.empty() ? winner.stage_seconds : 0;
}

/// A run that goes on has the passes that it began with.
void keep_order_of_qubits(Request& request) {
  constexpr const char* kPass = "rename-qubits";
  if (std::ranges::find(request.without_passes, kPass) != request.without_passes.end()) {
    return;
  }
  if (request.checkpoint.resume) {
    throw Error(
        ErrorCode::out_of_resources,
        "the run began in memory with qubits that are renamed, and a state on disk is saved in their order only",
        "give it as much memory as it had, by --memory, or run it anew with --without-pass rename-qubits");
  }
  request.without_passes.emplace_back(kPass);
}

/// Goes down the ladder with a state that does not fit in memory. Where nothing takes it, throws
/// Error(out_of_resources) with the numbers.
MemoryEstimate leave_memory(Job& job, const MemoryEstimate& in_memory,
                            const std::function<MemoryEstimate(Precision)>& settle) {
  MemoryEstimate estimate = in_memory;
  const BackendChoice choice = job.choice;  // another precision has another
  LadderAnswer answer = go_down({.request = job.request,
                                 .script = *job.script,
                                 .threads = job.most_threads,
                                 .memory = job.limit,
                                 .disk = job.resources.spill_space(job.request.spill_folder),
                                 .choice = choice,
                                 .scratch = job.memory(),
                                 .cancel = job.cancel},
                                [&](Precision precision) {
                                  const MemoryEstimate other = settle(precision);
                                  const bool fits = job.on_device() || other.promised_bytes() <= job.limit.value;
                                  estimate = fits ? other : estimate;
                                  return fits;
                                });
  if (!answer.is_taken()) {
    job.request.precision = job.report.precision;
    refuse(in_memory, job.request, *job.script, job.limit, answer.report.rungs.back().rejection);
  }
  job.request.precision = answer.precision;
  job.report.precision = answer.precision;
  job.report.ladder = std::move(answer.report);
  job.disk = answer.shape;
  if (!job.disk) {
    return estimate;
  }
  job.request.backend = Backend::cpu;
  job.report.choice.clear();
  if (!job.request.save_state.empty()) {
    // a file of the state has the order of the qubits, and on disk that is the order in which it is read
    keep_order_of_qubits(job.request);
  }
  return answer.estimate;
}

/// Decides where the state lies: where it is predicted to be done first, or further down the ladder.
MemoryEstimate settle_place(Job& job) {
  const Backend asked = job.request.backend;
  const auto settle = [&](Precision precision) {
    job.request.precision = precision;
    job.request.backend = asked;
    const MemoryEstimate estimate = estimate_memory(job.request, *job.script, job.most_threads);
    settle_backend(job, estimate);
    return estimate;
  };
  const MemoryEstimate estimate = settle(job.request.precision);
  if (job.on_device() || estimate.promised_bytes() <= job.limit.value) {
    return estimate;
  }
  wait_for_sight_of(job, estimate.promised_bytes());
  return estimate.promised_bytes() <= job.limit.value ? estimate : leave_memory(job, estimate, settle);
}

/// Everything that can be refused is refused here, before memory is taken.
void prepare(Job& job) {
  job.most_threads = most_threads(job.request, job.inventory, job.report.notes);
  MemoryEstimate estimate = settle_place(job);
  job.report.backend = job.on_device() ? "vulkan" : "cpu";
  if (job.on_device()) {
    choose_devices(job, estimate);
    estimate = beside_state(job, estimate);
  } else if (job.request.verify > 0) {
    estimate.scratch_bytes += verify_on_host(job, estimate);
  }
  if (estimate.promised_bytes() > job.limit.value) {
    wait_for_sight_of(job, estimate.promised_bytes());
  }
  admit(estimate, job.request, *job.script, job.limit);
  if (job.opening == nullptr) {
    open_program(job);
  }
  if (job.opening->status != Machine::Status::finished && !job.disk &&
      (!job.on_device() || job.request.fall_back || job.streamed)) {
    const int axes = std::max(job.qubits(), kMinFieldAxes);
    estimate.scratch_bytes = std::max(estimate.scratch_bytes, quantum::outcome_scratch_bytes(axes, job.request.shots));
    admit(estimate, job.request, *job.script, job.limit);
  }
  if (job.opening->status != Machine::Status::finished && !job.on_device() && !job.disk) {
    estimate.saved_states = choose_saved_states(estimate, job.request.shots, job.limit);
  }
  job.estimate = estimate;
  job.report.memory.estimate_bytes = estimate.total_bytes();
  job.report.memory.limit_bytes = job.limit.value;
  job.report.memory.limit_source = job.limit.source;
}

/// Waits until memory and cores are granted.
void take_lease(Job& job) {
  const Demand demand{
      .host_bytes = job.estimate.promised_bytes(),
      .cached_bytes = 0,
      .device_bytes = bytes_on_devices(job.devices, job.type(), job.streamed ? job.streamed->tile_axes : job.qubits()),
      .min_cores = 1,
      .max_cores = job.report.threads,
      .queue_slots = 0,
      .expected_seconds = job.expected_seconds,
      .can_release_host = (job.report.method == Method::state || job.report.method == Method::live) &&
                          !job.on_device() && !job.disk && (job.resources.spill() != nullptr || job.keeper != nullptr)};
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
  if (job.report.ladder && job.hooks.on_ladder) {
    job.hooks.on_ladder(*job.report.ladder);
  }
  if (job.streamed) {
    run_streamed(job);
  } else if (job.devices.size() > 1) {
    run_on_devices(job);
  } else if (job.on_device()) {
    run_on_device(job);
  } else if (job.disk) {
    run_on_disk(job);
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
  if (report.predicted_seconds > 0) {
    constexpr double kNanoseconds = 1e9;
    metrics::add(Metric::predicted_time, static_cast<std::uint64_t>(report.predicted_seconds * kNanoseconds));
    metrics::add(Metric::executed_time, static_cast<std::uint64_t>(report.timing.execute * kNanoseconds));
  }
}

/// With the circuit up to its first stop, where that is Clifford.
MethodChoice settle_method(Job& job) {
  const Stopwatch watch;
  MethodChoice choice = choose_method(job.request, job.script, job.cancel);
  job.report.method = choice.method;
  job.report.method_reason = choice.reason;
  job.report.timing.plan += watch.seconds();
  return choice;
}

/// Once everything is prepared.
void run_on_state(Job& job) {
  try {
    take_lease(job);
    execute_tree(job);
  } catch (const Error& error) {
    if (job.keeper && error.code() == ErrorCode::cancelled) {
      throw job.keeper->farewell();
    }
    throw;
  }
}

/// `least_width` is for a program whose live qubits were more than it seemed.
Report run_once(Resources& resources, const Request& request, const RunHooks& hooks, quantum::Qubit least_width = 0) {
  const Stopwatch total;
  const metrics::Span span(metrics::SpanName::job);
  Job job(resources, request, hooks);
  check_request(job.request);
  job.report.notes = load_tools();
  job.inventory = job.resources.inventory();
  job.limit = memory_limit(job.request, job.resources.memory_limit());
  compile_program(job);
  job.report.seed = job.request.seed ? *job.request.seed : draw_seed();
  const MethodChoice choice = settle_method(job);
  if (choice.method == Method::stabilizer) {
    prepare_tableau(job, *choice.opening);
    if (!job.request.checkpoint.folder.empty()) {
      job.report.notes.emplace_back("a tableau is done before it is worth keeping: no checkpoints are written");
    }
    take_lease(job);
    run_on_tableau(job, *choice.opening);
  } else if (choice.method == Method::parts) {
    prepare_parts(job, *choice.split);
    set_plan_limits(job, job.estimate);
    take_lease(job);
    run_in_parts(job, *choice.split);
  } else {
    if (choice.method == Method::live) {
      job.report.live_qubits = std::max(choice.live_width, least_width);
      job.script = narrowed(*job.script, job.report.live_qubits);
    }
    prepare(job);
    if (!job.request.checkpoint.folder.empty()) {
      job.keeper = std::make_shared<RunKeeper>(job);
    }
    set_plan_limits(job, job.estimate);
    run_on_state(job);
  }
  job.report.timing.total = total.seconds();
  record_history(job);
  job.report.usage = job.usage.finish(job.report.threads);
  count_metrics(job.report);
  if (job.keeper) {
    job.keeper->finish(job.report);
  }
  return std::move(job.report);
}

/// With all amplitudes where a circuit that seemed to be Clifford turns out not to be, and with more of them where more
/// qubits are live than seemed to be, in the middle of the run.
Report run_by_method(Resources& resources, const Request& request, const RunHooks& hooks,
                     quantum::Qubit least_width = 0) {
  try {
    return run_once(resources, request, hooks, least_width);
  } catch (const quantum::TooNarrow& found) {
    return run_by_method(resources, request, hooks, found.needed);
  } catch (const NotClifford& found) {
    if (request.method == Method::stabilizer) {
      throw not_clifford(found.gate);
    }
    Request on_state = request;
    on_state.method = Method::state;
    Report report = run_once(resources, on_state, hooks);
    report.method_reason = fmt::format("{}, after a measurement, is no Clifford gate", found.gate);
    return report;
  }
}

/// On the CPU from the start where the device fails before anything was done, or in the middle of a checkpoint, and the
/// request allows that. A device that fails later: engine/failover_place.h.
Report run_somewhere(Resources& resources, const Request& request, const RunHooks& hooks) {
  if (!request.fall_back) {
    return run_by_method(resources, request, hooks);
  }
  try {
    return run_by_method(resources, request, hooks);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::device_lost && error.code() != ErrorCode::out_of_resources) {
      throw;
    }
    Request on_cpu = request;
    on_cpu.backend = Backend::cpu;
    on_cpu.device.clear();
    on_cpu.fall_back = false;
    on_cpu.checkpoint.resume = on_cpu.checkpoint.resume || holds_run(on_cpu.checkpoint.folder);
    Report report = run_once(resources, on_cpu, hooks);
    report.notes.push_back(fmt::format("run on the CPU, as the device failed: {}", error.message()));
    return report;
  }
}

}  // namespace

Error out_of_memory() {
  return {ErrorCode::out_of_resources, "memory ran out", "close other programs, or give a smaller --memory"};
}

Report run_request(Resources& resources, const Request& request, const RunHooks& hooks) {
  return conduct(resources, request.source.name, "run", [&] { return run_somewhere(resources, request, hooks); });
}

}  // namespace basalt
