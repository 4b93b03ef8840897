// Between the two layouts of complex numbers: interleaved (re, im, re, im, ...), as fields are, and split (all real
// parts, all imaginary parts), which vectors without complex instructions like better.
#pragma once

#include "basalt/arena.h"
#include "runtime/memory/field.h"

namespace basalt {

/// The layout's other end: two arrays of as many real numbers as the field has elements (f32 for c64, f64 for c128),
/// both aligned to 64 bytes and apart from the field.
struct SplitArrays {
  std::byte* real = nullptr;
  std::byte* imaginary = nullptr;
};

/// Elements of the padding, too. Throws Error(cancelled); the arrays are then partly written.
void split_complex(const Field& field, const SplitArrays& into, const Arena& arena, const CancelToken& cancel);

/// The way back. Throws Error(cancelled); the field is then partly written.
void interleave_complex(const SplitArrays& from, const Field& field, const Arena& arena, const CancelToken& cancel);

}  // namespace basalt
