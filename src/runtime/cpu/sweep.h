// The yardstick of every speed that Basalt reports: one in-place scale of an array, at memory speed.
#pragma once

#include "basalt/arena.h"
#include "runtime/memory/field.h"

namespace basalt {

/// Multiplies every element of the field by a factor of 1 (values are unchanged, bit for bit, NaN payloads aside), on
/// all threads of the arena: reads and writes the whole field once. Returns seconds: the smallest of several sweeps
/// while they are short.
double measure_sweep_seconds(const Field& field, const Arena& arena, const CancelToken& cancel);

/// The instruction set that kernels run with, e.g. "AVX3"; as Highway names it.
const char* simd_target();

}  // namespace basalt
