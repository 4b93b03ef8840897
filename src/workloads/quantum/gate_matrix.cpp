// The matrix of every row of the gate table, in closed form.
#include <cassert>
#include <cmath>
#include <numbers>

#include "workloads/quantum/gates.h"

namespace basalt::quantum {
namespace {

using Matrix = std::vector<Complex>;

constexpr Complex kI{0, 1};
constexpr double kHalfRoot = 0.5 * std::numbers::sqrt2;

/// exp(i · angle).
Complex turn(double angle) {
  return {std::cos(angle), std::sin(angle)};
}

/// exp(i · phase) · [[cos θ/2, −exp(iλ) sin θ/2], [exp(iφ) sin θ/2, exp(i(φ+λ)) cos θ/2]].
Matrix euler(double theta, double phi, double lambda, double phase) {
  const double cosine = std::cos(theta / 2);
  const double sine = std::sin(theta / 2);
  return {turn(phase) * cosine, -turn(phase + lambda) * sine, turn(phase + phi) * sine,
          turn(phase + phi + lambda) * cosine};
}

Matrix diagonal(std::initializer_list<Complex> entries) {
  Matrix result(entries.size() * entries.size());
  std::size_t row = 0;
  for (const Complex entry : entries) {
    result[row * entries.size() + row] = entry;
    ++row;
  }
  return result;
}

/// cos θ/2 on the diagonal, `outer` where both qubits flip from equal values, `inner` where they flip from different
/// ones.
Matrix flip_both(double theta, Complex outer, Complex inner) {
  const Complex cosine = std::cos(theta / 2);
  return {cosine, 0, 0, outer, 0, cosine, inner, 0, 0, inner, cosine, 0, outer, 0, 0, cosine};
}

/// Qubit order: first control, second control, target, from the least significant bit. A Y where both controls are 1,
/// and a sign at |first = 1, second = 0, target = 1⟩.
Matrix relative_phase_toffoli() {
  Matrix result = diagonal({1, 1, 1, 0, 1, -1, 1, 0});
  result[3 * 8 + 7] = -kI;
  result[7 * 8 + 3] = kI;
  return result;
}

/// Controls are bits 0, 1, 2 and the target is bit 3. The target meets diag(i, −i) at controls (1, 1, 0) and
/// [[0, 1], [−1, 0]] where all are 1.
Matrix relative_phase_toffoli_3() {
  Matrix result = diagonal({1, 1, 1, kI, 1, 1, 1, 0, 1, 1, 1, -kI, 1, 1, 1, 0});
  result[7 * 16 + 15] = 1;
  result[15 * 16 + 7] = -1;
  return result;
}

}  // namespace

std::vector<Complex> gate_matrix(GateId id, std::span<const double> parameters) {
  assert(parameters.size() == gate_row(id).parameter_count);
  const auto angle = [&](std::size_t index) { return parameters[index]; };
  switch (id) {
    case GateId::gphase:
      return {turn(angle(0))};
    case GateId::id:
      return {1, 0, 0, 1};
    case GateId::x:
      return {0, 1, 1, 0};
    case GateId::y:
      return {0, -kI, kI, 0};
    case GateId::z:
      return {1, 0, 0, -1};
    case GateId::h:
      return {kHalfRoot, kHalfRoot, kHalfRoot, -kHalfRoot};
    case GateId::s:
      return {1, 0, 0, kI};
    case GateId::sdg:
      return {1, 0, 0, -kI};
    case GateId::t:
      return {1, 0, 0, {kHalfRoot, kHalfRoot}};
    case GateId::tdg:
      return {1, 0, 0, {kHalfRoot, -kHalfRoot}};
    case GateId::sx:
      return {{0.5, 0.5}, {0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}};
    case GateId::sxdg:
      return {{0.5, -0.5}, {0.5, 0.5}, {0.5, 0.5}, {0.5, -0.5}};
    case GateId::p:
      return {1, 0, 0, turn(angle(0))};
    case GateId::rx: {
      const Complex cosine = std::cos(angle(0) / 2);
      const Complex sine = {0, -std::sin(angle(0) / 2)};
      return {cosine, sine, sine, cosine};
    }
    case GateId::ry: {
      const double cosine = std::cos(angle(0) / 2);
      const double sine = std::sin(angle(0) / 2);
      return {cosine, -sine, sine, cosine};
    }
    case GateId::rz:
      return {turn(-angle(0) / 2), 0, 0, turn(angle(0) / 2)};
    case GateId::u:
      return euler(angle(0), angle(1), angle(2), angle(0) / 2);
    case GateId::u2:
      return euler(std::numbers::pi / 2, angle(0), angle(1), -(angle(0) + angle(1)) / 2);
    case GateId::u3:
      return euler(angle(0), angle(1), angle(2), -(angle(1) + angle(2)) / 2);
    case GateId::cu_target:
      return euler(angle(0), angle(1), angle(2), angle(3));
    case GateId::swap:
      return {1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
    case GateId::iswap:
      return {1, 0, 0, 0, 0, 0, kI, 0, 0, kI, 0, 0, 0, 0, 0, 1};
    case GateId::rxx: {
      const Complex sine = {0, -std::sin(angle(0) / 2)};
      return flip_both(angle(0), sine, sine);
    }
    case GateId::ryy: {
      const Complex sine = {0, -std::sin(angle(0) / 2)};
      return flip_both(angle(0), -sine, sine);
    }
    case GateId::rzz: {
      const Complex equal = turn(-angle(0) / 2);
      const Complex different = turn(angle(0) / 2);
      return diagonal({equal, different, different, equal});
    }
    case GateId::rccx:
      return relative_phase_toffoli();
    case GateId::rc3x:
      return relative_phase_toffoli_3();
    case GateId::matrix:
      break;
  }
  assert(!"an operation with its own matrix has no matrix in the table");
  return {};
}

std::vector<Complex> matrix_adjoint(std::span<const Complex> matrix) {
  const auto size = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(matrix.size()))));
  assert(size * size == matrix.size());
  Matrix result(matrix.size());
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      result[column * size + row] = std::conj(matrix[row * size + column]);
    }
  }
  return result;
}

}  // namespace basalt::quantum
