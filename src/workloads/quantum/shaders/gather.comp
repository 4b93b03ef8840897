// Amplitudes times a phase, in the order of basis states instead of that of the field.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "readout.glsl"

layout(push_constant) uniform Push {
  Sweep sweep;        // given: for each bit of a number, from the lowest, what it changes in a place
  uvec2 first_place;  // of the basis state with number 0
  uint count;         // of basis states
  uint bit_count;
  Amplitude phase;
} push;

layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Bits {
  uvec2 at[];
};

void main() {
  const uint group = group_number();
  if (group >= push.sweep.groups) {
    return;
  }
  Bits bits = Bits(push.sweep.given);
  for (uint k = 0; k < kThreadElements; ++k) {
    const uint number = ((push.sweep.first_group + group) << kBlockAxes) | element_of_thread(k);
    if (number < push.count) {
      uvec2 place = push.first_place;
      for (uint bit = 0; bit < push.bit_count; ++bit) {
        place ^= bits.at[bit] & -((number >> bit) & 1u);
      }
      const Amplitude a = Chunk(Table(push.sweep.table).chunk[place.y]).at[place.x];
      Chunk(push.sweep.results).at[(group << kBlockAxes) | element_of_thread(k)] =
          Amplitude(a.x * push.phase.x - a.y * push.phase.y, a.x * push.phase.y + a.y * push.phase.x);
    }
  }
}
