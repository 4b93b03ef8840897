// The JSON of what tuning found and of what wisdom knows.
#include "engine/json_text.h"
#include "plan/figures_json.h"

namespace basalt {

namespace {

void add_refusal(Json& document, const std::optional<Error>& refusal) {
  if (refusal) {
    document["refusal"] = {
        {"code", name_of(refusal->code())}, {"message", refusal->message()}, {"advice", refusal->advice()}};
  }
}

}  // namespace

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
  add_refusal(document, report.refusal);
  return text_of(document, style);
}

std::string json_of(const DeviceTuneReport& report, JsonStyle style) {
  Json document = {{"device", report.device},           {"driver", report.driver},
                   {"fingerprint", report.fingerprint}, {"figures", device_figures_json(report.figures)},
                   {"seconds", report.seconds},         {"wisdom", report.wisdom.string()},
                   {"recorded", report.recorded}};
  add_refusal(document, report.refusal);
  return text_of(document, style);
}

}  // namespace basalt
