// quantum/dense on three to six targets: one small matrix product per pair of groups. The inputs of two groups are
// gathered into a block on the stack, low-target flips included, and the outputs are computed a few rows at a time.
#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/ahead.h"
#include "workloads/quantum/kernels/variants.h"
#include "workloads/quantum/kernels/walk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/dense_large.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/lanes-inl.h"

#ifndef BASALT_DENSE_LARGE_ONCE
#define BASALT_DENSE_LARGE_ONCE
namespace basalt::quantum {

/// Room for the largest table: 6 targets of which one is low, complex, 64-byte vectors.
inline constexpr std::size_t kCoefficientBytes = std::size_t{2} * 32 * 64 * 64;
inline thread_local struct alignas(64) { std::byte bytes[kCoefficientBytes]; } coefficient_memory;

}  // namespace basalt::quantum
#endif

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

// Rows computed together: as many as registers hold the sums of.
#if HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_AVX2
inline constexpr std::size_t kMaxRows = 2;
#else
inline constexpr std::size_t kMaxRows = 4;
#endif

/// What one call needs to know. Rows are the vectors of a group; columns are pairs of a vector and a flip.
/// Coefficients are scalars where no target is low, and else vectors with an entry for each lane.
template <typename T>
struct LargeDense {
  std::size_t rows = 1;
  std::size_t flips = 1;
  std::size_t columns = 1;
  std::uint64_t targets = 0;
  std::uint64_t fixed = 0;
  std::uint64_t value = 0;
  std::uint64_t low_mask = 0;
  std::uint64_t low_value = 0;
  std::uint64_t offset[kMaxGroupVectors];
  std::uint64_t flip[8];
  const T* real = nullptr;
  const T* imaginary = nullptr;

  HWY_INLINE explicit LargeDense(const DenseOperands& operands) {
    std::uint64_t high_target[6];
    int low = 0;
    int high = 0;
    for (int i = 0; i < operands.target_count; ++i) {
      if (operands.targets[i] < kLowAxes<T>) {
        ++low;
      } else {
        high_target[high++] = high_part<T>(std::uint64_t{1} << operands.targets[i]);
        targets |= high_target[high - 1];
      }
    }
    rows = std::size_t{1} << high;
    flips = std::size_t{1} << low;
    columns = rows * flips;
    for (std::size_t j = 0; j < rows; ++j) {
      offset[j] = 0;
      for (int i = 0; i < high; ++i) {
        offset[j] |= ((j >> i) & 1) != 0 ? high_target[i] : 0;
      }
    }
    for (std::size_t d = 0; d < 8; ++d) {
      flip[d] = 0;
      for (int i = 0; i < low; ++i) {
        flip[d] |= ((d >> i) & 1) != 0 ? std::uint64_t{1} << operands.targets[i] : 0;
      }
    }
    fixed = targets | high_part<T>(operands.control.mask);
    value = high_part<T>(operands.control.value);
    low_mask = low_part<T>(operands.control.mask);
    low_value = low_part<T>(operands.control.value);
    fill_coefficients(operands, low);
  }

 private:
  HWY_INLINE void fill_coefficients(const DenseOperands& operands, int low) {
    const std::size_t width = low == 0 ? 1 : kParts<T>;
    T* const reals = reinterpret_cast<T*>(coefficient_memory.bytes);
    T* const imaginaries = reals + rows * columns * width;
    for (std::size_t part = 0; part < width; ++part) {
      std::size_t low_row = 0;
      for (int i = 0; i < low; ++i) {
        low_row |= ((part / 2 >> operands.targets[i]) & 1) << i;
      }
      for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t c = 0; c < columns; ++c) {
          const std::size_t row = low_row | i << low;
          const std::size_t column = (low_row ^ c % flips) | c / flips << low;
          const std::complex<double> entry = operands.matrix[row * columns + column];
          reals[(i * columns + c) * width + part] = static_cast<T>(entry.real());
          imaginaries[(i * columns + c) * width + part] = static_cast<T>(entry.imag());
        }
      }
    }
    real = reals;
    imaginary = imaginaries;
  }
};

template <typename T, bool kPerLane>
HWY_INLINE Vector<T> coefficient(const T* table, std::size_t index) {
  if constexpr (kPerLane) {
    return hn::Load(Tag<T>(), table + index * kParts<T>);
  } else {
    return hn::Set(Tag<T>(), table[index]);
  }
}

template <typename T, std::size_t kGroups>
struct Inputs {
  HWY_ALIGN T parts[kMaxGroupVectors][kGroups][kParts<T>];
};

/// Rows [first, first + kRows) of the product, for kGroups groups.
template <typename T, bool kReal, bool kPerLane, std::size_t kRows, std::size_t kGroups>
HWY_INLINE void multiply_rows(const LargeDense<T>& dense, const Inputs<T, kGroups>& inputs, std::size_t first,
                              T* const* base) {
  const Tag<T> tag;
  Vector<T> sum[kRows][kGroups];
  Vector<T> turned[kRows][kGroups];
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t g = 0; g < kGroups; ++g) {
      sum[r][g] = hn::Zero(tag);
      turned[r][g] = hn::Zero(tag);
    }
  }
  for (std::size_t c = 0; c < dense.columns; ++c) {
    Vector<T> in[kGroups];
    for (std::size_t g = 0; g < kGroups; ++g) {
      in[g] = hn::Load(tag, inputs.parts[c][g]);
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      const std::size_t index = (first + r) * dense.columns + c;
      const Vector<T> real = coefficient<T, kPerLane>(dense.real, index);
      for (std::size_t g = 0; g < kGroups; ++g) {
        sum[r][g] = hn::MulAdd(real, in[g], sum[r][g]);
      }
      if constexpr (!kReal) {
        const Vector<T> imaginary = coefficient<T, kPerLane>(dense.imaginary, index);
        for (std::size_t g = 0; g < kGroups; ++g) {
          turned[r][g] = hn::MulAdd(imaginary, in[g], turned[r][g]);
        }
      }
    }
  }
  const Vector<T> signs = i_signs<T>();
  const LaneMask<T> acts = lanes_where<T>(dense.low_mask, dense.low_value);
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t g = 0; g < kGroups; ++g) {
      Vector<T> out = sum[r][g];
      if constexpr (!kReal) {
        out = hn::MulAdd(signs, swap_parts(turned[r][g]), out);
      }
      if (dense.low_mask != 0) {
        out = hn::IfThenElse(acts, out, hn::Load(tag, inputs.parts[(first + r) * dense.flips][g]));
      }
      hn::Store(out, tag, base[g] + dense.offset[first + r] * kParts<T>);
    }
  }
}

template <typename T, bool kReal, bool kPerLane, std::size_t kRows>
HWY_INLINE void multiply_groups(const LargeDense<T>& dense, T* HWY_RESTRICT data, Walk& walk, Ahead& ahead,
                                std::uint64_t groups) {
  const Tag<T> tag;
  const LaneFlip<T> flip[8] = {LaneFlip<T>(dense.flip[0]), LaneFlip<T>(dense.flip[1]), LaneFlip<T>(dense.flip[2]),
                               LaneFlip<T>(dense.flip[3]), LaneFlip<T>(dense.flip[4]), LaneFlip<T>(dense.flip[5]),
                               LaneFlip<T>(dense.flip[6]), LaneFlip<T>(dense.flip[7])};
  constexpr std::size_t kGroups = 2;
  Inputs<T, kGroups> inputs;
  for (std::uint64_t done = 0; done < groups; done += kGroups) {
    T* base[kGroups];
    for (std::size_t g = 0; g < kGroups; ++g) {
      // An odd group at the end is computed twice from the same inputs.
      base[g] = g == 0 || done + g < groups ? data + (walk.index() | dense.value) * kParts<T> : base[0];
      walk.advance();
      ahead.step(data, kParts<T>);
    }
    for (std::size_t j = 0; j < dense.rows; ++j) {
      for (std::size_t g = 0; g < kGroups; ++g) {
        const Vector<T> v = hn::Load(tag, base[g] + dense.offset[j] * kParts<T>);
        hn::Store(v, tag, inputs.parts[j * dense.flips][g]);
        for (std::size_t d = 1; d < dense.flips; ++d) {
          hn::Store(flip[d](v), tag, inputs.parts[j * dense.flips + d][g]);
        }
      }
    }
    for (std::size_t i = 0; i < dense.rows; i += kRows) {
      multiply_rows<T, kReal, kPerLane, kRows, kGroups>(dense, inputs, i, base);
    }
  }
}

template <typename T, bool kReal, bool kPerLane>
HWY_INLINE void choose_rows(const LargeDense<T>& dense, T* data, Walk& walk, Ahead& ahead, std::uint64_t groups) {
  if (dense.rows >= kMaxRows) {
    multiply_groups<T, kReal, kPerLane, kMaxRows>(dense, data, walk, ahead, groups);
  } else if (dense.rows == 2) {
    multiply_groups<T, kReal, kPerLane, 2>(dense, data, walk, ahead, groups);
  } else {
    multiply_groups<T, kReal, kPerLane, 1>(dense, data, walk, ahead, groups);
  }
}

template <typename T>
HWY_INLINE void choose_large(T* data, int axes, const DenseOperands& operands, Slice slice) {
  const LargeDense<T> dense(operands);
  const Range range = range_of(slice, std::uint64_t{1} << (axes - kLowAxes<T> - std::popcount(dense.fixed)));
  Walk walk(dense.fixed, range.begin);
  Ahead ahead(dense.targets, dense.fixed, dense.value, range.begin, sizeof(T) * kParts<T>, (2 * sizeof(T)) << axes);
  const std::uint64_t groups = range.end - range.begin;
  if (operands.real) {
    dense.flips == 1 ? choose_rows<T, true, false>(dense, data, walk, ahead, groups)
                     : choose_rows<T, true, true>(dense, data, walk, ahead, groups);
  } else {
    dense.flips == 1 ? choose_rows<T, false, false>(dense, data, walk, ahead, groups)
                     : choose_rows<T, false, true>(dense, data, walk, ahead, groups);
  }
}

void run_dense_large(ElementType type, void* data, int axes, const DenseOperands& operands, Slice slice) {
  if (type == ElementType::c64) {
    choose_large(static_cast<float*>(data), axes, operands, slice);
  } else {
    choose_large(static_cast<double*>(data), axes, operands, slice);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_dense_large);

void dense_large(ElementType type, void* data, int axes, const DenseOperands& operands, Slice slice) {
  HWY_DYNAMIC_DISPATCH(run_dense_large)(type, data, axes, operands, slice);
}

}  // namespace basalt::quantum
#endif
