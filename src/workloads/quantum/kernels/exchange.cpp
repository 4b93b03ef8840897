// quantum/exchange: X, CX, CCX, SWAP, CSWAP and the like move amplitudes and compute nothing. Only vectors that hold
// something to move are visited.
#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/ahead.h"
#include "workloads/quantum/kernels/variants.h"
#include "workloads/quantum/kernels/walk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/exchange.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

/// The whole of `flip` is in the lanes: each vector exchanges with itself.
template <typename T>
HWY_INLINE void exchange_within(T* HWY_RESTRICT data, int axes, const ExchangeOperands& operands, Slice slice) {
  const Tag<T> tag;
  const std::uint64_t mask = low_part<T>(operands.control.mask);
  const std::uint64_t value = low_part<T>(operands.control.value);
  const LaneFlip<T> flip(operands.flip);
  const LaneMask<T> moved = hn::Or(lanes_where<T>(mask, value), lanes_where<T>(mask, value ^ (operands.flip & mask)));
  const std::uint64_t fixed = high_part<T>(operands.control.mask);
  const std::uint64_t high_value = high_part<T>(operands.control.value);
  const Range range = range_of(slice, std::uint64_t{1} << (axes - kLowAxes<T> - std::popcount(fixed)));
  Walk walk(fixed, range.begin);
  Ahead ahead(0, fixed, high_value, range.begin, sizeof(T) * kParts<T>, (2 * sizeof(T)) << axes);
  for (std::uint64_t i = range.begin; i < range.end; ++i, walk.advance()) {
    ahead.step(data, kParts<T>);
    T* const at = data + (walk.index() | high_value) * kParts<T>;
    const Vector<T> v = hn::Load(tag, at);
    hn::Store(hn::IfThenElse(moved, flip(v), v), tag, at);
  }
}

/// Two vectors exchange the lanes `from_b` of a and `from_a` of b; kFlip: lanes change places on the way.
template <typename T, bool kFlip, bool kAllLanes>
HWY_INLINE void exchange_pairs(T* HWY_RESTRICT data, Walk walk, Ahead ahead, Range range, std::uint64_t value,
                               std::uint64_t partner, const LaneFlip<T>& flip, LaneMask<T> into_a, LaneMask<T> into_b) {
  const Tag<T> tag;
  for (std::uint64_t i = range.begin; i < range.end; ++i, walk.advance()) {
    ahead.step(data, kParts<T>);
    const std::uint64_t index = walk.index() | value;
    T* const at_a = data + index * kParts<T>;
    T* const at_b = data + (index ^ partner) * kParts<T>;
    const Vector<T> a = hn::Load(tag, at_a);
    const Vector<T> b = hn::Load(tag, at_b);
    const Vector<T> moved_a = kFlip ? flip(a) : a;
    const Vector<T> moved_b = kFlip ? flip(b) : b;
    hn::Store(kAllLanes ? moved_b : hn::IfThenElse(into_a, moved_b, a), tag, at_a);
    hn::Store(kAllLanes ? moved_a : hn::IfThenElse(into_b, moved_a, b), tag, at_b);
  }
}

template <typename T>
HWY_INLINE void exchange_between(T* HWY_RESTRICT data, int axes, const ExchangeOperands& operands, Slice slice) {
  const std::uint64_t low_flip = low_part<T>(operands.flip);
  const std::uint64_t partner = high_part<T>(operands.flip);
  const std::uint64_t mask = low_part<T>(operands.control.mask);
  const std::uint64_t value = low_part<T>(operands.control.value);
  LaneMask<T> into_a = lanes_where<T>(mask, value);
  LaneMask<T> into_b = lanes_where<T>(mask, value ^ (low_flip & mask));
  std::uint64_t fixed = high_part<T>(operands.control.mask);
  if ((fixed & partner) == 0) {
    // Only lanes tell the two sides of a pair apart, so each vector of a pair has both: meet the pair once, move both.
    fixed |= partner & -partner;
    into_a = hn::Or(into_a, into_b);
    into_b = into_a;
  }
  const Range range = range_of(slice, std::uint64_t{1} << (axes - kLowAxes<T> - std::popcount(fixed)));
  const Walk walk(fixed, range.begin);
  const std::uint64_t high_value = high_part<T>(operands.control.value);
  const Ahead ahead =
      Ahead::of_pairs(partner, fixed, high_value, range.begin, sizeof(T) * kParts<T>, (2 * sizeof(T)) << axes);
  const LaneFlip<T> flip(low_flip);
  if (mask == 0 && low_flip == 0) {
    exchange_pairs<T, false, true>(data, walk, ahead, range, high_value, partner, flip, into_a, into_b);
  } else if (low_flip == 0) {
    exchange_pairs<T, false, false>(data, walk, ahead, range, high_value, partner, flip, into_a, into_b);
  } else {
    exchange_pairs<T, true, false>(data, walk, ahead, range, high_value, partner, flip, into_a, into_b);
  }
}

template <typename T>
HWY_INLINE void exchange_vectors(T* data, int axes, const ExchangeOperands& operands, Slice slice) {
  high_part<T>(operands.flip) == 0 ? exchange_within(data, axes, operands, slice)
                                   : exchange_between(data, axes, operands, slice);
}

void run_exchange(ElementType type, void* data, int axes, const ExchangeOperands& operands, Slice slice) {
  if (type == ElementType::c64) {
    exchange_vectors(static_cast<float*>(data), axes, operands, slice);
  } else {
    exchange_vectors(static_cast<double*>(data), axes, operands, slice);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_exchange);

void exchange(ElementType type, void* data, int axes, const ExchangeOperands& operands, Slice slice) {
  HWY_DYNAMIC_DISPATCH(run_exchange)(type, data, axes, operands, slice);
}

}  // namespace basalt::quantum
#endif
