#include "workloads/quantum/shaders/layers.h"

#include <gtest/gtest.h>

#include <complex>
#include <vector>

#include "workloads/quantum/shaders/stage_words.h"

namespace basalt::quantum {
namespace {

/// The parts of each layer, in order; codes of single operations.
std::vector<std::uint32_t> written(const Layers& layers) {
  WordList codes(ElementType::c64, 28);
  WordList controls(ElementType::c64, 28);
  WordList data(ElementType::c64, 28);
  layers.write({.codes = codes, .controls = controls, .data = data});
  std::vector<std::uint32_t> result;
  const std::vector<std::uint32_t> words = std::move(codes).take();
  for (std::size_t i = 0; i < words.size(); i += kOpWords) {
    result.push_back(words[i] & 0xffU);
  }
  return result;
}

RegisterFactors factors() {
  RegisterFactors result;
  result.fill(std::complex<double>(0, 1));
  return result;
}

TEST(Layers, RotationsOfDifferentAxesAreOne) {
  Layers layers;
  for (std::uint32_t position = 0; position < 4; ++position) {
    layers.add_rotation(kRotateReal, position, 0.5);
  }
  EXPECT_EQ(written(layers), (std::vector<std::uint32_t>{kLayer | kHasRotations}));
  EXPECT_EQ(layers.needs(), 0);
}

TEST(Layers, RotationsOfOneAxisFollowOneAnother) {
  Layers layers;
  layers.add_rotation(kRotateReal, 2, 0.5);
  layers.add_rotation(kRotateImaginary, 2, 0.5);
  EXPECT_EQ(written(layers), (std::vector<std::uint32_t>{kLayer | kHasRotations, kLayer | kHasRotations}));
  EXPECT_EQ(layers.needs(), kNeedsImaginary);
}

TEST(Layers, FactorsGoBeforeOrAfterWhatTheyMeet) {
  Layers layers;
  layers.add_factors(factors(), 0b01);
  layers.add_rotation(kRotateReal, 0, 0.5);
  layers.add_factors(factors(), 0b01);
  layers.add_coupling({.low = 0, .high = 1});
  EXPECT_EQ(written(layers),
            (std::vector<std::uint32_t>{kLayer | kHasFactors | kHasRotations | kHasFactorsAfter | kHasCoupling}));
  layers.add_factors(factors(), 0b10);  // after the coupling
  EXPECT_EQ(layers.size(), 2);
}

TEST(Layers, NothingPassesWhatItDependsOn) {
  Layers layers;
  layers.add_coupling({.low = 0, .high = 1});
  layers.add_rotation(kRotateReal, 0, 0.5);
  EXPECT_EQ(written(layers), (std::vector<std::uint32_t>{kLayer | kHasCoupling, kLayer | kHasRotations}));
  layers.add_phases(0, 1);  // they may depend on every axis
  EXPECT_EQ(layers.size(), 3);
  layers.add({.code = kExchange, .position = 3, .mixes = 0b1000});
  layers.add_rotation(kRotateReal, 3, 0.5);
  EXPECT_EQ(layers.size(), 5);
}

TEST(Layers, WhatIsElsewhereMayComeEarlier) {
  Layers layers;
  layers.add_rotation(kRotateReal, 0, 0.5);
  layers.add({.code = kExchange, .position = 3, .mixes = 0b1000});
  layers.add_rotation(kRotateReal, 1, 0.5);
  EXPECT_EQ(written(layers), (std::vector<std::uint32_t>{kLayer | kHasRotations, kExchange}));
}

TEST(Layers, TwoCouplingsOfFourAxesAreOneLayer) {
  for (const auto& [low, high] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{{0, 1}, {0, 2}, {0, 3}}) {
    const std::uint32_t rest = 0b1110U & ~(1U << high);
    const auto other_low = static_cast<std::uint32_t>(std::countr_zero(rest));
    const auto other_high = static_cast<std::uint32_t>(std::bit_width(rest)) - 1;
    Layers layers;
    layers.add_coupling({.low = other_low, .high = other_high});
    layers.add_coupling({.low = low, .high = high});
    WordList codes(ElementType::c64, 28);
    WordList controls(ElementType::c64, 28);
    WordList data(ElementType::c64, 28);
    layers.write({.codes = codes, .controls = controls, .data = data});
    ASSERT_EQ(codes.size(), kOpWords);
    EXPECT_EQ(codes[0] & 0xffU, kLayer | kHasCoupling | kHasCoupling << 1);
    EXPECT_EQ(codes[0] >> 16, high - 1) << "the partner of axis 0";
  }
}

}  // namespace
}  // namespace basalt::quantum
