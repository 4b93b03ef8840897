// Register broadcast: a gate on registers is one gate for each index of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/quantum/input/value.h"

namespace basalt::quantum {

/// One operand of a gate: a single qubit in `value->word`, or a register in `value->list`.
struct Operand {
  bool single = true;
  const Value* value = nullptr;
};

/// The operands of all instances, one after the other. Throws Fault when registers differ in size or an instance
/// names a qubit twice.
std::vector<std::uint32_t> broadcast(std::span<const Operand> operands);

}  // namespace basalt::quantum
