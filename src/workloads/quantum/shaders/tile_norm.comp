// Σ |a|² of one tile of a stage, by one workgroup. Where the tile lies is data, so that what was recorded for one serves
// for others.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "readout.glsl"
#include "workgroup_sum.glsl"

// Places, and sets of axes, have two parts as in field.glsl: low, and chunk.
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Tile {
  uvec2 base;
  uvec2 thread_axes;    // the tile's lowest, by which threads differ
  uvec2 register_axes;  // the others, by which elements of a thread do
};

layout(push_constant) uniform Push {
  uvec2 table;
  uvec2 tile;
  uvec2 result;
} push;

// Puts the low bits of `number` where `axes` has bits.
uvec2 place_of(uint number, uvec2 axes) {
  uvec2 place = uvec2(0);
  for (uint rest = axes.x; rest != 0; rest &= rest - 1) {
    place.x |= rest & -rest & -(number & 1u);
    number >>= 1;
  }
  for (uint rest = axes.y; rest != 0; rest &= rest - 1) {
    place.y |= rest & -rest & -(number & 1u);
    number >>= 1;
  }
  return place;
}

// That of the next larger number.
uvec2 next_place(uvec2 place, uvec2 axes) {
  place.x = (place.x - axes.x) & axes.x;
  if (place.x == 0) {
    place.y = (place.y - axes.y) & axes.y;
  }
  return place;
}

void main() {
  Tile tile = Tile(push.tile);
  Table table = Table(push.table);
  const uvec2 own = tile.base | place_of(gl_LocalInvocationID.x, tile.thread_axes);
  const uvec2 axes = tile.register_axes;
  Amplitude mine[kThreadElements];
  uvec2 step = uvec2(0);
  UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
    const uvec2 place = own | step;
    mine[k] = Chunk(table.chunk[place.y]).at[place.x];
    step = next_place(step, axes);
  }
  Sum sum = kNothing;
  UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
    sum = plus(sum, norm_of(mine[k]));
  }
  sum = workgroup_sum(sum);
  if (gl_LocalInvocationID.x == 0) {
    Sums(push.result).at[0] = sum;
  }
}
