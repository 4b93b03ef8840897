// Plan: a program cut into stages, with what each is predicted to move. Plain data; making it touches no device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plan/limits.h"
#include "plan/program.h"
#include "runtime/memory/field.h"

namespace basalt {

/// A run of steps that are local to one choice of tile. Today's tile is the whole field and a stage is one step.
struct Stage {
  std::size_t first_step = 0;
  std::size_t step_count = 1;
  std::uint64_t pieces = 1;    ///< Into how many slices the work is cut.
  double predicted_bytes = 0;  ///< Read plus written.
};

struct Plan {
  std::vector<Stage> stages;
  double predicted_bytes = 0;
};

/// Pure: the same program, field shape and limits give the same plan.
Plan make_plan(const Program& program, ElementType type, int axes, const PlanLimits& limits);

}  // namespace basalt
