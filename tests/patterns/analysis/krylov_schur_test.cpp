// Matrices whose eigenvalues are known, or found by a dense method.
#include "workloads/patterns/analysis/krylov_schur.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "basalt/error.h"
#include "base/random.h"
#include "runtime/memory/failing_memory.h"

namespace basalt::patterns {
namespace {

using Complex = std::complex<double>;

/// Of blocks (a, −b; b, a) along the diagonal, eigenvalues a ± i b, and numbers.
class Blocks {
 public:
  void add(double value) { numbers_.push_back(value); }
  void add_pair(Complex value) { pairs_.push_back(value); }
  [[nodiscard]] std::uint64_t size() const { return numbers_.size() + 2 * pairs_.size(); }
  [[nodiscard]] LinearMap map() const {
    return [this](const double* from, double* to) {
      for (std::size_t i = 0; i < numbers_.size(); ++i) {
        to[i] = numbers_[i] * from[i];
      }
      for (std::size_t i = 0, at = numbers_.size(); i < pairs_.size(); ++i, at += 2) {
        to[at] = pairs_[i].real() * from[at] - pairs_[i].imag() * from[at + 1];
        to[at + 1] = pairs_[i].imag() * from[at] + pairs_[i].real() * from[at + 1];
      }
    };
  }

 private:
  std::vector<double> numbers_;
  std::vector<Complex> pairs_;
};

Rightmost find(const LinearMap& map, std::uint64_t unknowns, std::uint64_t count, std::uint64_t seed = 0) {
  HostMemory host;
  LimitAdaptor memory(host, rightmost_bytes(unknowns, count));  // what is promised is enough
  return rightmost_eigenvalues(map, unknowns, count, seed, memory, CancelToken());
}

/// A stiff spectrum as diffusion has it: the wanted ones lie in the last 10⁻⁴ of it.
Blocks stiff() {
  Blocks blocks;
  for (int i = 0; i < 400; ++i) {
    blocks.add(-1e4 * std::pow(i / 400.0, 4));
  }
  blocks.add_pair({-0.01, 2});
  blocks.add_pair({0.3, 40});
  blocks.add_pair({-500, 300});
  return blocks;
}

TEST(Rightmost, OfAStiffSpectrum) {
  const Blocks blocks = stiff();
  const Rightmost found = find(blocks.map(), blocks.size(), 8);
  ASSERT_EQ(found.values.size(), 8U);
  const std::vector<Complex> expected = {{0.3, 40},
                                         {0.3, -40},
                                         0,
                                         -1e4 * std::pow(1 / 400.0, 4),
                                         -1e4 * std::pow(2 / 400.0, 4),
                                         -1e4 * std::pow(3 / 400.0, 4),
                                         -1e4 * std::pow(4 / 400.0, 4),
                                         -1e4 * std::pow(5 / 400.0, 4)};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(std::abs(found.values[i].value - expected[i]), 0, 1e-7) << i;
    EXPECT_LE(found.values[i].residual, 1e-6);
  }
}

TEST(Rightmost, AreFoundAsOftenAsTheyAre) {
  Blocks blocks;
  for (int i = 0; i < 5; ++i) {
    blocks.add(1);
    blocks.add_pair({0.5, 3});
  }
  for (int i = 0; i < 300; ++i) {
    blocks.add(-i);
  }
  const Rightmost found = find(blocks.map(), blocks.size(), 16);
  for (std::size_t i = 0; i < 16; ++i) {
    const Complex expected = i < 5 ? Complex(1) : i < 15 ? Complex(0.5, i % 2 == 1 ? 3 : -3) : Complex(0);
    EXPECT_NEAR(std::abs(found.values[i].value - expected), 0, 1e-9) << i;
  }
}

/// One eigenvalue shows only after the first look at how far they reach: p, large there, must not take it for a leading
/// one.
TEST(Rightmost, AreNotThoseThatWereOverlooked) {
  for (const double overlooked : {-1.2, -1.6, -3.0}) {
    constexpr std::uint64_t kSize = 400;
    int calls = 0;
    const LinearMap map = [&](const double* from, double* to) {
      ++calls;
      for (std::uint64_t i = 0; i < kSize; ++i) {
        to[i] = -(static_cast<double>(i) / kSize) * from[i];
      }
      to[200] = (calls > 40 ? overlooked : -0.5) * from[200];
    };
    const Rightmost found = find(map, kSize, 4);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(found.values[i].value.real(), -(static_cast<double>(i) / kSize), 1e-8) << overlooked;
    }
  }
}

TEST(Rightmost, OfAMatrixThatIsNotNormal) {
  constexpr Eigen::Index kSize = 300;
  const CounterRandom random(7, 0);
  Eigen::MatrixXd matrix(kSize, kSize);
  for (Eigen::Index i = 0; i < kSize * kSize; ++i) {
    matrix(i / kSize, i % kSize) = 2 * random.uniform(static_cast<std::uint64_t>(i)) - 1;
  }
  const LinearMap map = [&](const double* from, double* to) {
    Eigen::Map<Eigen::VectorXd>(to, kSize) = matrix * Eigen::Map<const Eigen::VectorXd>(from, kSize);
  };
  const Eigen::VectorXcd all = matrix.eigenvalues();
  std::vector<Complex> expected(all.begin(), all.end());
  std::sort(expected.begin(), expected.end(), [](Complex a, Complex b) { return a.real() > b.real(); });
  const Rightmost found = find(map, kSize, 6);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(found.values[i].value.real(), expected[i].real(), 1e-6) << i;
    EXPECT_NEAR(std::abs(found.values[i].value.imag()), std::abs(expected[i].imag()), 1e-6) << i;
  }
}

TEST(Rightmost, OfFewUnknownsAreAllFound) {
  for (const int size : {1, 2, 5, 60}) {
    Blocks blocks;
    for (int i = 0; i < size; ++i) {
      blocks.add(i * 0.25);
    }
    const Rightmost found = find(blocks.map(), blocks.size(), blocks.size());
    for (int i = 0; i < size; ++i) {
      EXPECT_NEAR(found.values[static_cast<std::size_t>(i)].value.real(), (size - 1 - i) * 0.25, 1e-10);
    }
  }
}

TEST(Rightmost, OfOneValueForAll) {
  Blocks blocks;
  for (int i = 0; i < 200; ++i) {
    blocks.add(-2);
  }
  for (const RitzValue& each : find(blocks.map(), blocks.size(), 3).values) {
    EXPECT_NEAR(each.value.real(), -2, 1e-12);
  }
}

TEST(Rightmost, AreTheSameEveryTime) {
  const Blocks blocks = stiff();
  const Rightmost first = find(blocks.map(), blocks.size(), 3, 5);
  const Rightmost second = find(blocks.map(), blocks.size(), 3, 5);
  EXPECT_EQ(first.products, second.products);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(first.values[i].value, second.values[i].value);
    EXPECT_EQ(first.values[i].residual, second.values[i].residual);
  }
}

/// None of the waves grows, and none is the rightmost.
TEST(Rightmost, AreNotMadeUp) {
  Blocks waves;
  for (int i = 0; i < 150; ++i) {
    waves.add_pair({0, i * 0.1});
  }
  try {
    find(waves.map(), waves.size(), 1);
    ADD_FAILURE() << "found";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::failed);
    EXPECT_NE(error.message().find("1 of 1 leading eigenvalues were not found"), std::string::npos) << error.what();
    EXPECT_NE(error.message().find("residual"), std::string::npos);
  }
}

TEST(Rightmost, StopWhenAsked) {
  const Blocks blocks = stiff();
  CancelToken cancel;
  cancel.request();
  HostMemory memory;
  EXPECT_THROW(rightmost_eigenvalues(blocks.map(), blocks.size(), 3, 0, memory, cancel), Error);
}

TEST(Rightmost, GiveBackMemoryWhereverItEnds) {
  const Blocks blocks = stiff();
  HostMemory host;
  test::FailingMemory whole(host);
  rightmost_eigenvalues(blocks.map(), blocks.size(), 3, 0, whole, CancelToken());
  EXPECT_EQ(whole.held_bytes(), 0U);
  for (std::uint64_t call = 0; call < whole.calls(); ++call) {
    test::FailingMemory memory(host, call);
    EXPECT_THROW(rightmost_eigenvalues(blocks.map(), blocks.size(), 3, 0, memory, CancelToken()), Error);
    EXPECT_EQ(memory.held_bytes(), 0U);
  }
}

}  // namespace
}  // namespace basalt::patterns
