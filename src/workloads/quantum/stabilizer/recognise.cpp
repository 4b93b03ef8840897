// A unitary U is Clifford if it takes every Pauli string P to a Pauli string U P U†. These images say all of U but a
// phase. Steps that undo them, found by elimination qubit by qubit, are U backwards.
#include "workloads/quantum/stabilizer/recognise.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <utility>

namespace basalt::quantum {
namespace {

constexpr double kTolerance = 1e-12;

/// A Pauli string of few qubits. A qubit in both masks carries Y.
struct Image {
  std::uint32_t x = 0;
  std::uint32_t z = 0;
  bool negative = false;

  [[nodiscard]] bool x_at(std::uint32_t qubit) const { return (x >> qubit & 1) != 0; }
  [[nodiscard]] bool z_at(std::uint32_t qubit) const { return (z >> qubit & 1) != 0; }
};

/// The string becomes g P g† of the step g.
void conjugate(Image& image, const CliffordStep& step) {
  const bool x = image.x_at(step.a);
  const bool z = image.z_at(step.a);
  const std::uint32_t a = 1U << step.a;
  const std::uint32_t b = 1U << step.b;
  const bool x_b = image.x_at(step.b);
  const bool z_b = image.z_at(step.b);
  switch (step.op) {
    case CliffordOp::x:
      image.negative ^= z;
      break;
    case CliffordOp::y:
      image.negative ^= x != z;
      break;
    case CliffordOp::z:
      image.negative ^= x;
      break;
    case CliffordOp::h:
      image.negative ^= x && z;
      if (x != z) {
        image.x ^= a;
        image.z ^= a;
      }
      break;
    case CliffordOp::s:
      image.negative ^= x && z;
      image.z ^= x ? a : 0;
      break;
    case CliffordOp::sdg:
      image.negative ^= x && !z;
      image.z ^= x ? a : 0;
      break;
    case CliffordOp::sx:
      image.negative ^= z && !x;
      image.x ^= z ? a : 0;
      break;
    case CliffordOp::sxdg:
      image.negative ^= z && x;
      image.x ^= z ? a : 0;
      break;
    case CliffordOp::cx:
      image.negative ^= x && z_b && x_b == z;
      image.x ^= x ? b : 0;
      image.z ^= z_b ? a : 0;
      break;
    case CliffordOp::cz:
      image.negative ^= x && x_b && z != z_b;
      image.z ^= (x_b ? a : 0) ^ (x ? b : 0);
      break;
    case CliffordOp::swap:
      image.x ^= x != x_b ? a | b : 0;
      image.z ^= z != z_b ? a | b : 0;
      break;
    case CliffordOp::measure:
    case CliffordOp::reset:
    case CliffordOp::x_if:
    case CliffordOp::z_if:
      assert(!"no unitary");
  }
}

CliffordStep inverse(CliffordStep step) {
  switch (step.op) {
    case CliffordOp::s:
      step.op = CliffordOp::sdg;
      break;
    case CliffordOp::sdg:
      step.op = CliffordOp::s;
      break;
    case CliffordOp::sx:
      step.op = CliffordOp::sxdg;
      break;
    case CliffordOp::sxdg:
      step.op = CliffordOp::sx;
      break;
    default:
      break;
  }
  return step;
}

bool near(Complex a, Complex b) {
  return std::abs(a.real() - b.real()) <= kTolerance && std::abs(a.imag() - b.imag()) <= kTolerance;
}

/// i^power.
Complex power_of_i(int power) {
  constexpr Complex kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
  return kPowers[power & 3];
}

class Recognition {
 public:
  explicit Recognition(std::span<const Complex> matrix)
      : matrix_(matrix), qubits_(static_cast<std::uint32_t>(std::bit_width(matrix.size()) / 2)), size_(1U << qubits_) {
    assert(matrix.size() == std::size_t{size_} * size_);
  }

  std::optional<std::vector<CliffordStep>> operator()() {
    for (std::uint32_t qubit = 0; qubit < qubits_; ++qubit) {
      const auto of_x = image_of(1U << qubit, 0);
      const auto of_z = of_x ? image_of(0, 1U << qubit) : std::nullopt;
      if (!of_z) {
        return std::nullopt;
      }
      images_.push_back(*of_x);
      images_.push_back(*of_z);
    }
    for (std::uint32_t qubit = 0; qubit < qubits_; ++qubit) {
      bring_back_x(qubit);
      bring_back_z(qubit);
    }
    return steps();
  }

 private:
  [[nodiscard]] Complex entry(std::uint32_t row, std::uint32_t column) const {
    return matrix_[std::size_t{row} * size_ + column];
  }

  /// Entry of U P U†, where P has x or z only: P|b⟩ = (−1)^(z·b) |b ⊕ x⟩.
  [[nodiscard]] Complex conjugated(std::uint32_t x, std::uint32_t z, std::uint32_t row, std::uint32_t column) const {
    Complex sum = 0;
    for (std::uint32_t b = 0; b < size_; ++b) {
      const Complex term = entry(row, b ^ x) * std::conj(entry(column, b));
      sum += std::popcount(z & b) % 2 != 0 ? -term : term;
    }
    return sum;
  }

  [[nodiscard]] std::optional<Image> image_of(std::uint32_t x, std::uint32_t z) const {
    Image image;
    Complex first = 0;  // in column 0, where it is not zero
    for (std::uint32_t row = 0; row < size_; ++row) {
      const Complex value = conjugated(x, z, row, 0);
      if (std::abs(value) > std::abs(first)) {
        first = value;
        image.x = row;
      }
    }
    for (std::uint32_t qubit = 0; qubit < qubits_; ++qubit) {
      const std::uint32_t bit = 1U << qubit;
      image.z |= (conjugated(x, z, image.x ^ bit, bit) * std::conj(first)).real() < 0 ? bit : 0;
    }
    const int ys = std::popcount(image.x & image.z);
    image.negative = (first * std::conj(power_of_i(ys))).real() < 0;
    for (std::uint32_t column = 0; column < size_; ++column) {
      const int signs = (image.negative ? 1 : 0) + std::popcount(image.z & column);
      const Complex wanted = power_of_i(ys + 2 * signs);
      for (std::uint32_t row = 0; row < size_; ++row) {
        if (!near(conjugated(x, z, row, column), row == (column ^ image.x) ? wanted : 0)) {
          return std::nullopt;
        }
      }
    }
    return image;
  }

  void take(CliffordStep step) {
    for (Image& image : images_) {
      conjugate(image, step);
    }
    undoing_.push_back(step);
  }

  /// Makes the image of X of a qubit that X, up to a sign. It holds nothing of the qubits before, which are brought
  /// back.
  void bring_back_x(std::uint32_t qubit) {
    const Image& image = images_[2 * qubit];
    for (std::uint32_t other = qubit; other < qubits_; ++other) {
      if (image.z_at(other)) {
        take({image.x_at(other) ? CliffordOp::s : CliffordOp::h, other});
      }
    }
    if (!image.x_at(qubit)) {
      take({CliffordOp::swap, qubit, static_cast<std::uint32_t>(std::countr_zero(image.x))});
    }
    for (std::uint32_t other = qubit + 1; other < qubits_; ++other) {
      if (image.x_at(other)) {
        take({CliffordOp::cx, qubit, other});
      }
    }
  }

  /// Makes the image of Z of a qubit that Z, up to a sign, by steps that leave its X alone.
  void bring_back_z(std::uint32_t qubit) {
    const Image& image = images_[2 * qubit + 1];
    if (image.x_at(qubit)) {
      take({CliffordOp::sx, qubit});
    }
    for (std::uint32_t other = qubit + 1; other < qubits_; ++other) {
      if (image.x_at(other)) {
        if (image.z_at(other)) {
          take({CliffordOp::s, other});
        }
        take({CliffordOp::h, other});
      }
      if (image.z_at(other)) {
        take({CliffordOp::cx, other, qubit});
      }
    }
  }

  /// What is left is a Pauli string, and comes first in time.
  [[nodiscard]] std::vector<CliffordStep> steps() const {
    std::vector<CliffordStep> result;
    for (std::uint32_t qubit = 0; qubit < qubits_; ++qubit) {
      const bool has_z = images_[2 * qubit].negative;
      const bool has_x = images_[2 * qubit + 1].negative;
      if (has_x || has_z) {
        result.push_back({has_x ? (has_z ? CliffordOp::y : CliffordOp::x) : CliffordOp::z, qubit});
      }
    }
    std::transform(undoing_.rbegin(), undoing_.rend(), std::back_inserter(result), inverse);
    return result;
  }

  std::span<const Complex> matrix_;
  std::uint32_t qubits_;
  std::uint32_t size_;
  std::vector<Image> images_;  ///< Of X and Z of each qubit.
  std::vector<CliffordStep> undoing_;
};

}  // namespace

std::optional<std::vector<CliffordStep>> recognise_clifford(std::span<const Complex> matrix) {
  return Recognition(matrix)();
}

}  // namespace basalt::quantum
