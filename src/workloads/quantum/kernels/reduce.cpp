// Reductions over a block, in an order that is the same for every instruction set: 16 running sums in f64, one for each
// part of eight consecutive amplitudes, added up as a tree at the end. Products are rounded before they are added (the
// build switches contraction off), so that a processor without fused multiply-add gives the same bits.
#include <bit>

#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/reduce.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

inline constexpr std::size_t kSums = 16;
inline constexpr std::size_t kVectors = kSums / kParts<double>;

/// Amplitudes from part `index` on, as many as fit a vector of f64.
HWY_INLINE Vector<double> load_f64(const double* data, std::uint64_t index) {
  return hn::Load(Tag<double>(), data + index);
}
HWY_INLINE Vector<double> load_f64(const float* data, std::uint64_t index) {
  const hn::Rebind<float, Tag<double>> half;
  return hn::PromoteTo(Tag<double>(), hn::Load(half, data + index));
}

struct Sums {
  Vector<double> vectors[kVectors];

  HWY_INLINE Sums() {
    for (Vector<double>& vector : vectors) {
      vector = hn::Zero(Tag<double>());
    }
  }
  /// Adds the tree of sums up; `sign` multiplies those of imaginary parts.
  HWY_INLINE double total(double sign) const {
    HWY_ALIGN double sums[kSums];
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::Store(vectors[v], Tag<double>(), sums + v * kParts<double>);
    }
    for (std::size_t i = 1; i < kSums; i += 2) {
      sums[i] *= sign;
    }
    for (std::size_t width = kSums / 2; width != 0; width /= 2) {
      for (std::size_t i = 0; i < width; ++i) {
        sums[i] += sums[i + width];
      }
    }
    return sums[0];
  }
};

template <typename T>
HWY_INLINE double norm_of(const T* HWY_RESTRICT data, std::uint64_t first, std::uint64_t count) {
  Sums sums;
  for (std::uint64_t row = 2 * first; row < 2 * (first + count); row += kSums) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Vector<double> a = load_f64(data, row + v * kParts<double>);
      sums.vectors[v] = hn::Add(sums.vectors[v], hn::Mul(a, a));
    }
  }
  return sums.total(1);
}

/// Sign bits for the parts of a vector: set where the lane meets z_mask an odd number of times, inverted by `odd`.
HWY_INLINE Vector<double> parity_signs(std::uint64_t z_mask, bool odd) {
  HWY_ALIGN double signs[kParts<double>];
  for (std::size_t part = 0; part < kParts<double>; ++part) {
    signs[part] = ((std::popcount((part / 2) & z_mask) & 1) != 0) != odd ? -0.0 : 0.0;
  }
  return hn::Load(Tag<double>(), signs);
}

template <typename T>
HWY_INLINE std::complex<double> pauli_of(const T* HWY_RESTRICT data, std::uint64_t first, std::uint64_t count,
                                         std::uint64_t x_mask, std::uint64_t z_mask) {
  const LaneFlip<double> flip(low_part<double>(x_mask));
  const std::uint64_t partner = high_part<double>(x_mask);
  const std::uint64_t signed_by = high_part<double>(z_mask);
  const Vector<double> even = parity_signs(low_part<double>(z_mask), false);
  const Vector<double> odd = parity_signs(low_part<double>(z_mask), true);
  Sums real;
  Sums imaginary;
  const std::uint64_t end = high_part<double>(first + count);
  for (std::uint64_t index = high_part<double>(first); index < end; index += kVectors) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Vector<double> a = load_f64(data, (index + v) * kParts<double>);
      const Vector<double> b = flip(load_f64(data, ((index + v) ^ partner) * kParts<double>));
      const bool is_odd = (std::popcount((index + v) & signed_by) & 1) != 0;
      const Vector<double> signed_b = hn::Xor(b, is_odd ? odd : even);
      real.vectors[v] = hn::Add(real.vectors[v], hn::Mul(a, signed_b));
      imaginary.vectors[v] = hn::Add(imaginary.vectors[v], hn::Mul(a, swap_parts(signed_b)));
    }
  }
  return {real.total(1), imaginary.total(-1)};
}

double run_norm(const void* data, ElementType type, std::uint64_t first, std::uint64_t count) {
  return type == ElementType::c64 ? norm_of(static_cast<const float*>(data), first, count)
                                  : norm_of(static_cast<const double*>(data), first, count);
}

std::complex<double> run_pauli(const void* data, ElementType type, std::uint64_t first, std::uint64_t count,
                               std::uint64_t x_mask, std::uint64_t z_mask) {
  return type == ElementType::c64 ? pauli_of(static_cast<const float*>(data), first, count, x_mask, z_mask)
                                  : pauli_of(static_cast<const double*>(data), first, count, x_mask, z_mask);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_norm);
HWY_EXPORT(run_pauli);

double block_norm(const void* data, ElementType type, std::uint64_t first, std::uint64_t count) {
  return HWY_DYNAMIC_DISPATCH(run_norm)(data, type, first, count);
}

std::complex<double> block_pauli(const void* data, ElementType type, std::uint64_t first, std::uint64_t count,
                                 std::uint64_t x_mask, std::uint64_t z_mask) {
  return HWY_DYNAMIC_DISPATCH(run_pauli)(data, type, first, count, x_mask, z_mask);
}

}  // namespace basalt::quantum
#endif
