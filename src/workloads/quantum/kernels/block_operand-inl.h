// What the operations on blocks have in common: coefficients, products, which vectors belong together. Compiled once
// per instruction set.
#if defined(BASALT_BLOCK_OPERAND_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef BASALT_BLOCK_OPERAND_INL_H
#undef BASALT_BLOCK_OPERAND_INL_H
#else
#define BASALT_BLOCK_OPERAND_INL_H
#endif

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

}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#endif
