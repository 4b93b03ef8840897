// Evaluates the bodies of gate definitions with dense matrices, from the built-in gates up.
#include "reference/gate_definitions.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

namespace basalt::definitions {

double Angle::at(std::span<const double> parameters) const {
  double value = constant;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    value += slope[i] * parameters[i];
  }
  return value;
}

Angle operator+(Angle a, const Angle& b) {
  a.constant += b.constant;
  for (std::size_t i = 0; i < a.slope.size(); ++i) {
    a.slope[i] += b.slope[i];
  }
  return a;
}

Angle operator*(double factor, Angle a) {
  a.constant *= factor;
  for (double& slope : a.slope) {
    slope *= factor;
  }
  return a;
}

Angle operator-(const Angle& a, const Angle& b) {
  return a + (-1.0) * b;
}
Angle operator-(const Angle& a) {
  return (-1.0) * a;
}
Angle operator/(const Angle& a, double divisor) {
  return (1 / divisor) * a;
}

namespace {

std::size_t width_of(const Matrix& matrix) {
  return static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(matrix.size()))));
}

Matrix identity(std::size_t width) {
  Matrix result(width * width);
  for (std::size_t i = 0; i < width; ++i) {
    result[i * width + i] = 1;
  }
  return result;
}

Matrix multiply(const Matrix& left, const Matrix& right) {
  const std::size_t width = width_of(left);
  Matrix result(width * width);
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      for (std::size_t k = 0; k < width; ++k) {
        result[i * width + j] += left[i * width + k] * right[k * width + j];
      }
    }
  }
  return result;
}

Matrix adjoint(const Matrix& matrix) {
  const std::size_t width = width_of(matrix);
  Matrix result(matrix.size());
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      result[j * width + i] = std::conj(matrix[i * width + j]);
    }
  }
  return result;
}

/// The principal square root of a 2×2 unitary (A + √det A)/(√λ₁ + √λ₂), by Cayley and Hamilton.
Matrix root(const Matrix& a) {
  const Complex trace = a[0] + a[3];
  const Complex determinant = a[0] * a[3] - a[1] * a[2];
  const Complex spread = std::sqrt(trace * trace - 4.0 * determinant);
  const auto principal = [](Complex eigenvalue) {
    const double phase = std::arg(eigenvalue);
    return std::polar(1.0, (phase < -std::numbers::pi + 1e-9 ? std::numbers::pi : phase) / 2);
  };
  const Complex first = principal((trace + spread) / 2.0);
  const Complex second = principal((trace - spread) / 2.0);
  Matrix result = a;
  result[0] += first * second;
  result[3] += first * second;
  for (Complex& entry : result) {
    entry /= first + second;
  }
  return result;
}

Matrix power(const Matrix& matrix, double exponent) {
  if (exponent == 1) {
    return matrix;
  }
  if (exponent == 0.5) {
    return root(matrix);
  }
  if (exponent == -0.5) {
    return adjoint(root(matrix));
  }
  throw std::logic_error("no body has this power");
}

/// OpenQASM 2: U(θ,φ,λ) = Rz(φ) Ry(θ) Rz(λ). OpenQASM 3: the matrix of its specification.
Matrix built_in_u(Library::Language language, double theta, double phi, double lambda) {
  const Complex i{0, 1};
  if (language == Library::Language::openqasm2) {
    const auto rz = [&](double angle) { return Matrix{std::exp(-i * angle / 2.0), 0, 0, std::exp(i * angle / 2.0)}; };
    const Matrix ry{std::cos(theta / 2), -std::sin(theta / 2), std::sin(theta / 2), std::cos(theta / 2)};
    return multiply(rz(phi), multiply(ry, rz(lambda)));
  }
  const Complex e = std::exp(i * theta);
  return {0.5 * (1.0 + e), -0.5 * i * std::exp(i * lambda) * (1.0 - e), 0.5 * i * std::exp(i * phi) * (1.0 - e),
          0.5 * std::exp(i * (phi + lambda)) * (1.0 + e)};
}

}  // namespace

Matrix embed(const Matrix& gate, std::span<const int> qubits, int controls, int count) {
  const std::size_t width = std::size_t{1} << count;
  Matrix result(width * width);
  const auto bit = [](std::size_t index, int qubit) { return (index >> qubit) & 1; };
  for (std::size_t row = 0; row < width; ++row) {
    for (std::size_t column = 0; column < width; ++column) {
      bool same_elsewhere = true;
      bool active = true;
      for (int qubit = 0; qubit < count; ++qubit) {
        const auto at = std::ranges::find(qubits, qubit) - qubits.begin();
        const bool target = at >= controls && at < std::ssize(qubits);
        same_elsewhere = same_elsewhere && (target || bit(row, qubit) == bit(column, qubit));
      }
      std::size_t gate_row = 0;
      std::size_t gate_column = 0;
      for (std::size_t j = 0; j < qubits.size(); ++j) {
        if (static_cast<int>(j) < controls) {
          active = active && bit(row, qubits[j]) == 1;
        } else {
          gate_row |= bit(row, qubits[j]) << (j - static_cast<std::size_t>(controls));
          gate_column |= bit(column, qubits[j]) << (j - static_cast<std::size_t>(controls));
        }
      }
      if (same_elsewhere) {
        result[row * width + column] =
            active ? gate[gate_row * width_of(gate) + gate_column] : Complex(row == column ? 1 : 0);
      }
    }
  }
  return result;
}

Library::Library(Language language, std::initializer_list<std::span<const Definition>> files) : language_(language) {
  for (const std::span<const Definition> file : files) {
    for (const Definition& definition : file) {
      definitions_[definition.name] = &definition;
    }
  }
}

Matrix Library::matrix(std::string_view gate, std::span<const double> parameters) const {
  if (gate == "U") {
    return built_in_u(language_, parameters[0], parameters[1], parameters[2]);
  }
  if (gate == "gphase" && language_ == Language::openqasm3) {
    return {std::polar(1.0, parameters[0])};
  }
  const auto found = definitions_.find(gate);
  if (gate == "CX" && found == definitions_.end() && language_ == Language::openqasm2) {
    return {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0};
  }
  if (found == definitions_.end()) {
    throw std::logic_error("no definition of " + std::string(gate));
  }
  const Definition& definition = *found->second;
  Matrix result = identity(std::size_t{1} << definition.qubits);
  for (const Step& step : definition.body) {
    std::vector<double> angles;
    for (const Angle& angle : step.angles) {
      angles.push_back(angle.at(parameters));
    }
    const Matrix called = power(matrix(step.gate, angles), step.power);
    result = multiply(embed(called, step.qubits, step.controls, definition.qubits), result);
  }
  return result;
}

}  // namespace basalt::definitions
