// Sweeps on threads of this process: points, files, failures, resume. Processes: tests/cli/pattern_sweep_test.cpp.
#include "basalt/pattern_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "basalt/engine.h"
#include "basalt/json.h"
#include "basalt/pattern_file.h"
#include "base/npy.h"
#include "batch_harness.h"
#include "workloads/patterns/output/png.h"

namespace basalt {
namespace {

using testing::HasSubstr;

/// Six points of Gray-Scott, F fastest.
PatternSweepRequest small_sweep() {
  PatternSweepRequest request;
  request.pattern.model = "gray-scott";
  request.pattern.size = {32, 24};
  request.pattern.steps = 60;
  request.pattern.seed = 5;
  request.ranges = {{.parameter = "F", .from = 0.02, .to = 0.04, .points = 3},
                    {.parameter = "k", .from = 0.05, .to = 0.06, .points = 2}};
  request.batch.isolation = Isolation::thread;
  request.batch.workers = 2;
  return request;
}

std::string refusal(const PatternSweepRequest& request) {
  try {
    sweep_pattern(request);
  } catch (const Error& error) {
    return error.code() == ErrorCode::bad_usage ? std::string(error.what()) : "another code";
  }
  return "";
}

TEST(PatternSweep, RunsEveryPoint) {
  const PatternSweepReport report = sweep_pattern(small_sweep());
  ASSERT_EQ(report.points.size(), 6);
  EXPECT_EQ(report.batch.progress.done, 6);
  Engine engine;
  for (std::size_t i = 0; i < 6; ++i) {
    const PatternSweepPoint& point = report.points[i];
    ASSERT_TRUE(point.done) << point.error;
    EXPECT_DOUBLE_EQ(point.values[0], 0.02 + 0.01 * static_cast<double>(i % 3));
    EXPECT_DOUBLE_EQ(point.values[1], i < 3 ? 0.05 : 0.06);
    PatternRequest alone = small_sweep().pattern;
    alone.parameters = {{"F", point.values[0]}, {"k", point.values[1]}};
    alone.statistics = true;
    const PatternReport run = engine.run_pattern(alone);
    EXPECT_EQ(point.species[1].mean, run.species[1].mean);
    EXPECT_EQ(point.statistics.kind, run.statistics->kind);
    EXPECT_EQ(point.statistics.temporal_change, run.statistics->temporal_change);
    EXPECT_EQ(point.statistics.species[1].dominant_wavelength, run.statistics->species[1].dominant_wavelength);
  }
  const Json document = Json::parse(json_of(report));
  EXPECT_EQ(document["points"].size(), 6);
  EXPECT_EQ(document["points"][4]["parameters"]["F"], report.points[4].values[0]);
  EXPECT_TRUE(document["points"][0]["statistics"].contains("class"));
}

TEST(PatternSweep, WritesATableAPictureAndTheFileThatMakesItAgain) {
  const BatchFolder here;
  PatternSweepRequest request = small_sweep();
  request.batch.output = here.path("map");
  request.show = "deviation";
  const PatternSweepReport report = sweep_pattern(request);
  EXPECT_EQ(report.files.size(), 4);
  const std::string table = here.read("map/sweep.csv");
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 7);
  EXPECT_THAT(table, HasSubstr("F,k,class,changing,mean,deviation,wavelength"));
  const patterns::Brightness picture = patterns::read_png(RegularFile(here.path("map/phases.png")));
  EXPECT_EQ(picture.width, 3 * 64);
  EXPECT_EQ(picture.height, 2 * 64);
  // the brightest block is that of the largest number: the first row of points is at the bottom
  const auto most = std::max_element(report.points.begin(), report.points.end(), [](const auto& a, const auto& b) {
    return a.species[1].deviation < b.species[1].deviation;
  });
  const auto index = static_cast<std::uint64_t>(most - report.points.begin());
  const auto brightest = static_cast<std::uint64_t>(std::max_element(picture.values.begin(), picture.values.end()) -
                                                    picture.values.begin());
  EXPECT_EQ(brightest % picture.width / 64, index % 3);
  EXPECT_EQ(1 - brightest / picture.width / 64, index / 3);

  const PatternSweepRequest again = read_pattern_sweep_toml(here.read("map/sweep.toml"), "sweep.toml");
  EXPECT_EQ(again.pattern.size, request.pattern.size);
  EXPECT_EQ(again.pattern.seed, 5);
  EXPECT_EQ(again.batch.output, request.batch.output);
  ASSERT_EQ(again.ranges.size(), 2);
  EXPECT_EQ(again.ranges[1].parameter, "k");
  EXPECT_EQ(again.ranges[1].to, 0.06);
}

TEST(PatternSweep, LetsAPointFailAlone) {
  PatternSweepRequest request = small_sweep();
  request.pattern.step = 1;
  request.ranges = {{.parameter = "Du", .from = 1e-5, .to = 1e-3, .points = 4}};
  const PatternSweepReport report = sweep_pattern(request);
  EXPECT_TRUE(report.points[0].done);
  EXPECT_FALSE(report.points[3].done);
  EXPECT_THAT(report.points[3].error, HasSubstr("a step of 1 is unstable"));
  EXPECT_EQ(report.batch.progress.failed, 3);
}

TEST(PatternSweep, GoesOnWhereItWasStopped) {
  const BatchFolder here;
  PatternSweepRequest request = small_sweep();
  request.batch.output = here.path("whole");
  const PatternSweepReport whole = sweep_pattern(request);
  request.batch.output = here.path("torn");
  const std::string journal = here.read("whole/points.jsonl");
  const std::size_t second = journal.find('\n', journal.find('\n') + 1);
  here.write("torn/points.jsonl", journal.substr(0, second + 20));
  request.batch.resume = true;
  const PatternSweepReport rest = sweep_pattern(request);
  EXPECT_EQ(rest.batch.progress.kept, 2);
  EXPECT_EQ(rest.batch.progress.done, 4);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(rest.points[i].species[1].mean, whole.points[i].species[1].mean);
  }
  EXPECT_EQ(here.read("torn/sweep.csv"), here.read("whole/sweep.csv"));
  EXPECT_EQ(here.read("torn/phases.png"), here.read("whole/phases.png"));
  // nothing runs on top of results of something else
  request.pattern.steps = 61;
  EXPECT_THAT(refusal(request), HasSubstr("are not what they were"));
  request.batch.resume = false;
  EXPECT_THAT(refusal(request), HasSubstr("--resume"));
}

TEST(PatternSweep, SeesThatAFileIsAnother) {
  const BatchFolder here;
  PatternSweepRequest request = small_sweep();
  request.pattern.size = {4, 3};
  request.pattern.initial.file = here.write("state.npy", write_npy_header("|u1", {3, 4}) + std::string(12, '\1'));
  request.batch.output = here.path("map");
  EXPECT_EQ(sweep_pattern(request).batch.progress.done, 6);
  request.batch.resume = true;
  EXPECT_EQ(sweep_pattern(request).batch.progress.kept, 6);
  here.write("state.npy", write_npy_header("|u1", {3, 4}) + std::string(11, '\1') + '\0');
  EXPECT_THAT(refusal(request), HasSubstr("are not what they were"));
}

TEST(PatternSweep, StopsWhenItIsAsked) {
  PatternSweepRequest request = small_sweep();
  request.pattern.steps = 1'000'000'000;
  CancelToken cancel;
  BatchHooks hooks;
  hooks.cancel = &cancel;
  hooks.on_progress = [&](const BatchProgress& progress) {
    if (progress.running > 0) {
      cancel.request();
    }
  };
  try {
    sweep_pattern(request, hooks);
    FAIL() << "it was cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

TEST(PatternSweep, RefusesWhatNoPointWouldTake) {
  const auto with = [](const auto& change) {
    PatternSweepRequest request = small_sweep();
    change(request);
    return refusal(request);
  };
  EXPECT_THAT(with([](auto& r) { r.ranges.clear(); }), HasSubstr("nothing varies in this sweep"));
  EXPECT_THAT(with([](auto& r) { r.ranges[1].parameter = "F"; }), HasSubstr("F varies twice"));
  EXPECT_THAT(with([](auto& r) { r.ranges[1].parameter = "kk"; }), HasSubstr("no parameter 'kk'"));
  EXPECT_THAT(with([](auto& r) { r.ranges[0].points = 0; }), HasSubstr("0 points of F"));
  EXPECT_THAT(with([](auto& r) { r.ranges[0].points = 900'000; }), HasSubstr("too many"));
  EXPECT_THAT(with([](auto& r) { r.ranges[0].to = 0.01; }), HasSubstr("F cannot go from 0.02 to 0.01"));
  EXPECT_THAT(with([](auto& r) { r.ranges[0] = {"Du", -1, 1, 2}; }), HasSubstr("Du = -1 of gray-scott"));
  EXPECT_THAT(with([](auto& r) { r.pattern.output = "frames"; }), HasSubstr("write no frames"));
  EXPECT_THAT(with([](auto& r) { r.pattern.maps["k"] = {"x", "", 0, 1}; }), HasSubstr("k varies in space, and"));
  EXPECT_THAT(with([](auto& r) { r.show = "meen"; }), HasSubstr("did you mean mean?"));
}

}  // namespace
}  // namespace basalt
