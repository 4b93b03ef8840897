// What a run would do, as far as that is known before anything is run: the way of run.cpp up to its first allocation.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "basalt/error.h"
#include "basalt/plan.h"
#include "basalt/tune.h"
#include "base/stopwatch.h"
#include "engine/choices.h"
#include "engine/device_figures.h"
#include "engine/device_job.h"
#include "engine/memory_budget.h"
#include "engine/pass_entry.h"
#include "engine/planned_circuit.h"
#include "engine/prepared_program.h"
#include "engine/results.h"
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
  Explanation(const Request& request, const CancelToken& cancel) : request_(request), cancel_(cancel) {}

  PlanReport operator()() {
    check_request(request_);
    inventory_ = take_inventory();
    compile_program();
    if (on_device()) {
      choose_device();
    } else {
      choose_plan_limits();
    }
    plan();
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool on_device() const noexcept { return request_.backend == Backend::vulkan; }
  [[nodiscard]] ElementType type() const noexcept { return element_type_of(request_.precision); }

  void compile_program() {
    const std::uint64_t limit = memory_limit(request_, inventory_.memory_bytes).value;
    script_ = std::make_shared<const quantum::Script>(bind_inputs(
        request_.prepared ? request_.prepared->script : prepare_program(request_.source, limit, cancel_).script,
        request_.inputs));
    report_.notes = script_->notes;
    report_.qubits = script_->qubit_count;
    report_.precision = request_.precision;
    report_.backend = request_.backend;
    if (report_.qubits > kMostPlannedQubits) {
      throw Error(ErrorCode::out_of_resources, fmt::format("a state of {} qubits cannot be planned", report_.qubits),
                  fmt::format("plans are made for at most {} qubits", kMostPlannedQubits));
    }
    report_.state_bytes = field_bytes(type(), static_cast<int>(report_.qubits));
    if (!on_device()) {
      expect_room(report_.state_bytes, limit);
    }
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

  /// Without opening it: what plans depend on is known before.
  void choose_device() {
    const vulkan::PhysicalDevice& physical = vulkan::Instance::get().find(request_.device);
    if (!physical.plan.usable) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("device {} cannot be used: {}", physical.properties.name, physical.plan.reason),
                  "choose another device, or plan for the processor");
    }
    expect_numbers(physical, type());
    report_.device = physical.properties.name;
    report_.driver = vulkan::driver_text(physical.properties);
    std::uint64_t free_bytes = 0;
    const std::vector<vulkan::HeapBudget> budgets = vulkan::Instance::budgets(physical);
    for (std::size_t i = 0; i < budgets.size(); ++i) {
      if (physical.properties.heaps[i].device_local) {
        free_bytes = std::max(free_bytes, budgets[i].budget_bytes);
      }
    }
    expect_room(vulkan::device_field_bytes(physical.plan, type(), static_cast<int>(report_.qubits)), free_bytes);
    const DeviceWisdomLookup wisdom = look_up_device(physical.properties);
    if (!wisdom.note.empty()) {
      report_.notes.push_back(wisdom.note);
    }
    device_limits_ = choose_device_limits(physical, wisdom.figures, type());
    report_.choices = device_limit_choices(device_limits_, wisdom.figures, type());
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

  void plan() {
    const quantum::PassOptions options = pass_options();
    const Stopwatch watch;
    const PlannedCircuit planned =
        on_device() ? plan_circuit_for_device(circuit_, options, type(), device_limits_, /*touched_axes=*/0)
                    : plan_circuit(circuit_, options, type(), limits_, /*touched_axes=*/0);
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
  Inventory inventory_;
  std::shared_ptr<const quantum::Script> script_;
  std::unique_ptr<quantum::Machine> machine_;
  quantum::Circuit circuit_;
  PlanLimits limits_;           ///< Of the processor.
  DeviceLimits device_limits_;  ///< Of the device.
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
