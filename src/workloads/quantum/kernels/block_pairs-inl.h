// The operations on a block over two targets; what each does is told in block.h. Compiled once per instruction set.
#if defined(BASALT_BLOCK_PAIRS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef BASALT_BLOCK_PAIRS_INL_H
#undef BASALT_BLOCK_PAIRS_INL_H
#else
#define BASALT_BLOCK_PAIRS_INL_H
#endif

#include "workloads/quantum/kernels/block_operand-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {

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

}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#endif
