// Amplitudes as vectors of their real and of their imaginary parts in f64, for reading results. Compiled once per
// instruction set.
#if defined(BASALT_AMPLITUDES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef BASALT_AMPLITUDES_INL_H
#undef BASALT_AMPLITUDES_INL_H
#else
#define BASALT_AMPLITUDES_INL_H
#endif

#include <cstdint>

#include "hwy/highway.h"
#include "workloads/quantum/kernels/readout.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using F64 = hn::ScalableTag<double>;
using Numbers = hn::Vec<F64>;
inline constexpr std::uint64_t kLanes = hn::MaxLanes(F64());
static_assert(kLanes <= kFoldParts);

struct Amplitudes {
  Numbers real;
  Numbers imaginary;

  [[nodiscard]] HWY_INLINE Numbers norm() const { return hn::Add(hn::Mul(real, real), hn::Mul(imaginary, imaginary)); }
};

/// The next kLanes amplitudes.
HWY_INLINE Amplitudes load_amplitudes(const double* at) {
  Amplitudes result;
  hn::LoadInterleaved2(F64(), at, result.real, result.imaginary);
  return result;
}
HWY_INLINE Amplitudes load_amplitudes(const float* at) {
  const hn::Rebind<float, F64> narrow;
  hn::Vec<decltype(narrow)> real;
  hn::Vec<decltype(narrow)> imaginary;
  hn::LoadInterleaved2(narrow, at, real, imaginary);
  return {hn::PromoteTo(F64(), real), hn::PromoteTo(F64(), imaginary)};
}

/// Asks for memory one page ahead, as far as the yardstick of runtime/cpu/sweep.h does.
template <typename T>
HWY_INLINE void ask_ahead(const T* at) {
  constexpr std::size_t kAheadBytes = 4096;
  constexpr std::size_t kLineBytes = 64;
  for (std::size_t byte = 0; byte < 2 * kLanes * sizeof(T); byte += kLineBytes) {
    __builtin_prefetch(reinterpret_cast<const std::byte*>(at) + kAheadBytes + byte);
  }
}

/// Calls body(parts of the field's amplitudes, real and imaginary in turn).
template <typename Body>
HWY_INLINE void with_amplitudes(const BlockOf& block, const Body& body) {
  if (block.type == ElementType::c64) {
    body(static_cast<const float*>(block.data));
  } else {
    body(static_cast<const double*>(block.data));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#endif
