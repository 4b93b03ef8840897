#include "basalt/json.h"
#include "engine/json_text.h"

namespace basalt {
namespace {

Json parameters_json(const PatternModel& model) {
  Json result = Json::array();
  for (const PatternParameter& parameter : model.parameters) {
    result.push_back({{"name", parameter.name}, {"value", parameter.value}, {"description", parameter.description}});
  }
  return result;
}

Json value_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json structure_json(const std::vector<StructurePoint>& factor) {
  Json result = Json::array();
  for (const StructurePoint& point : factor) {
    result.push_back({{"wavenumber", point.wavenumber}, {"power", point.power}, {"modes", point.modes}});
  }
  return result;
}

}  // namespace

Json species_json(const std::vector<SpeciesSummary>& species) {
  Json result = Json::array();
  for (const SpeciesSummary& each : species) {
    result.push_back({{"name", each.name},
                      {"mean", each.mean},
                      {"least", each.least},
                      {"most", each.most},
                      {"deviation", each.deviation}});
  }
  return result;
}

Json statistics_json(const PatternStatistics& statistics) {
  Json species = Json::array();
  for (const SpeciesStatistics& each : statistics.species) {
    species.push_back({{"name", each.name},
                       {"mass", each.mass},
                       {"mass_at_first", each.mass_at_first},
                       {"dominant_wavelength", value_or_null(each.dominant_wavelength)},
                       {"mean_wavelength", value_or_null(each.mean_wavelength)}});
    if (!each.structure_factor.empty()) {
      species.back()["structure_factor"] = structure_json(each.structure_factor);
    }
  }
  return {{"class", name_of(statistics.kind)},
          {"changing", statistics.changing},
          {"classified", statistics.classified},
          {"temporal_change", statistics.temporal_change},
          {"area_fraction", statistics.area_fraction},
          {"euler_characteristic", statistics.euler_characteristic},
          {"roundness", statistics.roundness},
          {"energy", value_or_null(statistics.energy)},
          {"energy_at_first", value_or_null(statistics.energy_at_first)},
          {"species", std::move(species)}};
}

std::string json_of(const PatternReport& report, JsonStyle style) {
  Json document = Json::object();
  document["model"] = report.model;
  document["parameters"] = Json::object();
  for (const auto& [name, value] : report.parameters) {
    document["parameters"][name] = value;
  }
  document["size"] = report.size;
  document["spacing"] = report.spacing;
  document["step"] = report.step;
  document["largest_stable_step"] = report.largest_stable_step;
  document["steps"] = report.steps;
  document["time"] = report.time;
  document["integrator"] = name_of(report.integrator);
  if (report.adaptive) {
    document["adaptive"] = {{"tolerance", report.adaptive->tolerance},
                            {"accepted", report.adaptive->accepted},
                            {"rejected", report.adaptive->rejected},
                            {"shortest", report.adaptive->shortest},
                            {"longest", report.adaptive->longest}};
  }
  document["stencil"] = name_of(report.stencil);
  document["precision"] = report.precision == Precision::single_precision ? "single" : "double";
  document["seed"] = report.seed;
  document["species"] = species_json(report.species);
  if (report.statistics) {
    document["statistics"] = statistics_json(*report.statistics);
  }
  document["files"] = report.files;
  document["backend"] = report.backend;
  if (!report.choice.empty()) {
    document["choice"] = report.choice;
  }
  if (report.device) {
    document["device"] = device_json(*report.device);
  }
  if (report.checkpoints) {
    document["checkpoints"] = checkpoints_json(*report.checkpoints);
    document["first_step"] = report.first_step;
  }
  document["instruction_set"] = report.instruction_set;
  document["threads"] = report.threads;
  document["steps_per_visit"] = report.steps_per_visit;
  document["steps_per_visit_source"] = report.steps_per_visit_source;
  document["memory"] = memory_json(report.memory);
  document["timing_seconds"] = timing_json(report.timing);
  document["usage"] = usage_json(report.usage);
  document["visits"] = report.visits;
  document["bytes_moved"] = report.bytes_moved;
  document["sweep_seconds"] = report.sweep_seconds;
  document["sweep_equivalents"] = report.sweep_equivalents;
  document["notes"] = report.notes;
  return text_of(document, style);
}

std::string json_of(const std::vector<PatternModel>& models, JsonStyle style) {
  Json list = Json::array();
  for (const PatternModel& model : models) {
    list.push_back({{"name", model.name},
                    {"title", model.title},
                    {"species", model.species},
                    {"equations", model.equations},
                    {"parameters", parameters_json(model)},
                    {"spacing", model.spacing},
                    {"source", model.source}});
  }
  return text_of({{"models", std::move(list)}}, style);
}

}  // namespace basalt
