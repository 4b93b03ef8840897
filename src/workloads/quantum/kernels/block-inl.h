// The operations on a block of vectors in registers; what each does is told in block.h. Compiled once per instruction
// set.
#if defined(BASALT_BLOCK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef BASALT_BLOCK_INL_H
#undef BASALT_BLOCK_INL_H
#else
#define BASALT_BLOCK_INL_H
#endif

#include <bit>

#include "workloads/quantum/kernels/block.h"
#include "workloads/quantum/kernels/lanes-inl.h"

// Vectors in arrays stay in registers only where every index is a constant.
#ifndef BASALT_UNROLL
#define BASALT_UNROLL _Pragma("GCC unroll 32")
#endif

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {

/// Coefficient number `i`.
template <typename T>
HWY_INLINE Vector<T> coefficient(const T* coefficients, std::size_t i) {
  return hn::Load(Tag<T>(), coefficients + i * kParts<T>);
}

/// (real + i·imaginary) · v + sum, `imaginary` signed and `turned` v with its parts swapped.
template <typename T>
HWY_INLINE Vector<T> add_product(Vector<T> real, Vector<T> imaginary, Vector<T> v, Vector<T> turned, Vector<T> sum) {
  return hn::MulAdd(imaginary, turned, hn::MulAdd(real, v, sum));
}
template <typename T>
HWY_INLINE Vector<T> product(Vector<T> real, Vector<T> imaginary, Vector<T> v) {
  return hn::MulAdd(imaginary, swap_parts(v), hn::Mul(real, v));
}

template <typename T>
HWY_INLINE auto load_indices(const T* at) {
  return hn::SetTableIndices(Tag<T>(), reinterpret_cast<const hwy::MakeSigned<T>*>(at));
}

HWY_INLINE bool acts_on(const BlockOp& op, int vector) {
  return (vector & op.control_mask) == op.control_value;
}

/// The lower vector of pair number `pair`, for a target at bit kBit.
template <int kBit>
constexpr int lower_of(int pair) {
  return ((pair >> kBit) << (kBit + 1)) | (pair & ((1 << kBit) - 1));
}

template <typename T, int kHigh, int kBit>
HWY_INLINE void apply_unit(Vector<T>* HWY_RESTRICT v, BlockCode code, const T* coefficients) {
  constexpr int kPairs = 1 << (kHigh - 1);
  const Vector<T> p = coefficient(coefficients, 0);
  const Vector<T> q = coefficient(coefficients, 1);
  if (code == BlockCode::rotate) {
    BASALT_UNROLL for (int pair = 0; pair < kPairs; ++pair) {
      const int i = lower_of<kBit>(pair);
      const int j = i + (1 << kBit);
      const Vector<T> a = hn::MulAdd(p, v[j], v[i]);
      v[j] = hn::MulAdd(q, v[i], v[j]);
      v[i] = a;
    }
  } else if (code == BlockCode::reflect) {
    BASALT_UNROLL for (int pair = 0; pair < kPairs; ++pair) {
      const int i = lower_of<kBit>(pair);
      const int j = i + (1 << kBit);
      const Vector<T> a = hn::MulAdd(p, v[j], v[i]);
      v[j] = hn::MulSub(q, v[i], v[j]);
      v[i] = a;
    }
  } else if (code == BlockCode::cross_rotate) {
    BASALT_UNROLL for (int pair = 0; pair < kPairs; ++pair) {
      const int i = lower_of<kBit>(pair);
      const int j = i + (1 << kBit);
      const Vector<T> a = hn::MulAdd(p, v[i], v[j]);
      v[j] = hn::MulAdd(q, v[j], v[i]);
      v[i] = a;
    }
  } else {
    BASALT_UNROLL for (int pair = 0; pair < kPairs; ++pair) {
      const int i = lower_of<kBit>(pair);
      const int j = i + (1 << kBit);
      const Vector<T> a = hn::MulAdd(p, v[i], v[j]);
      v[j] = hn::MulSub(q, v[j], v[i]);
      v[i] = a;
    }
  }
}

template <typename T, int kHigh, int kBit, bool kControlled>
HWY_INLINE void apply_real(Vector<T>* HWY_RESTRICT v, const BlockOp& op, const T* coefficients) {
  Vector<T> m[4];
  BASALT_UNROLL for (int k = 0; k < 4; ++k) {
    m[k] = coefficient(coefficients, k);
  }
  BASALT_UNROLL for (int pair = 0; pair < 1 << (kHigh - 1); ++pair) {
    const int i = lower_of<kBit>(pair);
    const int j = i + (1 << kBit);
    if (!kControlled || acts_on(op, i)) {
      const Vector<T> a = hn::MulAdd(m[1], v[j], hn::Mul(m[0], v[i]));
      v[j] = hn::MulAdd(m[2], v[i], hn::Mul(m[3], v[j]));
      v[i] = a;
    }
  }
}

template <typename T, int kHigh, int kBit, bool kControlled>
HWY_INLINE void apply_dense(Vector<T>* HWY_RESTRICT v, const BlockOp& op, const T* coefficients) {
  Vector<T> m[8];
  BASALT_UNROLL for (int k = 0; k < 8; ++k) {
    m[k] = coefficient(coefficients, k);
  }
  BASALT_UNROLL for (int pair = 0; pair < 1 << (kHigh - 1); ++pair) {
    const int i = lower_of<kBit>(pair);
    const int j = i + (1 << kBit);
    if (!kControlled || acts_on(op, i)) {
      const Vector<T> turned_a = swap_parts(v[i]);
      const Vector<T> turned_b = swap_parts(v[j]);
      const Vector<T> a = add_product<T>(m[2], m[3], v[j], turned_b, hn::MulAdd(m[1], turned_a, hn::Mul(m[0], v[i])));
      v[j] = add_product<T>(m[6], m[7], v[j], turned_b, hn::MulAdd(m[5], turned_a, hn::Mul(m[4], v[i])));
      v[i] = a;
    }
  }
}

template <typename T, int kHigh, int kBit>
HWY_INLINE void apply_exchange(Vector<T>* HWY_RESTRICT v, const BlockOp& op, const T* coefficients) {
  if (op.code == BlockCode::exchange) {
    BASALT_UNROLL for (int pair = 0; pair < 1 << (kHigh - 1); ++pair) {
      const int i = lower_of<kBit>(pair);
      if (acts_on(op, i)) {
        const Vector<T> a = v[i];
        v[i] = v[i + (1 << kBit)];
        v[i + (1 << kBit)] = a;
      }
    }
    return;
  }
  const LaneMask<T> lanes = hn::Gt(coefficient(coefficients, 0), hn::Zero(Tag<T>()));
  BASALT_UNROLL for (int pair = 0; pair < 1 << (kHigh - 1); ++pair) {
    const int i = lower_of<kBit>(pair);
    const int j = i + (1 << kBit);
    if (acts_on(op, i)) {
      const Vector<T> a = v[i];
      v[i] = hn::IfThenElse(lanes, v[j], a);
      v[j] = hn::IfThenElse(lanes, a, v[j]);
    }
  }
}

/// 4×4 over a lane and a high target. Row r of vectors is Σ over vectors k and flips d.
template <typename T, int kHigh, int kBit>
HWY_INLINE void apply_pair_mixed(Vector<T>* HWY_RESTRICT v, const T* coefficients) {
  const auto indices = load_indices(coefficients);
  BASALT_UNROLL for (int pair = 0; pair < 1 << (kHigh - 1); ++pair) {
    const int i = lower_of<kBit>(pair);
    const int j = i + (1 << kBit);
    const Vector<T> in[4] = {v[i], hn::TableLookupLanes(v[i], indices), v[j], hn::TableLookupLanes(v[j], indices)};
    Vector<T> out[2];
    BASALT_UNROLL for (int row = 0; row < 2; ++row) {
      out[row] = hn::Zero(Tag<T>());
      BASALT_UNROLL for (int k = 0; k < 4; ++k) {
        const std::size_t at = 1 + 2 * (4 * row + k);
        out[row] = add_product<T>(coefficient(coefficients, at), coefficient(coefficients, at + 1), in[k],
                                  swap_parts(in[k]), out[row]);
      }
    }
    v[i] = out[0];
    v[j] = out[1];
  }
}

/// A vector's own amplitudes times a real coefficient, plus others times a real or a complex one.
template <typename T, bool kTurned>
struct Coupling {
  static constexpr std::size_t kCoefficients = kTurned ? 3 : 2;

  HWY_INLINE Coupling(const T* coefficients, std::size_t first)
      : own(coefficient(coefficients, first)),
        other(coefficient(coefficients, first + 1)),
        imaginary(coefficient(coefficients, first + kCoefficients - 1)) {}

  HWY_INLINE Vector<T> operator()(Vector<T> v, Vector<T> others) const {
    const Vector<T> sum = hn::MulAdd(other, others, hn::Mul(own, v));
    if constexpr (kTurned) {
      return hn::MulAdd(imaginary, swap_parts(others), sum);
    }
    return sum;
  }

  Vector<T> own;
  Vector<T> other;
  Vector<T> imaginary;
};

/// Two rotations over a lane and a high target: each vector and the other one's amplitudes at the flipped lane.
template <typename T, int kHigh, int kBit, bool kTurned>
HWY_INLINE void apply_couple_mixed(Vector<T>* HWY_RESTRICT v, const T* coefficients) {
  const auto indices = load_indices(coefficients);
  const Coupling<T, kTurned> low(coefficients, 1);
  const Coupling<T, kTurned> high(coefficients, 1 + Coupling<T, kTurned>::kCoefficients);
  BASALT_UNROLL for (int pair = 0; pair < 1 << (kHigh - 1); ++pair) {
    const int i = lower_of<kBit>(pair);
    const int j = i + (1 << kBit);
    const Vector<T> moved = hn::TableLookupLanes(v[i], indices);
    v[i] = low(v[i], hn::TableLookupLanes(v[j], indices));
    v[j] = high(v[j], moved);
  }
}

/// The operations with one high target, at bit kBit.
template <typename T, int kHigh, int kBit>
HWY_INLINE void apply_high(Vector<T>* HWY_RESTRICT v, const BlockOp& op, const T* coefficients) {
  switch (op.code) {
    case BlockCode::real:
      op.control_mask == 0 ? apply_real<T, kHigh, kBit, false>(v, op, coefficients)
                           : apply_real<T, kHigh, kBit, true>(v, op, coefficients);
      return;
    case BlockCode::dense:
      op.control_mask == 0 ? apply_dense<T, kHigh, kBit, false>(v, op, coefficients)
                           : apply_dense<T, kHigh, kBit, true>(v, op, coefficients);
      return;
    case BlockCode::exchange:
    case BlockCode::exchange_lanes:
      return apply_exchange<T, kHigh, kBit>(v, op, coefficients);
    case BlockCode::pair_mixed:
      return apply_pair_mixed<T, kHigh, kBit>(v, coefficients);
    case BlockCode::couple_mixed:
      return apply_couple_mixed<T, kHigh, kBit, false>(v, coefficients);
    case BlockCode::turned_mixed:
      return apply_couple_mixed<T, kHigh, kBit, true>(v, coefficients);
    default:
      return apply_unit<T, kHigh, kBit>(v, op.code, coefficients);
  }
}

/// 4×4 over two high targets.
template <typename T, int kHigh, int kFirst, int kSecond>
HWY_INLINE void apply_pair_high(Vector<T>* HWY_RESTRICT v, const T* coefficients) {
  BASALT_UNROLL for (int group = 0; group < 1 << (kHigh - 2); ++group) {
    const int base = lower_of<kSecond>(lower_of<kFirst>(group));
    const int at[4] = {base, base + (1 << kFirst), base + (1 << kSecond), base + (1 << kFirst) + (1 << kSecond)};
    Vector<T> in[4];
    Vector<T> turned[4];
    BASALT_UNROLL for (int k = 0; k < 4; ++k) {
      in[k] = v[at[k]];
      turned[k] = swap_parts(in[k]);
    }
    BASALT_UNROLL for (int row = 0; row < 4; ++row) {
      Vector<T> sum = hn::Mul(coefficient(coefficients, 8 * row), in[0]);
      sum = hn::MulAdd(coefficient(coefficients, 8 * row + 1), turned[0], sum);
      BASALT_UNROLL for (int k = 1; k < 4; ++k) {
        sum = add_product<T>(coefficient(coefficients, 8 * row + 2 * k), coefficient(coefficients, 8 * row + 2 * k + 1),
                             in[k], turned[k], sum);
      }
      v[at[row]] = sum;
    }
  }
}

/// Which of two rotations.
enum class Parity { even, odd, both };

/// Rotations of the vectors at kFirst and kSecond: of 00 and 11, of 01 and 10.
template <typename T, int kHigh, int kFirst, int kSecond, Parity kParity, bool kTurned>
HWY_INLINE void apply_couple(Vector<T>* HWY_RESTRICT v, const T* coefficients) {
  constexpr std::size_t kEach = Coupling<T, kTurned>::kCoefficients;
  const auto rotate = [&](int from, std::size_t first) HWY_ATTR {
    const Coupling<T, kTurned> low(coefficients, first);
    const Coupling<T, kTurned> high(coefficients, first + kEach);
    BASALT_UNROLL for (int group = 0; group < 1 << (kHigh - 2); ++group) {
      const int i = lower_of<kSecond>(lower_of<kFirst>(group)) + from;
      const int j = i ^ (1 << kFirst) ^ (1 << kSecond);
      const Vector<T> a = low(v[i], v[j]);
      v[j] = high(v[j], v[i]);
      v[i] = a;
    }
  };
  if constexpr (kParity != Parity::odd) {
    rotate(0, 0);
  }
  if constexpr (kParity != Parity::even) {
    rotate(1 << kFirst, kParity == Parity::both ? 2 * kEach : 0);
  }
}

template <typename T, int kHigh, int kFirst, int kSecond, bool kTurned>
HWY_INLINE void choose_couple(Vector<T>* HWY_RESTRICT v, BlockCode code, const T* coefficients) {
  if (code == (kTurned ? BlockCode::turned : BlockCode::couple)) {
    apply_couple<T, kHigh, kFirst, kSecond, Parity::both, kTurned>(v, coefficients);
  } else if (code == (kTurned ? BlockCode::turned_even : BlockCode::couple_even)) {
    apply_couple<T, kHigh, kFirst, kSecond, Parity::even, kTurned>(v, coefficients);
  } else {
    apply_couple<T, kHigh, kFirst, kSecond, Parity::odd, kTurned>(v, coefficients);
  }
}

/// The operations with two high targets, at bits kFirst < kSecond.
template <typename T, int kHigh, int kFirst, int kSecond>
HWY_INLINE void apply_two_high(Vector<T>* HWY_RESTRICT v, BlockCode code, const T* coefficients) {
  if constexpr (kSecond < kHigh) {
    switch (code) {
      case BlockCode::couple:
      case BlockCode::couple_even:
      case BlockCode::couple_odd:
        return choose_couple<T, kHigh, kFirst, kSecond, false>(v, code, coefficients);
      case BlockCode::pair_high:
        return apply_pair_high<T, kHigh, kFirst, kSecond>(v, coefficients);
      default:
        return choose_couple<T, kHigh, kFirst, kSecond, true>(v, code, coefficients);
    }
  }
}

template <typename T, int kHigh>
HWY_INLINE void choose_two_high(Vector<T>* HWY_RESTRICT v, const BlockOp& op, const T* coefficients) {
  switch (op.position | op.second << 2) {
    case 0 | 1 << 2:
      return apply_two_high<T, kHigh, 0, 1>(v, op.code, coefficients);
    case 0 | 2 << 2:
      return apply_two_high<T, kHigh, 0, 2>(v, op.code, coefficients);
    case 1 | 2 << 2:
      return apply_two_high<T, kHigh, 1, 2>(v, op.code, coefficients);
    case 0 | 3 << 2:
      return apply_two_high<T, kHigh, 0, 3>(v, op.code, coefficients);
    case 1 | 3 << 2:
      return apply_two_high<T, kHigh, 1, 3>(v, op.code, coefficients);
    default:
      return apply_two_high<T, kHigh, 2, 3>(v, op.code, coefficients);
  }
}

/// 4×4 over two lanes: Σ over the flips of both.
template <typename T, int kHigh>
HWY_INLINE void apply_pair_lanes(Vector<T>* HWY_RESTRICT v, const T* coefficients) {
  const T* const pairs = coefficients + 3 * kParts<T>;
  BASALT_UNROLL for (int j = 0; j < 1 << kHigh; ++j) {
    Vector<T> sum = product<T>(coefficient(pairs, 0), coefficient(pairs, 1), v[j]);
    BASALT_UNROLL for (int flip = 1; flip < 4; ++flip) {
      const Vector<T> moved = hn::TableLookupLanes(v[j], load_indices(coefficients + (flip - 1) * kParts<T>));
      sum =
          add_product<T>(coefficient(pairs, 2 * flip), coefficient(pairs, 2 * flip + 1), moved, swap_parts(moved), sum);
    }
    v[j] = sum;
  }
}

/// The operations within each vector.
template <typename T, int kHigh>
HWY_INLINE void apply_lane(Vector<T>* HWY_RESTRICT v, const BlockOp& op, const T* coefficients) {
  constexpr int kVectors = 1 << kHigh;
  const auto indices = load_indices(coefficients);
  switch (op.code) {
    case BlockCode::lane_unit: {
      const Vector<T> q = coefficient(coefficients, 1);
      BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
        v[j] = hn::MulAdd(q, hn::TableLookupLanes(v[j], indices), v[j]);
      }
      return;
    }
    case BlockCode::lane_real: {
      const Vector<T> p = coefficient(coefficients, 1);
      const Vector<T> q = coefficient(coefficients, 2);
      BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
        if (acts_on(op, j)) {
          v[j] = hn::MulAdd(q, hn::TableLookupLanes(v[j], indices), hn::Mul(p, v[j]));
        }
      }
      return;
    }
    case BlockCode::lane_dense: {
      Vector<T> m[4];
      BASALT_UNROLL for (int k = 0; k < 4; ++k) {
        m[k] = coefficient(coefficients, 1 + k);
      }
      BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
        if (acts_on(op, j)) {
          const Vector<T> moved = hn::TableLookupLanes(v[j], indices);
          v[j] = add_product<T>(m[2], m[3], moved, swap_parts(moved), product<T>(m[0], m[1], v[j]));
        }
      }
      return;
    }
    case BlockCode::lane_turned: {
      const Coupling<T, true> sum(coefficients, 1);
      BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
        v[j] = sum(v[j], hn::TableLookupLanes(v[j], indices));
      }
      return;
    }
    default:
      BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
        if (acts_on(op, j)) {
          v[j] = hn::TableLookupLanes(v[j], indices);
        }
      }
  }
}

/// Multiplies every vector by what is given for it.
template <typename T, int kHigh>
HWY_INLINE void apply_scale(Vector<T>* HWY_RESTRICT v, const T* coefficients) {
  BASALT_UNROLL for (int j = 0; j < 1 << kHigh; ++j) {
    v[j] = hn::Mul(coefficient(coefficients, j), v[j]);
  }
}

template <typename T, int kHigh>
HWY_INLINE void apply_turn(Vector<T>* HWY_RESTRICT v, const BlockOp& op, const T* coefficients, std::uint64_t first,
                           std::uint64_t base) {
  constexpr int kVectors = 1 << kHigh;
  const int ones = std::popcount(first & op.tile_parity) + std::popcount(base & op.field_parity);
  const T* const pairs = coefficients + (ones & 1) * 2 * kVectors * kParts<T>;
  BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
    v[j] = product<T>(coefficient(pairs, 2 * j), coefficient(pairs, 2 * j + 1), v[j]);
  }
}

template <typename T, int kHigh>
HWY_INLINE void apply_tables(Vector<T>* HWY_RESTRICT v, const PhaseTables& tables, std::uint64_t first,
                             const std::uint64_t* HWY_RESTRICT offset) {
  constexpr int kVectors = 1 << kHigh;
  const Tag<T> tag;
  const Vector<T> signs = i_signs<T>();
  if (tables.whole != nullptr) {
    const T* const whole = static_cast<const T*>(tables.whole) + first * kParts<T>;
    BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
      const Vector<T> phase = hn::Load(tag, whole + offset[j] * kParts<T>);
      v[j] = product<T>(hn::DupEven(phase), hn::Mul(hn::DupOdd(phase), signs), v[j]);
    }
  }
  if (tables.low != nullptr) {
    constexpr int kShift = kPhaseLowAxes - kLowAxes<T>;
    const T* const low = static_cast<const T*>(tables.low);
    const T* const high = static_cast<const T*>(tables.high);
    BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
      const std::uint64_t index = first + offset[j];
      const T* const entry = low + (index & ((std::uint64_t{1} << kShift) - 1)) * 2 * kParts<T>;
      const Vector<T> near = product<T>(hn::Load(tag, entry), hn::Load(tag, entry + kParts<T>), v[j]);
      const T* const far = high + 2 * (index >> kShift);
      v[j] = product<T>(hn::Set(tag, far[0]), hn::Mul(hn::Set(tag, far[1]), signs), near);
    }
  }
}

template <typename T, int kHigh>
HWY_INLINE void apply(Vector<T>* HWY_RESTRICT v, const BlockOp& op, const T* coefficients, const PhaseTables* tables,
                      std::uint64_t first, const std::uint64_t* HWY_RESTRICT offset, std::uint64_t base) {
  switch (op.code) {
    case BlockCode::lane_unit:
    case BlockCode::lane_real:
    case BlockCode::lane_dense:
    case BlockCode::lane_turned:
    case BlockCode::lane_permute:
      return apply_lane<T, kHigh>(v, op, coefficients);
    case BlockCode::scale:
      return apply_scale<T, kHigh>(v, coefficients);
    case BlockCode::turn:
      return apply_turn<T, kHigh>(v, op, coefficients, first, base);
    case BlockCode::table:
      return apply_tables<T, kHigh>(v, tables[op.table], first, offset);
    case BlockCode::pair_lanes:
      return apply_pair_lanes<T, kHigh>(v, coefficients);
    case BlockCode::couple:
    case BlockCode::couple_even:
    case BlockCode::couple_odd:
    case BlockCode::turned:
    case BlockCode::turned_even:
    case BlockCode::turned_odd:
    case BlockCode::pair_high:
      return choose_two_high<T, kHigh>(v, op, coefficients);
    default:
      switch (op.position) {
        case 0:
          if constexpr (kHigh > 0) {
            apply_high<T, kHigh, 0>(v, op, coefficients);
          }
          return;
        case 1:
          if constexpr (kHigh > 1) {
            apply_high<T, kHigh, 1>(v, op, coefficients);
          }
          return;
        case 2:
          if constexpr (kHigh > 2) {
            apply_high<T, kHigh, 2>(v, op, coefficients);
          }
          return;
        default:
          if constexpr (kHigh > 3) {
            apply_high<T, kHigh, 3>(v, op, coefficients);
          }
      }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#endif
