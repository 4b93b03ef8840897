// What the kernel tests share: fields with guard zones around them, every instruction set that this processor has, and
// one check that runs a kernel whole and in slices and compares it with the reference.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <string_view>
#include <vector>

// The first decides what the second is compiled for.
// clang-format off
#include "runtime/cpu/simd_targets.h"
#include <hwy/highway.h>
// clang-format on

#include "reference/state.h"
#include "runtime/cpu/sweep.h"
#include "workloads/quantum/kernels/kernels.h"

namespace basalt::quantum {

using reference::State;

inline const KernelRegistry& cpu_kernels() {
  static const KernelRegistry registry = [] {
    KernelRegistry result;
    register_cpu_kernels(result);
    return result;
  }();
  return registry;
}

inline constexpr ElementType kElementTypes[] = {ElementType::c64, ElementType::c128};

/// Half the distance from 1 to the next number: the largest relative error of one rounding.
inline double rounding(ElementType type) {
  return type == ElementType::c64 ? 0x1p-24 : 0x1p-53;
}

/// A field between two zones that nothing may write to.
class GuardedField {
 public:
  GuardedField(ElementType type, int axes)
      : type_(type), axes_(axes), words_(2 * kGuardBytes / 8 + field_bytes(type, axes) / 8 + 8) {
    std::ranges::fill(words_, kCanary);
    const std::uintptr_t start = (reinterpret_cast<std::uintptr_t>(words_.data()) + 63) / 64 * 64;
    data_ = reinterpret_cast<std::byte*>(start) + kGuardBytes;
  }

  [[nodiscard]] void* data() const { return data_; }

  void set(const State& state) {
    std::memset(data_, 0, field_bytes(type_, axes_));
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (type_ == ElementType::c64) {
        reinterpret_cast<std::complex<float>*>(data_)[i] = std::complex<float>(state[i]);
      } else {
        reinterpret_cast<std::complex<double>*>(data_)[i] = state[i];
      }
    }
  }

  [[nodiscard]] State get() const {
    State state(std::size_t{1} << std::max(axes_, kMinFieldAxes));
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] = type_ == ElementType::c64 ? Complex(reinterpret_cast<const std::complex<float>*>(data_)[i])
                                           : reinterpret_cast<const std::complex<double>*>(data_)[i];
    }
    return state;
  }

  [[nodiscard]] bool guards_are_whole() const {
    const auto* begin = reinterpret_cast<const std::byte*>(words_.data());
    const auto* end = begin + words_.size() * 8;
    const auto whole = [](const std::byte* from, const std::byte* to) {
      for (; from + 8 <= to; from += 8) {
        if (std::memcmp(from, &kCanary, 8) != 0) {
          return false;
        }
      }
      return true;
    };
    return whole(begin, data_) && whole(data_ + field_bytes(type_, axes_), end);
  }

 private:
  static constexpr std::size_t kGuardBytes = 4096;
  static constexpr std::uint64_t kCanary = 0x5ca1ab1e0ddba11;
  ElementType type_;
  int axes_;
  std::vector<std::uint64_t> words_;
  std::byte* data_;
};

/// Runs `body` once for each instruction set that was compiled and that this processor has.
inline void for_each_instruction_set(const std::function<void()>& body) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    ASSERT_STREQ(simd_target(), hwy::TargetName(target));
    SCOPED_TRACE(simd_target());
    body();
    hwy::SetSupportedTargetsForTest(0);
  }
}

/// Amplitudes that the element type holds exactly, parts between −1 and 1.
inline State random_amplitudes(std::mt19937_64& random, int axes) {
  State state(std::size_t{1} << axes);
  for (Complex& amplitude : state) {
    const auto part = [&] { return static_cast<float>(static_cast<std::int32_t>(random()) >> 8) * 0x1p-23F; };
    const double real = part();
    amplitude = {real, part()};
  }
  return state;
}

/// Runs the kernel on `before` in one piece and in several; expects the reference's result and the same bits.
/// `terms` is the number of products in one amplitude of the result, each at most √2 long.
inline void expect_kernel(std::string_view id, ElementType type, int axes, const void* operands, const State& before,
                          const State& after, double terms) {
  const Kernel* kernel = cpu_kernels().find(id, type);
  ASSERT_NE(kernel, nullptr);
  const int padded = std::max(axes, kMinFieldAxes);
  GuardedField whole(type, axes);
  whole.set(before);
  kernel->run(whole.data(), padded, operands, {});
  State expected = after;
  expected.resize(std::size_t{1} << padded);  // the padding stays zero
  // Each of the `terms` complex products meets up to four roundings of factor and product, and the sum of up to
  // terms·2 numbers of size 2 as many again.
  const double tolerance = rounding(type) * 2 * terms * (4 + 2 * terms);
  const State got = whole.get();
  ASSERT_LE(reference::max_difference(got, expected), tolerance);
  ASSERT_TRUE(whole.guards_are_whole());
  for (const std::uint64_t count : {2, 3, 7}) {
    GuardedField sliced(type, axes);
    sliced.set(before);
    for (std::uint64_t index = count; index-- > 0;) {
      kernel->run(sliced.data(), padded, operands, {index, count});
    }
    ASSERT_EQ(std::memcmp(sliced.data(), whole.data(), field_bytes(type, axes)), 0) << count << " slices";
    ASSERT_TRUE(sliced.guards_are_whole());
  }
}

template <typename Operands>
void set_targets(Operands& operands, std::span<const Qubit> targets) {
  operands.target_count = static_cast<std::uint8_t>(targets.size());
  for (std::size_t i = 0; i < std::min(targets.size(), operands.targets.size()); ++i) {
    operands.targets[i] = static_cast<std::uint8_t>(targets[i]);
  }
}

inline std::vector<Control> controls_of(const ControlMask& control) {
  std::vector<Control> result;
  for (Qubit qubit = 0; qubit < 64; ++qubit) {
    if (((control.mask >> qubit) & 1) != 0) {
      result.push_back({qubit, ((control.value >> qubit) & 1) != 0});
    }
  }
  return result;
}

/// No control, and then each other axis as a control of either value.
inline std::vector<ControlMask> single_controls(int axes, std::uint64_t targets) {
  std::vector<ControlMask> result{{}};
  for (int axis = 0; axis < axes; ++axis) {
    const std::uint64_t bit = std::uint64_t{1} << axis;
    if ((targets & bit) == 0) {
      result.push_back({bit, bit});
      result.push_back({bit, 0});
    }
  }
  return result;
}

/// Some targets and some controls among the axes, disjoint; targets ascending.
struct Placement {
  std::vector<Qubit> targets;
  ControlMask control;
};

inline Placement random_placement(std::mt19937_64& random, int axes, int target_count) {
  std::vector<Qubit> qubits(static_cast<std::size_t>(axes));
  for (std::size_t i = 0; i < qubits.size(); ++i) {
    qubits[i] = static_cast<Qubit>(i);
  }
  std::ranges::shuffle(qubits, random);
  Placement result;
  result.targets.assign(qubits.begin(), qubits.begin() + target_count);
  std::ranges::sort(result.targets);
  const auto rest = static_cast<std::uint64_t>(axes - target_count);
  const std::uint64_t control_count = random() % 2 == 0 ? 0 : random() % (rest + 1);
  for (std::uint64_t i = 0; i < control_count; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << qubits[static_cast<std::size_t>(target_count) + i];
    result.control.mask |= bit;
    result.control.value |= random() % 2 == 0 ? bit : 0;
  }
  return result;
}

}  // namespace basalt::quantum
