// How amplitudes lie in vectors: real and imaginary parts alternate, so the lowest axes of a field are lanes of one
// vector ("low"), and the others choose the vector ("high"). Compiled once per instruction set.
#if defined(BASALT_LANES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef BASALT_LANES_INL_H
#undef BASALT_LANES_INL_H
#else
#define BASALT_LANES_INL_H
#endif

#include <bit>
#include <cstdint>

#include "hwy/highway.h"
#include "workloads/quantum/kernels/operands.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
using Tag = hn::ScalableTag<T>;
template <typename T>
using Vector = hn::Vec<Tag<T>>;
template <typename T>
using LaneMask = hn::Mask<Tag<T>>;

/// Parts (T's) of one vector, amplitudes of one vector, and how many axes that is.
template <typename T>
inline constexpr std::size_t kParts = hn::MaxLanes(Tag<T>());
template <typename T>
inline constexpr std::size_t kAmplitudes = kParts<T> / 2;
template <typename T>
inline constexpr int kLowAxes = std::countr_zero(kAmplitudes<T>);

template <typename T>
constexpr std::uint64_t low_part(std::uint64_t mask) {
  return mask & (kAmplitudes<T> - 1);
}
template <typename T>
constexpr std::uint64_t high_part(std::uint64_t mask) {
  return mask >> kLowAxes<T>;
}

/// Swaps real and imaginary parts.
HWY_INLINE Vector<float> swap_parts(Vector<float> v) {
  return hn::Shuffle2301(v);
}
HWY_INLINE Vector<double> swap_parts(Vector<double> v) {
  return hn::Shuffle01(v);
}

/// −1 at real parts, +1 at imaginary parts: i·v = signs · swap_parts(v).
template <typename T>
HWY_INLINE Vector<T> i_signs() {
  HWY_ALIGN T lanes[kParts<T>];
  for (std::size_t i = 0; i < kParts<T>; ++i) {
    lanes[i] = i % 2 == 0 ? T{-1} : T{1};
  }
  return hn::Load(Tag<T>(), lanes);
}

/// True in both parts of every amplitude whose lane satisfies (lane & mask) == value.
template <typename T>
HWY_INLINE LaneMask<T> lanes_where(std::uint64_t mask, std::uint64_t value) {
  HWY_ALIGN T lanes[kParts<T>];
  for (std::size_t i = 0; i < kParts<T>; ++i) {
    lanes[i] = (i / 2 & mask) == value ? T{1} : T{0};
  }
  return hn::Gt(hn::Load(Tag<T>(), lanes), hn::Zero(Tag<T>()));
}

/// Moves the amplitude of lane (l ^ pattern) to lane l.
template <typename T>
class LaneFlip {
 public:
  HWY_INLINE explicit LaneFlip(std::uint64_t pattern) : index_(indices_of(pattern)) {}
  HWY_INLINE Vector<T> operator()(Vector<T> v) const { return hn::TableLookupLanes(v, index_); }

 private:
  using Integer = hwy::MakeSigned<T>;
  static HWY_INLINE auto indices_of(std::uint64_t pattern) {
    HWY_ALIGN Integer lanes[kParts<T>];
    for (std::size_t i = 0; i < kParts<T>; ++i) {
      lanes[i] = static_cast<Integer>(i ^ (pattern << 1));
    }
    return hn::SetTableIndices(Tag<T>(), lanes);
  }
  decltype(indices_of(0)) index_;
};

}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#endif
