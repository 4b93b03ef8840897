// Structure factors of waves that are known.
#include "workloads/patterns/statistics/structure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "basalt/memory.h"
#include "patterns/statistics/invented.h"

namespace basalt::patterns {
namespace {

using std::numbers::pi;
using test::Invented;

Structure structure(const Invented& state, double mean) {
  const CancelToken never;
  const Arena arena(1);
  HostMemory memory;
  const Transform transform(state.grid, arena);
  const Buffer data(memory, transform.layout().bytes());
  return structure_of(state.view(), 0, mean, transform, data.as<double>(), never);
}

TEST(StructureFactor, FindsAWaveAlongAnyAxis) {
  for (const auto& [size, spacing] : std::vector<std::pair<std::vector<std::uint64_t>, double>>{
           {{60}, 0.5}, {{60, 48}, 0.5}, {{40, 60}, 2}, {{24, 20, 4}, 1}}) {
    const double cells = static_cast<double>(size[0]);
    const Invented wave(size, spacing, {"u"},
                        [&](std::size_t, double x, double) { return 3 + std::cos(2 * pi * 4 * x / cells); });
    const Structure found = structure(wave, 3);
    EXPECT_NEAR(found.dominant_wavelength.value(), cells * spacing / 4, 1e-9);
    EXPECT_NEAR(found.mean_wavelength.value(), cells * spacing / 4, 1e-9);
  }
}

TEST(StructureFactor, WeighsWhatLiesBetweenShells) {
  const Invented wave({64, 64}, 1, {"u"},
                      [](std::size_t, double x, double y) { return std::cos(2 * pi * (5 * x + 3 * y) / 64); });
  const double wavelength = 64 / std::hypot(5.0, 3.0);
  EXPECT_NEAR(structure(wave, 0).dominant_wavelength.value(), wavelength, 1e-9);
}

TEST(StructureFactor, HasTheVarianceAsItsMean) {
  for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{{31}, {16, 9}, {12, 8}}) {
    const auto value = [](std::size_t, double x, double y) { return std::fmod(x * 7 + y * 13 + x * y, 5); };
    const Invented state(size, 0.3, {"u"}, value);
    double mean = 0;
    double square = 0;
    const std::uint64_t rows = state.grid.rows();
    const auto cells = static_cast<double>(state.grid.cells());
    for (std::uint64_t cell = 0; cell < state.grid.cells(); ++cell) {
      const double u = value(0, static_cast<double>(cell % size[0]), static_cast<double>(cell / size[0]));
      mean += u / cells;
      square += u * u / cells;
    }
    ASSERT_GT(rows, 0);
    double power = 0;
    double modes = 1;
    for (const StructurePoint& point : structure(state, mean).factor) {
      power += point.power * static_cast<double>(point.modes);
      modes += static_cast<double>(point.modes);
    }
    EXPECT_EQ(modes, cells);
    EXPECT_NEAR(power / cells, square - mean * mean, 1e-12);
  }
}

TEST(StructureFactor, SaysNothingOfWhatHasNoWaves) {
  const Invented flat({16, 16}, 1, {"u"}, [](std::size_t, double, double) { return 0.5; });
  EXPECT_FALSE(structure(flat, 0.5).dominant_wavelength.has_value());
  EXPECT_FALSE(structure(flat, 0.5).mean_wavelength.has_value());
}

}  // namespace
}  // namespace basalt::patterns
