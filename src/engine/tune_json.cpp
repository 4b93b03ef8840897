// The JSON of what tuning found and of what wisdom knows.
#include <nlohmann/json.hpp>

#include "basalt/json.h"
#include "plan/figures_json.h"

namespace basalt {

using Json = nlohmann::ordered_json;

std::string json_of(const TuneReport& report, JsonStyle style) {
  Json document = {{"processor", report.inventory.processor},
                   {"cores", report.inventory.cores.value},
                   {"fingerprint", report.fingerprint},
                   {"figures", figures_json(report.figures)},
                   {"noise",
                    {{"control_spread", report.noise.control_spread},
                     {"waited_share", report.noise.waited_share},
                     {"stolen_share", report.noise.stolen_share}}},
                   {"seconds", report.seconds},
                   {"wisdom", report.wisdom.string()},
                   {"recorded", report.recorded}};
  if (report.refusal) {
    document["refusal"] = {{"code", name_of(report.refusal->code())},
                           {"message", report.refusal->message()},
                           {"advice", report.refusal->advice()}};
  }
  return document.dump(style == JsonStyle::indented ? 2 : -1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace basalt
