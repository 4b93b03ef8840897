// Patterns that are stopped and go on again: to the last bit what they would have been.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "basalt/engine.h"
#include "basalt/json.h"
#include "device_fixture.h"
#include "kept_run.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Runs until `calls` reports of progress came, and is stopped then; false where the run was done before.
bool run_pattern_for(Engine& engine, const PatternRequest& request, int calls, PatternReport& report) {
  CancelToken cancel;
  const PatternHooks hooks{.cancel = &cancel,
                           .on_progress =
                               [&](std::uint64_t) {
                                 if (--calls == 0) {
                                   cancel.request();
                                 }
                               },
                           .on_wait = {}};
  try {
    report = engine.run_pattern(request, hooks);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("basalt resume"));
    return false;
  }
  return true;
}

struct Pieces {
  PatternReport report;
  int count = 0;
};

/// Stopped after each `calls` reports of progress, and gone on with as `change` has it.
Pieces run_pattern_in_pieces(PatternRequest request, const std::string& folder, int calls,
                             const std::function<void(PatternRequest&)>& change = {}) {
  constexpr int kMostPieces = 500;
  Engine engine;
  request.checkpoint.folder = folder;
  Pieces pieces;
  for (pieces.count = 1; pieces.count < kMostPieces; ++pieces.count) {
    if (run_pattern_for(engine, request, calls, pieces.report)) {
      return pieces;
    }
    request = find_run(folder).pattern.value();
    if (change) {
      change(request);
    }
  }
  ADD_FAILURE() << "it does not come to its end";
  return pieces;
}

/// Of an interrupted run, all that says what became of it.
nlohmann::json outcome(const PatternReport& report) {
  const nlohmann::json document = nlohmann::json::parse(json_of(report));
  nlohmann::json result = {{"species", document["species"]}, {"time", document["time"]}, {"step", document["step"]}};
  for (const char* const key : {"statistics", "adaptive"}) {
    if (document.contains(key)) {
      result[key] = document[key];
    }
  }
  return result;
}

void expect_the_same_files(const fs::path& expected, const fs::path& actual, std::size_t count) {
  std::size_t files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(expected)) {
    const fs::path name = entry.path().filename();
    if (name != "run.toml") {  // it names the folder
      EXPECT_TRUE(content_of(entry.path().string()) == content_of((actual / name).string())) << name;
      ++files;
    }
  }
  EXPECT_EQ(files, count);
}

PatternRequest request_of(const std::string& model, std::vector<std::uint64_t> size, Integrator integrator,
                          Precision precision) {
  PatternRequest request;
  request.model = model;
  request.size = std::move(size);
  request.integrator = integrator;
  request.precision = precision;
  request.steps = 150;
  request.every = 40;
  request.statistics = true;
  request.formats = {FrameFormat::npy, FrameFormat::hdf5};
  request.backend = Backend::cpu;
  request.seed = 3;
  return request;
}

TEST(PatternCheckpoint, ARunThatWasStoppedHasTheSameBits) {
  const TemporaryFolder folder;
  int number = 0;
  for (PatternRequest request : {
           request_of("gray-scott", {37, 29}, Integrator::euler, Precision::single_precision),
           request_of("schnakenberg", {41}, Integrator::rk4, Precision::double_precision),
           request_of("brusselator", {9, 8, 7}, Integrator::rk45, Precision::single_precision),
           request_of("cahn-hilliard", {24, 20}, Integrator::etd, Precision::double_precision),
           request_of("ginzburg-landau", {32, 16}, Integrator::etd, Precision::single_precision),
       }) {
    SCOPED_TRACE(request.model);
    const std::string base = folder.path(std::to_string(number++));
    request.output = base + "whole";
    Engine engine;
    const PatternReport whole = engine.run_pattern(request);
    request.output = base + "pieces";
    const Pieces pieces = run_pattern_in_pieces(request, base + "kept", 17);
    EXPECT_GT(pieces.count, 5);
    EXPECT_EQ(outcome(pieces.report), outcome(whole));
    EXPECT_EQ(pieces.report.files.size(), whole.files.size());
    expect_the_same_files(base + "whole", base + "pieces", whole.files.size() - 1);
    EXPECT_GT(pieces.report.first_step, 0U);
    EXPECT_EQ(pieces.report.checkpoints.value().resumed_from.value_or(0) > 0, true);
    EXPECT_LE(pieces.report.memory.peak_bytes, pieces.report.memory.estimate_bytes);
    // the result stays, and nothing else
    const KeptRun kept = find_run(base + "kept");
    EXPECT_EQ(nlohmann::json::parse(kept.result.value())["species"], outcome(whole)["species"]);
  }
}

/// 38 MB in windows of 32 MiB that end within rows, and several steps a visit.
TEST(PatternCheckpoint, RowsMayLieInTwoWindows) {
  const TemporaryFolder folder;
  PatternRequest request = request_of("gray-scott", {2311, 2050}, Integrator::euler, Precision::single_precision);
  request.steps = 12;
  request.every = 0;
  request.steps_per_visit = 4;
  Engine engine;
  const PatternReport whole = engine.run_pattern(request);
  const Pieces pieces = run_pattern_in_pieces(request, folder.path("kept"), 1);
  EXPECT_EQ(outcome(pieces.report), outcome(whole));
  EXPECT_GT(pieces.count, 1);
  EXPECT_EQ(pieces.report.steps_per_visit, 4);
  EXPECT_LE(pieces.report.memory.peak_bytes, pieces.report.memory.estimate_bytes);
}

TEST(PatternCheckpoint, WithoutACheckpointItBeginsAnew) {
  const TemporaryFolder folder;
  PatternRequest request = request_of("gray-scott", {30, 30}, Integrator::euler, Precision::single_precision);
  Engine engine;
  const PatternReport whole = engine.run_pattern(request);
  request.checkpoint.folder = folder.path("kept");
  PatternReport report;
  ASSERT_FALSE(run_pattern_for(engine, request, 1, report));
  fs::remove(folder.path("kept/checkpoint-1.basalt"));
  ASSERT_TRUE(fs::exists(folder.path("kept/checkpoint-0.basalt")));
  report = engine.run_pattern(find_run(folder.path("kept")).pattern.value());
  EXPECT_THAT(report.notes, testing::Contains(HasSubstr("begins anew")));
  EXPECT_EQ(outcome(report), outcome(whole));
}

TEST(PatternCheckpoint, WritesThemWhileItRunsAndPassesOverWhatIsDamaged) {
  const TemporaryFolder folder;
  PatternRequest request = request_of("gray-scott", {64, 64}, Integrator::euler, Precision::single_precision);
  request.steps = 400;
  Engine engine;
  const PatternReport whole = engine.run_pattern(request);
  request.checkpoint = {.folder = folder.path("kept"), .every_seconds = 1e-9};
  PatternReport report;
  ASSERT_FALSE(run_pattern_for(engine, request, 20, report));
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path("kept"))) {
    files.push_back(entry.path().string());
  }
  ASSERT_EQ(files.size(), 2U);  // of many
  std::ranges::sort(files, {}, [](const std::string& file) { return std::pair(file.size(), file); });
  fs::resize_file(files.back(), fs::file_size(files.back()) - 1);
  report = engine.run_pattern(find_run(folder.path("kept")).pattern.value());
  EXPECT_THAT(report.notes, testing::Contains(HasSubstr("the one before is used")));
  EXPECT_GT(report.first_step, 0U);
  EXPECT_EQ(outcome(report), outcome(whole));
}

TEST(PatternCheckpoint, MapsMustBeWhatTheyWere) {
  const TemporaryFolder folder;
  Engine engine;
  PatternRequest request = request_of("gray-scott", {32, 32}, Integrator::euler, Precision::single_precision);
  request.maps = {{"F", {.axis = "x", .file = {}, .from = 0.03, .to = 0.06}}};
  const PatternReport whole = engine.run_pattern(request);
  const Pieces pieces = run_pattern_in_pieces(request, folder.path("kept"), 30);
  EXPECT_EQ(outcome(pieces.report), outcome(whole));

  request.checkpoint.folder = folder.path("other");
  PatternReport report;
  ASSERT_FALSE(run_pattern_for(engine, request, 30, report));
  PatternRequest changed = find_run(folder.path("other")).pattern.value();
  changed.maps["F"].to = 0.05;
  try {
    engine.run_pattern(changed);
    FAIL() << "other parameters make another run";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_THAT(error.what(), HasSubstr("are others than when the run began"));
  }
}

TEST(PatternCheckpoint, RefusesAVideo) {
  const TemporaryFolder folder;
  PatternRequest request = request_of("gray-scott", {32, 32}, Integrator::euler, Precision::single_precision);
  request.output = folder.path("frames");
  request.formats = {FrameFormat::mp4};
  request.checkpoint.folder = folder.path("kept");
  Engine engine;
  EXPECT_THROW(engine.run_pattern(request), Error);
  EXPECT_FALSE(fs::exists(folder.path("kept")));
}

class PatternCheckpointOnDevice : public DeviceFixture {};

TEST_F(PatternCheckpointOnDevice, GoesOnThereToTheSameBitsAndElsewhereToRounding) {
  const TemporaryFolder folder;
  PatternRequest request = request_of("gray-scott", {70, 44}, Integrator::euler, Precision::single_precision);
  request.steps = 200;
  request.backend = Backend::vulkan;
  request.device = device_;
  Engine engine;
  const PatternReport whole = engine.run_pattern(request);
  const Pieces there = run_pattern_in_pieces(request, folder.path("there"), 3);
  EXPECT_GT(there.count, 1);
  EXPECT_EQ(there.report.backend, "vulkan");
  EXPECT_EQ(outcome(there.report), outcome(whole));
  bool on_cpu = false;
  const Pieces moved = run_pattern_in_pieces(request, folder.path("moved"), 2, [&](PatternRequest& next) {
    on_cpu = !on_cpu;
    next.backend = on_cpu ? Backend::cpu : Backend::vulkan;
    next.device = on_cpu ? "" : device_;
  });
  EXPECT_GT(moved.count, 2);
  for (std::size_t species = 0; species < 2; ++species) {
    EXPECT_NEAR(moved.report.species[species].mean, whole.species[species].mean, 1e-5);
    EXPECT_NEAR(moved.report.species[species].deviation, whole.species[species].deviation, 1e-5);
  }
}

}  // namespace
}  // namespace basalt
