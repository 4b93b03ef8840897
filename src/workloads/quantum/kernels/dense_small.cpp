// quantum/dense on one or two targets. A group is the 2^high vectors that the high targets connect; low targets mix
// lanes of one vector. Both are one sum: out_i = Σ_j Σ_d coefficient_ijd · flip_d(in_j), where d runs over the patterns
// of low target bits and the coefficients may differ from lane to lane. Low controls put the identity in their lanes.
#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/ahead.h"
#include "workloads/quantum/kernels/variants.h"
#include "workloads/quantum/kernels/walk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/dense_small.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

template <typename T, int kHigh, int kLow, bool kReal>
class SmallDense {
 public:
  static constexpr int kVectors = 1 << kHigh;
  static constexpr int kFlips = 1 << kLow;

  HWY_INLINE SmallDense(int axes, const DenseOperands& operands) {
    std::uint64_t high_targets = 0;
    for (int i = 0; i < kHigh; ++i) {
      high_targets |= high_part<T>(std::uint64_t{1} << operands.targets[kLow + i]);
    }
    for (int j = 0; j < kVectors; ++j) {
      offset_[j] = 0;
      for (int i = 0; i < kHigh; ++i) {
        offset_[j] += ((j >> i) & 1) != 0 ? high_part<T>(std::uint64_t{1} << operands.targets[kLow + i]) : 0;
      }
    }
    for (int d = 0; d < kFlips; ++d) {
      flip_[d] = lanes_of(d, operands);
    }
    targets_ = high_targets;
    fixed_ = high_targets | high_part<T>(operands.control.mask);
    value_ = high_part<T>(operands.control.value);
    field_bytes_ = (sizeof(T) * 2) << axes;
    groups_ = std::uint64_t{1} << (axes - kLowAxes<T> - std::popcount(fixed_));
    fill_coefficients(operands);
  }

  HWY_INLINE void run(T* HWY_RESTRICT data, Slice slice) const {
    const Tag<T> tag;
    Vector<T> real[kTerms];
    Vector<T> imaginary[kTerms];
    for (int i = 0; i < kTerms; ++i) {
      real[i] = hn::Load(tag, real_[i]);
      imaginary[i] = kReal ? hn::Zero(tag) : hn::Load(tag, imaginary_[i]);
    }
    const LaneFlip<T> flip[4] = {LaneFlip<T>(flip_[0]), LaneFlip<T>(flip_[1 % kFlips]), LaneFlip<T>(flip_[2 % kFlips]),
                                 LaneFlip<T>(flip_[3 % kFlips])};
    const Vector<T> signs = i_signs<T>();
    const Range range = range_of(slice, groups_);
    Walk walk(fixed_, range.begin);
    Ahead ahead(targets_, fixed_, value_, range.begin, sizeof(T) * kParts<T>, field_bytes_);
    for (std::uint64_t group = range.begin; group < range.end; ++group, walk.advance()) {
      ahead.step(data, kParts<T>);
      T* const base = data + (walk.index() | value_) * kParts<T>;
      Vector<T> in[kColumns];
      for (int j = 0; j < kVectors; ++j) {
        in[j * kFlips] = hn::Load(tag, base + offset_[j] * kParts<T>);
        for (int d = 1; d < kFlips; ++d) {
          in[j * kFlips + d] = flip[d](in[j * kFlips]);
        }
      }
      for (int i = 0; i < kVectors; ++i) {
        Vector<T> sum = hn::Mul(real[i * kColumns], in[0]);
        for (int c = 1; c < kColumns; ++c) {
          sum = hn::MulAdd(real[i * kColumns + c], in[c], sum);
        }
        if constexpr (!kReal) {
          Vector<T> turned = hn::Mul(imaginary[i * kColumns], in[0]);
          for (int c = 1; c < kColumns; ++c) {
            turned = hn::MulAdd(imaginary[i * kColumns + c], in[c], turned);
          }
          sum = hn::MulAdd(signs, swap_parts(turned), sum);
        }
        hn::Store(sum, tag, base + offset_[i] * kParts<T>);
      }
    }
  }

 private:
  static constexpr int kColumns = kVectors * kFlips;
  static constexpr int kTerms = kVectors * kColumns;

  /// The lanes whose bits at the low targets spell `value`.
  static std::uint64_t lanes_of(int value, const DenseOperands& operands) {
    std::uint64_t lanes = 0;
    for (int i = 0; i < kLow; ++i) {
      lanes |= ((value >> i) & 1) != 0 ? std::uint64_t{1} << operands.targets[i] : 0;
    }
    return lanes;
  }

  void fill_coefficients(const DenseOperands& operands) {
    const std::uint64_t mask = low_part<T>(operands.control.mask);
    const std::uint64_t value = low_part<T>(operands.control.value);
    for (std::size_t part = 0; part < kParts<T>; ++part) {
      const std::uint64_t lane = part / 2;
      int low_row = 0;
      for (int i = 0; i < kLow; ++i) {
        low_row |= static_cast<int>((lane >> operands.targets[i]) & 1) << i;
      }
      for (int i = 0; i < kVectors; ++i) {
        for (int c = 0; c < kColumns; ++c) {
          const auto row = static_cast<std::size_t>(low_row | (i << kLow));
          const auto column = static_cast<std::size_t>((low_row ^ (c % kFlips)) | ((c / kFlips) << kLow));
          const bool acts = (lane & mask) == value;
          const std::complex<double> entry =
              acts ? operands.matrix[row * kColumns + column] : (c == i * kFlips ? 1.0 : 0.0);
          real_[i * kColumns + c][part] = static_cast<T>(entry.real());
          imaginary_[i * kColumns + c][part] = static_cast<T>(entry.imag());
        }
      }
    }
  }

  HWY_ALIGN T real_[kTerms][kParts<T>];
  HWY_ALIGN T imaginary_[kTerms][kParts<T>];
  std::uint64_t offset_[kVectors];
  std::uint64_t flip_[kFlips];
  std::uint64_t targets_;
  std::uint64_t fixed_;
  std::uint64_t value_;
  std::uint64_t groups_;
  std::uint64_t field_bytes_;
};

template <typename T, int kHigh, int kLow>
HWY_INLINE void run_small(T* data, int axes, const DenseOperands& operands, Slice slice) {
  if (operands.real) {
    SmallDense<T, kHigh, kLow, true>(axes, operands).run(data, slice);
  } else {
    SmallDense<T, kHigh, kLow, false>(axes, operands).run(data, slice);
  }
}

template <typename T>
HWY_INLINE void choose_small(T* data, int axes, const DenseOperands& operands, Slice slice) {
  int low = 0;
  for (int i = 0; i < operands.target_count; ++i) {
    low += operands.targets[i] < kLowAxes<T> ? 1 : 0;
  }
  if (operands.target_count == 1) {
    low == 0 ? run_small<T, 1, 0>(data, axes, operands, slice) : run_small<T, 0, 1>(data, axes, operands, slice);
  } else if (low == 0) {
    run_small<T, 2, 0>(data, axes, operands, slice);
  } else if (low == 1) {
    run_small<T, 1, 1>(data, axes, operands, slice);
  } else {
    run_small<T, 0, 2>(data, axes, operands, slice);
  }
}

void run_dense_small(ElementType type, void* data, int axes, const DenseOperands& operands, Slice slice) {
  if (type == ElementType::c64) {
    choose_small(static_cast<float*>(data), axes, operands, slice);
  } else {
    choose_small(static_cast<double*>(data), axes, operands, slice);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_dense_small);

void dense_small(ElementType type, void* data, int axes, const DenseOperands& operands, Slice slice) {
  HWY_DYNAMIC_DISPATCH(run_dense_small)(type, data, axes, operands, slice);
}

}  // namespace basalt::quantum
#endif
