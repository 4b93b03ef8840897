// Sums of |a|² by the values of some axes. A workgroup has one value of those above a block, goes through blocks that
// agree in it, and has a result for each value of those inside a block: by the order of axes, as all results are.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "readout.glsl"

layout(push_constant) uniform Push {
  Sweep sweep;
  uint inside;         // the wanted axes of a block
  uint wanted_blocks;  // and of a block's number: their value is a group's lowest bits
  uint copy_blocks;    // and that of these, which only cut the work into pieces, its others
  uint all_blocks;     // mask of a block's number
  uint visits;         // blocks for each group
} push;

shared Sum parts[kThreads];

// The bits of `index` that `mask` has, moved together.
uint gather(uint index, uint mask) {
  uint result = 0;
  uint place = 1;
  for (uint rest = mask; rest != 0; rest &= rest - 1) {
    result |= (index & rest & -rest) != 0 ? place : 0u;
    place <<= 1;
  }
  return result;
}

void main() {
  const uint group = group_number();
  if (group >= push.sweep.groups) {
    return;
  }
  const uint thread = gl_LocalInvocationID.x;
  const uint piece = push.sweep.first_group + group;
  const uint wanted_count = bitCount(push.wanted_blocks);
  const uint value = spread(piece & ((1u << wanted_count) - 1u), push.all_blocks & ~push.wanted_blocks);
  const uint copy = spread(piece >> wanted_count, push.all_blocks & ~push.copy_blocks);
  const uint chosen = push.wanted_blocks | push.copy_blocks;

  Sum sums[kThreadElements];
  UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
    sums[k] = kNothing;
  }
  uint number = 0;
  for (uint visit = 0; visit < push.visits; ++visit) {
    Block block = find_block(push.sweep, number | value | copy);
    UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
      sums[k] = plus(sums[k], norm_of(element(block, element_of_thread(k))));
    }
    number = ((number | chosen) + 1) & ~chosen;
  }

  // The axes of a block beyond the threads' are those of a thread's elements.
  const uint thread_axes = kThreads - 1;
  const uint k_wanted = push.inside / kThreads;
  UNROLLED for (uint bit = 1; bit < kThreadElements; bit *= 2) {
    if ((k_wanted & bit) == 0) {
      UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
        if ((k & bit) == 0) {
          sums[k] = plus(sums[k], sums[k | bit]);
        }
      }
    }
  }
  const uint thread_wanted = push.inside & thread_axes;
  const uint runs_below = bitCount(thread_wanted);
  const uint first = group << bitCount(push.inside);
  const uint entry = gather(thread, thread_wanted);
  UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
    if ((k & ~k_wanted) == 0) {
      parts[thread] = sums[k];
      barrier();
      for (uint axis = kThreads / 2; axis != 0; axis /= 2) {
        if ((thread_wanted & axis) == 0) {
          if ((thread & axis) == 0) {
            parts[thread] = plus(parts[thread], parts[thread | axis]);
          }
          barrier();
        }
      }
      if ((thread & ~thread_wanted) == 0) {
        Sums(push.sweep.results).at[first + (gather(k, k_wanted) << runs_below) + entry] = parts[thread];
      }
      barrier();
    }
  }
}
