#include "plan/figures_json.h"

#include <cmath>
#include <stdexcept>

namespace basalt {
namespace {

using Json = nlohmann::ordered_json;

/// Sanity for numbers from a file: none is negative or infinite, and no machine is that large.
double checked(double value) {
  if (!std::isfinite(value) || value < 0) {
    throw std::domain_error("no figure");
  }
  return value;
}

int checked_count(const Json& document, const char* key, int least) {
  const auto count = document.at(key).get<std::int64_t>();
  if (count < least || count > 1 << 20) {
    throw std::domain_error("no count");
  }
  return static_cast<int>(count);
}

std::uint64_t checked_bytes(const Json& document, const char* key) {
  const Json& value = document.at(key);
  if (!value.is_number_unsigned()) {
    throw std::domain_error("no size");
  }
  return value.get<std::uint64_t>();
}

int checked_steps(const Json& visits) {
  constexpr int kMostSteps = 64;
  const int steps = checked_count(visits, "steps", 1);
  if (steps > kMostSteps) {
    throw std::domain_error("no steps");
  }
  return steps;
}

Json to_json(const Measured& measured) {
  return {{"median", measured.median}, {"spread", measured.spread}};
}

Measured measured(const Json& document, const char* key) {
  const Json& value = document.at(key);
  return {checked(value.at("median").get<double>()), checked(value.at("spread").get<double>())};
}

std::optional<Measured> measured_if_there(const Json& document, const char* key) {
  return document.contains(key) ? std::optional(measured(document, key)) : std::nullopt;
}

Json to_json(const Bandwidth& bandwidth) {
  Json result = {{"level", bandwidth.level},
                 {"threads", bandwidth.threads},
                 {"bytes_per_thread", bandwidth.bytes_per_thread},
                 {"read", to_json(bandwidth.read)},
                 {"write", to_json(bandwidth.write)},
                 {"scale", to_json(bandwidth.scale)},
                 {"copy", to_json(bandwidth.copy)}};
  if (bandwidth.streaming_write) {
    result["streaming_write"] = to_json(*bandwidth.streaming_write);
  }
  if (bandwidth.streaming_copy) {
    result["streaming_copy"] = to_json(*bandwidth.streaming_copy);
  }
  return result;
}

Bandwidth bandwidth_from(const Json& document) {
  return {.level = checked_count(document, "level", 0),
          .threads = checked_count(document, "threads", 1),
          .bytes_per_thread = checked_bytes(document, "bytes_per_thread"),
          .read = measured(document, "read"),
          .write = measured(document, "write"),
          .scale = measured(document, "scale"),
          .copy = measured(document, "copy"),
          .streaming_write = measured_if_there(document, "streaming_write"),
          .streaming_copy = measured_if_there(document, "streaming_copy")};
}

CpuFigures figures_from(const Json& document) {
  CpuFigures figures;
  figures.measured_at = document.at("measured_at").get<std::string>();
  for (const Json& entry : document.at("bandwidth_bytes_per_second")) {
    figures.bandwidth.push_back(bandwidth_from(entry));
  }
  for (const Json& entry : document.at("peak_flops")) {
    figures.peaks.push_back({.instruction_set = entry.at("instruction_set").get<std::string>(),
                             .threads = checked_count(entry, "threads", 1),
                             .f32 = measured(entry, "f32"),
                             .f64 = measured(entry, "f64")});
  }
  for (const Json& entry : document.at("thread_costs")) {
    figures.thread_costs.push_back({.threads = checked_count(entry, "threads", 2),
                                    .dispatch_seconds = measured(entry, "dispatch_seconds"),
                                    .barrier_seconds = measured(entry, "barrier_seconds"),
                                    .crossover_bytes = checked_bytes(entry, "crossover_bytes")});
  }
  if (document.contains("plane_visits")) {
    const Json& visits = document.at("plane_visits");
    figures.plane_visits = {.steps = checked_steps(visits),
                            .gain = checked(visits.at("gain").get<double>()),
                            .from_bytes = checked_bytes(visits, "from_bytes")};
    if (figures.plane_visits->gain < 1) {
      throw std::domain_error("no gain");
    }
  }
  figures.prefetch_bytes = checked_bytes(document, "prefetch_bytes");
  return figures;
}

Json to_json(const DeviceSpeeds& speeds) {
  return {{"state_bytes", speeds.state_bytes},
          {"bytes_per_second", to_json(speeds.bytes_per_second)},
          {"flops_per_second", to_json(speeds.flops_per_second)},
          {"transposition_sweeps", to_json(speeds.transposition_sweeps)},
          {"stage_seconds", to_json(speeds.stage_seconds)},
          {"tile_flop_seconds", to_json(speeds.tile_flop_seconds)},
          {"tile_transposition_seconds", to_json(speeds.tile_transposition_seconds)},
          {"trip_seconds", to_json(speeds.trip_seconds)}};
}

/// A speed: times are divided by it.
Measured speed(const Json& document, const char* key) {
  const Measured value = measured(document, key);
  if (value.median == 0) {
    throw std::domain_error("no speed");
  }
  return value;
}

DeviceSpeeds speeds_from(const Json& document) {
  return {.state_bytes = checked_bytes(document, "state_bytes"),
          .bytes_per_second = speed(document, "bytes_per_second"),
          .flops_per_second = speed(document, "flops_per_second"),
          .transposition_sweeps = measured(document, "transposition_sweeps"),
          .stage_seconds = measured(document, "stage_seconds"),
          .tile_flop_seconds = measured_if_there(document, "tile_flop_seconds").value_or(Measured{}),
          .tile_transposition_seconds = measured_if_there(document, "tile_transposition_seconds").value_or(Measured{}),
          .trip_seconds = measured_if_there(document, "trip_seconds").value_or(Measured{})};
}

DeviceFigures device_figures_from(const Json& document) {
  DeviceFigures figures{.measured_at = document.at("measured_at").get<std::string>(),
                        .single_precision = speeds_from(document.at("single")),
                        .double_precision = {}};
  if (document.contains("double")) {
    figures.double_precision = speeds_from(document.at("double"));
  }
  return figures;
}

History history_from(const Json& document) {
  History history;
  history.correction = checked(document.at("correction").get<double>());
  for (const Json& ratio : document.at("ratios")) {
    history.ratios.push_back(checked(ratio.get<double>()));
  }
  if (history.ratios.size() > History::kMostSamples || history.correction == 0) {
    throw std::domain_error("no history");
  }
  return history;
}

/// What `read` makes of a document; nothing where it throws, as the JSON library does and checks of numbers do.
template <typename Read>
auto if_possible(const Json& document, Read read) -> std::optional<decltype(read(document))> {
  try {
    return read(document);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

Json figures_json(const CpuFigures& figures) {
  Json bandwidth = Json::array();
  for (const Bandwidth& entry : figures.bandwidth) {
    bandwidth.push_back(to_json(entry));
  }
  Json peaks = Json::array();
  for (const ArithmeticPeak& entry : figures.peaks) {
    peaks.push_back({{"instruction_set", entry.instruction_set},
                     {"threads", entry.threads},
                     {"f32", to_json(entry.f32)},
                     {"f64", to_json(entry.f64)}});
  }
  Json costs = Json::array();
  for (const ThreadCost& entry : figures.thread_costs) {
    costs.push_back({{"threads", entry.threads},
                     {"dispatch_seconds", to_json(entry.dispatch_seconds)},
                     {"barrier_seconds", to_json(entry.barrier_seconds)},
                     {"crossover_bytes", entry.crossover_bytes}});
  }
  Json document = {{"measured_at", figures.measured_at},
                   {"bandwidth_bytes_per_second", bandwidth},
                   {"peak_flops", peaks},
                   {"thread_costs", costs},
                   {"prefetch_bytes", figures.prefetch_bytes}};
  if (const auto& visits = figures.plane_visits) {
    document["plane_visits"] = {{"steps", visits->steps}, {"gain", visits->gain}, {"from_bytes", visits->from_bytes}};
  }
  return document;
}

std::optional<CpuFigures> figures_from_json(const Json& document) {
  return if_possible(document, figures_from);
}

Json device_figures_json(const DeviceFigures& figures) {
  Json document = {{"measured_at", figures.measured_at}, {"single", to_json(figures.single_precision)}};
  if (figures.double_precision) {
    document["double"] = to_json(*figures.double_precision);
  }
  return document;
}

std::optional<DeviceFigures> device_figures_from_json(const Json& document) {
  return if_possible(document, device_figures_from);
}

Json history_json(const History& history) {
  return {{"correction", history.correction}, {"ratios", history.ratios}};
}

std::optional<History> history_from_json(const Json& document) {
  return if_possible(document, history_from);
}

}  // namespace basalt
