// Linear stability of patterns: where a model rests, which waves grow there, and where that begins.
//
//   PatternAnalysisRequest request{.model = "schnakenberg", .parameters = {{"Dv", 10}}};
//   request.vary = PatternRange{.parameter = "Dv", .from = 1, .to = 40};
//   const PatternAnalysis analysis = analyse_pattern(request);
//   analysis.states[0].fastest->wavelength;   // of the mode that grows fastest
//   analysis.critical[0].value;               // 8.5676: the Turing instability begins
//
// A small disturbance of a homogeneous state u* is a sum of waves exp(i k x + s t). In the equations that are
// linearised at u*, each Laplacian becomes −k², and s is an eigenvalue of M(k) = ∂f/∂u − k² ∂f/∂(∇²u): see M. C. Cross
// and P. C. Hohenberg, Rev. Mod. Phys. 65 (1993) 851, and J. D. Murray, Mathematical Biology II (2003), chapter 2. An
// auxiliary field is linearised alike. Derivatives are exact (dual numbers), of the very equations that runs compute.
//
// Lengths and times are in the units of the model's equations: k in 1/length, Re s and Im s in 1/time.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/pattern.h"

namespace basalt {

/// What can happen to a homogeneous state.
enum class Bifurcation : std::uint8_t {
  fold,       ///< Two states meet and vanish. Only of critical values.
  uniform,    ///< A real growth rate at k = 0 is above 0: the state as a whole leaves for another.
  hopf,       ///< A pair of growth rates at k = 0 has a real part above 0: the state oscillates as a whole.
  turing,     ///< Stable, or oscillating, at k = 0, while a real growth rate is above 0 in a band of k > 0.
  long_wave,  ///< A growth rate is 0 at k = 0 (what is conserved, a phase), and rises from there.
};

std::string_view name_of(Bifurcation bifurcation) noexcept;

/// A parameter that goes from one value to another.
struct PatternRange {
  std::string parameter;
  double from = 0;
  double to = 0;
};

/// The eigenvalues of largest real part of all cells of a grid together, linearised at a state.
struct LeadingRequest {
  std::uint32_t count = 6;            ///< 1 to 100, and not more than there are: a value for each species and cell.
  std::vector<std::uint64_t> size{};  ///< Cells along x, y, z; none: those of the file, or else 64 x 64.
  std::array<std::array<Side, 2>, 3> sides{};  ///< As PatternRequest::sides.
  Stencil stencil = Stencil::axes;
  /// A state of cells, such as a frame of a run: as InitialState::file, with a value for each species. Empty: each
  /// homogeneous state.
  std::string file{};
  std::uint64_t seed = 0;  ///< Of the vectors that the search begins with.
};

struct PatternAnalysisRequest {
  std::string model;
  std::map<std::string, double> parameters{};  ///< By name; the others are the model's.
  std::optional<double> state{};               ///< Which, where a model rests at any value (cahn-hilliard) or amplitude
                                               ///< (nonlinear-schrodinger); none: the one that its runs start from.
  std::optional<double> largest_wavenumber{};  ///< Of the dispersion relation; none: past all bands that grow.
  std::uint32_t points = 101;       ///< Of the dispersion relation, k = 0 and the largest included: 2 to 10⁶.
  std::optional<double> spacing{};  ///< Of a grid: −k² becomes −(4/h²) sin²(k h/2), the discrete Laplacian's
                                    ///< factor for waves along an axis; none: no grid, and for `leading` the model's.
  std::optional<PatternRange> vary{};  ///< Where to look for critical values; none: nowhere.
  /// Of two parameters, where to look for points at which Turing and Hopf instabilities begin at once; none: nowhere.
  std::optional<std::array<PatternRange, 2>> codimension_two{};
  std::optional<LeadingRequest> leading{};  ///< Eigenvalues on a grid; none: none.
};

/// One wavenumber of the dispersion relation.
struct DispersionPoint {
  double wavenumber = 0;
  std::vector<std::complex<double>> rates;  ///< One for each species, the fastest growing first.
};

/// Wavenumbers between `from` and `to` grow; `to` is infinite where the equations let no wave decay by being short.
struct WaveBand {
  double from = 0;
  double to = 0;
};

/// The wave that grows fastest, or decays slowest.
struct FastestMode {
  double wavenumber = 0;
  double wavelength = 0;  ///< 2π / k; infinite for k = 0.
  double growth = 0;      ///< Re s.
  double frequency = 0;   ///< |Im s|, in radians per time.
};

/// Turing's conditions for two species, each fulfilled where the number is on the side that is named. With J = ∂f/∂u:
/// all four hold exactly where waves grow and the state is stable without diffusion.
struct TuringConditions {
  double trace = 0;         ///< Of J: below 0.
  double determinant = 0;   ///< Of J: above 0.
  double mixed = 0;         ///< Du J22 + Dv J11 without cross-diffusion: above 0.
  double discriminant = 0;  ///< mixed² − 4 Du Dv determinant: above 0.
};

struct SteadyState {
  std::vector<double> values;  ///< Of each species.
  double rotation = 0;  ///< ω of a state A exp(−i ω t) of a complex field, whose frame then rotates along; else 0.
  double residual = 0;  ///< Largest |∂u/∂t| of a species there, in that frame.
  bool any = false;     ///< One of a family: see PatternAnalysisRequest::state.
  std::string kind;     ///< At k = 0: "stable node", "stable focus", "saddle", "centre", "neutral", ...
  std::vector<Bifurcation> instabilities;  ///< All that it is past; none: no wave grows.
  std::vector<WaveBand> bands;             ///< Ascending.
  FastestMode fastest;
  std::optional<TuringConditions> conditions;  ///< Of two real species.
  std::vector<DispersionPoint> dispersion;     ///< `points` of them, evenly spaced from k = 0.
};

/// A value of the parameter that varies at which a state changes.
struct CriticalPoint {
  Bifurcation bifurcation = Bifurcation::fold;
  double value = 0;
  std::vector<double> state;  ///< There.
  double wavenumber = 0;      ///< Of the wave that neither grows nor decays there.
  double wavelength = 0;      ///< 2π / k; infinite for k = 0.
  double frequency = 0;       ///< Of the oscillation that begins there, in radians per time.
};

/// Values of two parameters at which a state is at a Turing and at a Hopf instability: a point of codimension two.
struct TuringHopfPoint {
  std::array<double, 2> values{};  ///< Of the parameters, in the request's order.
  std::vector<double> state;       ///< There.
  double wavenumber = 0;           ///< Of the Turing instability.
  double wavelength = 0;           ///< 2π / k.
  double frequency = 0;            ///< Of the Hopf instability, in radians per time.
};

struct Eigenvalue {
  std::complex<double> value;  ///< Growth rate and frequency, 1/time.
  double residual = 0;         ///< |J v − value v| of its vector v, |v| = 1, is not larger.
};

/// What small disturbances of one state of a grid do.
struct LeadingEigenvalues {
  std::vector<double> values;           ///< Of each species, of a homogeneous state; empty of one from a file.
  double rotation = 0;                  ///< As SteadyState::rotation: of a complex field, of the frame that fits best.
  double residual = 0;                  ///< Largest |∂u/∂t| of a cell: how far the state is from resting.
  std::vector<Eigenvalue> eigenvalues;  ///< Rightmost first, each as often as it is one.
  std::uint64_t products = 0;           ///< Of the Jacobian matrix with a vector.
};

struct LeadingReport {
  std::vector<std::uint64_t> size;
  double spacing = 0;
  Stencil stencil = Stencil::axes;
  std::string file;  ///< Of the state; empty: homogeneous ones.
  std::uint64_t seed = 0;
  std::vector<LeadingEigenvalues> states;
};

struct PatternAnalysis {
  std::string model;
  std::vector<std::pair<std::string, double>> parameters;  ///< All, in the model's order.
  std::vector<std::string> species;
  std::optional<double> spacing;
  std::vector<SteadyState> states;  ///< Ascending by their values. Found from many starts; there may be more far away.
  std::optional<PatternRange> vary;
  std::vector<CriticalPoint> critical;  ///< Ascending by value.
  std::optional<std::array<PatternRange, 2>> codimension_two;
  std::vector<TuringHopfPoint> turing_hopf;  ///< Ascending by the first parameter.
  std::optional<LeadingReport> leading;
};

/// Throws Error(bad_usage) for what make_model refuses, a state that cannot be chosen, wavenumbers that are not above 0
/// or that the grid does not have, a range of no length or out of what the parameter may be, and a grid, sides or a
/// number of eigenvalues that cannot be; what readers of files throw; Error(out_of_resources) where eigenvalues take
/// more memory than the process may use; Error(failed) where they are not found, with the residual that is left.
PatternAnalysis analyse_pattern(const PatternAnalysisRequest& request, const CancelToken* cancel = nullptr);

/// The dispersion relations as an SVG picture: growth rate over wavenumber, a curve for each state, dashed where it
/// oscillates.
std::string dispersion_plot(const PatternAnalysis& analysis);

/// Writes that picture; the file appears whole or not at all. Throws Error(io).
void save_dispersion_plot(const PatternAnalysis& analysis, const std::string& path);

}  // namespace basalt
