#include "basalt/json.h"
#include "engine/json_text.h"

namespace basalt {
namespace {

Json ranges_json(const std::vector<SweepRange>& ranges) {
  Json result = Json::array();
  for (const SweepRange& range : ranges) {
    result.push_back(
        {{"parameter", range.parameter}, {"from", range.from}, {"to", range.to}, {"points", range.points}});
  }
  return result;
}

Json point_json(const PatternSweepReport& report, const PatternSweepPoint& point) {
  Json result = {{"parameters", Json::object()}, {"done", point.done}};
  for (std::size_t i = 0; i < point.values.size(); ++i) {
    result["parameters"][report.ranges[i].parameter] = point.values[i];
  }
  if (!point.done) {
    result["error"] = point.error;
    return result;
  }
  result["summary"] = species_json(point.species);
  result["statistics"] = statistics_json(point.statistics);
  return result;
}

}  // namespace

std::string json_of(const PatternSweepReport& report, JsonStyle style) {
  Json points = Json::array();
  for (const PatternSweepPoint& point : report.points) {
    points.push_back(point_json(report, point));
  }
  const BatchProgress& progress = report.batch.progress;
  const Json document = {{"model", report.model},
                         {"ranges", ranges_json(report.ranges)},
                         {"show", report.show},
                         {"points", std::move(points)},
                         {"files", report.files},
                         {"done", progress.done},
                         {"failed", progress.failed},
                         {"kept", progress.kept},
                         {"workers", report.batch.workers},
                         {"threads_per_job", report.batch.threads_per_job},
                         {"seed", report.batch.seed},
                         {"seconds", report.batch.seconds},
                         {"notes", report.notes}};
  return text_of(document, style);
}

}  // namespace basalt
