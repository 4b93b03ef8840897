// One visit of the grid: rates at all cells, and what a method of integration makes of them. Or the auxiliary field of
// a model of fourth order.
//
// A thread has four cells of a row, and marches from row to row: along y in a plane, along z in a volume. The rows that
// it has read stay in registers.
#version 450
#include "cells.glsl"

layout(constant_id = 8) const uint kRows = 16;        // that a thread marches
layout(constant_id = 9) const uint kNext = 1;         // next = base + next_factor · rate; 1: its base is what is looked at
layout(constant_id = 10) const uint kSum = 0;         // sum = sum_base + sum_factor · rate; 1: the same
layout(constant_id = 11) const uint kOnlyAuxiliary = 0;  // next = the auxiliary field

layout(push_constant) uniform Push {
  uvec2 setup;
  uvec2 at;  // tables of fields, each: where Laplacians look
  uvec2 auxiliary;
  uvec2 base;
  uvec2 next;
  uvec2 sum_base;
  uvec2 sum;
  uint first_group;
  uint groups;
  Real next_factor;
  Real sum_factor;
} push;

const uint kThreadsAcross = kThreads / kThreadsAlongX;  // over strips of rows
const uint kFields = kOnlyAuxiliary != 0 ? 1 : kSpecies + kAuxiliary;

// Of each field that is looked at, where it has one chunk.
uvec2 only_chunk[kMostFields];

uvec2 table_of(uint field) { return field < kSpecies ? push.at : push.auxiliary; }
uint number_of(uint field) { return field < kSpecies ? field : field - kSpecies; }

Place place_looked_at(uint field, uint row) {
  return kOneChunk != 0 ? Place(only_chunk[field], row * setup.row_values)
                        : place_of(table_of(field), number_of(field), row);
}

// Four cells of a row from `x` on; what lies beyond the row's ends.
Row load_row(uint field, uint row, uint x) {
  const Place place = place_looked_at(field, row);
  const uint last = setup.size[0] - 1;
  const uint first_cell = 4 * place.first;
  const uint value = place.first + x / 4;
  Row result;
  result.cells = Values(place.address).at[value];
  result.after = Real(0);
  if (x > 0) {
    result.before = Values(place.address).at[value - 1].w;
  } else if (is_periodic(0)) {
    result.before = Reals(place.address).at[first_cell + last];
  } else {
    result.before = beyond(0, true, result.cells.x);
  }
  if (x + 3 < last) {
    result.after = Values(place.address).at[value + 1].x;
  } else {
    const uint lane = last - x;
    set_cell(result, lane + 1,
             is_periodic(0) ? Reals(place.address).at[first_cell] : beyond(0, false, cell_of(result.cells, lane)));
  }
  return result;
}

// The same of row (y, z), of which one may lie one beyond the grid.
Row load_around(uint field, int y, int z, uint x) {
  const int rows = int(setup.size[1]);
  const int planes = int(setup.size[2]);
  const bool out_of_rows = y < 0 || y >= rows;
  const bool out_of_planes = kNeighbours == kVolume && (z < 0 || z >= planes);
  int inner_y = y;
  int inner_z = z;
  if (out_of_rows) {
    inner_y = (y < 0) == is_periodic(1) ? rows - 1 : 0;
  }
  if (out_of_planes) {
    inner_z = (z < 0) == is_periodic(2) ? planes - 1 : 0;
  }
  Row row = load_row(field, uint(inner_y) + setup.size[1] * uint(inner_z), x);
  if (out_of_rows && !is_periodic(1)) {
    row = row_beyond(1, y < 0, row);
  }
  if (out_of_planes && !is_periodic(2)) {
    row = row_beyond(2, z < 0, row);
  }
  return row;
}

void store(uvec2 table, uint field, uint row, uint x, Value value) {
  const Place place = place_of(table, field, row);
  Values(place.address).at[place.first + x / 4] = value;
}

Value load(uvec2 table, uint field, uint row, uint x) {
  const Place place = place_of(table, field, row);
  return Values(place.address).at[place.first + x / 4];
}

void integrate(uint field, uint row, uint x, Value centre, Value rate) {
  if (kNext != 0) {
    const Value base = kNext == 1 ? centre : load(push.base, field, row, x);
    precise Value next = base + push.next_factor * rate;
    store(push.next, field, row, x, next);
  }
  if (kSum != 0) {
    const Value base = kSum == 1 ? centre : load(push.sum_base, field, row, x);
    precise Value sum = base + push.sum_factor * rate;
    store(push.sum, field, row, x, sum);
  }
}

void main() {
  const uint group = group_number();
  if (group >= push.groups) {
    return;
  }
  const uint number = push.first_group + group;
  setup = Settings(push.setup).of;
  const uint columns = ((setup.size[0] + 3) / 4 + kThreadsAlongX - 1) / kThreadsAlongX;
  const uint x = 4 * (number % columns * kThreadsAlongX + gl_LocalInvocationID.x % kThreadsAlongX);
  const uint strip = gl_LocalInvocationID.x / kThreadsAlongX;
  const uint block = number / columns;
  // where the march begins, and over how many rows it goes
  uint y = 0;
  uint z = 0;
  uint rows = 1;
  if (kNeighbours == kVolume) {
    const uint blocks = (setup.size[1] + kThreadsAcross - 1) / kThreadsAcross;
    y = block % blocks * kThreadsAcross + strip;
    z = block / blocks * kRows;
    rows = y < setup.size[1] ? min(kRows, setup.size[2] - z) : 0;
  } else if (kNeighbours != kLine) {
    y = (block * kThreadsAcross + strip) * kRows;
    rows = y < setup.size[1] ? min(kRows, setup.size[1] - y) : 0;
  } else if (strip > 0) {
    rows = 0;
  }
  if (x >= setup.size[0] || rows == 0) {
    return;
  }
  // no vector: lavapipe makes 0 of one that is chosen by a specialisation constant
  const int forward_y = kNeighbours == kVolume ? 0 : 1;
  const int forward_z = 1 - forward_y;
  ivec2 at = ivec2(y, z);
  Value p[kMostParameters];
  load_parameters(p);
  Row before[kMostFields];
  Row centre[kMostFields];
  Row after[kMostFields];
  [[unroll]] for (uint field = 0; field < kMostFields; ++field) {
    if (field < kFields) {
      only_chunk[field] = Table(table_of(field)).chunk[number_of(field) * setup.chunks];
      centre[field] = load_around(field, at.x, at.y, x);
      before[field] = centre[field];
      after[field] = centre[field];
      if (kNeighbours != kLine) {
        before[field] = load_around(field, at.x - forward_y, at.y - forward_z, x);
      }
    }
  }
  for (uint i = 0; i < rows; ++i) {
    Value values[kMostFields];
    Value laplacians[kMostFields];
    [[unroll]] for (uint field = 0; field < kMostFields; ++field) {
      values[field] = Value(0);
      laplacians[field] = Value(0);
      if (field < kFields) {
        if (kNeighbours != kLine) {
          after[field] = load_around(field, at.x + forward_y, at.y + forward_z, x);
        }
        values[field] = centre[field].cells;
        precise Value laplacian;
        if (kNeighbours == kVolume) {
          const Row south = load_around(field, at.x - 1, at.y, x);
          const Row north = load_around(field, at.x + 1, at.y, x);
          laplacian = setup.laplacian_scale *
                      laplacian_of(centre[field], south, north, before[field].cells, after[field].cells);
        } else {
          laplacian = setup.laplacian_scale *
                      laplacian_of(centre[field], before[field], after[field], Value(0), Value(0));
        }
        laplacians[field] = laplacian;
      }
    }
    const uint row = uint(at.x) + setup.size[1] * uint(at.y);
    if (kOnlyAuxiliary != 0) {
      Value w;
      auxiliary(values, laplacians, p, w);
      store(push.next, 0, row, x, w);
    } else {
      Value rate[kMostFields];
      rates(values, laplacians, p, rate);
      [[unroll]] for (uint species = 0; species < kMostFields; ++species) {
        if (species < kSpecies) {
          integrate(species, row, x, values[species], rate[species]);
        }
      }
    }
    [[unroll]] for (uint field = 0; field < kMostFields; ++field) {
      before[field] = centre[field];
      centre[field] = after[field];
    }
    at += ivec2(forward_y, forward_z);
  }
}
