// Operations where the axes of their field have moved, or where some of them have one value only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plan/plan.h"
#include "plan/program.h"

namespace basalt::quantum {

/// The same step where axis a of the field has become axis place[a]. Of the kernels that lower() uses.
Step move_axes(const Step& step, std::span<const std::uint8_t> place);

/// Stages and their program.
struct PartProgram {
  Program program;
  std::vector<Stage> stages;  ///< As many as there were; of some, no steps may be left.
};

/// What is left of stages in the part of the field in which the axes `axes` have the value `value` (a subset of them),
/// as a program for that part alone. No step mixes any of `axes`.
PartProgram restrict_to_part(const Program& program, std::span<const Stage> stages, std::uint64_t axes,
                             std::uint64_t value);

}  // namespace basalt::quantum
