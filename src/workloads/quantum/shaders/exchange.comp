// The half of a field in which an axis has one value, to or from a buffer: what goes to another part of the state.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "readout.glsl"

layout(push_constant) uniform Push {
  Sweep sweep;      // groups go through the elements of the half, in order of index; results: the buffer
  uint axis;
  uint value;       // of the axis
  uint chunk_axes;
  uint count_axes;  // the half has 2^count_axes elements
  uint to_buffer;   // else from it
} push;

uint low_bits(uint number, uint count) { return number & ((1u << count) - 1u); }

// Of the rank-th element of the half: the axis' value goes between the rank's bits.
uvec2 place_of(uint rank) {
  const uint axis = push.axis;
  const uint chunk_axes = push.chunk_axes;
  if (axis < chunk_axes) {
    const uint above = rank >> axis;
    const uint rest = chunk_axes - 1 - axis;
    return uvec2(((low_bits(above, rest) << 1 | push.value) << axis) | low_bits(rank, axis), above >> rest);
  }
  const uint chunk = rank >> chunk_axes;
  const uint within = axis - chunk_axes;
  return uvec2(low_bits(rank, chunk_axes),
               (((chunk >> within) << 1 | push.value) << within) | low_bits(chunk, within));
}

void main() {
  const uint group = group_number();
  if (group >= push.sweep.groups) {
    return;
  }
  Chunk buffer_elements = Chunk(push.sweep.results);
  for (uint k = 0; k < kThreadElements; ++k) {
    const uint in_buffer = (group << kBlockAxes) | element_of_thread(k);
    const uint rank = ((push.sweep.first_group + group) << kBlockAxes) | element_of_thread(k);
    if (push.count_axes < 32 && rank >> push.count_axes != 0) {
      return;
    }
    const uvec2 place = place_of(rank);
    Chunk chunk = Chunk(Table(push.sweep.table).chunk[place.y]);
    if (push.to_buffer != 0) {
      buffer_elements.at[in_buffer] = chunk.at[place.x];
    } else {
      chunk.at[place.x] = buffer_elements.at[in_buffer];
    }
  }
}
