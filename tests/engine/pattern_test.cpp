// Patterns through the engine: promises, reports, and runs that end early.
#include "basalt/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "basalt/engine.h"
#include "basalt/json.h"

namespace basalt {
namespace {

using testing::HasSubstr;

PatternRequest small_request() {
  PatternRequest request;
  request.model = "gray-scott";
  request.parameters = {{"F", 0.062}, {"k", 0.0609}};
  request.size = {96, 64};
  request.steps = 120;
  return request;
}

TEST(RunPattern, ReportsWhatItDid) {
  Engine engine;
  const PatternReport report = engine.run_pattern(small_request());
  EXPECT_EQ(report.model, "gray-scott");
  EXPECT_EQ(report.parameters[0], (std::pair<std::string, double>("F", 0.062)));
  EXPECT_DOUBLE_EQ(report.time, 120);
  EXPECT_EQ(report.visits, 120);
  // two species read and written in f32
  EXPECT_DOUBLE_EQ(report.bytes_moved, 120.0 * 96 * 64 * 16);
  ASSERT_EQ(report.species.size(), 2);
  EXPECT_GT(report.species[1].mean, 0.001);
  EXPECT_LT(report.species[1].most, 1);
  EXPECT_LE(report.memory.peak_bytes, report.memory.estimate_bytes);
  EXPECT_GT(report.memory.peak_bytes, 2 * 96 * 64 * 4);
  EXPECT_LT(report.memory.peak_bytes, 2 * 2 * 96 * 64 * 4) << "steps overwrite what they read";
  EXPECT_GT(report.sweep_seconds, 0);
  const nlohmann::json document = nlohmann::json::parse(json_of(report));
  EXPECT_EQ(document["parameters"]["k"], 0.0609);
  EXPECT_EQ(document["size"], (std::vector<int>{96, 64}));
}

TEST(RunPattern, IsTheSameOnAnyNumberOfThreadsAndTimes) {
  Engine engine;
  PatternRequest request = small_request();
  request.size = {500, 300};  // beyond what one thread is given alone
  request.steps = 20;
  const PatternReport all = engine.run_pattern(request);
  request.threads = 1;
  const PatternReport one = engine.run_pattern(request);
  for (std::size_t species = 0; species < 2; ++species) {
    EXPECT_EQ(all.species[species].mean, one.species[species].mean);
    EXPECT_EQ(all.species[species].deviation, one.species[species].deviation);
  }
}

TEST(RunPattern, IsTheSameWithSeveralStepsAVisit) {
  Engine engine;
  PatternRequest request = small_request();
  request.size = {700, 300};
  request.steps = 70;
  const PatternReport single = engine.run_pattern(request);
  EXPECT_EQ(single.steps_per_visit, 1);
  request.steps_per_visit = 4;
  const PatternReport several = engine.run_pattern(request);
  EXPECT_EQ(several.steps_per_visit, 4);
  EXPECT_EQ(several.steps_per_visit_source, "--steps-per-visit");
  EXPECT_LE(several.memory.peak_bytes, several.memory.estimate_bytes);
  EXPECT_LT(several.visits, 20);
  EXPECT_LT(several.bytes_moved, single.bytes_moved / 3);
  for (std::size_t species = 0; species < 2; ++species) {
    EXPECT_EQ(several.species[species].mean, single.species[species].mean);
    EXPECT_EQ(several.species[species].deviation, single.species[species].deviation);
  }
  request.steps_per_visit = 0;
  EXPECT_THROW(engine.run_pattern(request), Error);
}

TEST(RunPattern, FindsABlowUpAndNamesStepAndCell) {
  Engine engine;
  PatternRequest request;
  request.model = "brusselator";
  request.size = {40};
  request.steps = 1000;
  request.initial.values = {1e6, 1e6};
  try {
    engine.run_pattern(request);
    FAIL() << "a state of 10^6 that is cubed should not stay finite";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::failed);
    EXPECT_THAT(error.what(), HasSubstr("blew up between steps 0 and 64: u of cell (0, 0, 0)"));
  }
}

TEST(RunPattern, RefusesWhatDoesNotFit) {
  Engine engine;
  PatternRequest request = small_request();
  request.size = {100000, 100000};
  request.memory_limit_bytes = 1 << 20;
  try {
    engine.run_pattern(request);
    FAIL() << "149 GiB should not fit in 1 MiB";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_resources);
    EXPECT_THAT(error.what(), HasSubstr("1.0 MiB may be used (--memory)"));
    EXPECT_THAT(error.what(), HasSubstr("give a grid of about"));
  }
}

TEST(RunPattern, MeasuresWhatItIsAskedTo) {
  Engine engine;
  PatternRequest request = small_request();
  EXPECT_FALSE(engine.run_pattern(request).statistics.has_value());
  request.statistics = true;
  const PatternReport report = engine.run_pattern(request);
  ASSERT_TRUE(report.statistics.has_value());
  EXPECT_LE(report.memory.peak_bytes, report.memory.estimate_bytes);
  EXPECT_NEAR(report.statistics->species[0].mass, report.species[0].mean * 96 * 64 * std::pow(2.5 / 256, 2), 1e-9);
  EXPECT_FALSE(report.statistics->species[0].structure_factor.empty());
  const nlohmann::json document = nlohmann::json::parse(json_of(report));
  EXPECT_EQ(document["statistics"]["classified"], "v");
  EXPECT_TRUE(document["statistics"]["energy"].is_null());
  EXPECT_EQ(document["statistics"]["species"][0]["name"], "u");
}

TEST(RunPattern, KeepsWhatTheEquationsPromise) {
  Engine engine;
  PatternRequest request;
  request.size = {48, 40};
  request.statistics = true;
  request.precision = Precision::double_precision;
  request.model = "cahn-hilliard";
  request.steps = 400;
  const PatternStatistics phases = *engine.run_pattern(request).statistics;
  EXPECT_NEAR(phases.species[0].mass, phases.species[0].mass_at_first, 1e-9);
  EXPECT_LT(phases.energy.value(), phases.energy_at_first.value());
  request.model = "nonlinear-schrodinger";
  request.integrator = Integrator::rk45;
  request.tolerance = 1e-10;
  request.step = 1.0;
  request.steps = 4;
  const PatternReport waves = engine.run_pattern(request);
  EXPECT_NEAR(waves.statistics->energy.value(), waves.statistics->energy_at_first.value(), 1e-6);
  ASSERT_TRUE(waves.adaptive.has_value());
  EXPECT_GT(waves.adaptive->accepted, 10);
  EXPECT_EQ(waves.adaptive->tolerance, 1e-10);
  EXPECT_LE(waves.memory.peak_bytes, waves.memory.estimate_bytes);
}

TEST(RunPattern, VariesParametersInSpace) {
  Engine engine;
  PatternRequest request = small_request();
  const PatternReport same = engine.run_pattern(request);
  request.maps["F"] = {.axis = "y", .file = {}, .from = 0.062, .to = 0.062};
  const PatternReport flat = engine.run_pattern(request);
  EXPECT_EQ(flat.species[1].mean, same.species[1].mean);
  EXPECT_LE(flat.memory.peak_bytes, flat.memory.estimate_bytes);
  request.maps["F"].to = 0.02;
  EXPECT_NE(engine.run_pattern(request).species[1].mean, same.species[1].mean);
  // the step must be stable where diffusion is largest
  request.maps["Du"] = {.axis = "x", .file = {}, .from = 2e-5, .to = 2e-4};
  request.step = 1;
  EXPECT_THROW(engine.run_pattern(request), Error);
}

TEST(RunPattern, TakesStepsInWavesOfPeriodicSidesOnly) {
  Engine engine;
  PatternRequest request = small_request();
  request.integrator = Integrator::etd;
  request.steps = 20;
  request.step = 4;  // beyond Euler's limit
  const PatternReport report = engine.run_pattern(request);
  EXPECT_LE(report.memory.peak_bytes, report.memory.estimate_bytes);
  EXPECT_GT(report.species[1].mean, 0.001);
  request.sides[1].fill({.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0});
  try {
    engine.run_pattern(request);
    FAIL() << "waves have no sides";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_THAT(error.what(), HasSubstr("a side along y that is neumann"));
  }
}

TEST(RunPattern, StopsWhenItIsAsked) {
  Engine engine;
  CancelToken cancel;
  PatternRequest request = small_request();
  request.steps = 1'000'000'000;
  std::uint64_t steps = 0;
  const auto on_progress = [&](std::uint64_t done) {
    steps = done;
    if (done == 7) {
      cancel.request();
    }
  };
  try {
    engine.run_pattern(request, {.cancel = &cancel, .on_progress = on_progress, .on_wait = {}});
    FAIL() << "it was cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
  EXPECT_EQ(steps, 7);
}

}  // namespace
}  // namespace basalt
