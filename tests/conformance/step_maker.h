// Random steps of a program, each with what it does to a state by the reference.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "kernel_harness.h"
#include "plan/program.h"
#include "workloads/quantum/kernels/operands.h"

namespace basalt::quantum {

/// A step and what it does to a state.
struct TestStep {
  Step step;
  std::function<void(State&)> apply;
};

class StepMaker {
 public:
  StepMaker(std::mt19937_64& random, int axes, std::uint64_t tile_axes)
      : random_(random), axes_(axes), tile_axes_(tile_axes) {}

  TestStep any() {
    switch (random_() % 11) {
      case 0:
        return exchange();
      case 1:
      case 2:
        return phase(false);
      case 3:
        return phase(true);
      case 4:
        return rotation();
      case 5:
        return dense(2, false);
      case 7:
        return coupling();
      case 8:
      case 9:
        return unitary();
      case 6:
        return dense(random_() % 8 == 0 ? 3 : 1, true);
      default:
        return dense(1, false);
    }
  }

  TestStep exchange() {
    const std::uint64_t flip = std::uint64_t{1} << target();
    ExchangeOperands operands{.control = control(flip, 3), .flip = flip};
    const auto controls = controls_of(operands.control);
    const Qubit qubit = static_cast<Qubit>(std::countr_zero(flip));
    operands.control.mask |= flip;
    return {step("quantum/exchange", {.mixes = flip, .reads = operands.control.mask & ~flip}, operands),
            [=](State& state) {
              reference::apply_matrix(state, std::vector<Complex>{0, 1, 1, 0}, controls, std::vector{qubit});
            }};
  }

  TestStep phase(bool parity) {
    PhaseTerm term{.mask = 0, .value = 0, .angle = angle(), .parity = parity};
    for (std::uint64_t count = 1 + random_() % 3; count-- > 0;) {
      term.mask |= std::uint64_t{1} << random_() % static_cast<std::uint64_t>(axes_);
    }
    term.value = parity ? 0 : term.mask & (random_() % 4 == 0 ? random_() : ~std::uint64_t{0});
    return {step("quantum/phase", {.mixes = 0, .reads = term.mask}, term), [=](State& state) {
              for (std::size_t i = 0; i < state.size(); ++i) {
                const bool acts = parity ? std::popcount(i & term.mask) % 2 != 0 : (i & term.mask) == term.value;
                state[i] *= acts ? std::polar(1.0, term.angle) : 1;
              }
            }};
  }

  /// Real, equal in pairs, of any size of the angle; or a reflection.
  TestStep rotation() {
    const double a = angle();
    const double sign = random_() % 3 == 0 ? -1 : 1;
    return dense_of({target()}, {}, {std::cos(a), -sign * std::sin(a), std::sin(a), sign * std::cos(a)});
  }

  /// Of one qubit, all entries complex; now and then nearly diagonal, or nearly not.
  TestStep unitary() {
    const double half = random_() % 4 == 0 ? static_cast<double>(random_() % 2) * 1.5707963267948966 : angle() / 2;
    const double after = angle();
    const double before = angle();
    const Complex factor = std::polar(1.0, angle());
    return dense_of({target()}, {},
                    {factor * std::cos(half), -factor * std::polar(std::sin(half), before),
                     factor * std::polar(std::sin(half), after), factor * std::polar(std::cos(half), before + after)});
  }

  /// Rotations of 00 and 11, and of 01 and 10, or of only one of these pairs; of a reflection too.
  TestStep coupling() {
    const double even = random_() % 4 == 0 ? 0 : angle();
    const double odd = random_() % 4 == 0 ? 0 : angle();
    const double sign = random_() % 3 == 0 ? -1 : 1;
    std::vector<Complex> matrix(16);
    matrix[0] = std::cos(even);
    matrix[3] = -sign * std::sin(even);
    matrix[12] = std::sin(even);
    matrix[15] = sign * std::cos(even);
    matrix[5] = matrix[10] = std::cos(odd);
    matrix[6] = std::sin(odd);
    matrix[9] = -std::sin(odd);
    return dense_of(distinct_targets(2), {}, matrix);
  }

  TestStep dense(int target_count, bool controlled) {
    const std::vector<Qubit> targets = distinct_targets(target_count);
    std::vector<Complex> matrix(std::size_t{1} << (2 * target_count));
    const bool real = random_() % 3 == 0;
    for (Complex& entry : matrix) {
      entry = {std::sin(angle()), real ? 0 : std::sin(angle())};
      entry /= std::sqrt(static_cast<double>(2 << target_count));
    }
    std::uint64_t mask = 0;
    for (const Qubit qubit : targets) {
      mask |= std::uint64_t{1} << qubit;
    }
    return dense_of(targets, controlled ? control(mask, 2) : ControlMask{}, matrix);
  }

 private:
  TestStep dense_of(std::vector<Qubit> targets, ControlMask control, std::vector<Complex> matrix) {
    DenseOperands operands;
    operands.control = control;
    set_targets(operands, targets);
    operands.matrix = matrix;
    operands.real = std::ranges::all_of(matrix, [](const Complex& entry) { return entry.imag() == 0; });
    Access access{.mixes = 0, .reads = control.mask};
    for (const Qubit qubit : targets) {
      access.mixes |= std::uint64_t{1} << qubit;
    }
    return {step("quantum/dense", access, operands),
            [=](State& state) { reference::apply_matrix(state, matrix, controls_of(control), targets); }};
  }

  template <typename Operands>
  static Step step(std::string_view kernel, Access access, const Operands& operands) {
    Step result;
    result.kernel = kernel;
    result.access = access;
    result.operands = std::make_shared<Operands>(operands);
    return result;
  }

  Qubit target() {
    for (;;) {
      const auto axis = static_cast<Qubit>(random_() % static_cast<std::uint64_t>(axes_));
      if (((tile_axes_ >> axis) & 1) != 0) {
        return axis;
      }
    }
  }

  /// Ascending.
  std::vector<Qubit> distinct_targets(int count) {
    std::vector<Qubit> targets;
    while (static_cast<int>(targets.size()) < count) {
      const Qubit next = target();
      if (std::ranges::find(targets, next) == targets.end()) {
        targets.push_back(next);
      }
    }
    std::ranges::sort(targets);
    return targets;
  }

  ControlMask control(std::uint64_t targets, std::uint64_t most) {
    ControlMask result;
    for (std::uint64_t count = random_() % (most + 1); count-- > 0;) {
      result.mask |= std::uint64_t{1} << random_() % static_cast<std::uint64_t>(axes_);
    }
    result.mask &= ~targets;
    result.value = result.mask & random_();
    return result;
  }

  double angle() { return static_cast<double>(random_() % 62832) * 1e-4 - 3.1416; }

  std::mt19937_64& random_;
  int axes_;
  std::uint64_t tile_axes_;
};

}  // namespace basalt::quantum
