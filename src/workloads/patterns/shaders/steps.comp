// Several steps of Euler's method in one visit of a plane.
//
// A workgroup has a tile of cells, and each thread a block of 4 by ROWS of them in its registers. Between steps threads
// show each other the edges of their blocks through shared memory. What a tile's outermost cells see is wrong after a
// step, what lies behind them after the next, and so on: tiles overlap by that much, and only what is right is written.
#version 450
#include "cells.glsl"

layout(push_constant) uniform Push {
  uvec2 setup;
  uvec2 at;    // tables of fields
  uvec2 next;
  uint first_group;
  uint groups;
  uint steps;
  uint halo;         // rows of a tile on each side that come out wrong
  uint halo_values;  // the same along x, in Values
  Real factor;
} push;

const uint kThreadsAlongY = kThreads / kThreadsAlongX;
const uint kTileRows = kThreadsAlongY * ROWS;

// Of each field: first and last cells along x of each thread's rows, and first and last rows of its block.
shared Real ends[kMostFields * 2 * kTileRows * kThreadsAlongX];
shared Value edges[kMostFields * 2 * kThreads];

const uint kFirst = 0;
const uint kLast = 1;

uint end_index(uint field, uint end, uint tile_row, uint thread_x) {
  return ((field * 2 + end) * kTileRows + tile_row) * kThreadsAlongX + thread_x;
}
uint edge_index(uint field, uint end, uint thread_y, uint thread_x) {
  return ((field * 2 + end) * kThreadsAlongY + thread_y) * kThreadsAlongX + thread_x;
}

// Where a cell lies that may be beyond sides.
uint wrapped(int at, int size, bool periodic) {
  if (!periodic) {
    return uint(clamp(at, 0, size - 1));
  }
  return uint(at < 0 ? at + size * ((size - 1 - at) / size) : at) % uint(size);
}

Value load_wrapped(uint field, int x, int y) {
  const int width = int(setup.size[0]);
  const Place place = place_of(push.at, field, wrapped(y, int(setup.size[1]), is_periodic(1)));
  if (x >= 0 && x + 3 < width) {
    return Values(place.address).at[place.first + uint(x) / 4];
  }
  Reals reals = Reals(place.address);
  const uint first = 4 * place.first;
  return Value(reals.at[first + wrapped(x, width, is_periodic(0))], reals.at[first + wrapped(x + 1, width, is_periodic(0))],
               reals.at[first + wrapped(x + 2, width, is_periodic(0))],
               reals.at[first + wrapped(x + 3, width, is_periodic(0))]);
}

// The block of this thread, and where it lies.
Value block[kMostFields][ROWS];
uint thread_x;
uint thread_y;
int block_x;
int block_y;

void share(uint field) {
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    ends[end_index(field, kFirst, thread_y * ROWS + r, thread_x)] = block[field][r].x;
    ends[end_index(field, kLast, thread_y * ROWS + r, thread_x)] = block[field][r].w;
  }
  edges[edge_index(field, kFirst, thread_y, thread_x)] = block[field][0];
  edges[edge_index(field, kLast, thread_y, thread_x)] = block[field][ROWS - 1];
}

// Cells of a row of the tile, with those beside them.
Row beside(uint field, uint tile_row, Value cells) {
  Row row;
  row.cells = cells;
  row.before = thread_x > 0 ? ends[end_index(field, kLast, tile_row, thread_x - 1)] : cells.x;
  row.after = thread_x + 1 < kThreadsAlongX ? ends[end_index(field, kFirst, tile_row, thread_x + 1)] : cells.w;
  if (!is_periodic(0)) {
    const int lane = int(setup.size[0]) - 1 - block_x;
    if (block_x == 0) {
      row.before = beyond(0, true, cells.x);
    }
    if (lane >= 0 && lane < 4) {
      set_cell(row, uint(lane) + 1, beyond(0, false, cell_of(cells, uint(lane))));
    }
  }
  return row;
}

Row row_before_block(uint field) {
  const uint other = max(thread_y, 1) - 1;
  return beside(field, other * ROWS + ROWS - 1, edges[edge_index(field, kLast, other, thread_x)]);
}
Row row_after_block(uint field) {
  const uint other = min(thread_y + 1, kThreadsAlongY - 1);
  return beside(field, other * ROWS, edges[edge_index(field, kFirst, other, thread_x)]);
}

// Rates over the block of fields that were shared, or the auxiliary field.
void advance(Value p[kMostParameters], bool only_auxiliary) {
  const uint fields = only_auxiliary ? kSpecies : kSpecies + kAuxiliary;
  Row before[kMostFields];
  Row centre[kMostFields];
  [[unroll]] for (uint field = 0; field < kMostFields; ++field) {
    if (field < fields) {
      before[field] = row_before_block(field);
      centre[field] = beside(field, thread_y * ROWS, block[field][0]);
    }
  }
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    const int y = block_y + int(r);
    Value values[kMostFields];
    Value laplacians[kMostFields];
    Row after[kMostFields];
    [[unroll]] for (uint field = 0; field < kMostFields; ++field) {
      values[field] = Value(0);
      laplacians[field] = Value(0);
      if (field < fields) {
        if (r + 1 < ROWS) {
          after[field] = beside(field, thread_y * ROWS + r + 1, block[field][r + 1 < ROWS ? r + 1 : r]);
        } else {
          after[field] = row_after_block(field);
        }
        Row south = before[field];
        Row north = after[field];
        if (!is_periodic(1)) {
          if (y == 0) {
            south = row_beyond(1, true, centre[field]);
          }
          if (y == int(setup.size[1]) - 1) {
            north = row_beyond(1, false, centre[field]);
          }
        }
        values[field] = centre[field].cells;
        precise Value laplacian =
            setup.laplacian_scale * laplacian_of(centre[field], south, north, Value(0), Value(0));
        laplacians[field] = laplacian;
      }
    }
    if (only_auxiliary) {
      Value w;
      auxiliary(values, laplacians, p, w);
      block[kMostFields - 1][r] = w;
    } else {
      Value rate[kMostFields];
      rates(values, laplacians, p, rate);
      [[unroll]] for (uint species = 0; species < kMostFields; ++species) {
        if (species < kSpecies) {
          precise Value next = values[species] + push.factor * rate[species];
          block[species][r] = next;
        }
      }
    }
    [[unroll]] for (uint field = 0; field < kMostFields; ++field) {
      before[field] = centre[field];
      centre[field] = after[field];
    }
  }
}

void main() {
  const uint group = group_number();
  if (group >= push.groups) {
    return;
  }
  const uint number = push.first_group + group;
  setup = Settings(push.setup).of;
  thread_x = gl_LocalInvocationID.x % kThreadsAlongX;
  thread_y = gl_LocalInvocationID.x / kThreadsAlongX;
  const uint tile_values = kThreadsAlongX - 2 * push.halo_values;  // that come out right
  const uint tile_rows = kTileRows - 2 * push.halo;
  const uint columns = ((setup.size[0] + 3) / 4 + tile_values - 1) / tile_values;
  block_x = 4 * (int(number % columns * tile_values + thread_x) - int(push.halo_values));
  block_y = int(number / columns * tile_rows + thread_y * ROWS) - int(push.halo);
  Value p[kMostParameters];
  load_parameters(p);
  [[unroll]] for (uint field = 0; field < kMostFields; ++field) {
    [[unroll]] for (uint r = 0; r < ROWS; ++r) {
      block[field][r] = Value(0);
      if (field < kSpecies) {
        block[field][r] = load_wrapped(field, block_x, block_y + int(r));
      }
    }
  }
  [[dont_unroll]] for (uint step = 0; step < push.steps; ++step) {
    [[unroll]] for (uint species = 0; species < kMostFields; ++species) {
      if (species < kSpecies) {
        share(species);
      }
    }
    barrier();
    if (kAuxiliary != 0) {
      advance(p, true);
      share(kMostFields - 1);
      barrier();
    }
    advance(p, false);
    barrier();
  }
  const bool right_x = thread_x >= push.halo_values && thread_x < kThreadsAlongX - push.halo_values &&
                       uint(block_x) < setup.size[0];
  if (!right_x) {
    return;
  }
  [[unroll]] for (uint species = 0; species < kMostFields; ++species) {
    if (species < kSpecies) {
      [[unroll]] for (uint r = 0; r < ROWS; ++r) {
        const uint tile_row = thread_y * ROWS + r;
        const uint y = uint(block_y) + r;
        if (tile_row >= push.halo && tile_row < kTileRows - push.halo && y < setup.size[1]) {
          const Place place = place_of(push.next, species, y);
          Values(place.address).at[place.first + uint(block_x) / 4] = block[species][r];
        }
      }
    }
  }
}
