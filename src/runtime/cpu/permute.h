// Moves the axes of a field: any permutation of the bits of its indices, as a copy or in place, at near the speed of a
// plain copy. Swaps of two axes, transpositions and bit reversal are all of this kind.
#pragma once

#include "basalt/arena.h"
#include "runtime/cpu/axis_permutation.h"
#include "runtime/memory/field.h"

namespace basalt {

struct PermuteSettings {
  bool streaming = true;  ///< Copies are written around the caches.
  /// Words of a tile: 2^10 are 8 KiB, so that the nearest cache holds a tile and what is on its way. At least 6.
  int max_tile_axes = 10;
  /// In place larger tiles may save a second pass: 2^14 words are 128 KiB, of which a thread has two.
  int max_single_pass_axes = 14;
};

/// target[permute_index(to, i)] = source[i] for all i. Both fields have one type and to.size() axes, and share no
/// memory. Throws Error(bad_usage) for what is no permutation of the axes, and Error(cancelled); the target is then
/// partly written.
void permute(const Field& source, const Field& target, const AxisPermutation& to, const Arena& arena,
             const CancelToken& cancel, const PermuteSettings& settings = {});

/// The same with one field. Throws Error(cancelled); the elements are then in no particular order.
void permute_in_place(const Field& field, const AxisPermutation& to, const Arena& arena, const CancelToken& cancel,
                      const PermuteSettings& settings = {});

}  // namespace basalt
