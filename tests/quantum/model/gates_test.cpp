// The gate table against itself: structure and inverses told truthfully, matrices unitary, powers as they should be.
#include "workloads/quantum/gates.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <set>
#include <string>

#include "reference/state.h"

namespace basalt::quantum {
namespace {

using Matrix = std::vector<Complex>;

std::size_t width_of(const Matrix& m) {
  return static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(m.size()))));
}

Matrix multiply(const Matrix& left, const Matrix& right) {
  const std::size_t width = width_of(left);
  Matrix result(width * width);
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t k = 0; k < width; ++k) {
      for (std::size_t j = 0; j < width; ++j) {
        result[i * width + j] += left[i * width + k] * right[k * width + j];
      }
    }
  }
  return result;
}

Matrix identity(std::size_t width) {
  Matrix result(width * width);
  for (std::size_t i = 0; i < width; ++i) {
    result[i * width + i] = 1;
  }
  return result;
}

double distance(const Matrix& a, const Matrix& b) {
  return reference::max_difference(a, b);
}

std::vector<double> random_parameters(std::mt19937_64& random, int count) {
  std::vector<double> result(static_cast<std::size_t>(count));
  std::ranges::generate(result, [&] { return static_cast<double>(random() % 20001) * 1e-3 - 10; });
  return result;
}

template <typename Body>
void for_each_matrix(Body body) {
  std::mt19937_64 random(7);
  for (const GateRow& row : gate_table()) {
    if (row.id == GateId::matrix) {
      continue;
    }
    SCOPED_TRACE(row.name);
    for (int round = 0; round < 20; ++round) {
      const std::vector<double> parameters = random_parameters(random, row.parameter_count);
      body(row, parameters, gate_matrix(row.id, parameters));
    }
  }
}

/// A unitary of random phases on the columns of a random orthonormal basis, by Gram and Schmidt; `distinct` limits how
/// many different eigenvalues it has.
Matrix random_unitary(std::mt19937_64& random, std::size_t width, std::size_t distinct) {
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1.0; };
  std::vector<Matrix> basis;
  while (basis.size() < width) {
    Matrix vector(width);
    for (Complex& entry : vector) {
      const double real = uniform();
      entry = {real, uniform()};
    }
    for (int pass = 0; pass < 2; ++pass) {
      for (const Matrix& other : basis) {
        Complex overlap = 0;
        for (std::size_t i = 0; i < width; ++i) {
          overlap += std::conj(other[i]) * vector[i];
        }
        for (std::size_t i = 0; i < width; ++i) {
          vector[i] -= overlap * other[i];
        }
      }
    }
    double length = 0;
    for (const Complex& entry : vector) {
      length += std::norm(entry);
    }
    for (Complex& entry : vector) {
      entry /= std::sqrt(length);
    }
    basis.push_back(vector);
  }
  std::vector<Complex> eigenvalues(distinct);
  for (Complex& eigenvalue : eigenvalues) {
    eigenvalue = std::polar(1.0, 3.0 * uniform());
  }
  Matrix result(width * width);
  for (std::size_t k = 0; k < width; ++k) {
    for (std::size_t i = 0; i < width; ++i) {
      for (std::size_t j = 0; j < width; ++j) {
        result[i * width + j] += eigenvalues[k % distinct] * basis[k][i] * std::conj(basis[k][j]);
      }
    }
  }
  return result;
}

TEST(gates, matrices_are_unitary_and_of_the_size_the_row_says) {
  for_each_matrix([](const GateRow& row, const std::vector<double>&, const Matrix& matrix) {
    ASSERT_EQ(width_of(matrix), std::size_t{1} << row.target_count);
    EXPECT_LT(distance(multiply(matrix, matrix_adjoint(matrix)), identity(width_of(matrix))), 1e-15 * 8);
  });
}

TEST(gates, structure_is_what_the_matrix_shows) {
  for_each_matrix([](const GateRow& row, const std::vector<double>&, const Matrix& matrix) {
    const std::size_t width = width_of(matrix);
    bool diagonal = true;
    bool permutation = true;
    bool real = true;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
      diagonal = diagonal && (i / width == i % width || matrix[i] == Complex(0));
      permutation = permutation && (matrix[i] == Complex(0) || matrix[i] == Complex(1));
      real = real && matrix[i].imag() == 0;
    }
    EXPECT_EQ(row.structure.diagonal, diagonal);
    EXPECT_EQ(row.structure.permutation, permutation);
    EXPECT_EQ(row.structure.real, real);
  });
}

TEST(gates, rotations_turn_about_the_axis_they_name) {
  for_each_matrix([](const GateRow& row, const std::vector<double>& parameters, const Matrix& matrix) {
    if (row.structure.axis == 0) {
      return;
    }
    const GateId pauli = row.structure.axis == 'x' ? GateId::x : row.structure.axis == 'y' ? GateId::y : GateId::z;
    Matrix rotation = gate_matrix(pauli, {});
    for (std::size_t i = 0; i < 4; ++i) {
      rotation[i] *= Complex(0, -std::sin(parameters.at(0) / 2));
      rotation[i] += i == 0 || i == 3 ? std::cos(parameters[0] / 2) : 0;
    }
    EXPECT_LT(reference::max_difference_up_to_phase(matrix, rotation), 1e-14);
  });
}

TEST(gates, inverses_are_native_where_the_row_says_so) {
  for_each_matrix([](const GateRow& row, std::vector<double> parameters, const Matrix& matrix) {
    if (!row.inverse_is_native) {
      return;
    }
    if (row.inverse_negates) {
      std::ranges::transform(parameters, parameters.begin(), [](double angle) { return -angle; });
    }
    EXPECT_LT(distance(gate_matrix(row.inverse, parameters), matrix_adjoint(matrix)), 1e-15);
  });
}

TEST(gates, u_is_periodic_and_u3_has_determinant_one) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 100; ++round) {
    const std::vector<double> angles = random_parameters(random, 3);
    for (std::size_t i = 0; i < 3; ++i) {
      std::vector<double> shifted = angles;
      shifted[i] += 2 * std::numbers::pi;
      EXPECT_LT(distance(gate_matrix(GateId::u, shifted), gate_matrix(GateId::u, angles)), 1e-14);
    }
    const Matrix u3 = gate_matrix(GateId::u3, angles);
    EXPECT_LT(std::abs(u3[0] * u3[3] - u3[1] * u3[2] - 1.0), 1e-15 * 4);
  }
}

TEST(gates, names_are_unique_in_their_library_and_found_in_no_other) {
  std::set<std::pair<std::string, GateLibrary>> seen;
  for (const GateName& name : gate_names()) {
    EXPECT_TRUE(seen.emplace(std::string(name.name), name.library).second) << name.name;
    EXPECT_EQ(find_gate(name.name, name.library), &name);
    EXPECT_TRUE(name.parameter_count == gate_row(name.gate).parameter_count || name.name == "u0");
  }
  EXPECT_EQ(find_gate("sx", GateLibrary::qelib1), nullptr);
  EXPECT_EQ(find_gate("H", GateLibrary::stdgates), nullptr);
  EXPECT_EQ(find_gate("", GateLibrary::stdgates), nullptr);
}

TEST(matrix_power, of_native_gates_takes_the_principal_branch) {
  const auto expect_power = [](GateId base, double exponent, GateId result) {
    EXPECT_LT(distance(matrix_power(gate_matrix(base, {}), exponent), gate_matrix(result, {})), 1e-15 * 4)
        << gate_row(base).name << " to the " << exponent;
  };
  expect_power(GateId::x, 0.5, GateId::sx);
  expect_power(GateId::z, 0.5, GateId::s);
  expect_power(GateId::z, -0.5, GateId::sdg);
  expect_power(GateId::s, 0.5, GateId::t);
  expect_power(GateId::z, 0.25, GateId::t);
  expect_power(GateId::sx, 2, GateId::x);
  expect_power(GateId::sx, -1, GateId::sxdg);
}

TEST(matrix_power, of_a_global_phase_scales_it) {
  EXPECT_LT(distance(matrix_power(Matrix{std::polar(1.0, 1.5)}, 0.5), Matrix{std::polar(1.0, 0.75)}), 1e-15);
}

RC_GTEST_PROP(matrix_power, exponents_add, (std::uint32_t seed)) {
  std::mt19937_64 random(seed);
  const std::size_t width = std::size_t{1} << *rc::gen::inRange(1, 6);
  const std::size_t distinct = static_cast<std::size_t>(*rc::gen::inRange<int>(1, static_cast<int>(width) + 1));
  const Matrix matrix = random_unitary(random, width, distinct);
  const double first = *rc::gen::inRange(-4000, 4000) / 1000.0;
  const double second = *rc::gen::inRange(-4000, 4000) / 1000.0;
  const Matrix product = multiply(matrix_power(matrix, first), matrix_power(matrix, second));
  RC_ASSERT(distance(product, matrix_power(matrix, first + second)) < 1e-12);
}

RC_GTEST_PROP(matrix_power, fractions_of_a_whole_give_it_back, (std::uint32_t seed)) {
  std::mt19937_64 random(seed);
  const std::size_t width = std::size_t{1} << *rc::gen::inRange(1, 7);
  const Matrix matrix = random_unitary(random, width, width);
  RC_ASSERT(distance(matrix_power(matrix_power(matrix, 1.0 / 3), 3), matrix) < 1e-12);
}

TEST(matrix_power, of_permutations_is_unitary_and_whole_powers_agree) {
  std::mt19937_64 random(11);
  for (const std::size_t width : {2U, 4U, 8U, 16U, 32U, 64U}) {
    for (int round = 0; round < 10; ++round) {
      std::vector<std::size_t> image(width);
      for (std::size_t i = 0; i < width; ++i) {
        image[i] = round == 0 ? (i + 1) % width : i;
      }
      if (round > 0) {
        std::ranges::shuffle(image, random);
      }
      Matrix matrix(width * width);
      for (std::size_t i = 0; i < width; ++i) {
        matrix[image[i] * width + i] = 1;
      }
      const Matrix root = matrix_power(matrix, 0.5);
      EXPECT_LT(distance(multiply(root, matrix_adjoint(root)), identity(width)), 1e-12);
      EXPECT_LT(distance(multiply(root, root), matrix), 1e-12) << width << " round " << round;
    }
  }
}

TEST(matrix_power, of_a_huge_exponent_stays_unitary) {
  const Matrix matrix = gate_matrix(GateId::u3, std::vector<double>{1.0, 2.0, 3.0});
  for (const double exponent : {1e6, 1e17, -1e300, 12345678.5}) {
    const Matrix power = matrix_power(matrix, exponent);
    EXPECT_LT(distance(multiply(power, matrix_adjoint(power)), identity(2)), 1e-14) << exponent;
  }
}

}  // namespace
}  // namespace basalt::quantum
