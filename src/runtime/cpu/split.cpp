#include "runtime/cpu/split.h"

#include <algorithm>

#include "runtime/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/cpu/split.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace basalt {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
void split(const T* HWY_RESTRICT pairs, T* HWY_RESTRICT real, T* HWY_RESTRICT imaginary, std::size_t count) {
  const hn::ScalableTag<T> tag;
  hn::Vec<decltype(tag)> re;
  hn::Vec<decltype(tag)> im;
  for (std::size_t i = 0; i < count; i += hn::Lanes(tag)) {
    hn::LoadInterleaved2(tag, pairs + 2 * i, re, im);
    hn::Store(re, tag, real + i);
    hn::Store(im, tag, imaginary + i);
  }
}

template <typename T>
void interleave(const T* HWY_RESTRICT real, const T* HWY_RESTRICT imaginary, T* HWY_RESTRICT pairs, std::size_t count) {
  const hn::ScalableTag<T> tag;
  for (std::size_t i = 0; i < count; i += hn::Lanes(tag)) {
    hn::StoreInterleaved2(hn::Load(tag, real + i), hn::Load(tag, imaginary + i), tag, pairs + 2 * i);
  }
}

void split_c64(const float* pairs, float* real, float* imaginary, std::size_t count) {
  split(pairs, real, imaginary, count);
}
void split_c128(const double* pairs, double* real, double* imaginary, std::size_t count) {
  split(pairs, real, imaginary, count);
}
void interleave_c64(const float* real, const float* imaginary, float* pairs, std::size_t count) {
  interleave(real, imaginary, pairs, count);
}
void interleave_c128(const double* real, const double* imaginary, double* pairs, std::size_t count) {
  interleave(real, imaginary, pairs, count);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt {
namespace {

HWY_EXPORT(split_c64);
HWY_EXPORT(split_c128);
HWY_EXPORT(interleave_c64);
HWY_EXPORT(interleave_c128);

/// Elements of one piece. A field has at least 16, a whole number of vectors.
constexpr std::uint64_t kPieceElements = std::uint64_t{1} << 17;

/// Calls body(first, count) for the pieces of the field.
template <typename Body>
void for_elements(const Field& field, const Arena& arena, const CancelToken& cancel, const Body& body) {
  const std::uint64_t elements = field.size_bytes() / element_bytes(field.type);
  arena.for_each((elements + kPieceElements - 1) / kPieceElements, cancel, [&](std::uint64_t piece) {
    const std::uint64_t first = piece * kPieceElements;
    body(first, std::min(kPieceElements, elements - first));
  });
}

template <typename T>
T* at(std::byte* bytes, std::uint64_t index) {
  return reinterpret_cast<T*>(bytes) + index;
}

}  // namespace

void split_complex(const Field& field, const SplitArrays& into, const Arena& arena, const CancelToken& cancel) {
  for_elements(field, arena, cancel, [&](std::uint64_t first, std::uint64_t count) {
    std::byte* pairs = field.buffer.data();
    if (field.type == ElementType::c64) {
      HWY_DYNAMIC_DISPATCH(split_c64)
      (at<float>(pairs, 2 * first), at<float>(into.real, first), at<float>(into.imaginary, first), count);
    } else {
      HWY_DYNAMIC_DISPATCH(split_c128)
      (at<double>(pairs, 2 * first), at<double>(into.real, first), at<double>(into.imaginary, first), count);
    }
  });
}

void interleave_complex(const SplitArrays& from, const Field& field, const Arena& arena, const CancelToken& cancel) {
  for_elements(field, arena, cancel, [&](std::uint64_t first, std::uint64_t count) {
    std::byte* pairs = field.buffer.data();
    if (field.type == ElementType::c64) {
      HWY_DYNAMIC_DISPATCH(interleave_c64)
      (at<float>(from.real, first), at<float>(from.imaginary, first), at<float>(pairs, 2 * first), count);
    } else {
      HWY_DYNAMIC_DISPATCH(interleave_c128)
      (at<double>(from.real, first), at<double>(from.imaginary, first), at<double>(pairs, 2 * first), count);
    }
  });
}

}  // namespace basalt
#endif
