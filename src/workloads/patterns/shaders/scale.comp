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

void main() {
  const uint group = group_number();
  if (group >= push.groups) {
    return;
  }
  const uint number = push.first_group + group;
  setup = Settings(push.setup).of;
  const uint all_rows = setup.size[1] * setup.size[2];
  const uint columns = ((setup.size[0] + 3) / 4 + kThreadsAlongX - 1) / kThreadsAlongX;
  const uint x = 4 * (number % columns * kThreadsAlongX + gl_LocalInvocationID.x % kThreadsAlongX);
  const uint first = (number / columns * (kThreads / kThreadsAlongX) + gl_LocalInvocationID.x / kThreadsAlongX) * kRows;
  if (x >= setup.size[0]) {
    return;
  }
  for (uint row = first; row < min(first + kRows, all_rows); ++row) {
    for (uint species = 0; species < kSpecies; ++species) {
      const Place place = place_of(push.at, species, row);
      Values values = Values(place.address);
      values.at[place.first + x / 4] = values.at[place.first + x / 4] * push.factor;
    }
  }
}
