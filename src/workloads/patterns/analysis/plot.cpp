// The dispersion relations as a picture.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "basalt/pattern.h"
#include "basalt/pattern_analysis.h"
#include "base/atomic_file.h"

namespace basalt {
namespace {

constexpr double kWidth = 860;
constexpr double kHeight = 400;
constexpr double kLeft = 80;
constexpr double kRight = 840;
constexpr double kTop = 78;
constexpr double kBottom = 350;
/// Distinct for most people who do not see all colours, on white.
constexpr std::array kColours = {"#2563eb", "#d97706", "#16a34a", "#9333ea", "#dc2626"};

/// What the axes show.
struct Window {
  double right = 1;   ///< Largest wavenumber.
  double lowest = 0;  ///< Growth rates.
  double highest = 0;

  [[nodiscard]] double x(double wavenumber) const { return kLeft + (kRight - kLeft) * wavenumber / right; }
  [[nodiscard]] double y(double growth) const {
    return kBottom - (kBottom - kTop) * (growth - lowest) / (highest - lowest);
  }
};

double growth_of(const DispersionPoint& point) {
  return point.rates.front().real();
}

/// What grows stands out: of what decays, no more is shown than twice as deep as the growth is high.
Window window_of(const PatternAnalysis& analysis) {
  Window window;
  for (const SteadyState& state : analysis.states) {
    window.right = state.dispersion.back().wavenumber;
    for (const DispersionPoint& point : state.dispersion) {
      window.lowest = std::min(window.lowest, growth_of(point));
      window.highest = std::max(window.highest, growth_of(point));
    }
  }
  if (window.highest > 0) {
    window.lowest = std::max(window.lowest, -2 * window.highest);
  }
  const double margin = window.highest > window.lowest ? 0.06 * (window.highest - window.lowest) : 1;
  window.lowest -= margin;
  window.highest += margin;
  return window;
}

/// The round number, 1, 2 or 5 times a power of ten, that parts a length into 4 to 10.
double tick_step(double length) {
  const double power = std::pow(10, std::floor(std::log10(length)));
  for (const double factor : {0.1, 0.2, 0.5}) {
    if (length / (factor * power) <= 8) {
      return factor * power;
    }
  }
  return power;
}

std::vector<double> ticks(double from, double to) {
  const double step = tick_step(to - from);
  std::vector<double> places;
  for (double number = std::ceil(from / step); number * step <= to; ++number) {
    places.push_back(number * step);
  }
  return places;
}

/// Parameters and values of requests are numbers, names of models are plain: nothing needs escaping.
std::string text_at(double x, double y, std::string_view more, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}>{}</text>\n", x, y, more, text);
}

std::string line_at(double x1, double y1, double x2, double y2, std::string_view colour) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x1, y1, x2, y2,
                     colour);
}

std::string axes(const Window& window) {
  std::string text;
  for (const double tick : ticks(window.lowest, window.highest)) {
    text += line_at(kLeft, window.y(tick), kRight, window.y(tick), std::abs(tick) < 1e-12 ? "#555" : "#ddd");
    text += text_at(kLeft - 8, window.y(tick) + 4, " text-anchor=\"end\"", fmt::format("{:.4g}", tick));
  }
  for (const double tick : ticks(0, window.right)) {
    text += line_at(window.x(tick), kBottom, window.x(tick), kBottom + 5, "#555");
    text += text_at(window.x(tick), kBottom + 19, " text-anchor=\"middle\"", fmt::format("{:.4g}", tick));
  }
  text += text_at((kLeft + kRight) / 2, kHeight - 10, " text-anchor=\"middle\"", "wavenumber k, 1/length");
  text += text_at(22, (kTop + kBottom) / 2,
                  fmt::format(" text-anchor=\"middle\" transform=\"rotate(-90 22 {:.1f})\"", (kTop + kBottom) / 2),
                  "growth rate Re s, 1/time");
  return text;
}

/// One line for each stretch that oscillates, or does not.
std::string curve(const std::vector<DispersionPoint>& relation, const Window& window, const char* colour) {
  const auto turns = [&](std::size_t i) { return relation[i].rates.front().imag() != 0; };
  std::string text;
  for (std::size_t begin = 0; begin + 1 < relation.size();) {
    std::size_t end = begin + 1;
    while (end + 1 < relation.size() && turns(end) == turns(begin)) {
      ++end;
    }
    text += fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{} points=\"", colour,
                        turns(begin) ? " stroke-dasharray=\"6 4\"" : "");
    for (std::size_t i = begin; i <= end; ++i) {
      text += fmt::format("{:.2f},{:.2f} ", window.x(relation[i].wavenumber), window.y(growth_of(relation[i])));
    }
    text += "\"/>\n";
    begin = end;
  }
  return text;
}

/// Where it grows fastest, with its wavelength.
std::string mark(const SteadyState& state, const Window& window, const char* colour) {
  const FastestMode& mode = state.fastest;
  if (mode.growth <= 0 || mode.wavenumber == 0) {
    return {};
  }
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", window.x(mode.wavenumber),
                     window.y(mode.growth), colour) +
         text_at(window.x(mode.wavenumber) + 8, window.y(mode.growth) - 6, "",
                 fmt::format("wavelength {:.4g}", mode.wavelength));
}

std::string name_of_state(const PatternAnalysis& analysis, const SteadyState& state) {
  std::string text;
  for (std::size_t i = 0; i < state.values.size(); ++i) {
    text += fmt::format("{}{} = {:.4g}", i == 0 ? "" : ", ", analysis.species[i], state.values[i]);
  }
  return text;
}

}  // namespace

std::string dispersion_plot(const PatternAnalysis& analysis) {
  const Window window = window_of(analysis);
  std::string parameters;
  for (const auto& [name, value] : analysis.parameters) {
    parameters += fmt::format("{}{} = {:.6g}", parameters.empty() ? "" : ", ", name, value);
  }
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" "
      "font-size=\"13\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
      "<clipPath id=\"frame\"><rect x=\"{2}\" y=\"{3}\" width=\"{4}\" height=\"{5}\"/></clipPath>\n",
      kWidth, kHeight, kLeft, kTop, kRight - kLeft, kBottom - kTop);
  text +=
      text_at(kLeft, 22, " font-size=\"15\"", fmt::format("{}: growth of waves; dashed: oscillating", analysis.model));
  text += text_at(kLeft, 42, " fill=\"#555\"", parameters);
  text += axes(window);
  double legend = kLeft;
  for (std::size_t i = 0; i < analysis.states.size(); ++i) {
    const SteadyState& state = analysis.states[i];
    const char* const colour = kColours[i % kColours.size()];
    text += fmt::format("<g clip-path=\"url(#frame)\">\n{}</g>\n", curve(state.dispersion, window, colour));
    text += mark(state, window, colour);
    const std::string name = name_of_state(analysis, state);
    text += fmt::format("<circle cx=\"{:.1f}\" cy=\"58\" r=\"4\" fill=\"{}\"/>\n", legend + 4, colour);
    text += text_at(legend + 14, 62, "", name);
    legend += 40 + 7.0 * static_cast<double>(name.size());
  }
  return text + "</svg>\n";
}

void save_dispersion_plot(const PatternAnalysis& analysis, const std::string& path) {
  const std::string text = dispersion_plot(analysis);
  AtomicFile file(path);
  file.write(text.data(), text.size());
  file.commit();
}

}  // namespace basalt
