// Signed sums over the products conj(a_i) · a_(i ^ x), their real or imaginary parts: Σ (−1)^popcount(i & z), for some z
// in one sweep. A workgroup goes through some blocks and has one result for each z.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "readout.glsl"
#include "workgroup_sum.glsl"

layout(constant_id = 2) const uint kStrings = 16;

layout(push_constant) uniform Push {
  Sweep sweep;       // given: kStrings pairs, z inside a block and z of a block's number
  uint inside_flip;  // x likewise
  uint block_flip;
  uint skip;         // a bit of a block's number, 0 for none: only blocks without it are visited
  uint visits;       // blocks for each group
  uint imaginary;
} push;

layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Signs {
  uvec2 at[];
};

Sum negative(Sum a) { return -a; }

Sum product_of(Amplitude a, Amplitude b) {
  if (push.imaginary != 0) {
    precise Sum sum = plus(product(a.x, b.y), negative(product(a.y, b.x)));
    return sum;
  }
  precise Sum sum = plus(product(a.x, b.x), product(a.y, b.y));
  return sum;
}

void main() {
  const uint group = group_number();
  if (group >= push.sweep.groups) {
    return;
  }
  Signs signs = Signs(push.sweep.given);
  Sum sums[kStrings];
  uint negated[kStrings];  // bit k: what the thread's k-th element counts
  UNROLLED for (uint s = 0; s < kStrings; ++s) {
    sums[s] = kNothing;
    negated[s] = 0;
    UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
      negated[s] |= (bitCount(element_of_thread(k) & signs.at[s].x) & 1u) << k;
    }
  }
  const bool flips = (push.inside_flip | push.block_flip) != 0;
  const uint first_visit = (push.sweep.first_group + group) * push.visits;
  for (uint visit = first_visit; visit < first_visit + push.visits; ++visit) {
    const uint number = spread(visit, push.skip);
    Block block = find_block(push.sweep, number);
    Block partner = find_block(push.sweep, number ^ push.block_flip);
    Sum products[kThreadElements];
    UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
      const uint index = element_of_thread(k);
      const Amplitude a = element(block, index);
      products[k] = product_of(a, flips ? element(partner, index ^ push.inside_flip) : a);
    }
    UNROLLED for (uint s = 0; s < kStrings; ++s) {
      const uint negate = negated[s] ^ -(bitCount(number & signs.at[s].y) & 1u);
      UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
        sums[s] = plus(sums[s], (negate >> k & 1u) != 0 ? negative(products[k]) : products[k]);
      }
    }
  }
  UNROLLED for (uint s = 0; s < kStrings; ++s) {
    const Sum sum = workgroup_sum(sums[s]);
    if (gl_LocalInvocationID.x == 0) {
      Sums(push.sweep.results).at[group * kStrings + s] = sum;
    }
  }
}
