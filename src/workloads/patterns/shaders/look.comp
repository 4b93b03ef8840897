// Looks at all cells: for the first row that holds no finite number, and for sums. One workgroup, one block of rows.
#version 450
#include "cells.glsl"

layout(constant_id = 8) const uint kRows = 16;  // of a thread
layout(constant_id = 9) const uint kSums = 0;   // or only for numbers that are not finite

layout(push_constant) uniform Push {
  uvec2 setup;
  uvec2 at;     // table of fields
  uvec2 bad;    // the least row with a number that is not finite, for each species
  uvec2 sums;   // of each species and workgroup
  uint first_group;
  uint groups;
  uint all_groups;  // of all dispatches
} push;

struct Sums {
  Real sum;      // of differences from the species' first cell: nothing cancels
  Real squares;  // of the same
  Real least;
  Real most;
};

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Bad {
  uint row[];
};
layout(buffer_reference, std430, buffer_reference_align = 16) buffer AllSums {
  Sums of[];
};

const uint kThreadsAcross = kThreads / kThreadsAlongX;
shared Sums parts[kThreads];

bool is_finite(Real value) {
#ifdef F64
  return (unpackDouble2x32(value).y & 0x7FF00000u) != 0x7FF00000u;
#else
  return (floatBitsToUint(value) & 0x7F800000u) != 0x7F800000u;
#endif
}

Sums together(Sums a, Sums b) {
  precise Sums result;
  result.sum = a.sum + b.sum;
  result.squares = a.squares + b.squares;
  result.least = min(a.least, b.least);
  result.most = max(a.most, b.most);
  return result;
}

void main() {
  const uint group = group_number();
  if (group >= push.groups) {
    return;
  }
  const uint number = push.first_group + group;
  setup = Settings(push.setup).of;
  const uint all_rows = setup.size[1] * setup.size[2];
  const uint columns = ((setup.size[0] + 3) / 4 + kThreadsAlongX - 1) / kThreadsAlongX;
  const uint thread = gl_LocalInvocationID.x;
  const uint x = 4 * (number % columns * kThreadsAlongX + thread % kThreadsAlongX);
  const uint first = (number / columns * kThreadsAcross + thread / kThreadsAlongX) * kRows;
  for (uint species = 0; species < kSpecies; ++species) {
    const Place origin = place_of(push.at, species, 0);
    const Real near = Reals(origin.address).at[0];
    Sums mine = Sums(Real(0), Real(0), near, near);
    uint bad = 0xFFFFFFFFu;
    for (uint row = first; row < min(first + kRows, all_rows); ++row) {
      if (x < setup.size[0]) {
        const Place place = place_of(push.at, species, row);
        const Value cells = Values(place.address).at[place.first + x / 4];
        for (uint lane = 0; lane < min(4, setup.size[0] - x); ++lane) {
          const Real value = cell_of(cells, lane);
          if (!is_finite(value)) {
            bad = min(bad, row);
          }
          if (kSums != 0) {
            precise Real difference = value - near;
            precise Real square = difference * difference;
            mine = together(mine, Sums(difference, square, value, value));
          }
        }
      }
    }
    if (bad != 0xFFFFFFFFu) {
      atomicMin(Bad(push.bad).row[species], bad);
    }
    if (kSums != 0) {
      parts[thread] = mine;
      barrier();
      for (uint half_of = kThreads / 2; half_of != 0; half_of /= 2) {
        if (thread < half_of) {
          parts[thread] = together(parts[thread], parts[thread + half_of]);
        }
        barrier();
      }
      if (thread == 0) {
        AllSums(push.sums).of[species * push.all_groups + number] = parts[0];
      }
      barrier();
    }
  }
}
