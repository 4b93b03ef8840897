// JSON documents of the engine, and how they become text. Private to the engine.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "basalt/json.h"
#include "basalt/pattern.h"
#include "basalt/report.h"
#include "basalt/usage.h"

namespace basalt {

using Json = nlohmann::ordered_json;

inline std::string text_of(const Json& document, JsonStyle style) {
  return document.dump(style == JsonStyle::indented ? 2 : -1, ' ', false, Json::error_handler_t::replace);
}

Json usage_json(const UsageReport& report);
Json memory_json(const MemoryReport& memory);
Json timing_json(const TimingReport& timing);
Json device_json(const DeviceReport& device);
Json checkpoints_json(const CheckpointReport& checkpoints);
Json passes_json(const std::vector<PassEntry>& passes);
Json ladder_json(const LadderReport& ladder);
Json species_json(const std::vector<SpeciesSummary>& species);
Json statistics_json(const PatternStatistics& statistics);
Json parts_json(const std::vector<PartEntry>& parts);

Json stages_json(const std::vector<StageEntry>& stages);

}  // namespace basalt
