// Solvers on a device against the reference, in every shape that a thread, a tile or a chunk can be cut at.
#include "workloads/patterns/shaders/device_solver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "device_pattern.h"

namespace basalt::patterns {
namespace {

constexpr Side kClosed{.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0};

/// With what is not symmetric at any side.
std::array<std::array<Side, 2>, 3> mixed_sides() {
  const Side dirichlet{.kind = SideKind::dirichlet, .value = 0.4, .alpha = 0, .beta = 0};
  const Side neumann{.kind = SideKind::neumann, .value = -0.1, .alpha = 0, .beta = 0};
  const Side robin{.kind = SideKind::robin, .value = 0.3, .alpha = 2, .beta = 1};
  return {{{dirichlet, neumann}, {robin, dirichlet}, {neumann, robin}}};
}

class DeviceSolverTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (vulkan::test_device() == nullptr) {
      GTEST_SKIP() << "no Vulkan device";
    }
    if (device == nullptr) {
      device = std::make_unique<TestDevice>(*vulkan::test_device());
    }
  }
  void TearDown() override { EXPECT_EQ(vulkan::Instance::validation_messages(), std::vector<std::string>{}); }
  static void TearDownTestSuite() { device.reset(); }

  [[nodiscard]] static std::vector<Precision> precisions() {
    if (!vulkan::test_device()->plan.f64) {
      return {Precision::single_precision};
    }
    return {Precision::single_precision, Precision::double_precision};
  }

  [[nodiscard]] static PatternRequest request_for(const std::string& model, const std::vector<std::uint64_t>& size) {
    PatternRequest request;
    request.model = model;
    request.size = size;
    request.initial.noise = 0.05;
    request.initial.kind = InitialKind::uniform;
    request.integrator = model == "nonlinear-schrodinger" ? Integrator::rk4 : Integrator::euler;  // waves
    return request;
  }

  static void expect_like_reference(const PatternRequest& request, const DeviceShape& shape = {},
                                    std::uint32_t steps_per_visit = 1) {
    SCOPED_TRACE(request.model + " " + std::to_string(request.size.size()) + "D, " + std::to_string(request.size[0]) +
                 " wide, " + std::string(name_of(request.integrator)) + ", " + std::string(name_of(request.stencil)) +
                 ", side " + std::string(name_of(request.sides[0][0].kind)) + ", " + std::to_string(steps_per_visit) +
                 " steps a visit");
    DevicePattern pattern(*device, request, shape);
    pattern.solver().set_steps_per_visit(steps_per_visit);
    ASSERT_EQ(pattern.solver().steps_per_visit(), steps_per_visit);
    reference::PatternState state = pattern.reference_state();
    constexpr int kSteps = 5;
    pattern.solver().advance(kSteps);
    pattern.advance_reference(state, kSteps);
    const double tolerance = request.precision == Precision::double_precision ? 1e-12 : 2e-5;
    const std::vector<std::vector<double>> values = pattern.values();
    for (std::size_t species = 0; species < values.size(); ++species) {
      for (std::size_t i = 0; i < values[species].size(); ++i) {
        const double expected = state.species[species][i];
        ASSERT_NEAR(values[species][i], expected, tolerance * (1 + std::abs(expected)))
            << "species " << species << ", cell " << i;
      }
    }
  }

  static std::unique_ptr<TestDevice> device;
};

std::unique_ptr<TestDevice> DeviceSolverTest::device;

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const PatternModel& model : pattern_models()) {
    names.push_back(model.name);
  }
  return names;
}

TEST_P(DeviceSolverTest, StepsLikeTheReference) {
  for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{{130}, {17, 6}, {9, 4, 5}}) {
    expect_like_reference(request_for(GetParam(), size));
  }
  if (vulkan::test_device()->plan.f64) {
    PatternRequest request = request_for(GetParam(), {17, 6});
    request.precision = Precision::double_precision;
    expect_like_reference(request);
  }
}

TEST_P(DeviceSolverTest, StepsLikeTheReferenceByRungeKutta) {
  PatternRequest request = request_for(GetParam(), {18, 5});
  request.integrator = Integrator::rk4;
  request.stencil = Stencil::isotropic;
  request.sides = {{{kClosed, kClosed}, {kClosed, kClosed}, {}}};
  expect_like_reference(request);
}

TEST_P(DeviceSolverTest, MakesSeveralStepsInAVisit) {
  PatternRequest request = request_for(GetParam(), {131, 37});
  if (request.integrator == Integrator::rk4) {
    return;  // a visit makes steps of Euler's method
  }
  request.sides = {{{kClosed, kClosed}, {}, {}}};
  expect_like_reference(request, {}, 2);
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
  return name;
}

INSTANTIATE_TEST_SUITE_P(Models, DeviceSolverTest, testing::ValuesIn(model_names()), test_name);

class DeviceGrayScott : public DeviceSolverTest {
 protected:
  [[nodiscard]] static PatternRequest gray_scott(const std::vector<std::uint64_t>& size) {
    return request_for("gray-scott", size);
  }
};

TEST_F(DeviceGrayScott, TakesSidesOfEveryKindAlongEveryAxis) {
  for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{
           {3}, {4}, {5}, {129}, {3, 3}, {4, 3}, {5, 19}, {132, 5}, {3, 3, 3}, {6, 4, 5}}) {
    for (const Stencil stencil : {Stencil::axes, Stencil::isotropic}) {
      if (stencil == Stencil::isotropic && size.size() != 2) {
        continue;
      }
      PatternRequest request = gray_scott(size);
      request.stencil = stencil;
      for (std::size_t axis = 0; axis < size.size(); ++axis) {
        request.sides[axis] = mixed_sides()[axis];
      }
      expect_like_reference(request);
      request.sides[0] = {};
      expect_like_reference(request);
    }
  }
}

TEST_F(DeviceGrayScott, CutsTheGridAnywhere) {
  // rows of a thread, threads along x, chunks of a few rows
  for (const DeviceShape& shape :
       std::vector<DeviceShape>{{.threads = 64, .threads_along_x = 4, .rows = 4, .chunk_bytes = 0},
                                {.threads = 64, .threads_along_x = 64, .rows = 1, .chunk_bytes = 2048},
                                {.threads = 128, .threads_along_x = 8, .rows = 16, .chunk_bytes = 4096}}) {
    for (const std::vector<std::uint64_t>& size :
         std::vector<std::vector<std::uint64_t>>{{67, 41}, {64, 33}, {37, 9, 7}}) {
      PatternRequest request = gray_scott(size);
      expect_like_reference(request, shape);
      if (size.size() == 2) {
        expect_like_reference(request, shape, 3);
      }
    }
  }
}

TEST_F(DeviceGrayScott, MakesTheSameStepsInVisitsOfAnyNumber) {
  std::vector<PatternRequest> requests;
  for (const std::vector<std::uint64_t>& size :
       std::vector<std::vector<std::uint64_t>>{{3, 3}, {7, 130}, {121, 57}, {250, 24}}) {
    for (const Stencil stencil : {Stencil::axes, Stencil::isotropic}) {
      PatternRequest request = gray_scott(size);
      request.stencil = stencil;
      requests.push_back(request);
      request.sides = mixed_sides();
      requests.push_back(request);
    }
  }
  for (const PatternRequest& request : requests) {
    SCOPED_TRACE(std::to_string(request.size[0]) + "x" + std::to_string(request.size[1]));
    DevicePattern pattern(*device, request);
    pattern.solver().advance(13);
    const std::vector<std::vector<double>> expected = pattern.values();
    for (const std::uint32_t steps : {2U, 3U, 4U, 8U}) {
      if (pattern.solver().can_visit(steps)) {
        pattern.write_initial_state();
        pattern.solver().set_steps_per_visit(steps);
        pattern.solver().advance(6);
        pattern.solver().advance(7);
        EXPECT_EQ(pattern.values(), expected) << steps << " steps a visit";
      }
    }
  }
}

TEST_F(DeviceGrayScott, TuningChangesNothing) {
  const PatternRequest request = gray_scott({200, 100});
  DevicePattern pattern(*device, request);
  const std::vector<std::vector<double>> before = pattern.values();
  const std::uint32_t steps = pattern.solver().tune();
  EXPECT_EQ(pattern.solver().steps_per_visit(), steps);
  EXPECT_TRUE(pattern.solver().can_visit(steps));
  EXPECT_EQ(pattern.values(), before);
}

TEST_F(DeviceGrayScott, CountsWhatItDoes) {
  DevicePattern pattern(*device, gray_scott({64, 32}));
  pattern.solver().advance(10);
  EXPECT_EQ(pattern.solver().visits(), 10U);
  EXPECT_DOUBLE_EQ(pattern.solver().bytes_moved(), 10.0 * 64 * 32 * 16);
  pattern.solver().set_steps_per_visit(4);
  pattern.solver().advance(10);
  EXPECT_EQ(pattern.solver().visits(), 13U);
  EXPECT_GT(pattern.solver().measure_scale_seconds(), 0);
  EXPECT_GT(pattern.solver().device_seconds(), 0);
}

TEST_F(DeviceGrayScott, IsNotChangedByItsYardstick) {
  for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
    PatternRequest request = gray_scott({70, 33});
    request.precision = precision;
    DevicePattern pattern(*device, request);
    pattern.solver().advance(3);
    const auto before = pattern.values();
    EXPECT_GT(pattern.solver().measure_scale_seconds(), 0);
    EXPECT_EQ(pattern.values(), before);
  }
}

TEST_F(DeviceGrayScott, SumsAsTheHostWould) {
  for (const Precision precision : precisions()) {
    for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{{5}, {300, 70}, {7, 6, 5}}) {
      PatternRequest request = gray_scott(size);
      request.precision = precision;
      DevicePattern pattern(*device, request);
      const std::vector<std::vector<double>> values = pattern.values();
      const std::vector<SpeciesSummary> summaries = pattern.solver().summarise();
      ASSERT_EQ(summaries.size(), 2U);
      const double tolerance = precision == Precision::single_precision ? 1e-6 : 1e-12;
      for (std::size_t species = 0; species < 2; ++species) {
        double mean = 0;
        for (const double value : values[species]) {
          mean += value / static_cast<double>(values[species].size());
        }
        double variance = 0;
        for (const double value : values[species]) {
          variance += (value - mean) * (value - mean) / static_cast<double>(values[species].size());
        }
        EXPECT_NEAR(summaries[species].mean, mean, tolerance);
        EXPECT_NEAR(summaries[species].deviation, std::sqrt(variance), tolerance);
        EXPECT_EQ(summaries[species].least, *std::ranges::min_element(values[species]));
        EXPECT_EQ(summaries[species].most, *std::ranges::max_element(values[species]));
      }
    }
  }
}

TEST_F(DeviceGrayScott, FindsTheFirstCellThatIsNoNumber) {
  for (const Precision precision : precisions()) {
    PatternRequest request = gray_scott({70, 9, 4});
    request.precision = precision;
    DevicePattern pattern(*device, request);
    DeviceSolver& solver = pattern.solver();
    EXPECT_FALSE(solver.find_blow_up().has_value());
    const auto spoil = [&](std::size_t species, std::uint64_t x, std::uint64_t y, std::uint64_t z, double value) {
      const std::byte* const from = solver.read_row(species, y, z);
      std::vector<std::byte> row(from, from + solver.layout().row_bytes);
      const auto single = static_cast<float>(value);
      const std::uint64_t bytes = scalar_bytes(precision);
      std::memcpy(row.data() + x * bytes, bytes == 4 ? static_cast<const void*>(&single) : &value, bytes);
      solver.write_rows(species, y + z * 9, row);
    };
    spoil(1, 3, 0, 0, std::numeric_limits<double>::infinity());
    spoil(0, 69, 8, 2, std::numeric_limits<double>::quiet_NaN());
    spoil(0, 1, 8, 3, -std::numeric_limits<double>::infinity());
    const std::optional<Place> place = solver.find_blow_up();
    ASSERT_TRUE(place.has_value());
    EXPECT_EQ(place->species, 0U);
    EXPECT_EQ(place->x, 69U);
    EXPECT_EQ(place->y, 8U);
    EXPECT_EQ(place->z, 2U);
  }
}

TEST_F(DeviceGrayScott, RefusesRowsThatNoChunkHolds) {
  const Grid grid = make_grid({1000, 4}, 1);
  EXPECT_EQ(lay_out(grid, Precision::single_precision, 8192).chunks, 2U);
  EXPECT_EQ(lay_out(grid, Precision::single_precision, 4096).chunks, 4U);
  try {
    lay_out(grid, Precision::double_precision, 4096);
    FAIL() << "a row of 8000 bytes should not lie in chunks of 4096";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
  }
}

}  // namespace
}  // namespace basalt::patterns
