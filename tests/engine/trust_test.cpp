// What the CPU computes is looked after: tiles by plain loops, and the norm.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

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
  HostMemory memory;
  const Field state(memory, ElementType::c64, kQubits);
  NormWatch watch(state);
  const std::vector<Stage> quick(100, tile_stage(1e-6));
  EXPECT_EQ(watch.unwatched(quick), 100U);
  const std::vector<Stage> slow(100, tile_stage(1));
  EXPECT_EQ(watch.unwatched(slow), 0U);
  EXPECT_EQ(watch.unwatched(std::span(slow).subspan(1)), 0U);
  NormWatch another(state);
  const std::vector<Stage> middling(100, tile_stage(1e-3));
  const std::size_t first = another.unwatched(middling);
  EXPECT_GT(first, 1U);
  EXPECT_LT(first, 20U);
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
    NormWatch watch(state);
    const std::vector<Stage> stages(3, tile_stage(1));
    ASSERT_EQ(watch.unwatched(stages), 0U);
    ASSERT_EQ(watch.unwatched(stages), 0U);
    watch.look(stages[1]);
    watch.look_again(stages[1]);
    fill(0.0021);
    try {
      watch.look_again(stages[1]);
      ADD_FAILURE() << "not found";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::failed);
      EXPECT_THAT(error.what(), HasSubstr("stage 2 of the run does not keep the norm"));
    }
    fill(std::numeric_limits<double>::quiet_NaN());
    EXPECT_THROW(watch.look_again(stages[1]), Error);
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
