// Several steps in one visit against as many visits of one step: the same bits.
#include "workloads/patterns/solve/time_block.h"

#include <gtest/gtest.h>

#include <cstring>

#include "basalt/memory.h"
#include "workloads/patterns/initial.h"
#include "workloads/patterns/solve/solver.h"
#include "workloads/patterns/stability.h"

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kSteps = 11;

/// The cells of all species after kSteps, as they lie in memory.
std::vector<std::byte> run(const PatternRequest& request, const SolverLimits& limits, int threads) {
  const Model model = make_model(request.model, request.parameters);
  const Grid grid = make_grid(request.size, model.description().spacing);
  const Domain domain{.grid = grid,
                      .layout = make_layout(grid, request.precision),
                      .precision = request.precision,
                      .ghosts = make_ghosts(request, model, grid)};
  // no step of Euler's is stable for waves, which a few of them do not mind
  const double stable = largest_stable_step(model, grid, request.stencil, request.integrator);
  const Scheme scheme{
      .stencil = request.stencil, .integrator = request.integrator, .step = stable > 0 ? stable / 2 : 1e-3};
  HostMemory memory;
  const Arena arena(threads);
  Solver solver(model, domain, scheme, limits, memory, arena);
  const InitialValues initial(request, model, grid, request.seed);
  std::vector<double> values(grid.size[0]);
  for (std::uint64_t y = 0; y < grid.size[1]; ++y) {
    for (std::size_t species = 0; species < model.species(); ++species) {
      initial.fill_row(species, y, 0, values);
      solver.write_row(species, y, 0, values);
    }
  }
  EXPECT_EQ(solver.steps_per_visit() > 1, limits.steps_per_visit > 1);
  solver.advance(kSteps, CancelToken());
  std::vector<std::byte> cells;
  const std::uint64_t bytes = grid.size[0] * scalar_bytes(request.precision);
  for (std::size_t species = 0; species < model.species(); ++species) {
    for (std::uint64_t y = 0; y < grid.size[1]; ++y) {
      const std::byte* const row = solver.row(species, y, 0);
      cells.insert(cells.end(), row, row + bytes);
    }
  }
  return cells;
}

void expect_same_bits(const PatternRequest& request, const SolverLimits& several, int threads) {
  SCOPED_TRACE(request.model + ", " + std::to_string(request.size[0]) + " wide, side " +
               std::string(name_of(request.sides[0][0].kind)) + "/" + std::string(name_of(request.sides[1][0].kind)) +
               ", " + std::to_string(several.steps_per_visit) + " steps");
  EXPECT_EQ(run(request, several, threads), run(request, {}, 1));
}

/// Blocks of 64 to 256 cells.
SolverLimits blocks_of(std::uint64_t steps) {
  return {.piece_bytes = 1, .serial_bytes = 0, .steps_per_visit = steps, .blocking_bytes = 0, .block_bytes = 48 << 10};
}

PatternRequest request_of(const std::string& model, std::vector<std::uint64_t> size, Precision precision) {
  PatternRequest request;
  request.model = model;
  request.size = std::move(size);
  request.precision = precision;
  request.initial.kind = InitialKind::uniform;
  request.initial.noise = 0.05;
  return request;
}

TEST(TimeBlock, AgreesWithSingleStepsForEveryModel) {
  for (const PatternModel& model : pattern_models()) {
    const std::uint64_t steps = model.fourth_order ? 2 : 3;
    expect_same_bits(request_of(model.name, {1131, 97}, Precision::single_precision), blocks_of(steps), 2);
    expect_same_bits(request_of(model.name, {770, 80}, Precision::double_precision), blocks_of(2), 1);
  }
}

TEST(TimeBlock, AgreesAtEverySide) {
  const Side periodic{};
  const Side dirichlet{.kind = SideKind::dirichlet, .value = 0.3};
  const Side neumann{.kind = SideKind::neumann, .value = -0.02};
  const Side robin{.kind = SideKind::robin, .value = 0.2, .alpha = 1, .beta = 0.5};
  for (const Stencil stencil : {Stencil::axes, Stencil::isotropic}) {
    for (const auto& [x, y] : {std::pair{std::array{dirichlet, neumann}, std::array{robin, dirichlet}},
                               std::pair{std::array{periodic, periodic}, std::array{neumann, robin}},
                               std::pair{std::array{robin, neumann}, std::array{periodic, periodic}}}) {
      PatternRequest request = request_of("gray-scott", {1121, 200}, Precision::single_precision);
      request.stencil = stencil;
      request.sides = {x, y, {}};
      expect_same_bits(request, blocks_of(3), 3);
    }
  }
  PatternRequest request = request_of("swift-hohenberg", {800, 150}, Precision::double_precision);
  const Side closed{.kind = SideKind::neumann};
  request.sides = {{{closed, closed}, {closed, closed}, {}}};
  expect_same_bits(request, blocks_of(2), 2);
}

TEST(TimeBlock, AgreesForEveryNumberOfStepsAndWidth) {
  for (std::uint64_t steps = 2; steps <= 8; ++steps) {
    SolverLimits limits = blocks_of(steps);
    limits.block_bytes = 256 << 10;
    expect_same_bits(request_of("gray-scott", {64 + steps, 16 * steps + 7}, Precision::single_precision), limits, 2);
  }
}

TEST(TimeBlock, IsLeftWhereItCannotPay) {
  const Model model = make_model("gray-scott", {});
  const auto shape_of = [&](std::vector<std::uint64_t> size, std::uint64_t cache) {
    const Grid grid = make_grid(size, 1);
    return shape_blocks({.grid = grid, .layout = make_layout(grid, Precision::single_precision)}, model, 4, cache, 2);
  };
  EXPECT_FALSE(shape_of({4096}, 1 << 18));
  EXPECT_FALSE(shape_of({64, 64, 64}, 1 << 18));
  EXPECT_FALSE(shape_of({63, 4096}, 1 << 18));
  EXPECT_FALSE(shape_of({4096, 31}, 1 << 18));
  EXPECT_EQ(shape_of({4096, 63}, 1 << 18).steps, 3U) << "where four would compute too much around a block";
  EXPECT_FALSE(shape_of({4096, 4096}, 1 << 14));
  EXPECT_TRUE(shape_of({4096, 4096}, 1 << 18));
}

TEST(TimeBlock, FitsTheCache) {
  const Model model = make_model("gray-scott", {});
  for (const std::uint64_t width : {64U, 1000U, 5000U, 8192U}) {
    const Grid grid = make_grid({width, 4096}, 1);
    const Domain domain{.grid = grid, .layout = make_layout(grid, Precision::single_precision)};
    const BlockShape shape = shape_blocks(domain, model, 4, 1 << 18, 2);
    ASSERT_TRUE(shape);
    EXPECT_EQ(shape.cells % 64, 0U);
    EXPECT_LE(block_bytes(domain, model, shape), (1U << 18) + (1U << 18) / 4);
  }
}

}  // namespace
}  // namespace basalt::patterns
