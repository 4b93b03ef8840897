// Orders the operations of one stage. Part of cut_stages().
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plan/program.h"

namespace basalt {

/// Moves phases together: operations that mix, then phases, then operations that mix, with as few changes between the
/// two as any order has that gives the same result. Otherwise keeps the order. Linear in the operations.
void order_stage(std::span<const Access> operations, std::vector<std::uint32_t>& steps);

}  // namespace basalt
