// How many steps a plane goes through in a visit: measured, kept, used by runs, and said in their reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "basalt/engine.h"
#include "basalt/json.h"
#include "engine/measure_plane_visits.h"
#include "plan/wisdom.h"

namespace basalt {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

TEST(MeasurePlaneVisits, FindsOneOfTheNumbersTried) {
  Inventory inventory;
  inventory.cores = {1, "test"};
  inventory.memory_bytes = {std::uint64_t{128} << 20, "test"};
  inventory.caches = {{1, 32 << 10, 1}, {2, 256 << 10, 1}};
  const CancelToken never;
  PlaneVisits visits;
  const CalibrationSettings settings{
      .seconds = 0.01,
      .cancel = never,
      .on_progress = {},
      .measure_more = [&](CalibrationRun& run, CpuFigures&) { visits = measure_plane_visits(inventory, run); },
      .more_figures = count_plane_figures(inventory)};
  (void)calibrate(inventory, settings);
  EXPECT_THAT(visits.steps, AnyOf(1, 2, 4, 8, 16));
  if (visits.steps > 1) {
    EXPECT_GT(visits.gain, 1);
    EXPECT_LE(visits.from_bytes, std::uint64_t{8} << 20);
    EXPECT_GE(visits.from_bytes, std::uint64_t{1} << 20);
  }
}

/// Engines that begin while it lives find a wisdom of its own.
class PlaneWisdom : public testing::Test {
 protected:
  PlaneWisdom() : file_(std::filesystem::temp_directory_path() / ("basalt_planes_" + std::to_string(getpid()))) {
    const char* kept = std::getenv("BASALT_WISDOM");  // NOLINT(concurrency-mt-unsafe): one thread
    before_ = kept != nullptr ? kept : "";
    ::setenv("BASALT_WISDOM", file_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  ~PlaneWisdom() override {
    ::setenv("BASALT_WISDOM", before_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
    std::filesystem::remove(file_);
  }

  void record(const PlaneVisits& visits) const {
    CpuFigures figures;
    figures.measured_at = "2026-01-02T03:04:05Z";
    figures.plane_visits = visits;
    const Inventory inventory = take_inventory();
    Wisdom(file_).record(cpu_fingerprint(inventory), inventory.processor, figures);
  }

  static PatternReport run() {
    PatternRequest request;
    request.model = "gray-scott";
    request.size = {256, 128};
    request.steps = 24;
    request.backend = Backend::cpu;
    return Engine().run_pattern(request);
  }

 private:
  std::filesystem::path file_;
  std::string before_;
};

TEST_F(PlaneWisdom, IsWhatRunsGoBy) {
  const PatternReport usual = run();
  EXPECT_EQ(usual.steps_per_visit, 1) << "the plane is small";
  EXPECT_THAT(usual.steps_per_visit_source, HasSubstr("default"));

  record({.steps = 4, .gain = 2, .from_bytes = 100'000});
  const PatternReport measured = run();
  EXPECT_EQ(measured.steps_per_visit, 4);
  EXPECT_EQ(measured.visits, 6U);
  EXPECT_EQ(measured.steps_per_visit_source, "4 for planes of more than 97.7 KiB: measured at 2026-01-02T03:04:05Z");
  EXPECT_EQ(nlohmann::json::parse(json_of(measured)).at("steps_per_visit_source"), measured.steps_per_visit_source);
  EXPECT_EQ(measured.species[1].mean, usual.species[1].mean);
  EXPECT_EQ(measured.species[1].deviation, usual.species[1].deviation);

  record({.steps = 4, .gain = 2, .from_bytes = 1'000'000});
  EXPECT_EQ(run().steps_per_visit, 1) << "the plane is smaller than pays";
  record({.steps = 1, .gain = 1, .from_bytes = 0});
  EXPECT_EQ(run().steps_per_visit, 1);
}

}  // namespace
}  // namespace basalt
