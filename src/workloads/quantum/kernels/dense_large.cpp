// quantum/dense on three to six targets: one small matrix product for every two groups. The vectors of the groups are
// gathered into a block on the stack; a low target first changes places with a free high axis, so that the matrix is
// over vectors and its entries are scalars. The outputs are computed a few rows at a time.
#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/ahead.h"
#include "workloads/quantum/kernels/variants.h"
#include "workloads/quantum/kernels/walk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/dense_large.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

// Rows computed together: as many as registers hold the sums of.
#if HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_AVX2
inline constexpr std::size_t kRows = 2;
#else
inline constexpr std::size_t kRows = 4;
#endif

/// Groups computed together, so that an entry of the matrix is loaded once for both.
inline constexpr std::size_t kGroups = 2;

inline constexpr std::size_t kMaxLow = 3;

template <typename T>
struct Block {
  HWY_ALIGN T parts[kMaxGroupVectors][kGroups][kParts<T>];
};

/// What one call needs to know. Bit i of a vector's number in its group stands for target i.
template <typename T>
struct LargeDense {
  std::size_t size;  ///< Vectors of a group, rows of the matrix.
  std::uint64_t moved =
      0;  ///< Axes that choose a vector of the group: the high targets, and stand-ins for the low ones.
  std::uint64_t fixed = 0;  ///< These and the high controls.
  std::uint64_t value = 0;  ///< Of the high controls.
  std::uint64_t groups = 0;
  bool fits = false;                    ///< There are enough free axes to stand in for the low targets.
  std::size_t low = 0;                  ///< Number of low targets, the first ones.
  std::uint64_t low_target[kMaxLow]{};  ///< As lane bits.
  ControlMask lanes;                    ///< Low controls.
  std::uint64_t offset[kMaxGroupVectors];
  T real[kMaxGroupVectors * kMaxGroupVectors];
  T imaginary[kMaxGroupVectors * kMaxGroupVectors];

  HWY_INLINE LargeDense(int axes, const DenseOperands& operands)
      : size(std::size_t{1} << operands.target_count),
        value(high_part<T>(operands.control.value)),
        lanes{low_part<T>(operands.control.mask), low_part<T>(operands.control.value)} {
    std::uint64_t taken = high_part<T>(operands.control.mask);
    for (int i = 0; i < operands.target_count; ++i) {
      taken |= high_part<T>(std::uint64_t{1} << operands.targets[i]);
    }
    std::uint64_t axis[6];
    for (int i = 0; i < operands.target_count; ++i) {
      const std::uint64_t target = std::uint64_t{1} << operands.targets[i];
      axis[i] = high_part<T>(target);
      if (axis[i] == 0) {
        low_target[low++] = target;
        axis[i] = ~taken & (taken + 1);
        taken |= axis[i];
      }
      moved |= axis[i];
    }
    const std::uint64_t vectors = std::uint64_t{1} << (axes - kLowAxes<T>);
    fits = moved < vectors;
    fixed = moved | high_part<T>(operands.control.mask);
    groups = fits ? vectors >> std::popcount(fixed) : 0;
    for (std::size_t j = 0; j < size; ++j) {
      offset[j] = 0;
      for (int i = 0; i < operands.target_count; ++i) {
        offset[j] |= ((j >> i) & 1) != 0 ? axis[i] : 0;
      }
    }
    for (std::size_t i = 0; i < size * size; ++i) {
      real[i] = static_cast<T>(operands.matrix[i].real());
      imaginary[i] = static_cast<T>(operands.matrix[i].imag());
    }
  }
};

/// Makes the axis of vectors that one bit of their number stands for change places with a lane bit.
template <typename T>
class AxisTrade {
 public:
  HWY_INLINE explicit AxisTrade(std::uint64_t lane_bit) : flip_(lane_bit), upper_(lanes_where<T>(lane_bit, lane_bit)) {}

  HWY_INLINE void operator()(Block<T>& block, std::size_t size, std::size_t bit) const {
    const Tag<T> tag;
    for (std::size_t start = 0; start < size; start += 2 * bit) {
      for (std::size_t j = start; j < start + bit; ++j) {
        for (std::size_t g = 0; g < kGroups; ++g) {
          const Vector<T> first = hn::Load(tag, block.parts[j][g]);
          const Vector<T> second = hn::Load(tag, block.parts[j + bit][g]);
          hn::Store(hn::IfThenElse(upper_, flip_(second), first), tag, block.parts[j][g]);
          hn::Store(hn::IfThenElse(upper_, second, flip_(first)), tag, block.parts[j + bit][g]);
        }
      }
    }
  }

 private:
  LaneFlip<T> flip_;
  LaneMask<T> upper_;
};

/// Rows [first, first + kRows) of the product, for all groups, in the lanes that act; to[g] + offset is where a row of
/// group g goes.
template <typename T, bool kReal>
HWY_INLINE void multiply_rows(const LargeDense<T>& dense, const Block<T>& in, std::size_t first, LaneMask<T> acts,
                              T* const* to, const std::uint64_t* offset) {
  const Tag<T> tag;
  Vector<T> sum[kRows][kGroups];
  Vector<T> turned[kRows][kGroups];
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t g = 0; g < kGroups; ++g) {
      sum[r][g] = hn::Zero(tag);
      turned[r][g] = hn::Zero(tag);
    }
  }
  const T* const real = dense.real + first * dense.size;
  const T* const imaginary = dense.imaginary + first * dense.size;
  for (std::size_t c = 0; c < dense.size; ++c) {
    for (std::size_t r = 0; r < kRows; ++r) {
      const Vector<T> real_entry = hn::Set(tag, real[r * dense.size + c]);
      for (std::size_t g = 0; g < kGroups; ++g) {
        sum[r][g] = hn::MulAdd(real_entry, hn::Load(tag, in.parts[c][g]), sum[r][g]);
      }
      if constexpr (!kReal) {
        const Vector<T> imaginary_entry = hn::Set(tag, imaginary[r * dense.size + c]);
        for (std::size_t g = 0; g < kGroups; ++g) {
          turned[r][g] = hn::MulAdd(imaginary_entry, hn::Load(tag, in.parts[c][g]), turned[r][g]);
        }
      }
    }
  }
  const Vector<T> signs = i_signs<T>();
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t g = 0; g < kGroups; ++g) {
      Vector<T> out = sum[r][g];
      if constexpr (!kReal) {
        out = hn::MulAdd(signs, swap_parts(turned[r][g]), out);
      }
      if (dense.lanes.mask != 0) {
        out = hn::IfThenElse(acts, out, hn::Load(tag, in.parts[first + r][g]));
      }
      hn::Store(out, tag, to[g] + offset[first + r] * kParts<T>);
    }
  }
}

template <typename T, bool kReal>
HWY_INLINE void multiply_groups(const LargeDense<T>& dense, T* HWY_RESTRICT data, int axes, Slice slice) {
  const Tag<T> tag;
  const Range range = range_of(slice, dense.groups);
  Walk walk(dense.fixed, range.begin);
  Ahead ahead(dense.moved, dense.fixed, dense.value, range.begin, sizeof(T) * kParts<T>, (2 * sizeof(T)) << axes);
  const AxisTrade<T> trades[kMaxLow] = {AxisTrade<T>(dense.low_target[0]), AxisTrade<T>(dense.low_target[1]),
                                        AxisTrade<T>(dense.low_target[2])};
  const LaneMask<T> acts = lanes_where<T>(dense.lanes.mask, dense.lanes.value);
  std::uint64_t block_offset[kMaxGroupVectors];
  for (std::size_t j = 0; j < kMaxGroupVectors; ++j) {
    block_offset[j] = j * kGroups;
  }
  Block<T> in;
  Block<T> out;
  for (std::uint64_t done = range.begin; done < range.end; done += kGroups) {
    T* base[kGroups];
    T* to[kGroups];
    for (std::size_t g = 0; g < kGroups; ++g) {
      // An odd group at the end is computed twice from the same inputs.
      base[g] = done + g < range.end ? data + (walk.index() | dense.value) * kParts<T> : base[0];
      to[g] = dense.low == 0 ? base[g] : out.parts[0][g];
      walk.advance();
      ahead.step(data, kParts<T>);
      for (std::size_t j = 0; j < dense.size; ++j) {
        hn::Store(hn::Load(tag, base[g] + dense.offset[j] * kParts<T>), tag, in.parts[j][g]);
      }
    }
    for (std::size_t i = 0; i < dense.low; ++i) {
      trades[i](in, dense.size, std::size_t{1} << i);
    }
    const std::uint64_t* const offset = dense.low == 0 ? dense.offset : block_offset;
    for (std::size_t i = 0; i < dense.size; i += kRows) {
      multiply_rows<T, kReal>(dense, in, i, acts, to, offset);
    }
    if (dense.low != 0) {
      for (std::size_t i = 0; i < dense.low; ++i) {
        trades[i](out, dense.size, std::size_t{1} << i);
      }
      for (std::size_t j = 0; j < dense.size; ++j) {
        for (std::size_t g = 0; g < kGroups; ++g) {
          hn::Store(hn::Load(tag, out.parts[j][g]), tag, base[g] + dense.offset[j] * kParts<T>);
        }
      }
    }
  }
}

/// One amplitude at a time: for fields so small, or so much controlled, that no axis can stand in for a low target.
template <typename T>
void multiply_amplitudes(T* data, int axes, const DenseOperands& operands, Slice slice) {
  auto* const amplitudes = reinterpret_cast<std::complex<T>*>(data);
  const std::size_t size = std::size_t{1} << operands.target_count;
  std::uint64_t offset[kMaxGroupVectors];
  for (std::size_t j = 0; j < size; ++j) {
    offset[j] = 0;
    for (int i = 0; i < operands.target_count; ++i) {
      offset[j] |= ((j >> i) & 1) << operands.targets[i];
    }
  }
  const std::uint64_t fixed = offset[size - 1] | operands.control.mask;
  const Range range = range_of(slice, std::uint64_t{1} << (axes - std::popcount(fixed)));
  Walk walk(fixed, range.begin);
  for (std::uint64_t group = range.begin; group < range.end; ++group, walk.advance()) {
    std::complex<T>* const base = amplitudes + (walk.index() | operands.control.value);
    std::complex<double> in[kMaxGroupVectors];
    for (std::size_t j = 0; j < size; ++j) {
      in[j] = base[offset[j]];
    }
    for (std::size_t i = 0; i < size; ++i) {
      std::complex<double> sum = 0;
      for (std::size_t j = 0; j < size; ++j) {
        sum += operands.matrix[i * size + j] * in[j];
      }
      base[offset[i]] = std::complex<T>(sum);
    }
  }
}

template <typename T>
HWY_INLINE void choose_large(T* data, int axes, const DenseOperands& operands, Slice slice) {
  const LargeDense<T> dense(axes, operands);
  if (!dense.fits) {
    multiply_amplitudes(data, axes, operands, slice);
  } else if (operands.real) {
    multiply_groups<T, true>(dense, data, axes, slice);
  } else {
    multiply_groups<T, false>(dense, data, axes, slice);
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
