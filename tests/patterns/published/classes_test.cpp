// Patterns of Gray-Scott as J. E. Pearson, Science 261 (1993) 189, and R. Munafo, Stable localized moving patterns in
// the 2-D Gray-Scott model (2014), describe them, by statistics; phases that grow as theory says.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "patterns/published/runs.h"

namespace basalt {
namespace {

struct Place {
  std::string name;
  double feed;
  double kill;
  PatternClass kind;
  bool changing;
  std::uint64_t steps;
};

std::ostream& operator<<(std::ostream& out, const Place& each) {
  return out << each.name;
}

class Pearson : public testing::TestWithParam<Place> {};

TEST_P(Pearson, IsOfItsClass) {
  const Place& place = GetParam();
  PatternRequest request;
  request.model = "gray-scott";
  request.parameters = {{"F", place.feed}, {"k", place.kill}};
  request.size = {128, 128};
  request.steps = place.steps;
  request.initial = {.kind = InitialKind::spots, .values = {}, .noise = 0.01, .spots = 20, .file = {}};
  request.statistics = true;
  const PatternReport report = Engine().run_pattern(request);
  EXPECT_EQ(name_of(report.statistics->kind), name_of(place.kind))
      << "deviation " << report.species[1].deviation << ", roundness " << report.statistics->roundness << ", Euler "
      << report.statistics->euler_characteristic;
  EXPECT_EQ(report.statistics->changing, place.changing) << report.statistics->temporal_change;
}

INSTANTIATE_TEST_SUITE_P(Classes, Pearson,
                         testing::Values(Place{"Red", 0.02, 0.07, PatternClass::uniform, false, 8000},
                                         Place{"Blue", 0.06, 0.045, PatternClass::uniform, false, 8000},
                                         Place{"Lambda", 0.034, 0.065, PatternClass::spots, false, 16000},
                                         Place{"Kappa", 0.05, 0.063, PatternClass::stripes, true, 30000},
                                         Place{"Delta", 0.03, 0.055, PatternClass::holes, false, 12000},
                                         Place{"Epsilon", 0.018, 0.055, PatternClass::spots, true, 12000}),
                         [](const auto& each) { return each.param.name; });

/// A horseshoe of the empty state in the other homogeneous one, F (1 − u) = u v² with v not 0.
struct Horseshoe {
  static constexpr std::uint64_t kSize = 96;
  static constexpr std::uint64_t kStroke = 7;
  static constexpr std::uint64_t kGap = 8;

  static double value(std::uint64_t species, std::uint64_t x, std::uint64_t y, std::uint64_t length) {
    const double feed = 0.062;
    const double both = feed + 0.0609;
    const double u = (1 - std::sqrt(1 - 4 * both * both / feed)) / 2;
    const std::uint64_t left = kSize / 2 - kStroke - kGap / 2;
    const std::uint64_t top = kSize / 2 - length / 2;
    const bool within = x >= left && x < left + 2 * kStroke + kGap && y >= top && y < top + length;
    const bool between = y >= top + kStroke && x >= left + kStroke && x < left + kStroke + kGap;
    if (within && !between) {
      return species == 0 ? 0.9 : 0.02;
    }
    return species == 0 ? u : both / u;
  }
};

/// Cells of u above 0.6, and the middle of them.
struct Body {
  double cells = 0;
  double x = 0;
  double y = 0;
};

Body body_after(std::uint64_t steps, std::uint64_t length) {
  const published::Folder folder;
  published::write_state(
      folder / "u.npy", 2, {Horseshoe::kSize, Horseshoe::kSize},
      [&](std::uint64_t species, std::uint64_t x, std::uint64_t y) { return Horseshoe::value(species, x, y, length); });
  PatternRequest request;
  request.model = "gray-scott";
  request.parameters = {{"F", 0.062}, {"k", 0.0609}};
  request.size = {Horseshoe::kSize, Horseshoe::kSize};
  request.steps = steps;
  request.initial.file = folder / "u.npy";
  request.output = folder / "out";
  request.formats = {FrameFormat::npy};
  const PatternReport report = Engine().run_pattern(request);
  std::ifstream file(report.files.back(), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const NpyHeader header = parse_npy_header(bytes, "frame");
  Body body;
  for (std::uint64_t cell = 0; cell < Horseshoe::kSize * Horseshoe::kSize; ++cell) {
    float u = 0;
    std::memcpy(&u, bytes.data() + header.bytes + cell * sizeof u, sizeof u);
    if (u > 0.6F) {
      ++body.cells;
      body.x += static_cast<double>(cell % Horseshoe::kSize);
      body.y += static_cast<double>(cell / Horseshoe::kSize);
    }
  }
  body.x /= body.cells;
  body.y /= body.cells;
  return body;
}

TEST(USkate, SurvivesAndMoves) {
  // it glides on as what it is, by about 1.6 cells in 1000 steps of this grid; the middle of it crosses no side
  const Body early = body_after(3000, 20);
  const Body late = body_after(9000, 20);
  EXPECT_NEAR(late.cells, early.cells, 25);
  EXPECT_NEAR(late.x, early.x, 0.1);
  EXPECT_NEAR(early.y - late.y, 9.7, 1);
}

TEST(USkate, IsMoreThanASpot) {
  // arms that are too short close to spots, which stay where they are
  const Body early = body_after(3000, 10);
  const Body late = body_after(9000, 10);
  EXPECT_LT(late.cells, 80);
  EXPECT_NEAR(late.y, early.y, 0.1);
}

TEST(CahnHilliardCoarsening, FollowsTheCubeRootOfTime) {
  if (std::getenv("BASALT_LONG_TESTS") == nullptr) {
    GTEST_SKIP() << "takes minutes: set BASALT_LONG_TESTS";
  }
  PatternRequest request;
  request.model = "cahn-hilliard";
  request.size = {512, 512};
  request.integrator = Integrator::etd;
  request.step = 0.5;
  request.statistics = true;
  request.initial = {.kind = InitialKind::uniform, .values = {0}, .noise = 0.1, .spots = 0, .file = {}};
  Engine engine;
  // all energy is in the interfaces, of which there is the less the larger the domains are. The mean wavelength is no
  // measure of them: with the k^-3 of sharp interfaces the sum that it is depends on their width, too.
  const auto energy_after = [&](double time) {
    request.steps = static_cast<std::uint64_t>(time / *request.step);
    return engine.run_pattern(request).statistics->energy.value();
  };
  EXPECT_NEAR(std::log(energy_after(500) / energy_after(2000)) / std::log(4), 1.0 / 3, 0.03);
}

}  // namespace
}  // namespace basalt
