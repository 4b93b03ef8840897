// What a run would do, as far as that is known before anything is run: the way of run.cpp up to its first allocation.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "basalt/error.h"
#include "basalt/gpu.h"
#include "basalt/plan.h"
#include "basalt/tune.h"
#include "base/stopwatch.h"
#include "engine/choices.h"
#include "engine/choose_backend.h"
#include "engine/device_figures.h"
#include "engine/device_job.h"
#include "engine/memory_budget.h"
#include "engine/pass_entry.h"
#include "engine/planned_circuit.h"
#include "engine/prepared_program.h"
#include "engine/results.h"
#include "engine/split_place.h"
#include "engine/stage_entry.h"
#include "runtime/cpu/instruction_set.h"
#include "runtime/cpu/sweep.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/instance.h"
#include "workloads/quantum/input/machine.h"

namespace basalt {
namespace {

/// States of this many qubits no machine holds, but their plans are still numbers.
constexpr std::uint32_t kMostPlannedQubits = 50;

class Explanation {
 public:
  Explanation(const Request& request, const CancelToken& cancel)
      : request_(request), cancel_(cancel), backend_(request.backend), device_(request.device) {}

  PlanReport operator()() {
    check_request(request_);
    inventory_ = take_inventory();
    compile_program();
    if (backend_ == Backend::automatic && !device_.empty()) {
      backend_ = Backend::vulkan;
    }
    if (!on_device()) {
      choose_plan_limits();
    }
    if (backend_ == Backend::automatic) {
      settle_backend();
    }
    report_.backend = backend_;
    if (on_device()) {
      choose_devices();
    } else {
      expect_room(report_.state_bytes, host_limit_);
    }
    plan();
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool on_device() const noexcept { return backend_ == Backend::vulkan; }
  [[nodiscard]] ElementType type() const noexcept { return element_type_of(request_.precision); }

  void compile_program() {
    const std::uint64_t limit = memory_limit(request_, inventory_.memory_bytes).value;
    script_ = std::make_shared<const quantum::Script>(bind_inputs(
        request_.prepared ? request_.prepared->script : prepare_program(request_.source, limit, cancel_).script,
        request_.inputs));
    report_.notes = script_->notes;
    report_.qubits = script_->qubit_count;
    report_.precision = request_.precision;
    if (report_.qubits > kMostPlannedQubits) {
      throw Error(ErrorCode::out_of_resources, fmt::format("a state of {} qubits cannot be planned", report_.qubits),
                  fmt::format("plans are made for at most {} qubits", kMostPlannedQubits));
    }
    report_.state_bytes = field_bytes(type(), static_cast<int>(report_.qubits));
    host_limit_ = limit;
    machine_ = std::make_unique<quantum::Machine>(script_);
    circuit_ = quantum::Circuit(script_->qubit_count);
    report_.stops_at_measurement = machine_->advance(circuit_, cancel_) != quantum::Machine::Status::finished;
    report_.gates = circuit_.operations().size();
  }

  void expect_room(std::uint64_t needed_bytes, std::uint64_t limit_bytes) {
    if (needed_bytes > limit_bytes) {
      report_.notes.push_back(
          fmt::format("the state of {} does not fit in the {} that there are: basalt run would refuse",
                      format_bytes(needed_bytes), format_bytes(limit_bytes)));
    }
  }

  /// Without opening them: what plans depend on is known before.
  void choose_devices() {
    std::vector<std::string> names = device_names(device_);
    const int qubits = static_cast<int>(report_.qubits);
    if (const std::size_t parts = worthwhile_parts(names.size(), qubits); parts < names.size()) {
      report_.notes.push_back(note_of_fewer_parts(qubits, names.size(), parts));
      names.resize(parts);
    }
    std::vector<DeviceLimits> limits;
    std::vector<std::string> full_names;
    std::map<const vulkan::PhysicalDevice*, std::uint64_t> bytes;
    DeviceWisdomLookup wisdom;
    for (const std::string& name : names) {
      const vulkan::PhysicalDevice& physical = usable_device(name);
      full_names.push_back(physical.properties.name);
      bytes[&physical] += vulkan::device_field_bytes(physical.plan, type(), part_qubits(qubits, names.size()));
      wisdom = look_up_device(physical.properties);
      limits.push_back(choose_device_limits(physical, wisdom.figures, type()));
    }
    for (const auto& [physical, needed] : bytes) {
      expect_room(needed, free_bytes_of(*physical));
    }
    if (!wisdom.note.empty()) {
      report_.notes.push_back(wisdom.note);
    }
    report_.device = join_device_names(full_names);
    report_.driver = vulkan::driver_text(usable_device(names.front()).properties);
    parts_ = names.size();
    device_limits_ = common_limits(limits);
    report_.choices = device_limit_choices(device_limits_, wisdom.figures, type());
  }

  [[nodiscard]] const vulkan::PhysicalDevice& usable_device(const std::string& name) const {
    const vulkan::PhysicalDevice& physical = vulkan::Instance::get().find(name);
    if (!physical.plan.usable) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("device {} cannot be used: {}", physical.properties.name, physical.plan.reason),
                  "choose another device, or plan for the processor");
    }
    expect_numbers(physical, type());
    return physical;
  }

  static std::uint64_t free_bytes_of(const vulkan::PhysicalDevice& physical) {
    std::uint64_t bytes = 0;
    const std::vector<vulkan::HeapBudget> budgets = vulkan::Instance::budgets(physical);
    for (std::size_t i = 0; i < budgets.size(); ++i) {
      bytes = std::max(bytes, physical.properties.heaps[i].device_local ? budgets[i].budget_bytes : 0);
    }
    return bytes;
  }

  /// As run() does, but with what a plan shows besides.
  void settle_backend() {
    const quantum::PassOptions passes = pass_options();
    BackendQuestion question{.circuit = circuit_,
                             .passes = passes,
                             .type = type(),
                             .cpu_seconds = 0,
                             .cpu_source = source_of(look_up_wisdom(inventory_).figures),
                             .cpu_rejection = {}};
    if (report_.state_bytes > host_limit_) {
      question.cpu_rejection = fmt::format("the state takes {}, and {} may be used", format_bytes(report_.state_bytes),
                                           format_bytes(host_limit_));
    } else {
      question.cpu_seconds = plan_circuit(circuit_, passes, type(), limits_, /*touched_axes=*/0).plan.predicted_seconds;
    }
    report_.backend_choice = choose_backend(question, list_gpus, [](const vulkan::DeviceProperties& properties) {
      return look_up_device(properties).figures;
    });
    const Candidate& winner = report_.backend_choice.candidates[report_.backend_choice.winner];
    backend_ = winner.backend;
    device_ = winner.device;
  }

  void choose_plan_limits() {
    const WisdomStatus wisdom = look_up_wisdom(inventory_);
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

  [[nodiscard]] PlannedCircuit plan_circuit_there(const quantum::PassOptions& options) const {
    if (!on_device()) {
      return plan_circuit(circuit_, options, type(), limits_, /*touched_axes=*/0);
    }
    if (parts_ > 1) {
      return plan_circuit_for_parts(circuit_, options, type(), device_limits_, parts_,
                                    AxisPlaces::identity(static_cast<int>(report_.qubits)));
    }
    return plan_circuit_for_device(circuit_, options, type(), device_limits_, /*touched_axes=*/0);
  }

  void plan() {
    const quantum::PassOptions options = pass_options();
    const Stopwatch watch;
    const PlannedCircuit planned = plan_circuit_there(options);
    report_.plan_seconds = watch.seconds();
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
  }

  const Request& request_;
  const CancelToken& cancel_;
  Backend backend_;     ///< Settled before anything is planned.
  std::string device_;  ///< As Request::device.
  std::uint64_t host_limit_ = 0;
  Inventory inventory_;
  std::shared_ptr<const quantum::Script> script_;
  std::unique_ptr<quantum::Machine> machine_;
  quantum::Circuit circuit_;
  PlanLimits limits_;           ///< Of the processor.
  DeviceLimits device_limits_;  ///< Of the devices.
  std::size_t parts_ = 1;       ///< Of the state, one for each device.
  PlanReport report_;
};

}  // namespace

PlanReport explain_plan(const Request& request, const CancelToken* cancel) {
  const CancelToken never;
  try {
    return Explanation(request, cancel != nullptr ? *cancel : never)();
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::out_of_resources, "memory ran out", "close other programs and try again");
  }
}

}  // namespace basalt
