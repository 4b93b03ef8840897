// The one list of what a TOML file of a run holds, which reader and writer walk.
#pragma once

#include <array>
#include <string_view>

#include "basalt/pattern.h"
#include "basalt/pattern_sweep.h"

namespace basalt::patterns {

/// All values of an enumeration, in the order in which messages name them.
template <typename Enumeration>
inline constexpr auto kChoices = std::array<Enumeration, 0>{};
template <>
inline constexpr auto kChoices<Integrator> =
    std::array{Integrator::euler, Integrator::rk4, Integrator::rk45, Integrator::etd};
template <>
inline constexpr auto kChoices<Stencil> = std::array{Stencil::axes, Stencil::isotropic};
template <>
inline constexpr auto kChoices<SideKind> =
    std::array{SideKind::periodic, SideKind::dirichlet, SideKind::neumann, SideKind::robin};
template <>
inline constexpr auto kChoices<InitialKind> =
    std::array{InitialKind::automatic, InitialKind::uniform, InitialKind::square, InitialKind::spots};
template <>
inline constexpr auto kChoices<FrameFormat> =
    std::array{FrameFormat::png, FrameFormat::npy, FrameFormat::vti, FrameFormat::hdf5, FrameFormat::mp4};
template <>
inline constexpr auto kChoices<Backend> = std::array{Backend::automatic, Backend::cpu, Backend::vulkan};
template <>
inline constexpr auto kChoices<Precision> = std::array{Precision::single_precision, Precision::double_precision};

inline std::string_view text_of(Integrator integrator) noexcept {
  return name_of(integrator);
}
inline std::string_view text_of(Stencil stencil) noexcept {
  return name_of(stencil);
}
inline std::string_view text_of(SideKind kind) noexcept {
  return name_of(kind);
}
inline std::string_view text_of(FrameFormat format) noexcept {
  return name_of(format);
}
inline std::string_view text_of(InitialKind kind) noexcept {
  constexpr std::array<std::string_view, 4> kNames = {"auto", "uniform", "square", "spots"};
  return kNames[static_cast<std::size_t>(kind)];
}
inline std::string_view text_of(Backend backend) noexcept {
  constexpr std::array<std::string_view, 3> kNames = {"auto", "cpu", "vulkan"};
  return kNames[static_cast<std::size_t>(backend)];
}
inline std::string_view text_of(Precision precision) noexcept {
  return precision == Precision::single_precision ? "single" : "double";
}

inline constexpr std::array<std::string_view, 3> kAxisNames = {"x", "y", "z"};
inline constexpr std::array<std::string_view, 2> kEndNames = {"first", "last"};

/// Calls visit(key, member) for each member of a request, const or not; tables come last, as TOML wants it.
template <typename Request, typename Visitor>
void visit_request(Request& request, Visitor& visit) {
  visit("model", request.model);
  visit("size", request.size);
  visit("spacing", request.spacing);
  visit("step", request.step);
  visit("steps", request.steps);
  visit("integrator", request.integrator);
  visit("tolerance", request.tolerance);
  visit("stencil", request.stencil);
  visit("precision", request.precision);
  visit("seed", request.seed);
  visit("statistics", request.statistics);
  visit("every", request.every);
  visit("output", request.output);
  visit("formats", request.formats);
  visit("backend", request.backend);
  visit("device", request.device);
  visit("threads", request.threads);
  visit("memory_limit_bytes", request.memory_limit_bytes);
  visit("priority", request.priority);
  visit("parameters", request.parameters);
  visit("maps", request.maps);
  visit("initial", request.initial);
  visit("sides", request.sides);
}

template <typename Range, typename Visitor>
void visit_range(Range& range, Visitor& visit) {
  visit("parameter", range.parameter);
  visit("from", range.from);
  visit("to", range.to);
  visit("points", range.points);
}

template <typename Initial, typename Visitor>
void visit_initial(Initial& initial, Visitor& visit) {
  visit("kind", initial.kind);
  visit("values", initial.values);
  visit("noise", initial.noise);
  visit("spots", initial.spots);
  visit("file", initial.file);
}

template <typename Map, typename Visitor>
void visit_map(Map& map, Visitor& visit) {
  visit("axis", map.axis);
  visit("file", map.file);
  visit("from", map.from);
  visit("to", map.to);
}

template <typename AnySide, typename Visitor>
void visit_side(AnySide& side, Visitor& visit) {
  visit("kind", side.kind);
  visit("value", side.value);
  visit("alpha", side.alpha);
  visit("beta", side.beta);
}

}  // namespace basalt::patterns
