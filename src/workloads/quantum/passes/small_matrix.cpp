#include "workloads/quantum/passes/small_matrix.h"

#include <array>
#include <bit>
#include <cmath>

#include "workloads/quantum/gate_list.h"

namespace basalt::quantum {
namespace {

std::size_t width_of(std::span<const Complex> matrix) {
  return std::size_t{1} << (std::countr_zero(matrix.size()) / 2);
}

}  // namespace

void multiply_onto(std::span<const Complex> later, std::span<Complex> target) {
  const std::size_t width = width_of(target);
  std::array<Complex, std::size_t{1} << kMaxGateTargets> column;
  for (std::size_t j = 0; j < width; ++j) {
    for (std::size_t i = 0; i < width; ++i) {
      column[i] = target[i * width + j];
    }
    for (std::size_t i = 0; i < width; ++i) {
      Complex sum = 0;
      for (std::size_t k = 0; k < width; ++k) {
        sum += later[i * width + k] * column[k];
      }
      target[i * width + j] = sum;
    }
  }
}

std::optional<Complex> scale_of_identity(std::span<const Complex> matrix) {
  const std::size_t width = width_of(matrix);
  const double negligible = kNegligibleEntry * static_cast<double>(width);
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    const Complex expected = i / width == i % width ? matrix[0] : 0;
    if (std::abs(matrix[i] - expected) > negligible) {
      return std::nullopt;
    }
  }
  return matrix[0];
}

}  // namespace basalt::quantum
