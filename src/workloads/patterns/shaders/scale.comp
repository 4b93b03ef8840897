// The yardstick: every number of the species in place times a factor.
#version 450
#include "cells.glsl"

layout(constant_id = 8) const uint kRows = 16;  // of a thread

layout(push_constant) uniform Push {
  uvec2 setup;
  uvec2 at;  // table of fields
  uint first_group;
  uint groups;
  Real factor;
} push;

// 16 bytes of numbers: what threads side by side read and write at once are whole lines.
#ifdef F64
#define Quad dvec2
const uint kQuads = 2;  // of a Value
#else
#define Quad vec4
const uint kQuads = 1;
#endif
layout(buffer_reference, std430, buffer_reference_align = 16) buffer Quads {
  Quad at[];
};

void main() {
  const uint group = group_number();
  if (group >= push.groups) {
    return;
  }
  const uint number = push.first_group + group;
  setup = Settings(push.setup).of;
  const uint all_rows = setup.size[1] * setup.size[2];
  const uint quads = (setup.size[0] + 3) / 4 * kQuads;
  const uint columns = (quads + kQuads * kThreadsAlongX - 1) / (kQuads * kThreadsAlongX);
  const uint x = number % columns * kQuads * kThreadsAlongX + gl_LocalInvocationID.x % kThreadsAlongX;
  const uint first = (number / columns * (kThreads / kThreadsAlongX) + gl_LocalInvocationID.x / kThreadsAlongX) * kRows;
  for (uint row = first; row < min(first + kRows, all_rows); ++row) {
    for (uint species = 0; species < kSpecies; ++species) {
      const Place place = place_of(push.at, species, row);
      Quads numbers = Quads(place.address);
      for (uint quad = x; quad < min(x + kQuads * kThreadsAlongX, quads); quad += kThreadsAlongX) {
        const uint at = place.first * kQuads + quad;
        numbers.at[at] = numbers.at[at] * push.factor;
      }
    }
  }
}
