#include "engine/planned_circuit.h"

#include <algorithm>

#include "workloads/quantum/kernels/tile_compiler.h"
#include "workloads/quantum/shaders/device_run.h"

namespace basalt {

PlannedCircuit lower_circuit(const quantum::Circuit& circuit, const quantum::PassOptions& options) {
  PlannedCircuit result;
  quantum::GateList list = list_gates(circuit);
  result.passes = run_passes(list, options);
  result.lowered = lower(list);
  return result;
}

Plan plan_steps(const Program& program, ElementType type, int axes, const PlanLimits& limits,
                std::uint64_t touched_axes) {
  return make_plan(
      program, type, axes, limits,
      {.touched_axes = touched_axes, .tiles = quantum::tile_compiler(), .runs_in_tiles = quantum::runs_in_tiles});
}

Plan plan_steps_for_device(const Program& program, ElementType type, int axes, const DeviceLimits& limits,
                           std::uint64_t touched_axes) {
  return make_device_plan(program, type, std::max(axes, limits.tile_axes), limits,
                          {.touched_axes = touched_axes, .describe = quantum::describe_device_tile});
}

PlannedCircuit plan_circuit(const quantum::Circuit& circuit, const quantum::PassOptions& options, ElementType type,
                            const PlanLimits& limits, std::uint64_t touched_axes) {
  PlannedCircuit result = lower_circuit(circuit, options);
  result.plan = plan_steps(result.lowered.program, type, static_cast<int>(circuit.qubit_count()), limits, touched_axes);
  return result;
}

PlannedCircuit plan_circuit_for_device(const quantum::Circuit& circuit, const quantum::PassOptions& options,
                                       ElementType type, const DeviceLimits& limits, std::uint64_t touched_axes) {
  PlannedCircuit result = lower_circuit(circuit, options);
  result.plan = plan_steps_for_device(result.lowered.program, type, static_cast<int>(circuit.qubit_count()), limits,
                                      touched_axes);
  return result;
}

quantum::PassOptions options_before_more(const Request& request) {
  quantum::PassOptions options{.without = request.without_passes};
  options.without.emplace_back("rename-qubits");
  return options;
}

quantum::PassOptions options_at_end(const Request& request, const std::vector<quantum::Observable>& observables,
                                    const std::vector<std::vector<quantum::BitSource>>& registers) {
  quantum::PassOptions options{.without = request.without_passes};
  if (request.top > 0 || !request.save_state.empty()) {
    return options;
  }
  options.wanted_qubits = 0;
  options.phases_matter = false;
  for (const std::uint32_t qubit : request.probability_qubits) {
    options.wanted_qubits |= std::uint64_t{1} << qubit;
  }
  for (const quantum::Observable& observable : observables) {
    for (const quantum::PauliTerm& term : observable.terms) {
      options.wanted_qubits |= term.x_mask | term.z_mask;
      options.phases_matter = options.phases_matter || term.x_mask != 0;
    }
  }
  for (const std::vector<quantum::BitSource>& bits : registers) {
    for (const quantum::BitSource& bit : bits) {
      options.wanted_qubits |= bit.is_qubit ? std::uint64_t{1} << bit.qubit : 0;
    }
  }
  return options;
}

}  // namespace basalt
