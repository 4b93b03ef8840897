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

layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Words {
  uint at[];
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

shared Real exchanged[kTileElements];
// Phases that depend on where the tile lies: for each axis of the tile and, last, for all of it. In 16-bit limbs, so
// that sums of many do not overflow.
shared uint axis_limbs[(16 + 1) * kTurnLimbs];

Real re[16];
Real im[16];

Words words;
uint tile_base_low;
uint tile_base_chunk;
uint thread_index;   // of the thread's first amplitude in the tile
uint thread_low;     // its place in the field
uint thread_chunk;
uint register_axes;  // four bytes: which axis of the tile each register axis is
uvec2 register_steps[4];  // what each adds to a place
uint register_banks[4];   // and to a place in shared memory

uint word(uint i) { return words.at[i]; }

Real real_word(uint i) {
#ifdef C128
  return packDouble2x32(uvec2(words.at[i], words.at[i + 1]));
#else
  return uintBitsToFloat(words.at[i]);
#endif
}

#define REAL_WORDS (REAL_BYTES / 4)

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

uvec2 register_place(uint r) {
  return ((r & 1u) != 0 ? register_steps[0] : uvec2(0)) | ((r & 2u) != 0 ? register_steps[1] : uvec2(0)) |
         ((r & 4u) != 0 ? register_steps[2] : uvec2(0)) | ((r & 8u) != 0 ? register_steps[3] : uvec2(0));
}

// ---- places

const uint kAxesAt = 4;                       // kTileAxes pairs (low, chunk) of masks
const uint kOuterAt = kAxesAt + 2 * kTileAxes;  // runs of outer axes

void find_tile(uint tile) {
  tile_base_low = 0;
  tile_base_chunk = 0;
  const uint runs = word(1);
  for (uint i = 0; i < runs; ++i) {
    const uint how = word(kOuterAt + 2 * i);
    const uint bits = (tile >> (how & 0xffu)) & word(kOuterAt + 2 * i + 1);
    const uint moved = bits << ((how >> 8) & 0xffu);
    if ((how >> 16) != 0) {
      tile_base_chunk |= moved;
    } else {
      tile_base_low |= moved;
    }
  }
}

uvec2 place_of(uint index) {
  uvec2 place = uvec2(0);
  for (uint axis = 0; axis < kTileAxes; ++axis) {
    const uint on = -((index >> axis) & 1u);
    place |= uvec2(word(kAxesAt + 2 * axis), word(kAxesAt + 2 * axis + 1)) & on;
  }
  return place;
}

// Takes up the mapping of threads and registers to the tile of the pass whose words begin at `pass`.
void map_threads(uint pass) {
  register_axes = word(pass);
  thread_index = 0;
  for (uint bit = 0; bit < kThreadAxes; ++bit) {
    const uint axis = (word(pass + 1 + bit / 4) >> (8 * (bit % 4))) & 0xffu;
    thread_index |= ((gl_LocalInvocationID.x >> bit) & 1u) << axis;
  }
  const uvec2 place = place_of(thread_index);
  thread_low = tile_base_low | place.x;
  thread_chunk = tile_base_chunk | place.y;
  [[unroll]] for (uint k = 0; k < kRegisterAxes; ++k) {
    const uint axis = register_axis(k);
    register_steps[k] = uvec2(word(kAxesAt + 2 * axis), word(kAxesAt + 2 * axis + 1));
    register_banks[k] = bank(1u << axis);
  }
}

void load() {
  Table table = Table(push.table);
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uvec2 place = register_place(r) | uvec2(thread_low, thread_chunk);
    const Amplitude a = Chunk(table.chunk[place.y]).at[place.x];
    re[r] = a.x;
    im[r] = a.y;
  }
}

void store() {
  Table table = Table(push.table);
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uvec2 place = register_place(r) | uvec2(thread_low, thread_chunk);
    Chunk(table.chunk[place.y]).at[place.x] = Amplitude(re[r], im[r]);
  }
}

// Amplitudes go to the threads that the next pass has them in.
void transpose(uint next_pass) {
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

// `wanted` says which registers the controls select, bit by bit; the lower of a pair stands for both.
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
  if ((wanted >> a & 1u) != 0) {                \
    const Real x = re[a] + p * re[b];           \
    const Real y = im[a] + p * im[b];           \
    re[b] = q * re[a] + s * re[b];              \
    im[b] = q * im[a] + s * im[b];              \
    re[a] = x;                                  \
    im[a] = y;                                  \
  }

// [[1, i·p], [i·q, s]]
#define UNIT_IMAGINARY(a, b)                    \
  if ((wanted >> a & 1u) != 0) {                \
    const Real x = re[a] - p * im[b];           \
    const Real y = im[a] + p * re[b];           \
    const Real z = s * re[b] - q * im[a];       \
    im[b] = s * im[b] + q * re[a];              \
    re[b] = z;                                  \
    re[a] = x;                                  \
    im[a] = y;                                  \
  }

#define REAL(a, b)                              \
  if ((wanted >> a & 1u) != 0) {                \
    const Real x = m00 * re[a] + p * re[b];     \
    const Real y = m00 * im[a] + p * im[b];     \
    re[b] = q * re[a] + s * re[b];              \
    im[b] = q * im[a] + s * im[b];              \
    re[a] = x;                                  \
    im[a] = y;                                  \
  }

#define DENSE(a, b)                                                                   \
  if ((wanted >> a & 1u) != 0) {                                                      \
    const Real x = ar * re[a] - ai * im[a] + br * re[b] - bi * im[b];                 \
    const Real y = ar * im[a] + ai * re[a] + br * im[b] + bi * re[b];                 \
    const Real z = cr * re[a] - ci * im[a] + dr * re[b] - di * im[b];                 \
    im[b] = cr * im[a] + ci * re[a] + dr * im[b] + di * re[b];                        \
    re[b] = z;                                                                        \
    re[a] = x;                                                                        \
    im[a] = y;                                                                        \
  }

#define EXCHANGE(a, b)                          \
  if ((wanted >> a & 1u) != 0) {                \
    const Real x = re[a];                       \
    const Real y = im[a];                       \
    re[a] = re[b];                              \
    im[a] = im[b];                              \
    re[b] = x;                                  \
    im[b] = y;                                  \
  }

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
  const Real e00 = real_word(data);
  const Real e03 = real_word(data + REAL_WORDS);
  const Real e30 = real_word(data + 2 * REAL_WORDS);
  const Real e33 = real_word(data + 3 * REAL_WORDS);
  const Real o11 = real_word(data + 4 * REAL_WORDS);
  const Real o12 = real_word(data + 5 * REAL_WORDS);
  const Real o21 = real_word(data + 6 * REAL_WORDS);
  const Real o22 = real_word(data + 7 * REAL_WORDS);
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

// Whether an outer term holds where the tile lies; a parity: whether it is odd.
bool holds(uint kind, uint low_mask, uint low_value, uint chunk_mask, uint chunk_value, uint low, uint chunk) {
  if ((kind & kTermParity) != 0) {
    return ((bitCount(low & low_mask) + bitCount(chunk & chunk_mask)) & 1) != 0;
  }
  return ((low & low_mask) ^ low_value) == 0 && ((chunk & chunk_mask) ^ chunk_value) == 0;
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

// Terms: kind and axis, masks and values by place (low, low, chunk, chunk), the angle.
void run_phases(uint data) {
  const uint flags = word(data);
  const uint outer_terms = word(data + 1);
  const uint thread_terms = word(data + 2);
  uint at = data + 3;

  Turns all = kNoTurns;
  Turns axis[4] = Turns[4](kNoTurns, kNoTurns, kNoTurns, kNoTurns);
  if (outer_terms != 0) {
    barrier();
    for (uint i = gl_LocalInvocationID.x; i < (kTileAxes + 1) * kTurnLimbs; i += gl_WorkGroupSize.x) {
      axis_limbs[i] = 0;
    }
    barrier();
    for (uint i = gl_LocalInvocationID.x; i < outer_terms; i += gl_WorkGroupSize.x) {
      const uint term = at + i * kTermWords;
      const uint kind = word(term);
      const bool met = holds(kind, word(term + 1), word(term + 2), word(term + 3), word(term + 4), tile_base_low,
                             tile_base_chunk);
      Turns of_all = kNoTurns;
      Turns of_axis = kNoTurns;
      add_term(kind, met, turns_word(words.at[term + 5], words.at[term + 6]), of_all, of_axis);
      add_limbs(kTileAxes, of_all);
      if ((kind & kTermHasAxis) != 0) {
        add_limbs((kind >> 8) & 0xffu, of_axis);
      }
    }
    barrier();
    at += outer_terms * kTermWords;
    all = axis_turns(kTileAxes);
    for (uint tile_axis = 0; tile_axis < kTileAxes; ++tile_axis) {
      if (((thread_index >> tile_axis) & 1u) != 0) {
        all = add_turns(all, axis_turns(tile_axis));
      }
    }
    for (uint k = 0; k < 4; ++k) {
      axis[k] = axis_turns(register_axis(k));
    }
  }
  // by the register axis that they turn: -1 stands for none
  for (uint k = 0; k < 5; ++k) {
    const uint count = (thread_terms >> (6 * k)) & 63u;
    Turns of_axis = kNoTurns;
    for (uint i = 0; i < count; ++i) {
      const uint kind = word(at);
      const bool met = holds(kind, word(at + 1), word(at + 2), word(at + 3), word(at + 4), thread_low, thread_chunk);
      add_term(kind, met, turns_word(words.at[at + 5], words.at[at + 6]), all, of_axis);
      at += kTermWords;
    }
    if (k < 4) {
      axis[k] = add_turns(axis[k], of_axis);
    }
  }

  if ((flags & 1u) != 0) {
    const Complex f = cis(all);
    [[unroll]] for (uint r = 0; r < 16; ++r) {
      turn_register(r, f.x, f.y);
    }
  }
  if ((flags & 2u) != 0) {
    const Complex f = cis(axis[0]);
    PAIRS_0(TURN_UPPER)
  }
  if ((flags & 4u) != 0) {
    const Complex f = cis(axis[1]);
    PAIRS_1(TURN_UPPER)
  }
  if ((flags & 8u) != 0) {
    const Complex f = cis(axis[2]);
    PAIRS_2(TURN_UPPER)
  }
  if ((flags & 16u) != 0) {
    const Complex f = cis(axis[3]);
    PAIRS_3(TURN_UPPER)
  }
  if ((flags & 32u) != 0) {
    [[unroll]] for (uint r = 0; r < 16; ++r) {  // a constant for each register
      turn_register(r, real_word(at + 2 * REAL_WORDS * r), real_word(at + 2 * REAL_WORDS * r + REAL_WORDS));
    }
  }
}

// A term of several register axes and others: the registers in one of two sets, by whether it holds for the thread.
void run_select(uint data) {
  const uint kind = word(data);
  const bool met =
      holds(kind, word(data + 1), word(data + 2), word(data + 3), word(data + 4), thread_low, thread_chunk);
  const uint selected = met ? word(data + 5) & 0xffffu : word(data + 5) >> 16;
  const Real c = real_word(data + 6);
  const Real s = real_word(data + 6 + REAL_WORDS);
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    if ((selected >> r & 1u) != 0) {
      turn_register(r, c, s);
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
  const uint matrix = data + targets;
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

void run_operation(uint op) {
  const uint head = word(op);
  const uint code = head & 0xffu;
  const uint condition = word(op + 1);
  const uint outer_at = word(op + 2);
  const uint data = word(op + 3);
  if (code == kPhases) {
    run_phases(data);
    return;
  }
  if (code == kSelect) {
    run_select(data);
    return;
  }
  bool outer = true;
  if (outer_at != 0) {
    outer = ((tile_base_low & word(outer_at)) ^ word(outer_at + 1)) == 0 &&
            ((tile_base_chunk & word(outer_at + 2)) ^ word(outer_at + 3)) == 0;
  }
  if (code == kDenseShared) {
    run_dense((head >> 8) & 0xffu, condition, outer, data);
    return;
  }
  if (code == kFlipShared) {
    run_flip(condition, outer, data);
    return;
  }
  if (!outer || !selects(condition, thread_index)) {
    return;
  }
  const uint position = (head >> 8) & 0xffu;
  const uint wanted = head >> 16;
  switch (code) {
    case kUnitReal: {
      const Real p = real_word(data);
      const Real q = real_word(data + REAL_WORDS);
      const Real s = real_word(data + 2 * REAL_WORDS);
      EACH_PAIR(position, UNIT_REAL)
      break;
    }
    case kUnitImaginary: {
      const Real p = real_word(data);
      const Real q = real_word(data + REAL_WORDS);
      const Real s = real_word(data + 2 * REAL_WORDS);
      EACH_PAIR(position, UNIT_IMAGINARY)
      break;
    }
    case kReal: {
      const Real m00 = real_word(data);
      const Real p = real_word(data + REAL_WORDS);
      const Real q = real_word(data + 2 * REAL_WORDS);
      const Real s = real_word(data + 3 * REAL_WORDS);
      EACH_PAIR(position, REAL)
      break;
    }
    case kDense: {
      const Real ar = real_word(data);
      const Real ai = real_word(data + REAL_WORDS);
      const Real br = real_word(data + 2 * REAL_WORDS);
      const Real bi = real_word(data + 3 * REAL_WORDS);
      const Real cr = real_word(data + 4 * REAL_WORDS);
      const Real ci = real_word(data + 5 * REAL_WORDS);
      const Real dr = real_word(data + 6 * REAL_WORDS);
      const Real di = real_word(data + 7 * REAL_WORDS);
      EACH_PAIR(position, DENSE)
      break;
    }
    case kExchange:
      EACH_PAIR(position, EXCHANGE)
      break;
    case kCouple:
      run_couple(position, data);
      break;
  }
}

void main() {
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  if (group >= push.tiles) {
    return;
  }
  words = Words(push.words);
  find_tile(push.first_tile + group);
  const uint passes = word(0);
  const uint scale_at = word(2);
  uint pass = word(3);
  map_threads(pass);
  load();
  for (uint i = 0; i < passes; ++i) {
    const uint op = word(pass + 1 + kPassThreadWords);
    const uint ops = word(pass + 2 + kPassThreadWords);
    for (uint k = 0; k < ops; ++k) {
      run_operation(op + kOpWords * k);
    }
    pass += kPassWords;
    if (i + 1 < passes) {
      transpose(pass);
    }
  }
  if (scale_at != 0) {
    const Real c = real_word(scale_at);
    const Real s = real_word(scale_at + REAL_WORDS);
    [[unroll]] for (uint r = 0; r < 16; ++r) {
      turn_register(r, c, s);
    }
  }
  store();
}
