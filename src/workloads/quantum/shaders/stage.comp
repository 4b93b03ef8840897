// One stage: a workgroup gathers a tile, applies all of the stage to it, and stores it once. A thread holds 16
// amplitudes in registers, those that differ along four axes of the tile; shared memory only moves amplitudes between
// threads, where the next operations are on other axes. What is done is data: see stage_words.h.
#version 450
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require

#include "field.glsl"
#include "turns.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kTileAxes = 12;
// Whether there are operations through shared memory: they need so many registers that all others would be slower.
layout(constant_id = 2) const bool kGeneral = true;

layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Words {
  uint at[];
};
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Fours {
  uvec4 at[];
};

layout(push_constant) uniform Push {
  uvec2 table;
  uvec2 words;
  uint first_tile;
  uint tiles;
} push;

const uint kRegisterAxes = 4;
const uint kThreadAxes = kTileAxes - kRegisterAxes;
const uint kTileElements = 1u << kTileAxes;

// One part of amplitudes at a time: with room for both, fewer workgroups run side by side, and all is slower.
shared Real exchanged[kTileElements];
// Phases that depend on where the tile lies: for each axis of the tile and, last, for all of it. In limbs, so that sums
// of many do not overflow.
shared uint axis_limbs[(16 + 1) * kTurnLimbs];

Real re[16];
Real im[16];

uint tile_low;      // where the tile lies
uint tile_chunk;
uint thread_index;  // of the thread's first amplitude in the tile
uint register_axes;  // four bytes: which axis of the tile each register axis is
uint register_banks[4];  // what each adds to a place in shared memory

uint word(uint i) { return Words(push.words).at[i]; }
uvec4 four(uint i) { return Fours(push.words).at[i >> 2]; }

// Reals, from a multiple of four words on.
#ifdef C128
#define REAL_WORDS 2
#define Real4 dvec4
dvec4 real_four(uint i) {
  const uvec4 a = four(i);
  const uvec4 b = four(i + 4);
  return dvec4(packDouble2x32(a.xy), packDouble2x32(a.zw), packDouble2x32(b.xy), packDouble2x32(b.zw));
}
double real_word(uint i) { return packDouble2x32(uvec2(word(i), word(i + 1))); }
#else
#define REAL_WORDS 1
#define Real4 vec4
vec4 real_four(uint i) { return uintBitsToFloat(four(i)); }
float real_word(uint i) { return uintBitsToFloat(word(i)); }
#endif

uint register_axis(uint k) { return (register_axes >> (8 * k)) & 0xffu; }

// The tile index of register r, beside the thread's own.
uint register_index(uint r) {
  return ((r & 1u) << register_axis(0)) | (((r >> 1) & 1u) << register_axis(1)) |
         (((r >> 2) & 1u) << register_axis(2)) | (((r >> 3) & 1u) << register_axis(3));
}

// Banks of shared memory by the index's bits, folded: lanes that differ along axes of different residues modulo 5 meet
// no conflict.
uint bank(uint i) { return i ^ ((i >> 5) & 31u) ^ ((i >> 10) & 31u); }

uint register_bank(uint r) {
  return ((r & 1u) != 0 ? register_banks[0] : 0u) ^ ((r & 2u) != 0 ? register_banks[1] : 0u) ^
         ((r & 4u) != 0 ? register_banks[2] : 0u) ^ ((r & 8u) != 0 ? register_banks[3] : 0u);
}

// ---- places

void find_tile(uint tile, uint runs) {
  tile_low = 0;
  tile_chunk = 0;
  for (uint i = 0; i < runs; ++i) {
    const uint how = word(kHeaderWords + 2 * i);
    const uint moved = ((tile >> (how & 0xffu)) & word(kHeaderWords + 2 * i + 1)) << ((how >> 8) & 0xffu);
    if ((how >> 16) != 0) {
      tile_chunk |= moved;
    } else {
      tile_low |= moved;
    }
  }
}

// Takes up the mapping of threads and registers to the tile that a pass has.
void map_threads(uvec4 pass) {
  register_axes = pass.x;
  thread_index = 0;
  [[unroll]] for (uint bit = 0; bit < kThreadAxes; ++bit) {
    const uint axis = ((bit < 4 ? pass.y : pass.z) >> (8 * (bit % 4))) & 0xffu;
    thread_index |= ((gl_LocalInvocationID.x >> bit) & 1u) << axis;
  }
  [[unroll]] for (uint k = 0; k < kRegisterAxes; ++k) {
    register_banks[k] = bank(1u << register_axis(k));
  }
}

// Where amplitudes of a thread lie: its own place, and what its registers add to it.
struct Places {
  uvec2 own;
  uvec2 steps[4];
};

Places find_places(uint steps) {
  Places places;
  places.own = uvec2(tile_low, tile_chunk);
  [[unroll]] for (uint bit = 0; bit < kThreadAxes; bit += 2) {
    const uvec4 two = four(steps + 2 * bit);
    places.own |= two.xy & -((gl_LocalInvocationID.x >> bit) & 1u);
    if (bit + 1 < kThreadAxes) {
      places.own |= two.zw & -((gl_LocalInvocationID.x >> (bit + 1)) & 1u);
    }
  }
  const uint registers = steps + 2 * ((kThreadAxes + 1) / 2 * 2);
  const uvec4 low = four(registers);
  const uvec4 high = four(registers + 4);
  places.steps[0] = low.xy;
  places.steps[1] = low.zw;
  places.steps[2] = high.xy;
  places.steps[3] = high.zw;
  return places;
}

uvec2 place_of(Places places, uint r) {
  return places.own | ((r & 1u) != 0 ? places.steps[0] : uvec2(0)) | ((r & 2u) != 0 ? places.steps[1] : uvec2(0)) |
         ((r & 4u) != 0 ? places.steps[2] : uvec2(0)) | ((r & 8u) != 0 ? places.steps[3] : uvec2(0));
}

void load(uint steps) {
  const Places places = find_places(steps);
  Table table = Table(push.table);
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uvec2 place = place_of(places, r);
    const Amplitude a = Chunk(table.chunk[place.y]).at[place.x];
    re[r] = a.x;
    im[r] = a.y;
  }
}

void store(uint steps) {
  const Places places = find_places(steps);
  Table table = Table(push.table);
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uvec2 place = place_of(places, r);
    Chunk(table.chunk[place.y]).at[place.x] = Amplitude(re[r], im[r]);
  }
}

// Amplitudes go to the threads that the next pass has them in.
void transpose(uvec4 next_pass) {
  const uint from = bank(thread_index);
  uint from_banks[4] = register_banks;
  map_threads(next_pass);
  const uint to = bank(thread_index);
  uint to_banks[4] = register_banks;
  register_banks = from_banks;
  barrier();
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    exchanged[from ^ register_bank(r)] = re[r];
  }
  register_banks = to_banks;
  barrier();
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    re[r] = exchanged[to ^ register_bank(r)];
  }
  register_banks = from_banks;
  barrier();
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    exchanged[from ^ register_bank(r)] = im[r];
  }
  register_banks = to_banks;
  barrier();
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    im[r] = exchanged[to ^ register_bank(r)];
  }
}

// ---- operations on pairs of registers

#define PAIRS_0(DO) DO(0, 1) DO(2, 3) DO(4, 5) DO(6, 7) DO(8, 9) DO(10, 11) DO(12, 13) DO(14, 15)
#define PAIRS_1(DO) DO(0, 2) DO(1, 3) DO(4, 6) DO(5, 7) DO(8, 10) DO(9, 11) DO(12, 14) DO(13, 15)
#define PAIRS_2(DO) DO(0, 4) DO(1, 5) DO(2, 6) DO(3, 7) DO(8, 12) DO(9, 13) DO(10, 14) DO(11, 15)
#define PAIRS_3(DO) DO(0, 8) DO(1, 9) DO(2, 10) DO(3, 11) DO(4, 12) DO(5, 13) DO(6, 14) DO(7, 15)

#define EACH_PAIR(position, DO) \
  switch (position) {           \
    case 0:                     \
      PAIRS_0(DO) break;        \
    case 1:                     \
      PAIRS_1(DO) break;        \
    case 2:                     \
      PAIRS_2(DO) break;        \
    default:                    \
      PAIRS_3(DO) break;        \
  }

// [[1, p], [q, s]], all real
#define UNIT_REAL(a, b)                         \
  {                                             \
    const Real x = re[a] + p * re[b];           \
    const Real y = im[a] + p * im[b];           \
    re[b] = q * re[a] + s * re[b];              \
    im[b] = q * im[a] + s * im[b];              \
    re[a] = x;                                  \
    im[a] = y;                                  \
  }

// [[1, i·p], [i·q, s]]
#define UNIT_IMAGINARY(a, b)                    \
  {                                             \
    const Real x = re[a] - p * im[b];           \
    const Real y = im[a] + p * re[b];           \
    const Real z = s * re[b] - q * im[a];       \
    im[b] = s * im[b] + q * re[a];              \
    re[b] = z;                                  \
    re[a] = x;                                  \
    im[a] = y;                                  \
  }

#define REAL(a, b)                              \
  {                                             \
    const Real x = m00 * re[a] + p * re[b];     \
    const Real y = m00 * im[a] + p * im[b];     \
    re[b] = q * re[a] + s * re[b];              \
    im[b] = q * im[a] + s * im[b];              \
    re[a] = x;                                  \
    im[a] = y;                                  \
  }

#define DENSE(a, b)                                                                   \
  {                                                                                   \
    const Real x = ar * re[a] - ai * im[a] + br * re[b] - bi * im[b];                 \
    const Real y = ar * im[a] + ai * re[a] + br * im[b] + bi * re[b];                 \
    const Real z = cr * re[a] - ci * im[a] + dr * re[b] - di * im[b];                 \
    im[b] = cr * im[a] + ci * re[a] + dr * im[b] + di * re[b];                        \
    re[b] = z;                                                                        \
    re[a] = x;                                                                        \
    im[a] = y;                                                                        \
  }

#define EXCHANGE(a, b)                          \
  {                                             \
    const Real x = re[a];                       \
    const Real y = im[a];                       \
    re[a] = re[b];                              \
    im[a] = im[b];                              \
    re[b] = x;                                  \
    im[b] = y;                                  \
  }

// The same where the controls select the registers, bit by bit in `wanted`; the lower of a pair stands for both.
#define WANTED_UNIT_REAL(a, b) if ((wanted >> a & 1u) != 0) UNIT_REAL(a, b)
#define WANTED_UNIT_IMAGINARY(a, b) if ((wanted >> a & 1u) != 0) UNIT_IMAGINARY(a, b)
#define WANTED_REAL(a, b) if ((wanted >> a & 1u) != 0) REAL(a, b)
#define WANTED_DENSE(a, b) if ((wanted >> a & 1u) != 0) DENSE(a, b)
#define WANTED_EXCHANGE(a, b) if ((wanted >> a & 1u) != 0) EXCHANGE(a, b)

// Four registers that differ along two axes: 00 with 11 and 01 with 10, each a real 2 by 2 matrix.
#define COUPLE(a, b, c, d)                              \
  {                                                     \
    Real x = e00 * re[a] + e03 * re[d];                 \
    re[d] = e30 * re[a] + e33 * re[d];                  \
    re[a] = x;                                          \
    x = e00 * im[a] + e03 * im[d];                      \
    im[d] = e30 * im[a] + e33 * im[d];                  \
    im[a] = x;                                          \
    x = o11 * re[b] + o12 * re[c];                      \
    re[c] = o21 * re[b] + o22 * re[c];                  \
    re[b] = x;                                          \
    x = o11 * im[b] + o12 * im[c];                      \
    im[c] = o21 * im[b] + o22 * im[c];                  \
    im[b] = x;                                          \
  }

void run_couple(uint positions, uint data) {
  const Real4 even = real_four(data);
  const Real4 odd = real_four(data + 4 * REAL_WORDS);
  const Real e00 = even.x;
  const Real e03 = even.y;
  const Real e30 = even.z;
  const Real e33 = even.w;
  const Real o11 = odd.x;
  const Real o12 = odd.y;
  const Real o21 = odd.z;
  const Real o22 = odd.w;
  switch (positions) {
    case 0x10:
      COUPLE(0, 1, 2, 3) COUPLE(4, 5, 6, 7) COUPLE(8, 9, 10, 11) COUPLE(12, 13, 14, 15) break;
    case 0x20:
      COUPLE(0, 1, 4, 5) COUPLE(2, 3, 6, 7) COUPLE(8, 9, 12, 13) COUPLE(10, 11, 14, 15) break;
    case 0x30:
      COUPLE(0, 1, 8, 9) COUPLE(2, 3, 10, 11) COUPLE(4, 5, 12, 13) COUPLE(6, 7, 14, 15) break;
    case 0x21:
      COUPLE(0, 2, 4, 6) COUPLE(1, 3, 5, 7) COUPLE(8, 10, 12, 14) COUPLE(9, 11, 13, 15) break;
    case 0x31:
      COUPLE(0, 2, 8, 10) COUPLE(1, 3, 9, 11) COUPLE(4, 6, 12, 14) COUPLE(5, 7, 13, 15) break;
    default:
      COUPLE(0, 4, 8, 12) COUPLE(1, 5, 9, 13) COUPLE(2, 6, 10, 14) COUPLE(3, 7, 11, 15) break;
  }
}

// ---- phases

void turn_register(uint r, Real c, Real s) {
  const Real x = c * re[r] - s * im[r];
  im[r] = c * im[r] + s * re[r];
  re[r] = x;
}

#define TURN_UPPER(a, b) turn_register(b, f.x, f.y);

// Adds a sum of turns to that of an axis of the tile, or of all of it.
void add_limbs(uint axis, Turns turns) {
  for (uint limb = 0; limb < kTurnLimbs; ++limb) {
    atomicAdd(axis_limbs[axis * kTurnLimbs + limb], turn_limb(turns, limb));
  }
}

Turns axis_turns(uint axis) {
  uint limbs[kTurnLimbs];
  for (uint limb = 0; limb < kTurnLimbs; ++limb) {
    limbs[limb] = axis_limbs[axis * kTurnLimbs + limb];
  }
  return join_limbs(limbs);
}

// Whether a term holds: for the thread's part of the tile, and for where the tile lies.
bool holds(uint kind, uint condition, uvec4 outer) {
  const uint mask = condition & 0xffffu;
  if ((kind & kTermParity) != 0) {
    return ((bitCount(thread_index & mask) + bitCount(tile_low & outer.x) + bitCount(tile_chunk & outer.z)) & 1) != 0;
  }
  return (thread_index & mask) == condition >> 16 && (tile_low & outer.x) == outer.y &&
         (tile_chunk & outer.z) == outer.w;
}

// A term that turns amplitudes by whether one axis is 1, or all: `all` and `axis` grow by what it adds.
void add_term(uint kind, bool met, Turns angle, inout Turns all, inout Turns axis) {
  if ((kind & kTermHasAxis) == 0) {
    if (met) {
      all = add_turns(all, angle);
    }
  } else if ((kind & kTermParity) != 0) {
    if (met) {
      all = add_turns(all, angle);
      axis = subtract_turns(axis, angle);
    } else {
      axis = add_turns(axis, angle);
    }
  } else if (met) {
    if ((kind & kTermWhereOne) != 0) {
      axis = add_turns(axis, angle);
    } else {
      all = add_turns(all, angle);
      axis = subtract_turns(axis, angle);
    }
  }
}

void run_phases(uint data) {
  const uvec4 head = four(data);
  const uint flags = head.x;
  const uint outer_terms = head.y;
  const uint thread_terms = head.z;
  uint at = data + 4;

  Turns all = kNoTurns;
  Turns axis[4] = Turns[4](kNoTurns, kNoTurns, kNoTurns, kNoTurns);
  if (outer_terms != 0) {
    barrier();
    for (uint i = gl_LocalInvocationID.x; i < (kTileAxes + 1) * kTurnLimbs; i += gl_WorkGroupSize.x) {
      axis_limbs[i] = 0;
    }
    barrier();
    for (uint i = gl_LocalInvocationID.x; i < outer_terms; i += gl_WorkGroupSize.x) {
      const uvec4 term = four(at + i * kOuterTermWords);
      const bool met = holds(term.x, 0, four(at + i * kOuterTermWords + 4));
      Turns of_all = kNoTurns;
      Turns of_axis = kNoTurns;
      add_term(term.x, met, turns_word(term.z, term.w), of_all, of_axis);
      add_limbs(kTileAxes, of_all);
      if ((term.x & kTermHasAxis) != 0) {
        add_limbs((term.x >> 8) & 0xffu, of_axis);
      }
    }
    barrier();
    at += outer_terms * kOuterTermWords;
    all = axis_turns(kTileAxes);
    [[unroll]] for (uint tile_axis = 0; tile_axis < kTileAxes; ++tile_axis) {
      if (((thread_index >> tile_axis) & 1u) != 0) {
        all = add_turns(all, axis_turns(tile_axis));
      }
    }
    [[unroll]] for (uint k = 0; k < 4; ++k) {
      axis[k] = axis_turns(register_axis(k));
    }
  }
  // by the register axis that they turn; last, those of none
  [[unroll]] for (uint k = 0; k < 5; ++k) {
    const uint count = (thread_terms >> (6 * k)) & 63u;
    Turns of_axis = kNoTurns;
    for (uint i = 0; i < count; ++i) {
      const uvec4 term = four(at);
      at += 4;
      uvec4 outer = uvec4(0);
      if ((term.x & kTermOuter) != 0) {
        outer = four(at);
        at += 4;
      }
      add_term(term.x, holds(term.x, term.y, outer), turns_word(term.z, term.w), all, of_axis);
    }
    if (k < 4) {
      axis[k] = add_turns(axis[k], of_axis);
    }
  }

  if ((flags & kPhaseAll) != 0) {
    const Complex f = cis(all);
    [[unroll]] for (uint r = 0; r < 16; ++r) {
      turn_register(r, f.x, f.y);
    }
  }
  if ((flags & (kPhaseAxis << 0)) != 0) {
    const Complex f = cis(axis[0]);
    PAIRS_0(TURN_UPPER)
  }
  if ((flags & (kPhaseAxis << 1)) != 0) {
    const Complex f = cis(axis[1]);
    PAIRS_1(TURN_UPPER)
  }
  if ((flags & (kPhaseAxis << 2)) != 0) {
    const Complex f = cis(axis[2]);
    PAIRS_2(TURN_UPPER)
  }
  if ((flags & (kPhaseAxis << 3)) != 0) {
    const Complex f = cis(axis[3]);
    PAIRS_3(TURN_UPPER)
  }
}

// A constant for each register.
void run_constants(uint data) {
  [[unroll]] for (uint r = 0; r < 16; r += 2) {
    const Real4 two = real_four(data + 2 * REAL_WORDS * r);
    turn_register(r, two.x, two.y);
    turn_register(r + 1, two.z, two.w);
  }
}

// A term of several register axes and others: the registers in one of two sets, by whether it holds for the thread.
void run_select(uint data) {
  const uvec4 term = four(data);
  const bool met = holds(term.x, term.y, four(data + 4));
  const uint selected = met ? term.z & 0xffffu : term.z >> 16;
  const Real4 factor = real_four(data + 8);
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    if ((selected >> r & 1u) != 0) {
      turn_register(r, factor.x, factor.y);
    }
  }
}

// ---- operations through shared memory: any matrix, any exchange

#define SHARE(part)                                                    \
  barrier();                                                           \
  [[unroll]] for (uint r = 0; r < 16; ++r) {                           \
    exchanged[bank(thread_index) ^ register_bank(r)] = part[r];        \
  }                                                                    \
  barrier();

// The bits of a tile index at the targets, and the index without them.
uint target_bits(uint index, uint targets, uint data) {
  uint bits = 0;
  for (uint k = 0; k < targets; ++k) {
    bits |= ((index >> word(data + k)) & 1u) << k;
  }
  return bits;
}

uint spread_bits(uint bits, uint targets, uint data) {
  uint index = 0;
  for (uint k = 0; k < targets; ++k) {
    index |= ((bits >> k) & 1u) << word(data + k);
  }
  return index;
}

// Whether the tile's controls, thread and register axes together, select an index. `outer` does so for the tile.
bool selects(uint condition, uint index) { return (index & (condition & 0xffffu)) == condition >> 16; }

void run_dense(uint targets, uint condition, bool outer, uint data) {
  const uint size = 1u << targets;
  const uint matrix = data + kTargetWords;
  const uint all_targets = spread_bits(size - 1, targets, data);
  Real new_re[16];
  Real new_im[16];
  SHARE(re)
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uint index = thread_index | register_index(r);
    const uint row = matrix + target_bits(index, targets, data) * size * 2 * REAL_WORDS;
    Real x = 0;
    Real y = 0;
    for (uint column = 0; column < size; ++column) {
      const Real value = exchanged[bank((index & ~all_targets) | spread_bits(column, targets, data))];
      x += real_word(row + 2 * column * REAL_WORDS) * value;
      y += real_word(row + (2 * column + 1) * REAL_WORDS) * value;
    }
    new_re[r] = x;
    new_im[r] = y;
  }
  SHARE(im)
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uint index = thread_index | register_index(r);
    const uint row = matrix + target_bits(index, targets, data) * size * 2 * REAL_WORDS;
    Real x = new_re[r];
    Real y = new_im[r];
    for (uint column = 0; column < size; ++column) {
      const Real value = exchanged[bank((index & ~all_targets) | spread_bits(column, targets, data))];
      x -= real_word(row + (2 * column + 1) * REAL_WORDS) * value;
      y += real_word(row + 2 * column * REAL_WORDS) * value;
    }
    if (outer && selects(condition, index)) {
      re[r] = x;
      im[r] = y;
    }
  }
}

void run_flip(uint condition, bool outer, uint flip) {
  SHARE(re)
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uint index = thread_index | register_index(r);
    if (outer && (selects(condition, index) || selects(condition, index ^ flip))) {
      re[r] = exchanged[bank(index ^ flip)];
    }
  }
  SHARE(im)
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uint index = thread_index | register_index(r);
    if (outer && (selects(condition, index) || selects(condition, index ^ flip))) {
      im[r] = exchanged[bank(index ^ flip)];
    }
  }
}

// ---- the program

#define CASE_UNIT(code, DO)                  \
  case code: {                               \
    const Real4 entries = real_four(data);   \
    const Real p = entries.x;                \
    const Real q = entries.y;                \
    const Real s = entries.z;                \
    EACH_PAIR(position, DO)                  \
    break;                                   \
  }

#define CASE_REAL(code, DO)                  \
  case code: {                               \
    const Real4 entries = real_four(data);   \
    const Real m00 = entries.x;              \
    const Real p = entries.y;                \
    const Real q = entries.z;                \
    const Real s = entries.w;                \
    EACH_PAIR(position, DO)                  \
    break;                                   \
  }

#define CASE_DENSE(code, DO)                                  \
  case code: {                                                \
    const Real4 upper = real_four(data);                      \
    const Real4 lower = real_four(data + 4 * REAL_WORDS);     \
    const Real ar = upper.x;                                  \
    const Real ai = upper.y;                                  \
    const Real br = upper.z;                                  \
    const Real bi = upper.w;                                  \
    const Real cr = lower.x;                                  \
    const Real ci = lower.y;                                  \
    const Real dr = lower.z;                                  \
    const Real di = lower.w;                                  \
    EACH_PAIR(position, DO)                                   \
    break;                                                    \
  }

bool tile_is_selected(uint outer_at) {
  if (outer_at == 0) {
    return true;
  }
  const uvec4 outer = four(outer_at);
  return (tile_low & outer.x) == outer.y && (tile_chunk & outer.z) == outer.w;
}

void run_controlled(uint code, uint position, uint wanted, uint data) {
  switch (code) {
    CASE_UNIT(kUnitReal, WANTED_UNIT_REAL)
    CASE_UNIT(kUnitImaginary, WANTED_UNIT_IMAGINARY)
    CASE_REAL(kReal, WANTED_REAL)
    CASE_DENSE(kDense, WANTED_DENSE)
    default:
      EACH_PAIR(position, WANTED_EXCHANGE)
  }
}

void run_operation(uvec4 op) {
  const uint code = op.x & 0xffu;
  const uint position = (op.x >> 8) & 0xffu;
  const uint data = op.w;
  switch (code) {
    CASE_UNIT(kUnitReal, UNIT_REAL)
    CASE_UNIT(kUnitImaginary, UNIT_IMAGINARY)
    CASE_REAL(kReal, REAL)
    CASE_DENSE(kDense, DENSE)
    case kExchange:
      EACH_PAIR(position, EXCHANGE)
      break;
    case kCouple:
      run_couple(position, data);
      break;
    case kConstants:
      run_constants(data);
      break;
    case kPhases:
      run_phases(data);
      break;
    case kSelect:
      run_select(data);
      break;
    case kDenseShared:
      if (kGeneral) {
        run_dense(position, op.y, tile_is_selected(op.z), data);
      }
      break;
    case kFlipShared:
      if (kGeneral) {
        run_flip(op.y, tile_is_selected(op.z), data);
      }
      break;
    default:
      if (selects(op.y, thread_index) && tile_is_selected(op.z)) {
        run_controlled(code & ~kControlled, position, op.x >> 16, data);
      }
  }
}

void main() {
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  if (group >= push.tiles) {
    return;
  }
  const uvec4 head = four(0);
  const uvec4 steps = four(4);
  find_tile(push.first_tile + group, head.y);
  uint pass = head.z;
  map_threads(four(pass));
  load(steps.x);
  for (uint i = 0; i < head.x; ++i) {
    const uvec4 operations = four(pass + 4);
    uvec4 next = four(operations.x);
    for (uint k = 0; k < operations.y; ++k) {
      const uvec4 op = next;
      next = four(operations.x + kOpWords * (k + 1));  // on its way while this one runs; there are words after the last
      run_operation(op);
    }
    pass += kPassWords;
    if (i + 1 < head.x) {
      transpose(four(pass));
    }
  }
  if (head.w != 0) {
    const Real4 factor = real_four(head.w);
    [[unroll]] for (uint r = 0; r < 16; ++r) {
      turn_register(r, factor.x, factor.y);
    }
  }
  store(steps.y);
}
