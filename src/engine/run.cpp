// One request from program text to report. Forward only: parse, compile, promise memory, run the tree of branches,
// read the results off each leaf.
#include "engine/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

#include "base/hash.h"
#include "base/stopwatch.h"
#include "engine/branches.h"
#include "engine/memory_budget.h"
#include "engine/prepared_program.h"
#include "engine/progress_meter.h"
#include "engine/results.h"
#include "engine/seed.h"
#include "runtime/cpu/sweep.h"
#include "runtime/metrics/metrics.h"
#include "runtime/metrics/span.h"

namespace basalt {
namespace {

using quantum::Machine;

/// Basis states shown for a program that has no classical bits and was asked for nothing.
constexpr std::uint64_t kDefaultTop = 8;

void check_request(const Request& request) {
  if (request.shots < 1 || request.shots > kMaxShots) {
    throw Error(ErrorCode::bad_usage, fmt::format("--shots {} is out of range", request.shots),
                fmt::format("give 1 to {}", kMaxShots));
  }
  if (request.threads < 0) {
    throw Error(ErrorCode::bad_usage, fmt::format("--threads {} is out of range", request.threads),
                "give 1 or more; leave it out for all that this process may use");
  }
}

Limit memory_limit(const Request& request, const Inventory& inventory) {
  Limit limit = inventory.memory_bytes;
  if (request.memory_limit_bytes && *request.memory_limit_bytes < limit.value) {
    limit = {*request.memory_limit_bytes, "--memory"};
  }
  return limit;
}

int choose_threads(const Request& request, const Inventory& inventory, std::vector<std::string>& notes) {
  const int cores = static_cast<int>(inventory.cores.value);
  if (request.threads > cores) {
    notes.push_back(fmt::format("--threads {} is more than the {} that this process may use ({}): using {}",
                                request.threads, cores, inventory.cores.source, cores));
  }
  return request.threads == 0 ? cores : std::min(request.threads, cores);
}

/// Copies of the state that branching may keep: what its order of visits can need, as far as memory allows.
std::uint64_t choose_saved_states(const MemoryEstimate& estimate, std::uint64_t shots, const Limit& limit) {
  const auto most = static_cast<std::uint64_t>(std::bit_width(shots));
  const std::uint64_t spare = limit.value - estimate.promised_bytes();
  return std::min(most, spare / estimate.state_bytes);
}

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
    const Inventory inventory = resources_.inventory();
    limit_ = memory_limit(request_, inventory);
    compile_program();
    report_.threads = choose_threads(request_, inventory, report_.notes);
    report_.seed = request_.seed ? *request_.seed : draw_seed();
    prepare();
    execute_tree();
    report_.timing.total = total.seconds();
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
    report_.backend = "cpu";
    report_.instruction_set = simd_target();
  }

  /// Everything that can be refused is refused here, before memory is taken.
  void prepare() {
    MemoryEstimate estimate = estimate_memory(request_, *script_);
    admit(estimate, request_, *script_, limit_);
    results_ = std::make_unique<Results>(request_, *script_, report_);

    const Stopwatch watch;
    machine_ = std::make_unique<Machine>(script_);
    circuit_ = quantum::Circuit(script_->qubit_count);
    status_ = machine_->advance(circuit_, cancel_);
    report_.timing.plan = watch.seconds();

    if (status_ == Machine::Status::finished && nothing_to_show()) {
      request_.top = kDefaultTop;
      report_.notes.emplace_back("the program has no classical bits: showing its most probable states");
    }
    if (status_ != Machine::Status::finished) {
      estimate.saved_states = choose_saved_states(estimate, request_.shots, limit_);
    }
    saved_states_ = estimate.saved_states;
    report_.memory.estimate_bytes = estimate.total_bytes();
    report_.memory.limit_bytes = limit_.value;
    report_.memory.limit_source = limit_.source;
  }

  void execute_tree() {
    LimitAdaptor memory(hooks_.memory != nullptr ? *hooks_.memory : resources_.memory(), limit_.value);
    const ArenaCache::Loan loan = resources_.arenas().lend(report_.threads);
    const Arena& arena = *loan;

    const Stopwatch watch;
    Field state = allocate_state(memory, arena);
    report_.timing.allocate = watch.seconds();

    const ExecuteContext context{resources_.kernels(), arena, cancel_, {}};
    BranchTree tree(script_, state, memory, context,
                    {.shots = request_.shots,
                     .seed = report_.seed,
                     .saved_states = saved_states_,
                     .limits = {.threads = report_.threads}});
    ProgressMeter meter(hooks_, request_.shots);
    if (status_ == Machine::Status::finished) {
      tree.on_plan = [&](std::uint64_t gates, double bytes) { meter.expect(gates, bytes); };
    }
    tree.on_gates = [&](std::uint64_t gates, double bytes) { meter.gates_done(gates, bytes); };
    tree.on_split = [&](std::size_t) {
      results_->branching();
      meter.branch();
    };
    tree.run(std::move(*machine_), std::move(circuit_), status_, [&](const Branch& branch) {
      const Stopwatch sampling;
      const metrics::Span span(metrics::SpanName::results);
      results_->add({state, arena, cancel_, memory}, branch);
      report_.timing.sample += sampling.seconds();
      meter.shots_done(branch.shots);
    });

    report_.gates = tree.costs().gates;
    report_.sweeps = tree.costs().sweeps;
    report_.bytes_moved = tree.costs().bytes_moved;
    report_.timing.plan += tree.costs().plan_seconds;
    report_.timing.execute = tree.costs().execute_seconds;
    report_.sweep_seconds = measure_sweep_seconds(state, arena, cancel_);
    report_.sweep_equivalents = report_.timing.execute / report_.sweep_seconds;
    report_.memory.peak_bytes = memory.peak_bytes();
    report_.memory.counts_bytes = results_->counts_bytes();
    results_->finish();
  }

  [[nodiscard]] Field allocate_state(MemoryResource& memory, const Arena& arena) const {
    const metrics::Span span(metrics::SpanName::allocate);
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

  [[nodiscard]] bool nothing_to_show() const {
    return script_->registers.empty() && script_->outputs.empty() && request_.observables.empty() &&
           request_.probability_qubits.empty() && request_.top == 0 && request_.save_state.empty();
  }

  Resources& resources_;
  Request request_;
  const RunHooks& hooks_;
  const CancelToken never_;
  const CancelToken& cancel_;
  Report report_;
  std::shared_ptr<const quantum::Script> script_;
  Limit limit_;
  std::unique_ptr<Results> results_;
  std::unique_ptr<Machine> machine_;
  quantum::Circuit circuit_;
  Machine::Status status_ = Machine::Status::finished;
  std::uint64_t saved_states_ = 0;
};

}  // namespace

Error out_of_memory() {
  return {ErrorCode::out_of_resources, "memory ran out", "close other programs, or give a smaller --memory"};
}

Report run_request(Resources& resources, const Request& request, const RunHooks& hooks) {
  metrics::add(metrics::Metric::jobs);
  try {
    return Run(resources, request, hooks)();
  } catch (const std::bad_alloc&) {
    metrics::add(metrics::Metric::jobs_failed);
    throw out_of_memory();
  } catch (const Error&) {
    metrics::add(metrics::Metric::jobs_failed);
    throw;
  }
}

}  // namespace basalt
