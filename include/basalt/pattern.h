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
  std::optional<double> noise;  ///< Uniform in ± this, for each cell and species; none: 0.01.
  std::uint32_t spots = 20;
};

/// Of files that hold a state.
enum class FrameFormat : std::uint8_t {
  png,   ///< A picture of one species.
  npy,   ///< All species, as an array of NumPy.
  vti,   ///< Image data of VTK.
  hdf5,  ///< With one XDMF file over all frames.
};

struct PatternRequest {
  std::string model;
  std::map<std::string, double> parameters;      ///< By name; the others are the model's.
  std::vector<std::uint64_t> size = {256, 256};  ///< Cells along x, y, z: 1 to 3 axes, at least 3 cells each.
  std::optional<double> spacing;                 ///< Between cells; none: the model's.
  std::optional<double> step;                    ///< Of time; none: the model's.
  std::uint64_t steps = 1000;
  Integrator integrator = Integrator::euler;
  Stencil stencil = Stencil::axes;
  std::array<std::array<Side, 2>, 3> sides{};  ///< Of each axis: at its first cell, at its last.
  InitialState initial;
  Precision precision = Precision::single_precision;
  std::uint64_t seed = 0;
  std::uint64_t every = 0;  ///< A frame before the first step and each so many steps; 0: only the last state.
  std::string output;       ///< Folder for frames and the run's TOML file; empty: nothing is written.
  std::vector<FrameFormat> formats = {FrameFormat::png, FrameFormat::npy};  ///< Of the frames.
  Backend backend = Backend::automatic;                                     ///< Where it runs: as Request has it.
  std::string device;          ///< Of the Vulkan backend: its index, or a part of its name; empty: the first GPU.
  std::optional<int> threads;  ///< None: all that the process may use.
  /// Euler steps that a block of a plane goes through in one visit, at least 1; none: several where fields are larger
  /// than the caches, on a device as many as are measured to be fastest. Changes no result.
  std::optional<int> steps_per_visit;
  std::optional<std::uint64_t> memory_limit_bytes;
  int priority = 0;
};

/// Of one species at the end of a run.
struct SpeciesSummary {
  std::string name;
  double mean = 0;
  double least = 0;
  double most = 0;
  double deviation = 0;  ///< Standard deviation over the cells.
};

struct PatternReport {
  std::string model;
  std::vector<std::pair<std::string, double>> parameters;  ///< All, in the model's order.
  std::vector<std::uint64_t> size;
  double spacing = 0;
  double step = 0;
  double largest_stable_step = 0;  ///< By the linear part of the equations.
  std::uint64_t steps = 0;
  double time = 0;  ///< steps * step, in the model's unit.
  Integrator integrator = Integrator::euler;
  Stencil stencil = Stencil::axes;
  Precision precision = Precision::single_precision;
  std::uint64_t seed = 0;
  std::vector<SpeciesSummary> species;
  std::string backend;                 ///< "cpu" or "vulkan".
  std::string choice;                  ///< Why it ran there; empty where the request named the backend.
  std::optional<DeviceReport> device;  ///< Of the Vulkan backend.
  std::string instruction_set;
  int threads = 1;
  int steps_per_visit = 1;
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

}  // namespace basalt
