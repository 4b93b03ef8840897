// Numbers that carry their derivatives: forward-mode differentiation, exact to rounding.
#pragma once

#include <array>
#include <cstddef>

namespace basalt::patterns {

/// value + Σ slope[i] ε_i with ε_i ε_j = 0: a number and its derivatives by `kInputs` inputs.
template <std::size_t kInputs>
struct Dual {
  double value = 0;
  std::array<double, kInputs> slope{};

  Dual() = default;
  explicit Dual(double number) : value(number) {}

  /// Input number `input` itself, whose derivative by itself is 1.
  static Dual input(double number, std::size_t input) {
    Dual dual(number);
    dual.slope[input] = 1;
    return dual;
  }

  friend Dual operator+(const Dual& a, const Dual& b) { return combine(a.value + b.value, a, 1, b, 1); }
  friend Dual operator-(const Dual& a, const Dual& b) { return combine(a.value - b.value, a, 1, b, -1); }
  friend Dual operator*(const Dual& a, const Dual& b) { return combine(a.value * b.value, a, b.value, b, a.value); }
  friend Dual operator/(const Dual& a, const Dual& b) {
    const double quotient = a.value / b.value;
    return combine(quotient, a, 1 / b.value, b, -quotient / b.value);
  }

 private:
  static Dual combine(double value, const Dual& a, double by_a, const Dual& b, double by_b) {
    Dual result(value);
    for (std::size_t i = 0; i < kInputs; ++i) {
      result.slope[i] = by_a * a.slope[i] + by_b * b.slope[i];
    }
    return result;
  }
};

}  // namespace basalt::patterns
