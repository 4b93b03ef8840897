// Fused multiply-adds on registers and nothing else, for measuring how fast a processor computes.
#pragma once

#include <cstdint>

namespace basalt {

enum class RealType : std::uint8_t { f32, f64 };

/// Does about `flops` operations (a multiply-add is two) with the instruction set `target`, a bit of Highway's that
/// this processor has. Returns how many it did.
double run_multiply_adds(std::int64_t target, RealType type, double flops);

}  // namespace basalt
