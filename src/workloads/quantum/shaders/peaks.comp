// The element of each block with the largest |a|²; of equals that with the lowest basis state. One workgroup, one block,
// one result.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "readout.glsl"

layout(push_constant) uniform Push {
  Sweep sweep;
  uint flipped;  // axes of a block that hold the opposite of their qubit
  uvec2 ranks;   // four bits for each axis of a block: its place among these by their qubits
} push;

struct Peak {
  Sum value;
  uint rank;  // of the basis states in the block
  uint unused;
};

layout(buffer_reference, std430, buffer_reference_align = 8) writeonly buffer Peaks {
  Peak at[];
};

shared Sum values[kThreads];
shared uint ranks[kThreads];

uint rank_of(uint index) {
  index ^= push.flipped;
  uint rank = 0;
  UNROLLED for (uint axis = 0; axis < 8; ++axis) {
    rank |= ((index >> axis) & 1u) << ((push.ranks.x >> (4 * axis)) & 15u);
  }
  UNROLLED for (uint axis = 8; axis < kBlockAxes; ++axis) {
    rank |= ((index >> axis) & 1u) << ((push.ranks.y >> (4 * (axis - 8))) & 15u);
  }
  return rank;
}

bool comes_before(Sum value, uint rank, Sum other_value, uint other_rank) {
  return is_above(value, other_value) || (value == other_value && rank < other_rank);
}

void main() {
  const uint group = group_number();
  if (group >= push.sweep.groups) {
    return;
  }
  const uint thread = gl_LocalInvocationID.x;
  Block block = find_block(push.sweep, push.sweep.first_group + group);
  Sum best = norm_of(element(block, thread));
  uint best_rank = rank_of(thread);
  UNROLLED for (uint k = 1; k < kThreadElements; ++k) {
    const uint index = element_of_thread(k);
    const Sum value = norm_of(element(block, index));
    const uint rank = rank_of(index);
    if (comes_before(value, rank, best, best_rank)) {
      best = value;
      best_rank = rank;
    }
  }
  values[thread] = best;
  ranks[thread] = best_rank;
  barrier();
  for (uint half_of = kThreads / 2; half_of != 0; half_of /= 2) {
    if (thread < half_of &&
        comes_before(values[thread + half_of], ranks[thread + half_of], values[thread], ranks[thread])) {
      values[thread] = values[thread + half_of];
      ranks[thread] = ranks[thread + half_of];
    }
    barrier();
  }
  if (thread == 0) {
    Peaks(push.sweep.results).at[group] = Peak(values[0], ranks[0], 0);
  }
}
