// Parameters that vary in space: every cell steps by its own.
#include "workloads/patterns/varying.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "basalt/error.h"
#include "basalt/memory.h"
#include "reference/pattern.h"
#include "workloads/patterns/initial.h"
#include "workloads/patterns/solve/solver.h"
#include "workloads/patterns/stability.h"

namespace basalt::patterns {
namespace {

using testing::HasSubstr;
using Values = std::vector<std::vector<double>>;

/// One Euler step of a state, by a solver whose parameters vary.
struct Varied {
  Varied(const std::string& name, const std::vector<std::uint64_t>& size, Precision precision, int threads)
      : model(make_model(name, {})),
        grid(make_grid(size, model.description().spacing)),
        domain{.grid = grid, .layout = make_layout(grid, precision), .precision = precision, .ghosts = {}},
        arena(threads) {}

  /// `maps` say how; of those that are not there, values are the model's.
  Values step(const std::map<std::string, ParameterMap>& maps, double length) const {
    std::vector<VaryingParameter> varying;
    Scheme scheme{.stencil = Stencil::axes, .integrator = Integrator::euler, .step = length, .varying = {}};
    for (const auto& [name, map] : maps) {
      varying.push_back(make_varying(model, name, map, grid, {}));
      scheme.varying.push_back(varying.back().number);
    }
    HostMemory memory;
    Solver solver(model, domain, scheme, {.piece_bytes = 512, .serial_bytes = 0}, memory, arena);
    for (std::uint64_t row = 0; row < grid.rows(); ++row) {
      std::vector<double> values(grid.size[0]);
      for (std::size_t i = 0; i < varying.size(); ++i) {
        varying[i].read_row(row % grid.size[1], row / grid.size[1], values.data());
        solver.write_parameter_row(i, row % grid.size[1], row / grid.size[1], values);
      }
      for (std::size_t species = 0; species < model.species(); ++species) {
        for (std::uint64_t x = 0; x < grid.size[0]; ++x) {
          values[x] = first(species, row * grid.size[0] + x);
        }
        solver.write_row(species, row % grid.size[1], row / grid.size[1], values);
      }
    }
    solver.advance(1, CancelToken());
    Values result(model.species());
    for (std::size_t species = 0; species < model.species(); ++species) {
      for (std::uint64_t row = 0; row < grid.rows(); ++row) {
        const std::byte* const cells = solver.row(species, row % grid.size[1], row / grid.size[1]);
        for (std::uint64_t x = 0; x < grid.size[0]; ++x) {
          result[species].push_back(domain.precision == Precision::single_precision
                                        ? static_cast<double>(reinterpret_cast<const float*>(cells)[x])
                                        : reinterpret_cast<const double*>(cells)[x]);
        }
      }
    }
    return result;
  }

  static double first(std::size_t species, std::uint64_t cell) {
    return 0.5 + 0.2 * std::sin(1.1 * static_cast<double>(cell) + static_cast<double>(species));
  }

  Model model;
  Grid grid;
  Domain domain;
  Arena arena;
};

double small_step(const Varied& varied) {
  const double stable = largest_stable_step(varied.model, varied.grid, Stencil::axes, Integrator::euler);
  return stable > 0 ? stable / 20 : 1e-3;
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const PatternModel& model : pattern_models()) {
    names.push_back(model.name);
  }
  return names;
}

class VaryingOfEveryModel : public testing::TestWithParam<std::string> {};

/// ∂u/∂t where the parameter `number` is this in all cells.
Values rates_with(const Varied& varied, std::size_t number, double value) {
  reference::PatternState state;
  state.axes = varied.grid.axes;
  state.spacing = varied.grid.spacing;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    state.size[axis] = static_cast<long>(varied.grid.size[axis]);
  }
  for (std::size_t species = 0; species < varied.model.species(); ++species) {
    state.species.emplace_back();
    for (std::uint64_t cell = 0; cell < varied.grid.cells(); ++cell) {
      state.species.back().push_back(Varied::first(species, cell));
    }
  }
  std::vector<double> parameters = varied.model.parameters;
  parameters[number] = value;
  return reference::pattern_rates(varied.model.description().name, parameters, state);
}

TEST_P(VaryingOfEveryModel, StepsEachCellByItsOwn) {
  for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{{37}, {19, 6}, {6, 4, 5}}) {
    const Varied varied(GetParam(), size, Precision::double_precision, 2);
    const std::vector<PatternParameter>& parameters = varied.model.description().parameters;
    for (std::size_t number = 0; number < parameters.size(); ++number) {
      if (parameters[number].name == "kappa") {
        continue;  // stands within the Laplacian of the chemical potential, and so do those of the cells around
      }
      const std::size_t axis = number % size.size();
      const std::string along(1, "xyz"[axis]);
      const std::vector<double> ends = {0.5, 1.25};
      const double step = small_step(varied);
      const Values stepped =
          varied.step({{parameters[number].name, {.axis = along, .file = {}, .from = ends[0], .to = ends[1]}}}, step);
      for (std::uint64_t at = 0; at < size[axis]; ++at) {
        const double share = static_cast<double>(at) / static_cast<double>(size[axis] - 1);
        const Values rates = rates_with(varied, number, ends[0] + (ends[1] - ends[0]) * share);
        for (std::uint64_t cell = 0; cell < varied.grid.cells(); ++cell) {
          const std::array<std::uint64_t, 3> place = {cell % varied.grid.size[0],
                                                      cell / varied.grid.size[0] % varied.grid.size[1],
                                                      cell / varied.grid.size[0] / varied.grid.size[1]};
          if (place[axis] != at) {
            continue;
          }
          for (std::size_t species = 0; species < varied.model.species(); ++species) {
            const double expected = Varied::first(species, cell) + step * rates[species][cell];
            ASSERT_NEAR(stepped[species][cell], expected, 1e-12) << parameters[number].name << ", cell " << cell;
          }
        }
      }
    }
  }
}

TEST_P(VaryingOfEveryModel, GivesTheBitsOfOneValueWhereAllAreThat) {
  for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
    for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{{700}, {45, 9}}) {
      const Varied varied(GetParam(), size, precision, 3);
      const PatternParameter& parameter = varied.model.description().parameters.front();
      const ParameterMap flat{.axis = "x", .file = {}, .from = parameter.value, .to = parameter.value};
      const double step = small_step(varied);
      EXPECT_EQ(varied.step({{parameter.name, flat}}, step), varied.step({}, step));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, VaryingOfEveryModel, testing::ValuesIn(model_names()), [](const auto& each) {
  std::string name = each.param;
  std::erase(name, '-');
  return name;
});

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(VaryingParameters, KnowTheirExtremes) {
  const Model model = make_model("gray-scott", {});
  const Grid grid = make_grid({3, 2 + 1}, 1);
  const GivenValues image{.layers = 1, .read_row = [](std::uint64_t, std::uint64_t y, std::uint64_t, double* row) {
                            for (std::uint64_t x = 0; x < 3; ++x) {
                              row[x] = static_cast<double>(3 * y + x) / 8;
                            }
                          }};
  const VaryingParameter varying =
      make_varying(model, "k", {.axis = {}, .file = "a.png", .from = 0.07, .to = 0.03}, grid, image);
  EXPECT_EQ(varying.number, 1);
  EXPECT_DOUBLE_EQ(varying.least, 0.03);
  EXPECT_DOUBLE_EQ(varying.most, 0.07);
  std::vector<double> row(3);
  varying.read_row(1, 0, row.data());
  EXPECT_DOUBLE_EQ(row[1], 0.05);
  const VaryingParameter raw =
      make_varying(model, "F", {.axis = {}, .file = "a.npy", .from = {}, .to = {}}, grid, image);
  EXPECT_EQ(raw.most, 1);
  const std::vector<Model> models = extremes(model, {varying, raw});
  ASSERT_EQ(models.size(), 4);
  double most = 0;
  for (const Model& each : models) {
    most = std::max(most, each.parameters[0] + each.parameters[1]);
  }
  EXPECT_DOUBLE_EQ(most, 1.07);
}

TEST(VaryingParameters, RefuseWhatNoRunWouldTake) {
  const Model model = make_model("gray-scott", {});
  const Grid grid = make_grid({8, 8}, 1);
  const auto gradient = [&](const std::string& name, const std::string& axis, double from, double to) {
    return refusal([&] { make_varying(model, name, {.axis = axis, .file = {}, .from = from, .to = to}, grid, {}); });
  };
  EXPECT_THAT(gradient("G", "x", 0, 1), HasSubstr("its parameters are F, k, Du, Dv"));
  EXPECT_THAT(gradient("F", "z", 0, 1), HasSubstr("F cannot vary along 'z'"));
  EXPECT_THAT(gradient("Du", "x", -1, 1), HasSubstr("Du = -1 of gray-scott"));
  EXPECT_THAT(refusal([&] { make_varying(model, "F", {.axis = "x", .file = {}, .from = 1, .to = {}}, grid, {}); }),
              HasSubstr("not from where to where"));
  const VaryingParameter diffusion =
      make_varying(model, "Du", {.axis = "x", .file = {}, .from = 0.1, .to = 1}, grid, {});
  EXPECT_THAT(refusal([&] { check_varying(model, {diffusion}, Integrator::etd); }), HasSubstr("etd steps in waves"));
  EXPECT_EQ(refusal([&] { check_varying(model, {diffusion}, Integrator::rk45); }), "");
  const VaryingParameter feed = make_varying(model, "F", {.axis = "x", .file = {}, .from = 0.1, .to = 1}, grid, {});
  EXPECT_EQ(refusal([&] { check_varying(model, {feed}, Integrator::etd); }), "");
}

TEST(GivenInitialValues, AreTakenOrMixed) {
  const Grid grid = make_grid({4, 3}, 1);
  const auto read = [](std::uint64_t layer, std::uint64_t y, std::uint64_t, double* row) {
    for (std::uint64_t x = 0; x < 4; ++x) {
      row[x] = static_cast<double>(layer) + static_cast<double>(x) / 4 + static_cast<double>(y) / 100;
    }
  };
  PatternRequest request;
  request.model = "gray-scott";
  request.initial.file = "given";
  const Model model = make_model("gray-scott", {});
  std::vector<double> row(4);
  const InitialValues both(request, model, grid, 7, {.layers = 2, .read_row = read});
  both.fill_row(1, 2, 0, row);
  EXPECT_THAT(row, testing::ElementsAre(1.02, 1.27, 1.52, 1.77));
  const InitialValues mixed(request, model, grid, 7, {.layers = 1, .read_row = read});
  mixed.fill_row(0, 0, 0, row);  // u from 1 to a half
  EXPECT_THAT(row, testing::ElementsAre(1, 0.875, 0.75, 0.625));
  EXPECT_THAT(refusal([&] { InitialValues(request, model, grid, 7, {.layers = 3, .read_row = read}); }),
              HasSubstr("holds 3 grids"));
  request.initial.kind = InitialKind::spots;
  EXPECT_THAT(refusal([&] { InitialValues(request, model, grid, 7, {.layers = 1, .read_row = read}); }),
              HasSubstr("comes from a file"));
}

}  // namespace
}  // namespace basalt::patterns
