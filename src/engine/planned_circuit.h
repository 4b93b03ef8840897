// A straight circuit from its gates to a plan: passes, lowering, stages.
#pragma once

#include <vector>

#include "basalt/request.h"
#include "plan/device_stages.h"
#include "plan/plan.h"
#include "workloads/quantum/input/machine.h"
#include "workloads/quantum/lower.h"
#include "workloads/quantum/observable.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt {

struct PlannedCircuit {
  quantum::LoweredCircuit lowered;
  Plan plan;
  std::vector<quantum::PassReport> passes;
};

/// Passes and lowering: all that comes before a plan, and knows no hardware. Pure.
PlannedCircuit lower_circuit(const quantum::Circuit& circuit, const quantum::PassOptions& options);

/// Stages for steps on a state of `axes` axes that is zero where an axis outside of `touched_axes` is 1. Pure.
Plan plan_steps(const Program& program, ElementType type, int axes, const PlanLimits& limits,
                std::uint64_t touched_axes);

/// The same for a device whose workgroups hold tiles of `limits`. Pure.
Plan plan_steps_for_device(const Program& program, ElementType type, int axes, const DeviceLimits& limits,
                           std::uint64_t touched_axes);

/// Both. Pure.
PlannedCircuit plan_circuit(const quantum::Circuit& circuit, const quantum::PassOptions& options, ElementType type,
                            const PlanLimits& limits, std::uint64_t touched_axes);

PlannedCircuit plan_circuit_for_device(const quantum::Circuit& circuit, const quantum::PassOptions& options,
                                       ElementType type, const DeviceLimits& limits, std::uint64_t touched_axes);

/// Passes for a circuit after which other circuits follow: they expect qubits where they were.
quantum::PassOptions options_before_more(const Request& request);

/// Passes for a circuit that ends a program whose classical registers hold `registers`.
quantum::PassOptions options_at_end(const Request& request, const std::vector<quantum::Observable>& observables,
                                    const std::vector<std::vector<quantum::BitSource>>& registers);

}  // namespace basalt
