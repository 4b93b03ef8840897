// What the CPU computes is looked after: tiles by plain loops, and the norm.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "engine/norm_watch.h"
#include "engine_harness.h"
#include "reference/random_circuit.h"

namespace basalt {
namespace {

using testing::HasSubstr;

constexpr int kQubits = 17;

TEST(Trust, ACpuThatIsRightPasses) {
  const std::string text =
      reference::to_qasm3(reference::random_circuit(kQubits, 400, 3, reference::GateSet::stdgates));
  for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
    Request request = request_for(text + "bit c; c = measure q[3]; if (c) x q[0];", 10);
    request.backend = Backend::cpu;
    request.precision = precision;
    request.observables = {"Z0*Z1 + 0.5*X3"};
    const Report without = run(request);
    request.verify = 20;
    const Report report = run(request);
    ASSERT_TRUE(report.verify.has_value());
    EXPECT_GT(report.verify->tiles, 4U);
    EXPECT_GT(report.verify->largest_difference, 0);
    EXPECT_LT(report.verify->largest_difference, precision == Precision::single_precision ? 1e-5 : 1e-13);
    EXPECT_EQ(report.expectation_values, without.expectation_values);
  }
}

TEST(Trust, StatesOfAnySizeCanBeVerified) {
  for (const int qubits : {1, 2, 5, 12}) {
    Request request = request_for(qasm3("qubit[" + std::to_string(qubits) + "] q; h q; t q; rx(0.3) q;"), 10);
    request.backend = Backend::cpu;
    request.verify = kMaxVerify;
    const Report report = run(request);
    ASSERT_TRUE(report.verify.has_value());
    EXPECT_LT(report.verify->largest_difference, 1e-6);
  }
}

Stage tile_stage(double seconds) {
  Stage stage;
  stage.steps = {0};
  stage.tile_axes = 0x3FF;
  stage.outer_axes = ((std::uint64_t{1} << kQubits) - 1) & ~stage.tile_axes;
  stage.predicted_seconds = seconds;
  return stage;
}

TEST(Trust, TheWatchTakesAThousandthOfTheTime) {
  NormWatch watch(ElementType::c64);
  const std::vector<Stage> quick(100, tile_stage(1e-6));
  EXPECT_FALSE(watch.next(quick));
  const std::vector<Stage> slow(100, tile_stage(1));
  EXPECT_EQ(watch.next(slow).value().stage, 0U);
  EXPECT_EQ(watch.next(std::span(slow).subspan(1)).value().number, 102U);
  NormWatch another(ElementType::c64);
  const std::vector<Stage> middling(100, tile_stage(1e-3));
  const std::size_t first = another.next(middling).value().stage;
  EXPECT_GT(first, 1U);
  EXPECT_LT(first, 20U);
}

TEST(Trust, AllThatAreLookedAtAreChosenAtOnce) {
  const LookCost cost{.seconds = 19.9e-6, .seconds_per_element = 0};
  NormWatch watch(ElementType::c64, cost, "");
  std::vector<Stage> stages(100, tile_stage(5e-3));
  stages[7].tile_axes = 0;  // without tiles: its time counts, and the next is looked at
  watch.pass_over(5);
  const std::vector<WatchedTile> tiles = watch.choose(stages);
  ASSERT_EQ(tiles.size(), 25U);
  EXPECT_EQ(tiles[0].stage, 3U);
  EXPECT_EQ(tiles[0].number, 9U);
  EXPECT_EQ(tiles[1].stage, 8U);
  std::set<std::uint64_t> bases;
  for (const WatchedTile& tile : tiles) {
    EXPECT_EQ(tile.base & ~stages[tile.stage].outer_axes, 0U);
    bases.insert(tile.base);
  }
  EXPECT_GT(bases.size(), 10U) << "of 128 tiles";
  const std::vector<Stage> few(3, tile_stage(5e-3));
  EXPECT_EQ(watch.choose(few).size(), 0U);
  EXPECT_EQ(watch.choose(few).size(), 1U) << "with the time of those before";
  watch.forget_credit();
  EXPECT_EQ(watch.choose(few).size(), 0U);
}

TEST(Trust, AStageThatLosesNormIsNamed) {
  HostMemory memory;
  for (const ElementType type : {ElementType::c64, ElementType::c128}) {
    const Field state(memory, type, kQubits);
    const auto fill = [&](double value) {
      for (std::size_t i = 0; i < std::size_t{2} << kQubits; ++i) {
        type == ElementType::c64 ? state.buffer.as<float>()[i] = static_cast<float>(value)
                                 : state.buffer.as<double>()[i] = value;
      }
    };
    fill(0.002);
    NormWatch watch(type);
    const std::vector<Stage> stages(3, tile_stage(1));
    ASSERT_EQ(watch.next(stages).value().stage, 0U);
    const WatchedTile tile = watch.next(stages).value();
    ASSERT_EQ(tile.stage, 0U);
    const auto norm = [&] { return tile_norm(state, tile.base, stages[0].tile_axes); };
    const double before = norm();
    EXPECT_NEAR(before, 1024 * 2 * 0.002 * 0.002, 1e-8);
    watch.expect_kept(stages[0], tile, before, norm());
    fill(0.0021);
    try {
      watch.expect_kept(stages[0], tile, before, norm());
      ADD_FAILURE() << "not found";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::failed);
      EXPECT_THAT(error.what(), HasSubstr("stage 2 of the run does not keep the norm"));
    }
    fill(std::numeric_limits<double>::quiet_NaN());
    EXPECT_THROW(watch.expect_kept(stages[0], tile, before, norm()), Error);
    EXPECT_THROW(watch.expect_kept(stages[0], tile, norm(), before), Error);
    constexpr double kInfinite = std::numeric_limits<double>::infinity();
    EXPECT_THROW(watch.expect_kept(stages[0], tile, kInfinite, before), Error);
  }
}

TEST(Trust, StagesOfPartsOfARunAreNamedAsSuch) {
  NormWatch watch(ElementType::c64);
  const Stage stage = tile_stage(1);
  watch.pass_over(8);
  watch.begin("tile 3");
  const WatchedTile tile = watch.next(std::span(&stage, 1)).value();
  try {
    watch.expect_kept(stage, tile, 1, 2);
    ADD_FAILURE() << "not found";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("stage 1 of tile 3 does not keep the norm"));
  }
}

TEST(Trust, ANormThatIsFarFromOneEndsTheRun) {
  EXPECT_NO_THROW(expect_norm(1 + 1e-4, ElementType::c64, 0, "at the end"));
  EXPECT_NO_THROW(expect_norm(1 - 1e-10, ElementType::c128, 0, "at the end"));
  EXPECT_THROW(expect_norm(1.01, ElementType::c64, 0, "at the end"), Error);
  EXPECT_NO_THROW(expect_norm(1.01, ElementType::c64, 0.01, "at the end"));
  EXPECT_THROW(expect_norm(1 + 1e-6, ElementType::c128, 0, "at the end"), Error);
  EXPECT_THROW(expect_norm(std::numeric_limits<double>::quiet_NaN(), ElementType::c64, 0, "at the end"), Error);
}

}  // namespace
}  // namespace basalt
