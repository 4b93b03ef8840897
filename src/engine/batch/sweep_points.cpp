#include "engine/batch/sweep_points.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "basalt/error.h"
#include "base/nearest.h"
#include "workloads/patterns/output/phase_diagram.h"

namespace basalt {
namespace {

using Json = nlohmann::json;

constexpr std::array kClasses = {PatternClass::uniform, PatternClass::oscillating, PatternClass::spots,
                                 PatternClass::holes,   PatternClass::stripes,     PatternClass::pattern};

std::optional<double> number_of(const Json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

PatternClass class_of(const std::string& name) {
  for (const PatternClass kind : kClasses) {
    if (name_of(kind) == name) {
      return kind;
    }
  }
  throw Error(ErrorCode::bad_input, fmt::format("there is no class '{}'", name), "run the sweep anew");
}

PatternStatistics read_statistics(const Json& json) {
  PatternStatistics statistics;
  statistics.kind = class_of(json.at("class").get<std::string>());
  statistics.changing = json.at("changing").get<bool>();
  statistics.classified = json.at("classified").get<std::string>();
  statistics.temporal_change = json.at("temporal_change").get<double>();
  statistics.area_fraction = json.at("area_fraction").get<double>();
  statistics.euler_characteristic = json.at("euler_characteristic").get<double>();
  statistics.roundness = json.at("roundness").get<double>();
  statistics.energy = number_of(json.at("energy"));
  statistics.energy_at_first = number_of(json.at("energy_at_first"));
  for (const Json& species : json.at("species")) {
    statistics.species.push_back({.name = species.at("name").get<std::string>(),
                                  .mass = species.at("mass").get<double>(),
                                  .mass_at_first = species.at("mass_at_first").get<double>(),
                                  .dominant_wavelength = number_of(species.at("dominant_wavelength")),
                                  .mean_wavelength = number_of(species.at("mean_wavelength")),
                                  .structure_factor = {}});
  }
  return statistics;
}

void read_report(const Json& report, PatternSweepPoint& point) {
  point.species.clear();
  for (const Json& species : report.at("species")) {
    point.species.push_back({.name = species.at("name").get<std::string>(),
                             .mean = species.at("mean").get<double>(),
                             .least = species.at("least").get<double>(),
                             .most = species.at("most").get<double>(),
                             .deviation = species.at("deviation").get<double>()});
  }
  point.statistics = read_statistics(report.at("statistics"));
  point.done = true;
  point.error.clear();
}

/// Which of the species is classified.
std::size_t classified(const PatternSweepPoint& point) {
  std::size_t index = 0;
  while (index + 1 < point.species.size() && point.species[index].name != point.statistics.classified) {
    ++index;
  }
  return index;
}

/// A number of a point, of the species that is classified where it is of one.
struct Figure {
  std::string_view name;
  std::optional<double> (*read)(const PatternSweepPoint& point, std::size_t species);
};

constexpr std::array kFigures = {
    Figure{"mean", [](const PatternSweepPoint& point, std::size_t i) { return std::optional(point.species[i].mean); }},
    Figure{"deviation",
           [](const PatternSweepPoint& point, std::size_t i) { return std::optional(point.species[i].deviation); }},
    Figure{"wavelength", [](const PatternSweepPoint& point,
                            std::size_t i) { return point.statistics.species[i].dominant_wavelength; }},
    Figure{"change",
           [](const PatternSweepPoint& point, std::size_t) { return std::optional(point.statistics.temporal_change); }},
    Figure{"mass", [](const PatternSweepPoint& point,
                      std::size_t i) { return std::optional(point.statistics.species[i].mass); }},
    Figure{"energy", [](const PatternSweepPoint& point, std::size_t) { return point.statistics.energy; }},
};

std::optional<double> figure_of(const Figure& figure, const PatternSweepPoint& point) {
  return point.done ? figure.read(point, classified(point)) : std::nullopt;
}

}  // namespace

void take_result(std::string_view line, std::vector<PatternSweepPoint>& points) {
  try {
    const Json document = Json::parse(line);
    PatternSweepPoint& point = points.at(document.at("index").get<std::size_t>());
    if (document.contains("report")) {
      read_report(document["report"], point);
    } else {
      point.error = document.at("error").at("message").get<std::string>();
    }
  } catch (const Json::exception&) {
    throw Error(ErrorCode::bad_input, "a line of the results is of no sweep", "give another --output");
  }
}

void check_shown(const std::string& show) {
  std::vector<std::string_view> names = {"class"};
  for (const Figure& figure : kFigures) {
    names.push_back(figure.name);
  }
  if (std::find(names.begin(), names.end(), show) == names.end()) {
    const std::string near = nearest_name(show, names);
    throw Error(
        ErrorCode::bad_usage, fmt::format("no picture shows '{}'", show),
        near.empty() ? fmt::format("give one of {}", fmt::join(names, ", ")) : fmt::format("did you mean {}?", near));
  }
}

std::string table_of(const PatternSweepReport& report) {
  std::string text;
  for (const SweepRange& range : report.ranges) {
    text += range.parameter + ',';
  }
  text += "class,changing";
  for (const Figure& figure : kFigures) {
    text += fmt::format(",{}", figure.name);
  }
  text += '\n';
  for (const PatternSweepPoint& point : report.points) {
    for (const double value : point.values) {
      text += fmt::format("{},", value);
    }
    text += point.done ? fmt::format("{},{}", name_of(point.statistics.kind), int{point.statistics.changing}) : ",";
    for (const Figure& figure : kFigures) {
      const std::optional<double> number = figure_of(figure, point);
      text += number ? fmt::format(",{}", *number) : ",";
    }
    text += '\n';
  }
  return text;
}

std::vector<patterns::Rgb8> colors_of(const PatternSweepReport& report) {
  if (report.show == "class") {
    std::vector<patterns::Rgb8> colors;
    for (const PatternSweepPoint& point : report.points) {
      colors.push_back(point.done ? patterns::class_color(point.statistics.kind, point.statistics.changing)
                                  : patterns::kNoResult);
    }
    return colors;
  }
  const auto figure =
      std::find_if(kFigures.begin(), kFigures.end(), [&](const Figure& each) { return each.name == report.show; });
  std::vector<std::optional<double>> numbers;
  for (const PatternSweepPoint& point : report.points) {
    numbers.push_back(figure_of(*figure, point));
  }
  return patterns::number_colors(numbers);
}

}  // namespace basalt
