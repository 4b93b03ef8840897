// Eigenvalues on grids against dispersion relations, dense eigenvalues, and what symmetries leave neutral.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "basalt/error.h"
#include "basalt/pattern_analysis.h"
#include "base/npy.h"
#include "patterns/analysis/invented_state.h"
#include "patterns/solve/solver_bench.h"
#include "workloads/patterns/analysis/linearise.h"
#include "workloads/patterns/analysis/steady.h"

namespace basalt::patterns {
namespace {

using Complex = std::complex<double>;
using Sides = std::array<std::array<Side, 2>, 3>;

const Side kNoFlux = {.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0};
const Sides kWalls = {{{kNoFlux, kNoFlux}, {kNoFlux, kNoFlux}, {kNoFlux, kNoFlux}}};

bool is_right_of(Complex a, Complex b) {
  return a.real() > b.real();
}

LeadingReport leading(const std::string& model, const std::map<std::string, double>& parameters,
                      const LeadingRequest& request, std::optional<double> spacing = std::nullopt) {
  PatternAnalysisRequest whole{.model = model, .parameters = parameters};
  whole.points = 2;
  whole.spacing = spacing;
  whole.leading = request;
  return *analyse_pattern(whole).leading;
}

/// −∇² of all modes of a grid: waves where it is periodic, cosines between walls.
std::vector<double> discrete_squares(const std::vector<std::uint64_t>& size, double spacing, bool walls,
                                     Stencil stencil) {
  std::vector<std::vector<double>> parts = {{}};  // of each mode, along each axis
  for (const std::uint64_t cells : size) {
    std::vector<std::vector<double>> more;
    for (const std::vector<double>& part : parts) {
      for (std::uint64_t mode = 0; mode < cells; ++mode) {
        const double angle = std::numbers::pi * static_cast<double>(mode) / static_cast<double>(cells);
        const double root = 2 / spacing * std::sin(walls ? angle / 2 : angle);
        more.push_back(part);
        more.back().push_back(root * root);
      }
    }
    parts = more;
  }
  std::vector<double> squares;
  for (const std::vector<double>& part : parts) {
    double square = 0;
    for (const double each : part) {
      square += each;
    }
    // the stencil with corners is L_x + L_y + h²/6 L_x L_y
    squares.push_back(stencil == Stencil::isotropic ? square - spacing * spacing / 6 * part[0] * part[1] : square);
  }
  return squares;
}

void expect_dispersion(const std::string& name, const std::vector<std::uint64_t>& size, bool walls,
                       Stencil stencil = Stencil::axes, std::uint32_t count = 6) {
  const Model model = make_model(name, {});
  const double spacing = model.description().spacing;
  const LeadingReport report =
      leading(name, {}, {.count = count, .size = size, .sides = walls ? kWalls : Sides{}, .stencil = stencil});
  const std::vector<RestingState> states = resting_states(model, std::nullopt);
  ASSERT_EQ(report.states.size(), states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    const Linearisation linear = linearise(model, states[i]);
    std::vector<Complex> expected;
    for (const double q : discrete_squares(size, spacing, walls, stencil)) {
      const std::vector<Complex> rates = eigenvalues(matrix_at(linear, q), linear.species);
      expected.insert(expected.end(), rates.begin(), rates.end());
    }
    std::stable_sort(expected.begin(), expected.end(), is_right_of);
    EXPECT_NEAR(report.states[i].rotation, states[i].rotation, 1e-9);
    EXPECT_LE(report.states[i].residual, 1e-10);
    for (std::size_t k = 0; k < count; ++k) {
      const Eigenvalue& found = report.states[i].eigenvalues[k];
      EXPECT_NEAR(found.value.real(), expected[k].real(), 1e-6) << name << " state " << i << " number " << k;
      EXPECT_NEAR(std::abs(found.value.imag()), std::abs(expected[k].imag()), 1e-6)
          << name << " state " << i << " number " << k;
      EXPECT_LE(found.residual, 1e-6);
    }
  }
}

/// All but nonlinear-schrodinger, of which no wave decays: there only those that grow can be the first.
std::vector<std::string> models_that_decay() {
  std::vector<std::string> names;
  for (const PatternModel& model : pattern_models()) {
    if (model.name != "nonlinear-schrodinger") {
      names.push_back(model.name);
    }
  }
  return names;
}

TEST(Leading, AreTheDispersionRelationInPeriodicGrids) {
  for (const std::string& name : models_that_decay()) {
    expect_dispersion(name, {96}, /*walls=*/false);
    expect_dispersion(name, {16, 14}, /*walls=*/false);
  }
  expect_dispersion("nonlinear-schrodinger", {64}, /*walls=*/false, Stencil::axes, 4);
  expect_dispersion("schnakenberg", {16, 14}, /*walls=*/false, Stencil::isotropic);
  expect_dispersion("schnakenberg", {6, 7, 5}, /*walls=*/false);
}

TEST(Leading, AreTheDispersionRelationBetweenWalls) {
  for (const std::string& name : models_that_decay()) {
    expect_dispersion(name, {96}, /*walls=*/true);
    expect_dispersion(name, {16, 14}, /*walls=*/true);
  }
  expect_dispersion("schnakenberg", {16, 14}, /*walls=*/true, Stencil::isotropic);
}

class StateFile {
 public:
  explicit StateFile(const reference::PatternState& state) : path_(testing::TempDir() + "leading_state.npy") {
    std::vector<std::uint64_t> shape;
    for (int axis = 0; axis < state.axes; ++axis) {
      shape.insert(shape.begin(), static_cast<std::uint64_t>(state.size[static_cast<std::size_t>(axis)]));
    }
    shape.insert(shape.begin(), state.species.size());
    const std::string header = write_npy_header("<f8", shape);
    const std::vector<double> values = all_values(state);
    std::ofstream file(path_, std::ios::binary);
    file << header;
    file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * 8));
  }
  ~StateFile() { std::filesystem::remove(path_); }
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::vector<Complex> dense_eigenvalues(const Model& model, const reference::PatternState& state) {
  const std::vector<std::vector<double>> rows =
      reference::pattern_jacobian(model.description().name, model.parameters, state);
  Eigen::MatrixXd matrix(rows.size(), rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < rows.size(); ++column) {
      matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) = rows[row][column];
    }
  }
  const Eigen::VectorXcd all = matrix.eigenvalues();
  std::vector<Complex> values(all.begin(), all.end());
  std::sort(values.begin(), values.end(), is_right_of);
  return values;
}

/// Of any state, on grids that are small enough for a dense matrix: with 60 unknowns and with 240.
TEST(Leading, AreThoseOfADenseMatrix) {
  const Side mixed = {.kind = SideKind::robin, .value = 0.5, .alpha = 2, .beta = 1};
  const Side fixed = {.kind = SideKind::dirichlet, .value = 0.8, .alpha = 0, .beta = 0};
  for (const char* const name : {"schnakenberg", "gray-scott", "gierer-meinhardt", "cahn-hilliard"}) {
    const Model model = make_model(name, {});
    for (const std::vector<std::uint64_t>& size : {std::vector<std::uint64_t>{6, 5}, {12, 10}}) {
      const Sides sides = model.species() == 2 ? Sides{{{fixed, mixed}, {}, {}}} : Sides{{{kNoFlux, kNoFlux}, {}, {}}};
      const reference::PatternState state = invented_state(model, size, 1, sides, Stencil::axes);
      const StateFile file(state);
      const LeadingReport report = leading(name, {}, {.count = 6, .sides = sides, .file = file.path()}, 1.0);
      EXPECT_EQ(report.size, size);
      ASSERT_EQ(report.states.size(), 1U);
      EXPECT_TRUE(report.states[0].values.empty());
      const std::vector<Complex> expected = dense_eigenvalues(model, state);
      for (std::size_t i = 0; i < 6; ++i) {
        const Complex found = report.states[0].eigenvalues[i].value;
        EXPECT_NEAR(found.real(), expected[i].real(), 1e-6) << name << " " << size[0];
        EXPECT_NEAR(std::abs(found.imag()), std::abs(expected[i].imag()), 1e-6) << name << " " << size[0];
      }
    }
  }
}

/// The state that a run ends in.
reference::PatternState grown(const PatternRequest& request, int steps) {
  Bench bench(request);
  bench.run(steps);
  reference::PatternState state;
  state.axes = static_cast<int>(request.size.size());
  for (std::size_t axis = 0; axis < request.size.size(); ++axis) {
    state.size[axis] = static_cast<long>(request.size[axis]);
  }
  state.species = bench.values();
  return state;
}

/// A pattern that is moved is a pattern: one neutral mode, and beside it all decay.
TEST(Leading, OfStripesHaveATranslation) {
  PatternRequest request;
  request.model = "swift-hohenberg";
  request.size = {48};
  request.spacing = 2 * std::numbers::pi / 16;  // three waves of 16 cells: the grid holds none of them
  request.precision = Precision::double_precision;
  request.integrator = Integrator::etd;
  request.step = 0.1;
  const StateFile file(grown(request, 6000));
  const LeadingReport report = leading("swift-hohenberg", {}, {.count = 4, .file = file.path()}, request.spacing);
  const std::vector<Eigenvalue>& found = report.states[0].eigenvalues;
  EXPECT_LE(report.states[0].residual, 1e-10);
  EXPECT_NEAR(std::abs(found[0].value), 0, 1e-6);
  EXPECT_LT(found[1].value.real(), -1e-3);
  for (const Eigenvalue& each : found) {
    EXPECT_LE(each.residual, 1e-8);
  }
}

/// Spots in a plane can be moved along both axes.
TEST(Leading, OfAPatternInAPlaneHaveTwoTranslations) {
  PatternRequest request;
  request.model = "swift-hohenberg";
  request.parameters = {{"r", 0.1}, {"g", 1}};
  request.size = {28, 24};  // two spots in each of two rows, which are √3/2 of their distance apart
  request.spacing = 4 * std::numbers::pi / std::sqrt(3.0) / 14;
  request.integrator = Integrator::etd;
  request.step = 0.1;
  request.precision = Precision::double_precision;
  request.initial.kind = InitialKind::uniform;
  request.initial.noise = 0.1;
  const StateFile file(grown(request, 6000));
  const LeadingReport report =
      leading("swift-hohenberg", request.parameters, {.count = 4, .file = file.path()}, request.spacing);
  const std::vector<Eigenvalue>& found = report.states[0].eigenvalues;
  EXPECT_LE(report.states[0].residual, 1e-8);
  EXPECT_NEAR(std::abs(found[0].value), 0, 1e-4);
  EXPECT_NEAR(std::abs(found[1].value), 0, 1e-4);
  EXPECT_LT(found[2].value.real(), -1e-3);
}

/// A plane wave A = R exp(i Q x − i ω t) and disturbances of it, exp(i (Q ± k) x): two eigenvalues for each k of the
/// grid. Waves that are short enough are unstable (W. Eckhaus; b = c = 0: Q² > 1/3).
TEST(Leading, OfAPlaneWaveAreThoseOfItsSidebands) {
  constexpr std::uint64_t kCells = 80;
  constexpr double kSpacing = 0.5;
  constexpr double kB = 0.5;
  constexpr double kC = -0.3;
  for (const std::uint64_t turns : {2U, 5U}) {
    const double angle = 2 * std::numbers::pi / kCells;
    const auto q_of = [&](double turn) { return std::pow(2 / kSpacing * std::sin(turn * angle / 2), 2); };
    const auto wave_turns = static_cast<double>(turns);
    const double square = 1 - q_of(wave_turns);
    const double turn_rate = kB * q_of(wave_turns) + kC * square;
    reference::PatternState state;
    state.size[0] = kCells;
    state.species.resize(2);
    for (std::uint64_t x = 0; x < kCells; ++x) {
      const double phase = angle * wave_turns * static_cast<double>(x);
      state.species[0].push_back(std::sqrt(square) * std::cos(phase));
      state.species[1].push_back(std::sqrt(square) * std::sin(phase));
    }
    std::vector<Complex> expected;
    for (std::uint64_t k = 0; k < kCells; ++k) {
      const double shift = static_cast<double>(k);
      const Complex above =
          1.0 - Complex(1, kB) * q_of(wave_turns + shift) - 2.0 * square * Complex(1, kC) + Complex(0, turn_rate);
      const Complex below =
          1.0 - Complex(1, -kB) * q_of(wave_turns - shift) - 2.0 * square * Complex(1, -kC) - Complex(0, turn_rate);
      const Complex root = std::sqrt((above - below) * (above - below) / 4.0 + square * square * (1 + kC * kC));
      expected.push_back((above + below) / 2.0 + root);
      expected.push_back((above + below) / 2.0 - root);
    }
    std::sort(expected.begin(), expected.end(), is_right_of);
    const StateFile file(state);
    const LeadingReport report =
        leading("ginzburg-landau", {{"b", kB}, {"c", kC}}, {.count = 8, .file = file.path()}, kSpacing);
    EXPECT_NEAR(report.states[0].rotation, turn_rate, 1e-12);
    EXPECT_EQ(expected[0].real() > 1e-3, turns == 5);
    for (std::size_t i = 0; i < 8; ++i) {
      const Complex found = report.states[0].eigenvalues[i].value;
      EXPECT_NEAR(found.real(), expected[i].real(), 1e-6) << turns << " turns, number " << i;
      EXPECT_NEAR(std::abs(found.imag()), std::abs(expected[i].imag()), 1e-6) << turns << " turns, number " << i;
    }
  }
}

/// An oscillation may begin at any time, and a wave of it anywhere: where both are the same, once.
TEST(Leading, OfAnOscillationHaveAPhase) {
  const LeadingReport report = leading("ginzburg-landau", {{"b", 1}, {"c", -0.5}}, {.count = 2, .size = {24, 20}});
  EXPECT_NEAR(std::abs(report.states[1].eigenvalues[0].value), 0, 1e-9);
  EXPECT_LT(report.states[1].eigenvalues[1].value.real(), -1e-3);
}

TEST(Leading, RefuseWhatCannotBe) {
  const auto refused = [](const LeadingRequest& request, ErrorCode code, const std::string& word) {
    try {
      leading("schnakenberg", {}, request);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << word;
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
      return;
    }
    ADD_FAILURE() << "not refused: " << word;
  };
  refused({.count = 0}, ErrorCode::bad_usage, "0 leading eigenvalues of 8192 unknowns");
  refused({.count = 101}, ErrorCode::bad_usage, "give 1 to 100");
  refused({.count = 7, .size = {3}}, ErrorCode::bad_usage, "give 1 to 6");
  refused({.size = {2, 64}}, ErrorCode::bad_usage, "too few");
  refused({.size = {1U << 20, 1U << 19}}, ErrorCode::out_of_resources, "ask for fewer, or on a smaller grid");
  refused({.sides = {{{kNoFlux, Side{}}, {}, {}}}}, ErrorCode::bad_usage, "is periodic, and the other is not");
  refused({.file = "/nowhere/state.npy"}, ErrorCode::bad_input, "/nowhere/state.npy");
  const StateFile file(invented_state(make_model("schnakenberg", {}), {8, 6}, 1, {}, Stencil::axes));
  refused({.size = {6, 8}, .file = file.path()}, ErrorCode::bad_input, "has the shape (2, 6, 8)");
  const StateFile one(invented_state(make_model("swift-hohenberg", {}), {8, 6}, 1, {}, Stencil::axes));
  refused({.size = {8, 6}, .file = one.path()}, ErrorCode::bad_input, "holds 1 grids, and schnakenberg has 2 species");
}

}  // namespace
}  // namespace basalt::patterns
