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
#include "engine/branches.h"
#include "engine/choices.h"
#include "engine/device_job.h"
#include "engine/device_place.h"
#include "engine/host_place.h"
#include "engine/memory_budget.h"
#include "engine/occupancy.h"
#include "engine/pass_entry.h"
#include "engine/prepared_program.h"
#include "engine/progress_meter.h"
#include "engine/results.h"
#include "engine/seed.h"
#include "engine/stage_entry.h"
#include "engine/state_checkpoint.h"
#include "runtime/cpu/sweep.h"
#include "runtime/metrics/metrics.h"
#include "runtime/metrics/span.h"
#include "runtime/metrics/work_time.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

using quantum::Machine;

/// Basis states shown for a program that has no classical bits and was asked for nothing.
constexpr std::uint64_t kDefaultTop = 8;

/// From here on others are told what a job has touched: a turn at their table takes as long as many a small job.
constexpr std::uint64_t kWorthTelling = std::uint64_t{1} << 20;

/// Seconds from which on a job's memory is looked at, page table by page table.
constexpr double kWorthSampling = 0.1;

class Run {
 public:
  Run(Resources& resources, Request request, const RunHooks& hooks)
      : resources_(resources),
        request_(std::move(request)),
        hooks_(hooks),
        cancel_(hooks.cancel != nullptr ? *hooks.cancel : never_) {}

  Report operator()() {
    const Stopwatch total;
    const metrics::Span span(metrics::SpanName::job);
    check_request(request_);
    report_.notes = load_tools();
    inventory_ = resources_.inventory();
    limit_ = memory_limit(request_, resources_.memory_limit());
    compile_program();
    report_.seed = request_.seed ? *request_.seed : draw_seed();
    prepare();
    take_lease();
    execute_tree();
    report_.timing.total = total.seconds();
    report_.usage = usage_.finish(report_.threads);
    count_metrics();
    return std::move(report_);
  }

 private:
  void compile_program() {
    const Stopwatch watch;
    const metrics::Span span(metrics::SpanName::parse);
    script_ = std::make_shared<const quantum::Script>(bind_inputs(
        request_.prepared ? request_.prepared->script : prepare_program(request_.source, limit_.value, cancel_).script,
        request_.inputs));
    report_.notes.insert(report_.notes.end(), script_->notes.begin(), script_->notes.end());
    report_.timing.parse = watch.seconds();
    report_.qubits = script_->qubit_count;
    report_.shots = request_.shots;
    report_.precision = request_.precision;
    report_.backend = on_device() ? "vulkan" : "cpu";
    report_.instruction_set = simd_target();
  }

  /// Everything that can be refused is refused here, before memory is taken.
  void prepare() {
    most_threads_ = most_threads(request_, inventory_, report_.notes);
    MemoryEstimate estimate = estimate_memory(request_, *script_, most_threads_);
    if (on_device()) {
      choose_device();
      estimate = beside_device(estimate);
    }
    if (estimate.promised_bytes() > limit_.value) {
      wait_for_sight_of(estimate.promised_bytes());
    }
    admit(estimate, request_, *script_, limit_);
    results_ = std::make_unique<Results>(request_, *script_, report_);

    const Stopwatch watch;
    opening_ = plans().opening([&] { return open(); });
    report_.timing.plan = watch.seconds();

    if (opening_->status == Machine::Status::finished && asks_for_nothing(request_, *script_)) {
      request_.top = kDefaultTop;
      report_.notes.emplace_back("the program has no classical bits: showing its most probable states");
    }
    if (opening_->status != Machine::Status::finished && !on_device()) {
      const int axes = std::max(static_cast<int>(script_->qubit_count), kMinFieldAxes);
      estimate.scratch_bytes = std::max(estimate.scratch_bytes, quantum::outcome_scratch_bytes(axes, request_.shots));
      admit(estimate, request_, *script_, limit_);
      estimate.saved_states = choose_saved_states(estimate, request_.shots, limit_);
    }
    estimate_ = estimate;
    report_.memory.estimate_bytes = estimate.total_bytes();
    report_.memory.limit_bytes = limit_.value;
    report_.memory.limit_source = limit_.source;
  }

  /// Plans for other inputs are no use.
  [[nodiscard]] PlanCache& plans() {
    return request_.prepared && script_->inputs.empty() ? *request_.prepared->plans : own_plans_;
  }

  [[nodiscard]] Opening open() const {
    Opening result{.machine = Machine(script_), .status = {}, .circuit = quantum::Circuit(script_->qubit_count)};
    result.status = result.machine.advance(result.circuit, cancel_);
    return result;
  }

  /// The circuit up to the first stop, planned.
  [[nodiscard]] std::shared_ptr<const ReadyCircuit> plan_opening() {
    const Stopwatch watch;
    const metrics::Span span(metrics::SpanName::plan);
    const quantum::PassOptions options = opening_->status == Machine::Status::finished
                                             ? options_for_end(opening_->machine)
                                             : options_before_more(request_);
    const ElementType type = element_type_of(request_.precision);
    const PlanKey key{.type = type,
                      .threads = limits_.threads,
                      .instruction_set = limits_.instruction_set,
                      .without_passes = options.without,
                      .wanted_qubits = options.wanted_qubits,
                      .phases_matter = options.phases_matter};
    std::shared_ptr<const ReadyCircuit> result =
        plans().circuit(key, [&] { return make_ready(opening_->circuit, options, type, limits_); });
    report_.timing.plan += watch.seconds();
    return result;
  }

  [[nodiscard]] quantum::PassOptions options_for_end(const Machine& machine) const {
    return options_at_end(request_, results_->observables(), machine.registers());
  }

  /// Having to wait for others is no reason to be refused: the limit becomes what there is without them. What they
  /// touch or give back just now is counted a little later, so that it is looked at for some time.
  void wait_for_sight_of(std::uint64_t bytes) {
    constexpr double kPatienceSeconds = 2;
    resources_.release_idle();
    const Stopwatch watch;
    do {
      limit_ = memory_limit(request_, resources_.memory_limit_alone());
      if (bytes <= limit_.value || !resources_.others_are_there()) {
        return;
      }
      cancel_.check();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    } while (watch.seconds() < kPatienceSeconds);
  }

  [[nodiscard]] bool on_device() const noexcept { return request_.backend == Backend::vulkan; }

  void choose_device() {
    device_ = resources_.open_device(request_.device);
    const vulkan::DeviceProperties& properties = device_->device->properties();
    admit_to_device(*device_, element_type_of(request_.precision), static_cast<int>(script_->qubit_count));
    report_.device = DeviceReport{.name = properties.name,
                                  .driver = fmt::format("{} {}", properties.driver_name, properties.driver_info),
                                  .state_bytes = device_state_bytes()};
  }

  [[nodiscard]] std::uint64_t device_state_bytes() const {
    return vulkan::device_field_bytes(device_->device->plan(), element_type_of(request_.precision),
                                      static_cast<int>(script_->qubit_count));
  }

  /// Waits until memory and cores are granted.
  void take_lease() {
    limits_ = resources_.plan_limits(most_threads_);
    report_.threads = worthwhile_threads(estimate_.state_bytes, limits_);
    limits_.threads = report_.threads;
    const Demand demand{.host_bytes = estimate_.promised_bytes(),
                        .cached_bytes = 0,
                        .device_bytes = device_demand(),
                        .min_cores = 1,
                        .max_cores = report_.threads,
                        .queue_slots = 0,
                        .expected_seconds = 0,
                        .can_release_host = !on_device() && resources_.spill() != nullptr};
    const Stopwatch watch;
    const metrics::Span span(metrics::SpanName::wait);
    const JobInfo job{.name = request_.source.name, .priority = request_.priority};
    Ledger& ledger = resources_.ledger();
    if (std::optional<Lease> lease = ledger.try_acquire(demand, job)) {
      lease_ = std::move(*lease);
    } else {
      resources_.release_idle();
      lease_ = ledger.acquire(demand, job, cancel_, hooks_.on_wait);
    }
    report_.timing.wait = watch.seconds();
    const std::vector<std::string> notes = ledger.notes();
    report_.notes.insert(report_.notes.end(), notes.begin(), notes.end());
  }

  [[nodiscard]] std::vector<HeapBytes> device_demand() const {
    if (!on_device()) {
      return {};
    }
    return {{.heap = heap_name(*device_), .bytes = device_state_bytes()}};
  }

  void execute_tree() {
    if (on_device()) {
      execute_on_device();
    } else {
      execute_on_host();
    }
    results_->finish();
    if (report_.timing.allocate + report_.timing.execute > kWorthSampling) {
      usage_.sample();
    }
  }

  void execute_on_device() {
    LimitAdaptor bounded(hooks_.memory != nullptr ? *hooks_.memory : resources_.memory(), lease_.host_bytes());
    const std::scoped_lock alone(device_->in_use);
    const ArenaCache::Loan arena = resources_.arenas().lend(std::max(1, lease_.cores()));
    try {
      const Stopwatch watch;
      DevicePlace place(*device_, element_type_of(request_.precision), static_cast<int>(script_->qubit_count),
                        {*arena, cancel_, bounded}, [&] { lease_.at_boundary(); });
      place.reset();
      report_.timing.allocate = watch.seconds();
      run_tree(place, {.planned = plan_on_device(place), .compiled = {}}, [] {});
      report_.sweep_seconds = place.measure_sweep_seconds();
      report_.device->peak_bytes = place.field().size_bytes();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::device_lost) {
        resources_.devices().lost(*device_);
      }
      throw;
    }
    report_.sweep_equivalents = report_.timing.execute / report_.sweep_seconds;
    report_.memory.peak_bytes = bounded.peak_bytes();
    report_.memory.counts_bytes = results_->counts_bytes();
    report_.device->pipeline_seconds = device_->pipelines.seconds();
    report_.device->pipelines_cached = device_->pipelines.cache_was_read();
  }

  [[nodiscard]] PlannedCircuit plan_on_device(DevicePlace& place) {
    const Stopwatch watch;
    const metrics::Span span(metrics::SpanName::plan);
    PlannedCircuit planned =
        place.plan(opening_->circuit,
                   opening_->status == Machine::Status::finished ? options_for_end(opening_->machine)
                                                                 : options_before_more(request_),
                   0);
    report_.timing.plan += watch.seconds();
    return planned;
  }

  void execute_on_host() {
    LimitAdaptor bounded(hooks_.memory != nullptr ? *hooks_.memory : resources_.memory(), lease_.host_bytes());
    TrackingAdaptor memory(bounded, resources_.holders(), fmt::format("job {}", usage_.job()));
    const ArenaCache::Loan loan = resources_.arenas().lend(std::max(1, lease_.cores()));
    Arena& arena = *loan;

    const Stopwatch watch;
    Field state = allocate_state(memory, arena);
    report_.timing.allocate = watch.seconds();
    if (state.size_bytes() >= kWorthTelling) {
      lease_.note_resident(state.size_bytes());
    }

    StateStore store(memory, estimate_.saved_states, resources_.spill(), arena, cancel_);
    const FailureAdaptor::Registration relief = resources_.memory().add_relief(
        FailureAdaptor::Rank::spill, [&](std::uint64_t bytes) { return store.relieve(bytes); });
    StateCheckpoint checkpoint(resources_, state, store, memory, arena, cancel_, report_.notes);
    Occupancy occupancy(lease_, arena, checkpoint.actions(), cancel_, hooks_.on_wait);
    const ExecuteContext context{.kernels = resources_.kernels(),
                                 .arena = arena,
                                 .cancel = cancel_,
                                 .memory = memory,
                                 .tiles = quantum::tile_compiler(),
                                 .at_boundary = [&] { occupancy.at_boundary(); },
                                 .on_stage_done = {}};
    HostPlace place(state, memory, store, context, limits_);
    run_tree(place, *plan_opening(), [&] { lease_.note_resident(bounded.current_bytes()); });
    report_.timing.execute -= occupancy.waited_seconds();
    report_.sweep_seconds = measure_sweep_seconds(state, arena, cancel_);
    report_.sweep_equivalents = report_.timing.execute / report_.sweep_seconds;
    report_.timing.wait += occupancy.waited_seconds();
    report_.memory.peak_bytes = bounded.peak_bytes();
    report_.memory.spilled_bytes = store.spilled_bytes() + checkpoint.written_bytes();
    report_.memory.counts_bytes = results_->counts_bytes();
  }

  /// `on_split` is called when states are about to be copied.
  void run_tree(StatePlace& place, const ReadyCircuit& circuit, const std::function<void()>& on_split) {
    BranchTree tree(script_, place, cancel_,
                    {.shots = request_.shots,
                     .seed = report_.seed,
                     .passes_before_more = options_before_more(request_),
                     .passes_at_end = [&](const Machine& machine) { return options_for_end(machine); }});
    ProgressMeter meter(hooks_, request_.shots);
    if (opening_->status == Machine::Status::finished) {
      tree.on_plan = [&](std::uint64_t gates, double bytes) { meter.expect(gates, bytes); };
    }
    tree.on_planned = [&](const PlannedCircuit& planned) { add_passes(report_.passes, planned.passes); };
    tree.on_stage = [&](const Stage& stage, const Program& program, double seconds) {
      add_stage(stage, program, seconds);
    };
    tree.on_gates = [&](std::uint64_t gates, double bytes) { meter.gates_done(gates, bytes); };
    tree.on_split = [&](std::size_t) {
      results_->branching();
      meter.branch();
      on_split();
    };
    tree.run(opening_->machine, circuit, opening_->circuit.operations().size(), opening_->status,
             [&](const Branch& branch) {
               const Stopwatch sampling;
               const metrics::Span span(metrics::SpanName::results);
               results_->add(*place.reader(&branch.map), branch);
               report_.timing.sample += sampling.seconds();
               meter.shots_done(branch.shots);
             });
    report_.gates = tree.costs().gates;
    report_.sweeps = tree.costs().sweeps;
    report_.bytes_moved = tree.costs().bytes_moved;
    report_.predicted_seconds = tree.costs().predicted_seconds;
    report_.predicted_flops = tree.costs().predicted_flops;
    report_.timing.plan += tree.costs().plan_seconds;
    report_.timing.execute = tree.costs().execute_seconds;
  }

  void add_stage(const Stage& stage, const Program& program, double seconds) {
    constexpr std::size_t kMostStages = 1000;
    if (report_.stages.size() == kMostStages) {
      return;
    }
    StageEntry& entry = report_.stages.emplace_back(stage_entry(program, stage));
    entry.actual_seconds = seconds;
  }

  [[nodiscard]] Field allocate_state(MemoryResource& memory, const Arena& arena) const {
    const metrics::Span span(metrics::SpanName::allocate);
    const metrics::MemoryTime memory_time;
    Field state(memory, element_type_of(request_.precision), static_cast<int>(script_->qubit_count));
    prepare_zero_state(state, arena, cancel_);
    return state;
  }

  void count_metrics() const {
    using metrics::Metric;
    metrics::add(Metric::shots, report_.shots);
    metrics::add(Metric::gates, report_.gates);
    metrics::add(Metric::stages, report_.sweeps);
    metrics::add(Metric::branches, report_.branches);
    metrics::add(Metric::bytes_moved, static_cast<std::uint64_t>(report_.bytes_moved));
    metrics::set(Metric::memory_limit, static_cast<double>(report_.memory.limit_bytes));
    metrics::set(Metric::threads, report_.threads);
    metrics::observe(Metric::job_seconds, report_.timing.total);
  }

  Resources& resources_;
  Request request_;
  const RunHooks& hooks_;
  const CancelToken never_;
  const CancelToken& cancel_;
  UsageMeter usage_;
  Inventory inventory_;
  Report report_;
  std::shared_ptr<const quantum::Script> script_;
  Limit limit_;
  std::unique_ptr<Results> results_;
  PlanCache own_plans_;
  std::shared_ptr<const Opening> opening_;
  MemoryEstimate estimate_;
  int most_threads_ = 1;
  PlanLimits limits_;
  Lease lease_;
  std::shared_ptr<OpenDevice> device_;  ///< Of the Vulkan backend.
};

/// On the CPU where the device fails and the request allows that.
Report run_somewhere(Resources& resources, const Request& request, const RunHooks& hooks) {
  if (!request.fall_back) {
    return Run(resources, request, hooks)();
  }
  try {
    return Run(resources, request, hooks)();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::device_lost && error.code() != ErrorCode::out_of_resources) {
      throw;
    }
    Request on_cpu = request;
    on_cpu.backend = Backend::cpu;
    on_cpu.device.clear();
    on_cpu.fall_back = false;
    Report report = Run(resources, on_cpu, hooks)();
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
