// Bounds on what lossy storage does, against vectors.
#include "engine/storage_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace basalt {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

double fidelity(const Vector& a, const Vector& b) {
  return dot(a, b) * dot(a, b) / (dot(a, a) * dot(b, b));
}

TEST(StorageLoss, IsNothingWhereNothingIsLost) {
  StorageLoss loss;
  loss.add(0);
  loss.scale(1.25);
  loss.project(2);
  EXPECT_EQ(loss.fidelity(), 1);
}

/// In the worst case: every loss turns the state further in the same plane.
TEST(StorageLoss, IsReachedByLossesThatAddUp) {
  StorageLoss loss;
  double angle = 0;
  for (int i = 0; i < 10; ++i) {
    loss.add(0.01);
    angle += std::asin(0.01);
  }
  EXPECT_NEAR(loss.fidelity(), std::cos(angle) * std::cos(angle), 1e-3);
  EXPECT_LE(loss.fidelity(), std::cos(angle) * std::cos(angle));
}

TEST(StorageLoss, BoundsWhatHappensToVectors) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  const auto draw = [&](double length) {
    Vector vector(6);
    for (double& value : vector) {
      value = normal(random);
    }
    const double factor = length / std::sqrt(dot(vector, vector));
    for (double& value : vector) {
      value *= factor;
    }
    return vector;
  };
  for (int round = 0; round < 2000; ++round) {
    Vector ideal = draw(1);
    Vector actual = ideal;
    StorageLoss loss;
    for (int step = 0; step < 12; ++step) {
      switch (random() % 4) {
        case 0: {  // an outcome: the last two components
          for (std::size_t i = 0; i < 4; ++i) {
            ideal[i] = 0;
            actual[i] = 0;
          }
          const double factor = 1 / std::sqrt(dot(actual, actual));
          for (double& value : actual) {
            value *= factor;
          }
          loss.project(factor);
          break;
        }
        case 1: {
          const double factor = 1 / std::sqrt(dot(actual, actual));
          for (double& value : actual) {
            value *= factor;
          }
          loss.scale(factor);
          break;
        }
        default: {
          const Vector change = draw(0.02 * std::abs(normal(random)));
          for (std::size_t i = 0; i < actual.size(); ++i) {
            actual[i] += change[i];
          }
          loss.add(std::sqrt(dot(change, change)));
        }
      }
      EXPECT_GE(fidelity(ideal, actual), loss.fidelity() - 1e-12);
      EXPECT_LE(std::abs(dot(actual, actual) - 1), loss.norm_slack() + 1e-12);
    }
  }
}

TEST(StorageLoss, IsAllWhereMoreIsLostThanThereIs) {
  StorageLoss loss;
  loss.add(1.5);
  EXPECT_EQ(loss.fidelity(), 0);
  loss.project(1);
  EXPECT_EQ(loss.fidelity(), 0);
}

TEST(StorageLoss, GoesThereAndBack) {
  StorageLoss loss;
  loss.add(0.1);
  loss.scale(0.9);
  const StorageLoss back(loss.kept());
  EXPECT_EQ(back.fidelity(), loss.fidelity());
  EXPECT_EQ(back.norm_slack(), loss.norm_slack());
  for (const auto& nonsense : {std::array{-1.0, 1.0, 1.0}, std::array{0.0, 2.0, 1.0},
                               std::array{0.0, 0.0, std::numeric_limits<double>::infinity()},
                               std::array{std::numeric_limits<double>::quiet_NaN(), 1.0, 1.0}}) {
    EXPECT_EQ(StorageLoss(nonsense).fidelity(), 0);
  }
}

}  // namespace
}  // namespace basalt
