// Angles as fractions of a turn, in integers: sums of any number of them are exact, and wrap as angles do.
#include "stage_words.h"

#ifdef C128
#define Turns uvec2
#define Complex dvec2
const uint kTurnLimbs = 4;
const uvec2 kNoTurns = uvec2(0);

uvec2 add_turns(uvec2 a, uvec2 b) {
  uint carry;
  const uint low = uaddCarry(a.x, b.x, carry);
  return uvec2(low, a.y + b.y + carry);
}

uvec2 subtract_turns(uvec2 a, uvec2 b) {
  uint borrow;
  const uint low = usubBorrow(a.x, b.x, borrow);
  return uvec2(low, a.y - b.y - borrow);
}

uvec2 turns_word(uint low, uint high) { return uvec2(low, high); }

uint turn_limb(uvec2 turns, uint limb) { return (turns[limb / 2] >> (16 * (limb % 2))) & 0xffffu; }

uvec2 join_limbs(uint limbs[4]) {
  const uint one = limbs[1] + (limbs[0] >> 16);
  const uint two = limbs[2] + (one >> 16);
  const uint three = limbs[3] + (two >> 16);
  return uvec2((limbs[0] & 0xffffu) | (one << 16), (two & 0xffffu) | (three << 16));
}

// exp(2πi · turns): the nearest quarter turn, and a polynomial for the rest (Taylor; at most π/4).
dvec2 cis(uvec2 turns) {
  const uint quarter = (turns.y + 0x20000000u) >> 30;
  const int high = int(turns.y - (quarter << 30));
  const double x = (double(high) + double(turns.x) * 2.3283064365386962890625e-10LF) * 1.46291807926715968105133780430979e-9LF;
  const double y = x * x;
  double s = -1.0LF / 1307674368000.0LF + y / 355687428096000.0LF;
  s = 1.0LF / 6227020800.0LF + y * s;
  s = -1.0LF / 39916800.0LF + y * s;
  s = 1.0LF / 362880.0LF + y * s;
  s = -1.0LF / 5040.0LF + y * s;
  s = 1.0LF / 120.0LF + y * s;
  s = -1.0LF / 6.0LF + y * s;
  s = x + x * y * s;
  double c = 1.0LF / 20922789888000.0LF - y / 6402373705728000.0LF;
  c = -1.0LF / 87178291200.0LF + y * c;
  c = 1.0LF / 479001600.0LF + y * c;
  c = -1.0LF / 3628800.0LF + y * c;
  c = 1.0LF / 40320.0LF + y * c;
  c = -1.0LF / 720.0LF + y * c;
  c = 1.0LF / 24.0LF + y * c;
  c = -0.5LF + y * c;
  c = 1.0LF + y * c;
  const dvec2 near = dvec2((quarter & 1u) != 0 ? -s : c, (quarter & 1u) != 0 ? c : s);
  return (quarter & 2u) != 0 ? -near : near;
}
#else
#define Turns uint
#define Complex vec2
const uint kTurnLimbs = 1;
const uint kNoTurns = 0;

uint add_turns(uint a, uint b) { return a + b; }
uint subtract_turns(uint a, uint b) { return a - b; }
uint turns_word(uint low, uint high) { return high; }
uint turn_limb(uint turns, uint limb) { return turns; }
uint join_limbs(uint limbs[1]) { return limbs[0]; }

vec2 cis(uint turns) {
  const uint quarter = (turns + 0x20000000u) >> 30;
  const float x = float(int(turns - (quarter << 30))) * 1.46291807926715968e-9;
  const float y = x * x;
  float s = 2.7557319e-6;
  s = -1.9841270e-4 + y * s;
  s = 8.3333333e-3 + y * s;
  s = -0.16666667 + y * s;
  s = x + x * y * s;
  float c = -2.7557319e-7;
  c = 2.4801587e-5 + y * c;
  c = -1.3888889e-3 + y * c;
  c = 4.1666668e-2 + y * c;
  c = -0.5 + y * c;
  c = 1.0 + y * c;
  const vec2 near = vec2((quarter & 1u) != 0 ? -s : c, (quarter & 1u) != 0 ? c : s);
  return (quarter & 2u) != 0 ? -near : near;
}
#endif
