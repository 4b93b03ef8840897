// The operations on a block of vectors in registers; what each does is told in block.h, and those over two targets are
// in block_pairs-inl.h. Compiled once per instruction set.
#if defined(BASALT_BLOCK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef BASALT_BLOCK_INL_H
#undef BASALT_BLOCK_INL_H
#else
#define BASALT_BLOCK_INL_H
#endif

#include <bit>

#include "workloads/quantum/kernels/block_pairs-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {

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
