// Operations on pairs and fours of registers. Part of stage.comp.

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

// [[1, p], [-p, 1]]
#define ROTATE_REAL(a, b)                       \
  {                                             \
    const Real x = re[a] + p * re[b];           \
    const Real y = im[a] + p * im[b];           \
    re[b] = re[b] - p * re[a];                  \
    im[b] = im[b] - p * im[a];                  \
    re[a] = x;                                  \
    im[a] = y;                                  \
  }

// [[1, i·p], [i·p, 1]]
#define ROTATE_IMAGINARY(a, b)                  \
  {                                             \
    const Real x = re[a] - p * im[b];           \
    const Real y = im[a] + p * re[b];           \
    const Real z = re[b] - p * im[a];           \
    im[b] = im[b] + p * re[a];                  \
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

void turn_register(uint r, Real c, Real s) {
  const Real x = c * re[r] - s * im[r];
  im[r] = c * im[r] + s * re[r];
  re[r] = x;
}

#define TURN_UPPER(a, b) turn_register(b, f.x, f.y);

#define ROTATE_AXIS(k, PAIRS)                  \
  {                                            \
    const uint kind = (kinds >> (2 * k)) & 3u; \
    const Real p = ps[k];                      \
    if (kind == kRotateReal || !needs(kNeedsImaginary)) { \
      PAIRS(ROTATE_REAL)                       \
    } else if (kind == kRotateImaginary) {     \
      PAIRS(ROTATE_IMAGINARY)                  \
    }                                          \
  }

// Where none is imaginary, all four are done: those that are not there have p = 0, and what they take is less than what
// four branches do.
void run_rotations(uint kinds, uint data) {
  const Real4 ps = real_four(data);
  ROTATE_AXIS(0, PAIRS_0)
  ROTATE_AXIS(1, PAIRS_1)
  ROTATE_AXIS(2, PAIRS_2)
  ROTATE_AXIS(3, PAIRS_3)
}

// Four registers that differ along two axes: 00 with 11 by [[1, p], [-p, 1]], 01 with 10 by [[u, v], [-v, u]].
#define COUPLE_UNIT(a, b, c, d)             \
  {                                         \
    Real x = re[a] + p * re[d];             \
    re[d] = re[d] - p * re[a];              \
    re[a] = x;                              \
    x = im[a] + p * im[d];                  \
    im[d] = im[d] - p * im[a];              \
    im[a] = x;                              \
    x = u * re[b] + v * re[c];              \
    re[c] = u * re[c] - v * re[b];          \
    re[b] = x;                              \
    x = u * im[b] + v * im[c];              \
    im[c] = u * im[c] - v * im[b];          \
    im[b] = x;                              \
  }

void run_couplings(uint parts, uint pairing, uint data) {
  for (uint i = 0; i < 2; ++i) {
    if ((parts & (kHasCoupling << i)) == 0) {
      continue;
    }
    const Real4 entries = real_four(data + 4 * REAL_WORDS * i);
    const Real p = entries.x;
    const Real u = entries.y;
    const Real v = entries.z;
    switch (2 * pairing + i) {
      case 0:
        COUPLE_UNIT(0, 1, 2, 3) COUPLE_UNIT(4, 5, 6, 7) COUPLE_UNIT(8, 9, 10, 11) COUPLE_UNIT(12, 13, 14, 15) break;
      case 1:
        COUPLE_UNIT(0, 4, 8, 12) COUPLE_UNIT(1, 5, 9, 13) COUPLE_UNIT(2, 6, 10, 14) COUPLE_UNIT(3, 7, 11, 15) break;
      case 2:
        COUPLE_UNIT(0, 1, 4, 5) COUPLE_UNIT(2, 3, 6, 7) COUPLE_UNIT(8, 9, 12, 13) COUPLE_UNIT(10, 11, 14, 15) break;
      case 3:
        COUPLE_UNIT(0, 2, 8, 10) COUPLE_UNIT(1, 3, 9, 11) COUPLE_UNIT(4, 6, 12, 14) COUPLE_UNIT(5, 7, 13, 15) break;
      case 4:
        COUPLE_UNIT(0, 1, 8, 9) COUPLE_UNIT(2, 3, 10, 11) COUPLE_UNIT(4, 5, 12, 13) COUPLE_UNIT(6, 7, 14, 15) break;
      default:
        COUPLE_UNIT(0, 2, 4, 6) COUPLE_UNIT(1, 3, 5, 7) COUPLE_UNIT(8, 10, 12, 14) COUPLE_UNIT(9, 11, 13, 15) break;
    }
  }
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
