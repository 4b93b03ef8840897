// The norm of a block: 16 running sums, one for each part of eight consecutive amplitudes, added up as a tree at the
// end. Products are rounded before they are added (the build switches contraction off), so that a processor without
// fused multiply-add gives the same bits.
#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/readout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/reduce.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/amplitudes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

inline constexpr std::size_t kSums = 16;
inline constexpr std::size_t kVectors = kSums / kLanes;

HWY_INLINE Numbers load_parts(const double* at) {
  return hn::Load(F64(), at);
}
HWY_INLINE Numbers load_parts(const float* at) {
  return hn::PromoteTo(F64(), hn::Load(hn::Rebind<float, F64>(), at));
}

template <typename T>
HWY_INLINE double norm_of(const T* HWY_RESTRICT data, std::uint64_t count) {
  Numbers vectors[kVectors];
  for (Numbers& vector : vectors) {
    vector = hn::Zero(F64());
  }
  for (std::uint64_t row = 0; row < 2 * count; row += kSums) {
    for (std::size_t v = 0; v < kVectors; v += 2) {
      ask_ahead(data + row + v * kLanes);
    }
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Numbers a = load_parts(data + row + v * kLanes);
      vectors[v] = hn::Add(vectors[v], hn::Mul(a, a));
    }
  }
  HWY_ALIGN double sums[kSums];
  for (std::size_t v = 0; v < kVectors; ++v) {
    hn::Store(vectors[v], F64(), sums + v * kLanes);
  }
  for (std::size_t width = kSums / 2; width != 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) {
      sums[i] += sums[i + width];
    }
  }
  return sums[0];
}

double run_norm(const BlockOf& block) {
  double result = 0;
  with_amplitudes(block, [&](const auto* data) { result = norm_of(data + 2 * block.first, block.count); });
  return result;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_norm);

double block_norm(const BlockOf& block) {
  return HWY_DYNAMIC_DISPATCH(run_norm)(block);
}

}  // namespace basalt::quantum
#endif
