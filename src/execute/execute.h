// Runs a plan on a field. Called by the engine; knows kernels by id only.
#pragma once

#include <cstddef>
#include <functional>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "plan/plan.h"
#include "runtime/backend/kernel.h"

namespace basalt {

/// What an execution needs besides the plan. References must outlive it.
struct ExecuteContext {
  const KernelRegistry& kernels;
  const Arena& arena;
  const CancelToken& cancel;
  std::function<void()> at_boundary;  ///< Before each stage; may wait, and may move the field's block.
  std::function<void(std::size_t steps)> on_steps_done;  ///< After each stage; may be empty.
};

/// Applies every stage in order. Throws Error(cancelled) between pieces; the field is then in no useful state.
void execute(const Plan& plan, const Program& program, Field& field, const ExecuteContext& context);

}  // namespace basalt
