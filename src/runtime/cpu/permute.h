// Moves the axes of a field: any permutation of the bits of its indices, as a copy or in place, at near the speed of a
// plain copy. Swaps of two axes, transpositions and bit reversal are all of this kind.
#pragma once

#include "basalt/arena.h"
#include "runtime/cpu/axis_permutation.h"
#include "runtime/memory/field.h"

namespace basalt {

struct PermuteSettings {
  bool streaming = true;   ///< Copies larger than a cache are written around the caches.
  int max_tile_axes = 12;  ///< Words of a tile: 2^12 are 32 KiB. At least 6.
};

/// target[permute_index(to, i)] = source[i] for all i. Both fields have one type and to.size() axes, and share no
/// memory. Throws Error(cancelled); the target is then partly written.
void permute(const Field& source, const Field& target, const AxisPermutation& to, const Arena& arena,
             const CancelToken& cancel, const PermuteSettings& settings = {});

/// The same with one field. Throws Error(cancelled); the elements are then in no particular order.
void permute_in_place(const Field& field, const AxisPermutation& to, const Arena& arena, const CancelToken& cancel,
                      const PermuteSettings& settings = {});

}  // namespace basalt
