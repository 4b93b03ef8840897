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

/// Vector indices whose low bits are looked up in a table; the rest changes once in so many vectors.
inline constexpr std::uint64_t kBlockVectors = 64;

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
    for (std::uint64_t index = 0; index < kBlockVectors; ++index) {
      within_block_[index] = static_cast<std::uint8_t>(entry_of(index));
    }
  }

  /// The part of a vector's entry that all vectors of its block share.
  [[nodiscard]] std::size_t entry_of_block(std::uint64_t index) const { return entry_of(index & ~(kBlockVectors - 1)); }
  [[nodiscard]] std::size_t entry_within_block(std::uint64_t index) const {
    return within_block_[index & (kBlockVectors - 1)];
  }
  /// The high targets, as bits of a vector's index.
  [[nodiscard]] std::uint64_t targets() const { return targets_; }

  HWY_INLINE Vector<T> real(std::size_t entry) const { return hn::Load(Tag<T>(), real_[entry]); }
  /// Signed for multiply(): −im at real parts, im at imaginary ones.
  HWY_INLINE Vector<T> imaginary(std::size_t entry) const { return hn::Load(Tag<T>(), imaginary_[entry]); }

 private:
  [[nodiscard]] std::size_t entry_of(std::uint64_t index) const {
    std::size_t entry = 0;
    for (int i = 0; i < high_; ++i) {
      entry |= static_cast<std::size_t>((index >> shift_[i]) & 1) << i;
    }
    return entry;
  }

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
  std::uint8_t within_block_[kBlockVectors];
  int shift_[6];
  int high_ = 0;
};

template <typename T>
HWY_INLINE void multiply(T* HWY_RESTRICT at, Vector<T> real, Vector<T> imaginary) {
  const Vector<T> v = hn::Load(Tag<T>(), at);
  hn::Store(hn::MulAdd(v, real, hn::Mul(swap_parts(v), imaginary)), Tag<T>(), at);
}

/// The phase may change from one vector to the next.
template <typename T>
HWY_INLINE void multiply_each(T* HWY_RESTRICT data, const PhaseTable<T>& phases, Walk walk, Ahead ahead,
                              std::uint64_t value, std::uint64_t count) {
  std::uint64_t block = ~std::uint64_t{0};
  std::size_t entry_of_block = 0;
  for (std::uint64_t i = 0; i < count; ++i, walk.advance()) {
    ahead.step(data, kParts<T>);
    const std::uint64_t index = walk.index() | value;
    if (index / kBlockVectors != block) {
      block = index / kBlockVectors;
      entry_of_block = phases.entry_of_block(index);
    }
    const std::size_t entry = entry_of_block | phases.entry_within_block(index);
    multiply(data + index * kParts<T>, phases.real(entry), phases.imaginary(entry));
  }
}

/// The phase, and whether vectors are visited at all, changes at multiples of `period` only.
template <typename T>
HWY_INLINE void multiply_runs(T* HWY_RESTRICT data, const PhaseTable<T>& phases, Walk walk, Ahead ahead,
                              std::uint64_t value, std::uint64_t count, std::uint64_t period) {
  while (count != 0) {
    const std::uint64_t index = walk.index() | value;
    const std::uint64_t run = std::min(count, period - (index & (period - 1)));
    const std::size_t entry = phases.entry_of_block(index) | phases.entry_within_block(index);
    const Vector<T> real = phases.real(entry);
    const Vector<T> imaginary = phases.imaginary(entry);
    T* const begin = data + index * kParts<T>;
    for (T* at = begin; at != begin + run * kParts<T>; at += kParts<T>) {
      ahead.step(data, kParts<T>);
      multiply(at, real, imaginary);
    }
    walk.advance(run);
    count -= run;
  }
}

template <typename T>
HWY_INLINE void diagonal_vectors(T* HWY_RESTRICT data, int axes, const DiagonalOperands& operands, Slice slice) {
  constexpr std::uint64_t kShortRun = 4;
  const PhaseTable<T> phases(operands);
  const std::uint64_t controls = high_part<T>(operands.control.mask);
  const std::uint64_t value = high_part<T>(operands.control.value);
  const std::uint64_t vectors = std::uint64_t{1} << (axes - kLowAxes<T>);
  const Range range = range_of(slice, vectors >> std::popcount(controls));
  const Walk walk(controls, range.begin);
  const Ahead ahead(0, controls, value, range.begin, sizeof(T) * kParts<T>, (2 * sizeof(T)) << axes);
  const std::uint64_t changes = controls | phases.targets() | vectors;
  const std::uint64_t period = changes & -changes;
  if (period <= kShortRun) {
    multiply_each(data, phases, walk, ahead, value, range.end - range.begin);
  } else {
    multiply_runs(data, phases, walk, ahead, value, range.end - range.begin, period);
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
