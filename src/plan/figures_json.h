// The figures of processors and devices, and the history of runs, as JSON: in the wisdom file, in exports, and in what
// `basalt tune --json` prints.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "basalt/device_tune.h"
#include "basalt/tune.h"
#include "plan/history.h"

namespace basalt {

nlohmann::ordered_json figures_json(const CpuFigures& figures);

/// Nothing for a document that is no such object, or that holds numbers that cannot be.
std::optional<CpuFigures> figures_from_json(const nlohmann::ordered_json& document);

nlohmann::ordered_json device_figures_json(const DeviceFigures& figures);
std::optional<DeviceFigures> device_figures_from_json(const nlohmann::ordered_json& document);

nlohmann::ordered_json history_json(const History& history);
std::optional<History> history_from_json(const nlohmann::ordered_json& document);

}  // namespace basalt
