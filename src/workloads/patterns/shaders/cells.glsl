// The cells of a grid, as shaders see them: fields of rows in chunks behind a table of addresses, four cells of a row
// together. There are no ghost cells in memory: what lies beyond a side is computed where it is read.
//
// The sides and stencils are those of solve/domain.cpp and kernels/rows-inl.h, term by term.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#extension GL_EXT_control_flow_attributes : require

#ifdef F64
#define Real double
#define Value dvec4
#else
#define Real float
#define Value vec4
#endif

// Of a model: its species, then the auxiliary field.
const uint kMostFields = 2;
const uint kMostParameters = 6;

layout(local_size_x_id = 0) in;
const uint kThreads = gl_WorkGroupSize.x;
layout(constant_id = 1) const uint kThreadsAlongX = 32;
layout(constant_id = 2) const uint kModel = 0;
layout(constant_id = 3) const uint kSpecies = 2;
layout(constant_id = 4) const uint kAuxiliary = 0;
layout(constant_id = 5) const uint kNeighbours = 1;  // as enum Neighbours has them
layout(constant_id = 6) const uint kPeriodic = 7;    // a bit for each axis
layout(constant_id = 7) const uint kOneChunk = 1;    // of every field

const uint kLine = 0;
const uint kPlane = 1;
const uint kPlaneWithCorners = 2;
const uint kVolume = 3;

layout(buffer_reference, std430, buffer_reference_align = 16) buffer Values {
  Value at[];
};
layout(buffer_reference, std430, buffer_reference_align = 8) buffer Reals {
  Real at[];
};
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Table {
  uvec2 chunk[];
};

struct Ghost {
  Real constant;
  Real factor;
};

// What a run does not change.
struct Setup {
  Real parameters[kMostParameters];
  Ghost ghosts[6];  // of each axis, at its first side and its last
  Real laplacian_scale;
  uint size[3];      // cells
  uint row_values;   // from a row to the next, in Values
  uint chunk_shift;  // rows of a chunk: a power of two
  uint chunks;       // of a field
};
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Settings {
  Setup of;
};

// Of this run: what main() does first.
Setup setup;

bool is_periodic(uint axis) { return (kPeriodic >> axis & 1u) != 0; }

uint group_number() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }

// A row in memory.
struct Place {
  uvec2 address;  // of its chunk
  uint first;     // its first Value there
};

// Row y + size[1] * z of a field.
Place place_of(uvec2 table, uint field, uint row) {
  if (kOneChunk != 0) {
    return Place(Table(table).chunk[field], row * setup.row_values);
  }
  const uint within = row & ((1u << setup.chunk_shift) - 1u);
  return Place(Table(table).chunk[field * setup.chunks + (row >> setup.chunk_shift)], within * setup.row_values);
}

// Four cells of a row, and the cells beside them.
struct Row {
  Real before;
  Value cells;
  Real after;
};

// A ghost cell beside `inner`, at an axis's first side or its last. `axis` is a constant: nothing is indexed then.
Real beyond(uint axis, bool first, Real inner) {
  const Real constant = first ? setup.ghosts[2 * axis].constant : setup.ghosts[2 * axis + 1].constant;
  const Real factor = first ? setup.ghosts[2 * axis].factor : setup.ghosts[2 * axis + 1].factor;
  precise Real result = constant + factor * inner;
  return result;
}

// The same for all of a row.
Row row_beyond(uint axis, bool first, Row inner) {
  const Real constant = first ? setup.ghosts[2 * axis].constant : setup.ghosts[2 * axis + 1].constant;
  const Real factor = first ? setup.ghosts[2 * axis].factor : setup.ghosts[2 * axis + 1].factor;
  precise Row result;
  result.before = constant + factor * inner.before;
  result.cells = constant + factor * inner.cells;
  result.after = constant + factor * inner.after;
  return result;
}

// Cell `lane` of four: 4 is the one after them.
void set_cell(inout Row row, uint lane, Real value) {
  if (lane == 1) {
    row.cells.y = value;
  } else if (lane == 2) {
    row.cells.z = value;
  } else if (lane == 3) {
    row.cells.w = value;
  } else {
    row.after = value;
  }
}

Real cell_of(Value cells, uint lane) { return lane == 0 ? cells.x : lane == 1 ? cells.y : lane == 2 ? cells.z : cells.w; }

// ∇² · spacing² of four cells; before and after are the rows beside along y, below and above those along z.
Value laplacian_of(Row row, Row before, Row after, Value below, Value above) {
  precise Value result;
  precise Value beside = Value(row.before, row.cells.xyz) + Value(row.cells.yzw, row.after);
  if (kNeighbours == kLine) {
    result = beside - Real(2) * row.cells;
  } else {
    precise Value along_y = before.cells + after.cells;
    if (kNeighbours == kPlane) {
      result = (beside + along_y) - Real(4) * row.cells;
    } else if (kNeighbours == kPlaneWithCorners) {
      precise Value corners_before = Value(before.before, before.cells.xyz) + Value(before.cells.yzw, before.after);
      precise Value corners_after = Value(after.before, after.cells.xyz) + Value(after.cells.yzw, after.after);
      precise Value corners = corners_before + corners_after;
      precise Value sides = beside + along_y;
      result = (Real(2) / Real(3) * sides + Real(1) / Real(6) * corners) - Real(10) / Real(3) * row.cells;
    } else {
      precise Value along_z = below + above;
      result = (beside + along_y + along_z) - Real(6) * row.cells;
    }
  }
  return result;
}

#include "equations.glsl"

void load_parameters(out Value p[kMostParameters]) {
  [[unroll]] for (uint i = 0; i < kMostParameters; ++i) {
    p[i] = Value(setup.parameters[i]);
  }
}
