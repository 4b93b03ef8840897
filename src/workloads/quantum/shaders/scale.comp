// Keeps elements whose index has the wanted bits, times a factor; the others become 0. Where a whole block becomes 0 it
// is not read. One workgroup, one block.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "readout.glsl"

layout(push_constant) uniform Push {
  Sweep sweep;
  uint inside_mask;
  uint inside_value;
  uint block_mask;
  uint block_value;
  Real scale;
} push;

void main() {
  const uint group = group_number();
  if (group >= push.sweep.groups) {
    return;
  }
  const uint number = push.sweep.first_group + group;
  Block block = find_block(push.sweep, number);
  const bool keeps = (number & push.block_mask) == push.block_value;
  Amplitude mine[kThreadElements];
  UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
    const uint index = element_of_thread(k);
    mine[k] = Amplitude(0);
    if (keeps && (index & push.inside_mask) == push.inside_value) {
      mine[k] = element(block, index);
    }
  }
  UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
    block.chunk.at[block.low | element_of_thread(k)] = mine[k] * push.scale;
  }
}
