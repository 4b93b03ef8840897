#include "workloads/patterns/output/color_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "basalt/error.h"
#include "base/nearest.h"

namespace basalt::patterns {
namespace {

double lightness_at(const ColorMap& map, double t) {
  switch (map.kind) {
    case ColorMapKind::sequential:
      return std::lerp(map.ends, map.middle, t);
    case ColorMapKind::diverging:
      return std::lerp(map.middle, map.ends, std::abs(2 * t - 1));
    case ColorMapKind::cyclic:
      break;
  }
  return map.ends;
}

}  // namespace

const std::vector<ColorMap>& color_maps() {
  static const std::vector<ColorMap> maps = {
      // From a violet black over red and orange to a pale yellow.
      {"lava",
       ColorMapKind::sequential,
       0.15,
       0.97,
       {{0, 0.045, -40}, {0.25, 0.13, 0}, {0.5, 0.19, 28}, {0.75, 0.15, 62}, {1, 0.06, 105}}},
      // From a blue black over green to a pale yellow.
      {"moss",
       ColorMapKind::sequential,
       0.15,
       0.97,
       {{0, 0.022, 215}, {0.25, 0.055, 175}, {0.5, 0.105, 150}, {0.75, 0.15, 128}, {1, 0.07, 108}}},
      // From a violet black over blue to nearly white.
      {"ice",
       ColorMapKind::sequential,
       0.15,
       0.98,
       {{0, 0.05, 285}, {0.25, 0.13, 268}, {0.5, 0.115, 250}, {0.75, 0.085, 225}, {1, 0.015, 200}}},
      // Blue below, red above.
      {"rift",
       ColorMapKind::diverging,
       0.35,
       0.95,
       {{0, 0.11, 262}, {0.25, 0.13, 250}, {0.5, 0, 240}, {0.5, 0, 50}, {0.75, 0.13, 42}, {1, 0.1, 35}}},
      {"tide", ColorMapKind::cyclic, 0.74, 0.74, {{0, 0.12, 20}, {1, 0.12, 380}}},
  };
  return maps;
}

const ColorMap& find_color_map(const std::string& name) {
  std::vector<std::string_view> names;
  for (const ColorMap& map : color_maps()) {
    if (map.name == name) {
      return map;
    }
    names.push_back(map.name);
  }
  const std::string near = nearest_name(name, names);
  throw Error(
      ErrorCode::bad_usage, fmt::format("there is no colour map '{}'", name),
      near.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : fmt::format("did you mean {}?", near));
}

Oklab color_at(const ColorMap& map, double t) {
  const auto next = std::find_if(map.anchors.begin() + 1, map.anchors.end() - 1,
                                 [&](const ColorAnchor& anchor) { return t < anchor.at; });
  const ColorAnchor& from = *(next - 1);
  const double part = (t - from.at) / (next->at - from.at);
  return to_oklab(
      {lightness_at(map, t), std::lerp(from.chroma, next->chroma, part), std::lerp(from.hue, next->hue, part)});
}

ColorTable make_color_table(const ColorMap& map) {
  ColorTable table{};
  const double last = map.kind == ColorMapKind::cyclic ? 256 : 255;
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = to_rgb8(to_linear(color_at(map, static_cast<double>(i) / last)));
  }
  return table;
}

}  // namespace basalt::patterns
