// Σ |a|² of blocks: one workgroup, one block, one result. Only elements whose index has the wanted bits count, and only
// blocks that may have such are visited.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "readout.glsl"
#include "workgroup_sum.glsl"

layout(push_constant) uniform Push {
  Sweep sweep;
  uint inside_mask;
  uint inside_value;
  uint block_mask;
  uint block_value;
} push;

void main() {
  const uint group = group_number();
  if (group >= push.sweep.groups) {
    return;
  }
  const uint number = spread(push.sweep.first_group + group, push.block_mask) | push.block_value;
  Block block = find_block(push.sweep, number);
  Amplitude mine[kThreadElements];
  UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
    const uint index = element_of_thread(k);
    mine[k] = Amplitude(0);
    if ((index & push.inside_mask) == push.inside_value) {
      mine[k] = element(block, index);
    }
  }
  Sum sum = kNothing;
  UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
    sum = plus(sum, norm_of(mine[k]));
  }
  sum = workgroup_sum(sum);
  if (gl_LocalInvocationID.x == 0) {
    Sums(push.sweep.results).at[group] = sum;
  }
}
