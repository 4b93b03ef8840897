// Patterns: reaction-diffusion and relatives on a grid, as requests of an engine.
//
//   PatternRequest request{.model = "gray-scott", .parameters = {{"F", 0.062}, {"k", 0.0609}}};
//   request.size = {512, 512};
//   request.steps = 20000;
//   PatternReport report = engine.run(request);
//
// A grid has 1 to 3 axes x, y, z; x runs fastest. Values stand at the middle of cells, `spacing` apart, so that a side
// of the domain lies half a spacing beyond the last cell. Lengths and times are in the units of the model's equations.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/ledger.h"
#include "basalt/report.h"
#include "basalt/request.h"
#include "basalt/usage.h"

namespace basalt {

struct PatternParameter {
  std::string name;
  double value = 0;           ///< Where nothing else is said.
  std::string description;    ///< With its unit.
  bool not_negative = false;  ///< A diffusion coefficient, a mobility: refused below 0.
};

/// A model, as it is offered by name.
struct PatternModel {
  std::string name;
  std::string title;
  std::vector<std::string> species;
  std::vector<std::string> equations;  ///< One line each.
  std::vector<PatternParameter> parameters;
  double spacing = 1;         ///< Where nothing else is said.
  double step = 0;            ///< Where nothing else is said; 0: 0.8 of the largest stable step.
  std::string source;         ///< Where the equations come from.
  bool fourth_order = false;  ///< Two Laplacians, one over the other: sides are periodic or without flux.
};

/// All models, in the order of their numbers.
const std::vector<PatternModel>& pattern_models();

enum class Integrator : std::uint8_t {
  euler,  ///< Forward Euler, first order: one visit of the grid a step.
  rk4,    ///< The classical Runge-Kutta method, fourth order: four visits a step.
  rk45,   ///< Dormand and Prince's pair of fifth and fourth order: as many steps within a step as the tolerance asks
          ///< for.
  etd,    ///< Exponential time differencing, second order: what is linear and stiff is exact. Periodic sides.
};

/// The discrete Laplacian.
enum class Stencil : std::uint8_t {
  axes,       ///< 2d + 1 points: the cell and its neighbours along the axes.
  isotropic,  ///< 9 points in 2D (weights 2/3, 1/6, −10/3): the error's leading term is the same in all directions.
};

enum class SideKind : std::uint8_t {
  periodic,   ///< Both sides of an axis, or none.
  dirichlet,  ///< u = value.
  neumann,    ///< ∂u/∂n = value, n pointing outward.
  robin,      ///< alpha u + beta ∂u/∂n = value.
};

/// What holds at one side of the domain, for all species.
struct Side {
  SideKind kind = SideKind::periodic;
  double value = 0;
  double alpha = 0;
  double beta = 0;

  friend bool operator==(const Side&, const Side&) = default;
};

enum class InitialKind : std::uint8_t {
  automatic,  ///< What suits the model.
  uniform,    ///< A homogeneous state, and noise.
  square,     ///< The same, with another state in the middle, a tenth of each axis wide on either side.
  spots,      ///< The same, with that state in squares at random places instead.
};

struct InitialState {
  InitialKind kind = InitialKind::automatic;
  std::vector<double> values;   ///< Of each species; none: a homogeneous steady state of the model.
  std::optional<double> noise;  ///< Uniform in ± this, for each cell and species; none: 0.01, on a file 0.
  std::uint32_t spots = 20;
  /// A .npy file, a PNG image or an HDF5 file of the grid's shape: a value for each species and cell. Where it has one
  /// for all species, 0 is the state of `values`, 1 the other one of squares, and what is between is mixed.
  std::string file;
};

/// How a parameter varies in space: along an axis, or as a file says.
struct ParameterMap {
  std::string axis;            ///< "x", "y" or "z", along which it goes from the first cell's value to the last one's.
  std::string file;            ///< As InitialState::file, of one layer.
  std::optional<double> from;  ///< At the first cell, or where the file holds 0 (black), ...
  std::optional<double> to;    ///< ... at the last, or 1 (white). Of a file, none of both: its values themselves.
};

/// Of files that hold a state.
enum class FrameFormat : std::uint8_t {
  png,   ///< A picture of one species.
  npy,   ///< All species, as an array of NumPy.
  vti,   ///< Image data of VTK.
  hdf5,  ///< With one XDMF file over all frames.
  mp4,   ///< One video of the pictures of all frames, by the program ffmpeg where it is installed.
};

struct PatternRequest {
  std::string model;
  std::map<std::string, double> parameters;      ///< By name; the others are the model's.
  std::map<std::string, ParameterMap> maps;      ///< Of those that vary in space.
  std::vector<std::uint64_t> size = {256, 256};  ///< Cells along x, y, z: 1 to 3 axes, at least 3 cells each.
  std::optional<double> spacing;                 ///< Between cells; none: the model's.
  std::optional<double> step;                    ///< Of time; none: the model's.
  std::uint64_t steps = 1000;
  Integrator integrator = Integrator::euler;
  std::optional<double> tolerance;  ///< Of rk45: most error of a step, a cell, relative to 1 + |u|; none: 1e-5.
  Stencil stencil = Stencil::axes;
  std::array<std::array<Side, 2>, 3> sides{};  ///< Of each axis: at its first cell, at its last.
  InitialState initial;
  Precision precision = Precision::single_precision;
  std::uint64_t seed = 0;
  bool statistics = false;  ///< PatternReport::statistics, measured at the end and over the run.
  std::uint64_t every = 0;  ///< A frame before the first step and each so many steps; 0: only the last state.
  std::string output;       ///< Folder for frames and the run's TOML file; empty: nothing is written.
  std::vector<FrameFormat> formats = {FrameFormat::png, FrameFormat::npy};  ///< Of the frames.
  Backend backend = Backend::automatic;                                     ///< Where it runs: as Request has it.
  std::string device;          ///< Of the Vulkan backend: its index, or a part of its name; empty: the first GPU.
  std::optional<int> threads;  ///< None: all that the process may use.
  /// Euler steps that a block of a plane goes through in one visit, at least 1; none: as `tune` found for
  /// the size of the plane, or a default; on a device as many as are measured to be fastest. Changes no result.
  std::optional<int> steps_per_visit;
  std::optional<std::uint64_t> memory_limit_bytes;
  int priority = 0;
  CheckpointRequest checkpoint{};
};

/// Of one species at the end of a run.
struct SpeciesSummary {
  std::string name;
  double mean = 0;
  double least = 0;
  double most = 0;
  double deviation = 0;  ///< Standard deviation over the cells.
};

/// Of the waves in a state: the mean of |û|²/N over the modes whose wavenumber is nearest to `wavenumber`, û being the
/// Fourier transform of a species less its mean, N the number of cells. Its mean over all modes is the variance.
struct StructurePoint {
  double wavenumber = 0;  ///< Multiples of 2π over the longest side.
  double power = 0;
  std::uint64_t modes = 0;
};

struct SpeciesStatistics {
  std::string name;
  double mass = 0;           ///< ∫ u over the domain, at the end ...
  double mass_at_first = 0;  ///< ... and before the first step.
  /// 2π over the wavenumber at which the structure factor is largest, weighted over its neighbours; none: no waves.
  std::optional<double> dominant_wavelength;
  /// 2π over the mean wavenumber, weighted by |û|²: what coarsening is measured by.
  std::optional<double> mean_wavelength;
  std::vector<StructurePoint> structure_factor;
};

/// How a state looks: docs/patterns/statistics.md has the thresholds.
enum class PatternClass : std::uint8_t {
  uniform,      ///< No contrast, and no change of the mean.
  oscillating,  ///< No contrast, but the mean changes.
  spots,        ///< Compact regions of much on little.
  holes,        ///< Compact regions of little on much.
  stripes,      ///< Regions longer than they are wide: stripes, worms, labyrinths, spirals.
  pattern,      ///< Contrast on a grid of one or three axes.
};

struct PatternStatistics {
  std::vector<SpeciesStatistics> species;
  std::optional<double> energy;  ///< The functional that the equations lower or keep, where a model has one.
  std::optional<double> energy_at_first;
  std::string classified;  ///< The species that the rest is about.
  PatternClass kind = PatternClass::uniform;
  bool changing = false;            ///< temporal_change is above 0.1.
  double temporal_change = 0;       ///< Over the last sixteenth of the run: 0 at rest, 1 where nothing stays.
  double area_fraction = 0;         ///< Of cells above the middle between least and most.
  double euler_characteristic = 0;  ///< Of those cells: regions less holes in them. In 2D; else 0.
  double roundness = 0;             ///< 4π area |euler| / perimeter²: 1 of discs, 0 of stripes. In 2D; else 0.
};

/// What an integrator that chooses its steps did.
struct AdaptiveSteps {
  double tolerance = 0;
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  double shortest = 0;  ///< Of the accepted ones.
  double longest = 0;
  double next = 0;  ///< The length that the next one would be tried with.
};

struct PatternReport {
  std::string model;
  std::vector<std::pair<std::string, double>> parameters;  ///< All, in the model's order.
  std::vector<std::uint64_t> size;
  double spacing = 0;
  double step = 0;
  double largest_stable_step = 0;  ///< By the linear part of the equations; infinite where it sets no limit.
  std::uint64_t steps = 0;
  std::uint64_t first_step =
      0;            ///< Done before, where the run went on from a checkpoint; times and visits are of those after.
  double time = 0;  ///< steps * step, in the model's unit.
  Integrator integrator = Integrator::euler;
  std::optional<AdaptiveSteps> adaptive;  ///< Of rk45.
  Stencil stencil = Stencil::axes;
  Precision precision = Precision::single_precision;
  std::uint64_t seed = 0;
  std::vector<SpeciesSummary> species;
  std::optional<PatternStatistics> statistics;  ///< Where they were asked for.
  std::string backend;                          ///< "cpu" or "vulkan".
  std::string choice;                           ///< Why it ran there; empty where the request named the backend.
  std::optional<DeviceReport> device;           ///< Of the Vulkan backend.
  std::optional<CheckpointReport> checkpoints;
  std::string instruction_set;
  int threads = 1;
  int steps_per_visit = 1;
  std::string steps_per_visit_source;  ///< Who says how many: the request, what was measured and when, or a default.
  MemoryReport memory;
  TimingReport timing;
  UsageReport usage;
  std::uint64_t visits = 0;        ///< Of the whole grid.
  double bytes_moved = 0;          ///< Read plus written by the visits, by the plan's count.
  double sweep_seconds = 0;        ///< One in-place scale of the species, measured in this run.
  double sweep_equivalents = 0;    ///< timing.execute / sweep_seconds.
  std::vector<std::string> files;  ///< Written, in order.
  std::vector<std::string> notes;
};

struct PatternHooks {
  const CancelToken* cancel = nullptr;
  /// Steps done; from the calling thread, after every visit of the grid, or of several on a device: keep it short.
  std::function<void(std::uint64_t)> on_progress{};
  OnWait on_wait{};  ///< While other jobs hold what this one needs.
};

std::string_view name_of(Integrator integrator) noexcept;
std::string_view name_of(Stencil stencil) noexcept;
std::string_view name_of(SideKind kind) noexcept;
std::string_view name_of(FrameFormat format) noexcept;
std::string_view name_of(PatternClass kind) noexcept;

}  // namespace basalt
