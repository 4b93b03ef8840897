// Classes of states that are made up.
#include "workloads/patterns/statistics/watch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "basalt/memory.h"
#include "patterns/statistics/invented.h"

namespace basalt::patterns {
namespace {

using std::numbers::pi;
using test::Invented;

/// A value of v at a place, at a time from 0 to 1.
using Course = std::function<double(double x, double y, double time)>;

/// What is measured of a run of Gray-Scott whose v is that.
PatternStatistics measure(const Course& course, const std::vector<std::uint64_t>& size = {96, 96}) {
  PatternRequest request;
  request.model = "gray-scott";
  request.steps = 160;
  const Model model = make_model("gray-scott", {});
  double time = 0;
  const Invented state(size, 0.5, {"u", "v"},
                       [&](std::size_t species, double x, double y) { return species == 0 ? 1 : course(x, y, time); });
  Watch watch(request, model);
  for (std::uint64_t step = 0; step <= request.steps; ++step) {
    if (watch.is_due(step)) {
      time = static_cast<double>(step) / static_cast<double>(request.steps);
      watch.look(state.view());
    }
  }
  std::vector<SpeciesSummary> summaries(2);
  for (std::size_t species = 0; species < 2; ++species) {
    SpeciesSummary& summary = summaries[species];
    summary = {.name = state.species[species], .mean = 0, .least = HUGE_VAL, .most = -HUGE_VAL, .deviation = 0};
    double squares = 0;
    const auto cells = static_cast<double>(state.grid.cells());
    for (std::uint64_t cell = 0; cell < state.grid.cells(); ++cell) {
      const double u = state.value(species, static_cast<double>(cell % size[0]), static_cast<double>(cell / size[0]));
      summary.mean += u / cells;
      squares += u * u / cells;
      summary.least = std::min(summary.least, u);
      summary.most = std::max(summary.most, u);
    }
    summary.deviation = std::sqrt(std::max(squares - summary.mean * summary.mean, 0.0));
  }
  HostMemory memory;
  LimitAdaptor bounded(memory, watch_bytes(state.grid));
  const Arena arena(1);
  const CancelToken never;
  return watch.measure(state.view(), summaries, bounded, arena, never);
}

/// A square lattice of bumps, 16 cells apart.
double spots(double x, double y) {
  return 0.3 * std::exp(2 * (std::cos(2 * pi * x / 16) + std::cos(2 * pi * y / 16) - 2));
}

TEST(Watch, LooksSixteenTimes) {
  PatternRequest request;
  const Model model = make_model("gray-scott", {});
  for (const std::uint64_t steps : {0, 1, 7, 16, 100, 100000}) {
    request.steps = steps;
    const Watch watch(request, model);
    std::uint64_t looks = 0;
    for (std::uint64_t step = 1; step <= steps; ++step) {
      looks += watch.is_due(step) ? 1 : 0;
    }
    EXPECT_EQ(looks, std::min<std::uint64_t>(steps, 16));
    EXPECT_TRUE(watch.is_due(0));
    EXPECT_TRUE(watch.is_due(steps));
  }
}

TEST(Watch, NamesWhatItSees) {
  const PatternStatistics at_rest = measure([](double x, double y, double) { return spots(x, y); });
  EXPECT_EQ(at_rest.kind, PatternClass::spots);
  EXPECT_FALSE(at_rest.changing);
  EXPECT_EQ(at_rest.temporal_change, 0);
  EXPECT_EQ(at_rest.classified, "v");
  EXPECT_EQ(at_rest.euler_characteristic, 36);
  EXPECT_NEAR(at_rest.species[1].dominant_wavelength.value(), 8, 1e-9);
  double mass = 0;
  for (int cell = 0; cell < 96 * 96; ++cell) {
    mass += spots(cell % 96, cell / 96) * 0.25;
  }
  EXPECT_NEAR(at_rest.species[1].mass, mass, 1e-9);
  EXPECT_NEAR(at_rest.species[1].mass_at_first, mass, 1e-9);

  EXPECT_EQ(measure([](double x, double y, double) { return -spots(x, y); }).kind, PatternClass::holes);
  EXPECT_EQ(measure([](double x, double, double) { return std::cos(2 * pi * x / 12); }).kind, PatternClass::stripes);
  EXPECT_EQ(measure([](double x, double, double) { return std::cos(2 * pi * x / 12); }, {96}).kind,
            PatternClass::pattern);
}

TEST(Watch, TellsWhatMovesFromWhatRests) {
  const PatternStatistics moving = measure([](double x, double y, double time) { return spots(x + 40 * time, y); });
  EXPECT_EQ(moving.kind, PatternClass::spots);
  EXPECT_TRUE(moving.changing);
  EXPECT_GT(moving.temporal_change, 0.1);
  const PatternStatistics slow = measure([](double x, double y, double time) { return spots(x + 2 * time, y); });
  EXPECT_FALSE(slow.changing);
}

TEST(Watch, TellsAnOscillationFromRest) {
  EXPECT_EQ(measure([](double, double, double) { return 0.25; }).kind, PatternClass::uniform);
  // of the decay to the empty state nothing is left
  EXPECT_EQ(measure([](double x, double, double) { return 1e-20 * x; }).kind, PatternClass::uniform);
  const PatternStatistics turning = measure([](double, double, double time) { return std::sin(30 * time); });
  EXPECT_EQ(turning.kind, PatternClass::oscillating);
  EXPECT_TRUE(turning.changing);
}

}  // namespace
}  // namespace basalt::patterns
