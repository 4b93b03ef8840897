// quantum/collapse: the projection after a measurement. Vectors that hold nothing to keep are written, not read.
#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/variants.h"
#include "workloads/quantum/kernels/walk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/collapse.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
HWY_INLINE void collapse_vectors(T* HWY_RESTRICT data, int axes, const CollapseOperands& operands, Slice slice) {
  const Tag<T> tag;
  const LaneMask<T> kept = lanes_where<T>(low_part<T>(operands.keep.mask), low_part<T>(operands.keep.value));
  const Vector<T> scale = hn::Set(tag, static_cast<T>(operands.scale));
  const std::uint64_t mask = high_part<T>(operands.keep.mask);
  const std::uint64_t value = high_part<T>(operands.keep.value);
  const Range range = range_of(slice, std::uint64_t{1} << (axes - kLowAxes<T>));
  for (std::uint64_t index = range.begin; index < range.end; ++index) {
    T* const at = data + index * kParts<T>;
    if ((index & mask) == value) {
      hn::Store(hn::IfThenElseZero(kept, hn::Mul(hn::Load(tag, at), scale)), tag, at);
    } else {
      hn::Store(hn::Zero(tag), tag, at);
    }
  }
}

void run_collapse(ElementType type, void* data, int axes, const CollapseOperands& operands, Slice slice) {
  if (type == ElementType::c64) {
    collapse_vectors(static_cast<float*>(data), axes, operands, slice);
  } else {
    collapse_vectors(static_cast<double*>(data), axes, operands, slice);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_collapse);

void collapse(ElementType type, void* data, int axes, const CollapseOperands& operands, Slice slice) {
  HWY_DYNAMIC_DISPATCH(run_collapse)(type, data, axes, operands, slice);
}

}  // namespace basalt::quantum
#endif
