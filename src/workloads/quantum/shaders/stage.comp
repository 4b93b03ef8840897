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
layout(constant_id = 2) const uint kNeeds = ~0u;
// As many words are copied to shared memory before anything else: all, or none.
layout(constant_id = 3) const uint kSharedWords = 0;

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
  uint words_used;
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

shared uvec4 shared_words[kSharedWords / 4 + 1];

bool needs(uint what) { return (kNeeds & what) != 0; }

uint word(uint i) {
  if (kSharedWords > 0) {
    return shared_words[i >> 2][i & 3u];
  }
  return Words(push.words).at[i];
}

uvec4 four(uint i) {
  if (kSharedWords > 0) {
    return shared_words[i >> 2];
  }
  return Fours(push.words).at[i >> 2];
}

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

#include "stage_places.glsl"
#include "stage_pairs.glsl"
#include "stage_phases.glsl"
#include "stage_shared.glsl"

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

void run_matrix(uvec4 op, uint code, uint position, uint data) {
  switch (code) {
    CASE_REAL(kReal, REAL)
    CASE_DENSE(kDense, DENSE)
    case kCouple:
      run_couple(position, data);
      break;
    default:
      if (selects(op.y, thread_index) && tile_is_selected(op.z)) {
        run_controlled(code & ~kControlled, position, op.x >> 16, data);
      }
  }
}

void run_single(uvec4 op, uint code) {
  const uint position = (op.x >> 8) & 0xffu;
  const uint data = op.w;
  switch (code) {
    case kExchange:
      EACH_PAIR(position, EXCHANGE)
      break;
    case kSelect:
      run_select(data);
      break;
    case kDenseShared:
      if (needs(kNeedsShared)) {
        run_dense(position, op.y, tile_is_selected(op.z), data);
      }
      break;
    case kFlipShared:
      if (needs(kNeedsShared)) {
        run_flip(op.y, tile_is_selected(op.z), data);
      }
      break;
    default:
      if (needs(kNeedsMatrices)) {
        run_matrix(op, code, position, data);
      }
  }
}

void run_layer(uvec4 op, uint parts) {
  uint data = op.w;
  if (needs(kNeedsPhases) && (parts & kHasPhases) != 0) {
    run_phases(op.y);
  }
  if ((parts & kHasFactors) != 0) {
    run_factors(data);
    data += 32 * REAL_WORDS;
  }
  if ((parts & kHasRotations) != 0) {
    run_rotations((op.x >> 8) & 0xffu, data);
    data += 4 * REAL_WORDS;
  }
  if ((parts & kHasFactorsAfter) != 0) {
    run_factors(data);
    data += 32 * REAL_WORDS;
  }
  if (needs(kNeedsCouplings) && (parts & (kHasCoupling | kHasCoupling << 1)) != 0) {
    run_couplings(parts, (op.x >> 16) & 3u, data);
  }
}

void run_operation(uvec4 op) {
  const uint code = op.x & 0xffu;
  if (!needs(kNeedsSingles) || (code & (kLayer | kControlled)) == kLayer) {
    run_layer(op, code);
  } else {
    run_single(op, code);
  }
}

void main() {
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  if (group >= push.tiles) {
    return;
  }
  if (kSharedWords > 0) {
    for (uint i = gl_LocalInvocationID.x; i < push.words_used / 4; i += gl_WorkGroupSize.x) {
      shared_words[i] = Fours(push.words).at[i];
    }
    barrier();
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
