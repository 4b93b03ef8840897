// quantum/diagonal: every amplitude is multiplied by a phase that its index chooses. Nothing moves, so vectors are met
// in the order they lie in memory, and those that high controls exclude are not visited.
#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/ahead.h"
#include "workloads/quantum/kernels/variants.h"
#include "workloads/quantum/kernels/walk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/diagonal.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

inline constexpr std::size_t kMaxPhases = 64;

template <typename T>
class PhaseTable {
 public:
  HWY_INLINE explicit PhaseTable(const DiagonalOperands& operands) {
    int low = 0;
    for (int i = 0; i < operands.target_count; ++i) {
      if (operands.targets[i] < kLowAxes<T>) {
        ++low;
      } else {
        shift_[high_++] = operands.targets[i] - kLowAxes<T>;
        targets_ |= high_part<T>(std::uint64_t{1} << operands.targets[i]);
      }
    }
    for (std::size_t entry = 0; entry < std::size_t{1} << high_; ++entry) {
      for (std::size_t part = 0; part < kParts<T>; ++part) {
        const std::complex<double> phase = phase_at(operands, low, entry, part / 2);
        real_[entry][part] = static_cast<T>(phase.real());
        imaginary_[entry][part] = static_cast<T>(part % 2 == 0 ? -phase.imag() : phase.imag());
      }
    }
  }

  /// The high targets, as bits of a vector's index.
  [[nodiscard]] std::uint64_t targets() const { return targets_; }

  /// Multiplies `count` vectors whose indices agree in the high targets, from `index` on.
  HWY_INLINE void multiply(T* HWY_RESTRICT data, std::uint64_t index, std::uint64_t count, Ahead& ahead) const {
    const Tag<T> tag;
    std::size_t entry = 0;
    for (int i = 0; i < high_; ++i) {
      entry |= static_cast<std::size_t>((index >> shift_[i]) & 1) << i;
    }
    const Vector<T> real = hn::Load(tag, real_[entry]);
    const Vector<T> imaginary = hn::Load(tag, imaginary_[entry]);
    T* const begin = data + index * kParts<T>;
    for (T* at = begin; at < begin + count * kParts<T>; at += kParts<T>) {
      ahead.step(data, kParts<T>);
      const Vector<T> v = hn::Load(tag, at);
      hn::Store(hn::MulAdd(v, real, hn::Mul(swap_parts(v), imaginary)), tag, at);
    }
  }

 private:
  static std::complex<double> phase_at(const DiagonalOperands& operands, int low, std::size_t entry,
                                       std::uint64_t lane) {
    if ((lane & low_part<T>(operands.control.mask)) != low_part<T>(operands.control.value)) {
      return 1;
    }
    std::size_t state = entry << low;
    for (int i = 0; i < low; ++i) {
      state |= static_cast<std::size_t>((lane >> operands.targets[i]) & 1) << i;
    }
    return operands.phases[state];
  }

  HWY_ALIGN T real_[kMaxPhases][kParts<T>];
  HWY_ALIGN T imaginary_[kMaxPhases][kParts<T>];  // signed: [−im, +im]
  std::uint64_t targets_ = 0;
  int shift_[6];
  int high_ = 0;
};

template <typename T>
HWY_INLINE void diagonal_vectors(T* data, int axes, const DiagonalOperands& operands, Slice slice) {
  const PhaseTable<T> phases(operands);
  const std::uint64_t controls = high_part<T>(operands.control.mask);
  const std::uint64_t value = high_part<T>(operands.control.value);
  const Range range = range_of(slice, std::uint64_t{1} << (axes - kLowAxes<T> - std::popcount(controls)));
  Walk walk(controls, range.begin);
  Ahead ahead(0, controls, value, range.begin, sizeof(T) * kParts<T>, (2 * sizeof(T)) << axes);
  const std::uint64_t changes = controls | phases.targets();
  const std::uint64_t period = changes == 0 ? range.end - range.begin : changes & -changes;
  for (std::uint64_t done = range.begin; done < range.end;) {
    const std::uint64_t index = walk.index() | value;
    const std::uint64_t to_boundary = period - (changes == 0 ? 0 : index & (period - 1));
    const std::uint64_t count = std::min(to_boundary, range.end - done);
    phases.multiply(data, index, count, ahead);
    walk.advance(count);
    done += count;
  }
}

void run_diagonal(ElementType type, void* data, int axes, const DiagonalOperands& operands, Slice slice) {
  if (type == ElementType::c64) {
    diagonal_vectors(static_cast<float*>(data), axes, operands, slice);
  } else {
    diagonal_vectors(static_cast<double*>(data), axes, operands, slice);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_diagonal);

void diagonal(ElementType type, void* data, int axes, const DiagonalOperands& operands, Slice slice) {
  HWY_DYNAMIC_DISPATCH(run_diagonal)(type, data, axes, operands, slice);
}

}  // namespace basalt::quantum
#endif
