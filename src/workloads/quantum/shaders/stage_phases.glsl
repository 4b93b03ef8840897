// Phases and factors of registers. Part of stage.comp.

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
  const uvec4 low_angles = four(data + 4);
  const uvec4 high_angles = four(data + 8);
  uint at = data + kPhaseHeadWords;

  Turns all = kNoTurns;
  Turns axis[4] = Turns[4](turns_word(low_angles.x, low_angles.y), turns_word(low_angles.z, low_angles.w),
                           turns_word(high_angles.x, high_angles.y), turns_word(high_angles.z, high_angles.w));
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
      axis[k] = add_turns(axis[k], axis_turns(register_axis(k)));
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

// A factor for each register.
void run_factors(uint data) {
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
