// What a run would do, as far as that is known before anything is run: the way of run.cpp up to its first allocation.
#include "engine/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "basalt/error.h"
#include "basalt/gpu.h"
#include "basalt/plan.h"
#include "base/stopwatch.h"
#include "engine/choices.h"
#include "engine/choose_backend.h"
#include "engine/choose_method.h"
#include "engine/device_figures.h"
#include "engine/device_job.h"
#include "engine/disk_place.h"
#include "engine/ladder.h"
#include "engine/memory_budget.h"
#include "engine/memory_timeline.h"
#include "engine/pass_entry.h"
#include "engine/planned_circuit.h"
#include "engine/prepared_program.h"
#include "engine/processor_ways.h"
#include "engine/results.h"
#include "engine/run_in_parts.h"
#include "engine/run_on_tableau.h"
#include "engine/split_place.h"
#include "engine/stage_entry.h"
#include "engine/streamed_place.h"
#include "engine/what_would_change.h"
#include "runtime/cpu/instruction_set.h"
#include "runtime/cpu/sweep.h"
#include "runtime/resource/spill_space.h"
#include "runtime/vulkan/device_field.h"
#include "workloads/quantum/input/machine.h"

namespace basalt {
namespace {

/// States of this many qubits no machine holds, but their plans are still numbers.
constexpr std::uint32_t kMostPlannedQubits = 50;

class Explanation {
 public:
  Explanation(const MachineFacts& machine, const Request& request, const CancelToken& cancel)
      : machine_facts_(machine),
        inventory_(machine.inventory),
        request_(request),
        cancel_(cancel),
        backend_(request.backend),
        device_(request.device) {}

  PlanReport operator()() {
    check_request(request_);
    compile_program();
    const Stopwatch watch;
    const MethodChoice choice = choose_method(request_, script_, cancel_);
    report_.method = choice.method;
    report_.method_reason = choice.reason;
    if (choice.method == Method::stabilizer) {
      describe_tableau(*choice.opening);
      report_.plan_seconds = watch.seconds();
      return std::move(report_);
    }
    if (choice.method == Method::parts) {
      plan_parts(*choice.split);
      report_.plan_seconds = watch.seconds();
      return std::move(report_);
    }
    if (choice.method == Method::live) {
      report_.live_qubits = choice.live_width;
      script_ = narrowed(*script_, choice.live_width);
    }
    open_program();
    if (backend_ == Backend::automatic && !device_.empty()) {
      backend_ = Backend::vulkan;
    }
    if (!on_device()) {
      choose_plan_limits();
    }
    if (backend_ == Backend::automatic) {
      settle_backend();
    }
    if (!on_device()) {
      settle_place();
    }
    report_.backend = backend_;
    if (on_device()) {
      choose_devices();
    }
    plan();
    if (!is_refused()) {
      list_ways();
      report_.memory = memory_timeline({.estimate = estimate(),
                                        .stages = report_.stages.size(),
                                        .device_bytes = device_bytes_,
                                        .disk = shape_ ? &*report_.ladder->disk : nullptr,
                                        .stops_at_measurement = report_.stops_at_measurement});
    }
    say_what_would_change();
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool on_device() const noexcept { return backend_ == Backend::vulkan; }
  /// Of the state.
  [[nodiscard]] int qubits() const noexcept { return static_cast<int>(script_->qubit_count); }
  [[nodiscard]] ElementType type() const noexcept { return element_type_of(request_.precision); }

  void compile_program() {
    host_limit_ = memory_limit(request_, inventory_.memory_bytes);
    const std::uint64_t limit = host_limit_.value;
    script_ = std::make_shared<const quantum::Script>(bind_inputs(
        request_.prepared ? request_.prepared->script : prepare_program(request_.source, limit, cancel_).script,
        request_.inputs));
    report_.notes = script_->notes;
    report_.qubits = script_->qubit_count;
    report_.precision = request_.precision;
  }

  void describe_tableau(const CliffordOpening& opening) {
    const MemoryEstimate estimate = estimate_tableau(request_, *script_, opening);
    report_.state_bytes = estimate.state_bytes;
    report_.stops_at_measurement = opening.status != quantum::Machine::Status::finished;
    report_.gates = opening.gates;
    report_.steps = opening.steps.size();
    report_.outcomes = opening.machine.record_count();
    report_.threads =
        tableau_threads(request_, opening, report_.qubits, most_threads(request_, inventory_, report_.notes));
    report_.instruction_set = simd_target();
    expect_room(estimate.promised_bytes(), host_limit_.value);
  }

  void plan_parts(const SplitProgram& split) {
    report_.state_bytes = field_bytes(type(), static_cast<int>(split.most_qubits()));
    report_.gates = split.gates;
    choose_plan_limits();
    expect_room(estimate_parts(request_, *script_, split, report_.threads).promised_bytes(), host_limit_.value);
    for (const quantum::CircuitPart& part : split.parts) {
      PlanLimits limits = limits_;
      limits.threads = worthwhile_threads(field_bytes(type(), static_cast<int>(part.qubits.size())), limits);
      const PlannedCircuit planned =
          basalt::plan_circuit(part.circuit, {.without = request_.without_passes}, type(), limits, /*touched_axes=*/0);
      add_passes(report_.passes, planned.passes);
      report_.steps += planned.lowered.program.steps.size();
      report_.predicted_bytes += planned.plan.predicted_bytes;
      report_.predicted_flops += planned.plan.predicted_flops;
      report_.predicted_seconds += planned.plan.predicted_seconds;
      report_.parts.push_back({.qubits = part.qubits,
                               .gates = part.circuit.operations().size(),
                               .stages = planned.plan.stages.size(),
                               .predicted_seconds = planned.plan.predicted_seconds,
                               .actual_seconds = 0});
    }
  }

  void open_program() {
    if (script_->qubit_count > kMostPlannedQubits) {
      throw Error(ErrorCode::out_of_resources,
                  fmt::format("a state of {} qubits cannot be planned", script_->qubit_count),
                  fmt::format("plans are made for at most {} qubits", kMostPlannedQubits));
    }
    report_.state_bytes = field_bytes(type(), qubits());
    machine_ = std::make_unique<quantum::Machine>(script_);
    circuit_ = quantum::Circuit(script_->qubit_count);
    report_.stops_at_measurement = machine_->advance(circuit_, cancel_) != quantum::Machine::Status::finished;
    report_.gates = circuit_.operations().size();
  }

  void expect_room(std::uint64_t needed_bytes, std::uint64_t limit_bytes) {
    if (needed_bytes > limit_bytes) {
      report_.notes.push_back(fmt::format("the {} of {} does not fit in the {} that there are: basalt run would refuse",
                                          report_.method == Method::stabilizer ? "tableau" : "state",
                                          format_bytes(needed_bytes), format_bytes(limit_bytes)));
    }
  }

  /// Without opening them: what plans depend on is known before.
  void choose_devices() {
    std::vector<std::string> names = device_names(device_);
    const int qubits = this->qubits();
    if (const std::size_t parts = worthwhile_parts(names.size(), qubits); parts < names.size()) {
      report_.notes.push_back(note_of_fewer_parts(qubits, names.size(), parts));
      names.resize(parts);
    }
    std::vector<DeviceLimits> limits;
    std::vector<std::string> full_names;
    std::vector<PlannedDevice> devices;
    std::map<std::string, std::uint64_t> bytes;  // by UUID: a device may be named more than once
    for (const std::string& name : names) {
      const PlannedDevice& device = devices.emplace_back(usable_device(name));
      full_names.push_back(device.physical.properties.name);
      bytes[device.physical.properties.uuid] +=
          vulkan::device_field_bytes(device.physical.plan, type(), part_qubits(qubits, names.size()));
      limits.push_back(choose_device_limits(device.physical, device.wisdom.figures, type()));
    }
    for (const PlannedDevice& device : devices) {
      const auto found = bytes.extract(device.physical.properties.uuid);
      if (!found.empty()) {
        take_memory(device, found.mapped(), names.size());
      }
    }
    const DeviceWisdomLookup& wisdom = devices.back().wisdom;
    if (!wisdom.note.empty()) {
      report_.notes.push_back(wisdom.note);
    }
    report_.device = join_device_names(full_names);
    report_.driver = vulkan::driver_text(devices.front().physical.properties);
    parts_ = names.size();
    device_limits_ = common_limits(limits);
    report_.choices = device_limit_choices(device_limits_, wisdom.figures, type());
  }

  /// Of one device, for `needed` bytes of a state that is in as many parts.
  void take_memory(const PlannedDevice& device, std::uint64_t needed, std::size_t parts) {
    const std::uint64_t free =
        std::min(device.free_bytes, request_.device_memory_limit_bytes.value_or(~std::uint64_t{0}));
    if (needed <= free || parts > 1 || !try_streaming(device.physical, needed, free)) {
      expect_room(needed, free);
    }
    device_bytes_ += streamed_ ? element_bytes(type()) << streamed_->tile_axes : needed;
  }

  /// As run() does.
  bool try_streaming(const vulkan::PhysicalDevice& physical, std::uint64_t needed, std::uint64_t free) {
    const MemoryEstimate host = beside_streams(estimate_memory(request_, *script_, report_.threads));
    streamed_ = host.promised_bytes() <= host_limit_.value ? streamed_tiles(physical.plan, type(), free) : std::nullopt;
    if (!streamed_) {
      return false;
    }
    const std::string& name = physical.properties.name;
    report_.ladder =
        LadderReport{.rungs = {{.name = name,
                                .rejection = fmt::format("the state takes {}, and of its memory {} may be used",
                                                         format_bytes(needed), format_bytes(free))},
                               {.name = name + ", tiles streamed from the host's memory", .rejection = {}}},
                     .disk = std::nullopt};
    return true;
  }

  [[nodiscard]] PlannedDevice usable_device(const std::string& name) const {
    PlannedDevice device = machine_facts_.device(name);
    const vulkan::PhysicalDevice& physical = device.physical;
    if (!physical.plan.usable) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("device {} cannot be used: {}", physical.properties.name, physical.plan.reason),
                  "choose another device, or plan for the processor");
    }
    expect_numbers(physical, type());
    return device;
  }

  /// As run() does, but with what a plan shows besides.
  void settle_backend() {
    const quantum::PassOptions passes = pass_options();
    const BackendSources& sources = machine_facts_.sources;
    BackendQuestion question{.circuit = circuit_,
                             .passes = passes,
                             .type = type(),
                             .cpu_seconds = 0,
                             .cpu_source = source_of(machine_facts_.wisdom.figures),
                             .cpu_rejection = {},
                             .cpu_needed_bytes = estimate_memory(request_, *script_, report_.threads).promised_bytes(),
                             .result_passes = result_passes(request_, *script_)};
    if (report_.state_bytes > host_limit_.value) {
      question.cpu_rejection = fmt::format("the state takes {}, and {} may be used", format_bytes(report_.state_bytes),
                                           format_bytes(host_limit_.value));
    } else {
      const Stopwatch watch;
      const PlannedCircuit& planned =
          processor_plan_.emplace(plan_circuit(circuit_, passes, type(), limits_, /*touched_axes=*/0));
      report_.plan_seconds = watch.seconds();
      question.cpu_seconds = planned.plan.predicted_seconds;
      question.cpu_beside = beside_stages(limits_, type(), qubits(), question.result_passes);
      question.cpu_history =
          history_of(sources.history, cpu_fingerprint(inventory_), planned, type(), qubits(), limits_.threads);
    }
    report_.backend_choice = choose_backend(question, sources);
    const Candidate& winner = report_.backend_choice.candidates[report_.backend_choice.winner];
    backend_ = winner.backend;
    device_ = winner.device;
  }

  [[nodiscard]] SpillSpace spill_space() const {
    return request_.spill_folder.empty() ? inventory_.spill
                                         : read_spill_space("/", std::filesystem::absolute(request_.spill_folder));
  }

  /// Down the ladder, where the state fits in no memory.
  void settle_place() {
    const MemoryEstimate estimate = estimate_memory(request_, *script_, report_.threads);
    if (estimate.promised_bytes() <= host_limit_.value) {
      return;
    }
    HostMemory memory;
    LadderAnswer answer = go_down({.request = request_,
                                   .script = *script_,
                                   .threads = report_.threads,
                                   .memory = host_limit_,
                                   .disk = spill_space(),
                                   .choice = report_.backend_choice,
                                   .scratch = memory,
                                   .cancel = cancel_},
                                  [&](Precision precision) { return fits_in_memory(precision); });
    if (!answer.is_taken()) {
      expect_room(estimate.promised_bytes(), host_limit_.value);
    } else {
      request_.precision = answer.precision;
      report_.precision = answer.precision;
      report_.state_bytes = field_bytes(type(), qubits());
      shape_ = answer.shape;
      if (shape_) {
        disk_estimate_ = answer.estimate;
      }
    }
    report_.ladder = std::move(answer.report);
  }

  [[nodiscard]] bool fits_in_memory(Precision precision) {
    Request request = request_;
    request.precision = precision;
    return estimate_memory(request, *script_, report_.threads).promised_bytes() <= host_limit_.value;
  }

  void choose_plan_limits() {
    const WisdomLookup& wisdom = machine_facts_.wisdom;
    if (!wisdom.note.empty()) {
      report_.notes.push_back(wisdom.note);
    }
    const int most = most_threads(request_, inventory_, report_.notes);
    limits_ = choose_limits(inventory_, wisdom.figures, most);
    limits_.threads = worthwhile_threads(report_.state_bytes, limits_);
    use_instruction_set(limits_.instruction_set);
    report_.threads = limits_.threads;
    report_.instruction_set = simd_target();
    report_.choices = limits_.choices;
  }

  [[nodiscard]] quantum::PassOptions pass_options() const {
    if (report_.stops_at_measurement) {
      return options_before_more(request_);
    }
    if (asks_for_nothing(request_, *script_)) {
      return {.without = request_.without_passes};
    }
    Report unused;
    return options_at_end(request_, Results(request_, *script_, unused).observables(), machine_->registers());
  }

  [[nodiscard]] PlannedCircuit plan_circuit_there(const quantum::PassOptions& options) {
    if (shape_) {
      return plan_for_disk(lower_circuit(circuit_, options), type(), qubits(), limits_,
                           disk_limits(*shape_, report_.ladder->disk->figures), /*touched_axes=*/0);
    }
    if (!on_device()) {
      // made before, where there was a choice; another precision has another
      return processor_plan_ && request_.precision == asked_precision_
                 ? *std::exchange(processor_plan_, std::nullopt)
                 : plan_circuit(circuit_, options, type(), limits_, /*touched_axes=*/0);
    }
    if (streamed_) {
      return plan_streamed(lower_circuit(circuit_, options), type(), qubits(), device_limits_, *streamed_,
                           /*touched_axes=*/0);
    }
    if (parts_ > 1) {
      const int axes = qubits();
      return plan_for_parts(lower_circuit(circuit_, options), type(), axes, device_limits_, parts_,
                            AxisPlaces::identity(axes));
    }
    return plan_circuit_for_device(circuit_, options, type(), device_limits_, /*touched_axes=*/0);
  }

  void plan() {
    const quantum::PassOptions options = pass_options();
    const Stopwatch watch;
    const PlannedCircuit planned = plan_circuit_there(options);
    report_.plan_seconds += watch.seconds();
    add_passes(report_.passes, planned.passes);
    const Plan& plan = planned.plan;
    report_.steps = planned.lowered.program.steps.size();
    report_.stages.reserve(plan.stages.size());
    for (const Stage& stage : plan.stages) {
      report_.stages.push_back(stage_entry(planned.lowered.program, stage));
    }
    report_.predicted_bytes = plan.predicted_bytes;
    report_.predicted_flops = plan.predicted_flops;
    report_.predicted_seconds = plan.predicted_seconds;
    if (shape_) {
      report_.ladder->disk->predicted_bytes = plan.predicted_bytes;
      report_.ladder->disk->predicted_seconds = plan.predicted_seconds;
    }
  }

  /// Whether no rung of the ladder takes the state.
  [[nodiscard]] bool is_refused() const {
    return report_.ladder && !report_.ladder->rungs.empty() && !report_.ladder->rungs.back().rejection.empty();
  }

  /// What the job holds of the host's memory.
  [[nodiscard]] MemoryEstimate estimate() const {
    if (disk_estimate_) {
      return *disk_estimate_;
    }
    MemoryEstimate alone = estimate_memory(request_, *script_, report_.threads);
    if (streamed_) {
      return beside_streams(alone);
    }
    if (on_device()) {
      return beside_devices(alone, parts_);
    }
    if (report_.stops_at_measurement && alone.promised_bytes() <= host_limit_.value) {
      alone.saved_states = choose_saved_states(alone, request_.shots, host_limit_);
    }
    return alone;
  }

  void list_ways() {
    if (on_device() || shape_) {
      return;
    }
    std::vector<std::string> notes;  // said before
    const quantum::PassOptions passes = pass_options();
    report_.ways = list_processor_ways({.circuit = circuit_,
                                        .passes = passes,
                                        .type = type(),
                                        .threads = limits_.threads,
                                        .predicted_seconds = report_.predicted_seconds,
                                        .most_threads = most_threads(request_, inventory_, notes),
                                        .may_lose_precision = request_.allow_precision_loss,
                                        .inventory = inventory_,
                                        .figures = machine_facts_.wisdom.figures});
  }

  void say_what_would_change() {
    report_.changes = what_would_change(report_.backend_choice, qubits());
    if (shape_ && report_.backend_choice.candidates.empty()) {  // else the processor's obstacle says so
      const MemoryEstimate alone = estimate_memory(request_, *script_, report_.threads);
      report_.changes.push_back(fmt::format("a memory limit of {} would keep the state in memory ({} now, {})",
                                            format_bytes(alone.promised_bytes()), format_bytes(host_limit_.value),
                                            host_limit_.source));
    }
  }

  const MachineFacts& machine_facts_;
  const Inventory& inventory_;
  Request request_;  ///< With the precision that the state has.
  const Precision asked_precision_ = request_.precision;
  const CancelToken& cancel_;
  Backend backend_;     ///< Settled before anything is planned.
  std::string device_;  ///< As Request::device.
  Limit host_limit_;
  std::shared_ptr<const quantum::Script> script_;
  std::unique_ptr<quantum::Machine> machine_;
  quantum::Circuit circuit_;
  PlanLimits limits_;                    ///< Of the processor.
  DeviceLimits device_limits_;           ///< Of the devices.
  std::optional<VisitLimits> streamed_;  ///< Tiles of a state that a device works on from the host's memory.
  std::optional<DiskShape> shape_;       ///< Of a state on disk.
  std::optional<MemoryEstimate> disk_estimate_;
  std::optional<PlannedCircuit> processor_plan_;  ///< Made for the choice.
  std::uint64_t device_bytes_ = 0;                ///< Of devices' memory, taken by the state.
  std::size_t parts_ = 1;                         ///< Of the state, one for each device.
  PlanReport report_;
};

}  // namespace

PlanReport explain_plan_on(const MachineFacts& machine, const Request& request, const CancelToken* cancel) {
  const CancelToken never;
  try {
    return Explanation(machine, request, cancel != nullptr ? *cancel : never)();
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::out_of_resources, "memory ran out", "close other programs and try again");
  }
}

PlanReport explain_plan(const Request& request, const CancelToken* cancel) {
  check_request(request);
  return explain_plan_on(facts_of_this_machine(), request, cancel);
}

}  // namespace basalt
