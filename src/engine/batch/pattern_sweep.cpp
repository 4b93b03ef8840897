// A sweep: its points become jobs of a batch, and the lines of the batch become points with results.
#include "basalt/pattern_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>

#include "basalt/error.h"
#include "basalt/pattern_file.h"
#include "base/atomic_file.h"
#include "engine/batch/sweep_points.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/output/phase_diagram.h"
#include "workloads/patterns/output/png.h"

namespace basalt {
namespace {

std::uint64_t count_points(const std::vector<SweepRange>& ranges) {
  std::uint64_t count = 1;
  for (const SweepRange& range : ranges) {
    if (range.points == 0 || range.points > kMaxBatchJobs / count) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("{} points of {} make {}", range.points, range.parameter,
                              range.points == 0 ? "no sweep" : "too many of them"),
                  fmt::format("give 1 to {} points in all", kMaxBatchJobs));
    }
    count *= range.points;
  }
  return count;
}

void check(const PatternSweepRequest& request) {
  if (request.ranges.empty()) {
    throw Error(ErrorCode::bad_usage, "nothing varies in this sweep",
                "say what does: --sweep F=0.01:0.08:15, or [[sweep]] in the TOML file");
  }
  if (!request.pattern.output.empty()) {
    throw Error(ErrorCode::bad_usage, "the points of a sweep write no frames",
                "leave the output of the pattern out; the sweep has a folder of its own");
  }
  std::set<std::string> names;
  for (const SweepRange& range : request.ranges) {
    if (!names.insert(range.parameter).second) {
      throw Error(ErrorCode::bad_usage, fmt::format("{} varies twice", range.parameter), "give each parameter once");
    }
    if (request.pattern.maps.contains(range.parameter)) {
      throw Error(ErrorCode::bad_usage, fmt::format("{} varies in space, and from point to point", range.parameter),
                  "take one of the two");
    }
    if (range.points > 1 && !(range.from < range.to)) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("{} cannot go from {} to {}", range.parameter, range.from, range.to),
                  "give the smaller value first");
    }
    for (const double end : {range.from, range.to}) {
      std::map<std::string, double> parameters = request.pattern.parameters;
      parameters[range.parameter] = end;
      patterns::make_model(request.pattern.model, parameters);
    }
  }
  check_shown(request.show);
}

BatchJob job_of(const PatternSweepRequest& request, const std::vector<double>& values) {
  BatchJob job;
  job.pattern = request.pattern;
  job.pattern->statistics = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = request.ranges[i].parameter;
    job.id += fmt::format("{}{}={}", i == 0 ? "" : ",", name, values[i]);
    job.pattern->parameters[name] = values[i];
  }
  return job;
}

std::vector<double> values_at(const std::vector<SweepRange>& ranges, std::uint64_t point) {
  std::vector<double> values;
  for (const SweepRange& range : ranges) {
    values.push_back(range.value(point % range.points));
    point /= range.points;
  }
  return values;
}

/// The folder of a sweep; none where it has no output.
class SweepFolder {
 public:
  explicit SweepFolder(const PatternSweepRequest& request) : folder_(request.batch.output) {
    if (folder_.empty()) {
      return;
    }
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) {
      throw Error(ErrorCode::io, fmt::format("cannot make the folder '{}': {}", folder_.string(), error.message()),
                  "give another --output, or make room for it");
    }
  }

  [[nodiscard]] bool is_there() const noexcept { return !folder_.empty(); }
  [[nodiscard]] std::string journal() const { return is_there() ? path_of("points.jsonl") : std::string(); }

  /// All but the journal, once the batch is done with it.
  std::vector<std::string> write(const PatternSweepRequest& request, const PatternSweepReport& report) const {
    write_text("sweep.toml", write_pattern_sweep_toml(request));
    write_text("sweep.csv", table_of(report));
    std::vector<std::string> files = {journal(), path_of("sweep.toml"), path_of("sweep.csv")};
    if (request.ranges.size() <= 2) {
      files.push_back(path_of("phases.png"));
      patterns::write_png(files.back(), patterns::draw_blocks(colors_of(report), request.ranges[0].points));
    }
    return files;
  }

 private:
  [[nodiscard]] std::string path_of(const char* name) const { return (folder_ / name).string(); }
  void write_text(const char* name, const std::string& text) const {
    AtomicFile file(path_of(name));
    file.write(text.data(), text.size());
    file.commit();
  }

  std::filesystem::path folder_;
};

/// Lines that were there before this run come from the journal, the others as they are made.
void read_journal(const std::string& path, std::vector<PatternSweepPoint>& points) {
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    take_result(line, points);
  }
}

}  // namespace

PatternSweepReport sweep_pattern(const PatternSweepRequest& request, const BatchHooks& hooks) {
  check(request);
  PatternSweepReport report;
  report.model = request.pattern.model;
  report.ranges = request.ranges;
  report.show = request.show;
  std::vector<BatchJob> jobs;
  for (std::uint64_t point = 0; point < count_points(request.ranges); ++point) {
    report.points.push_back(
        {.values = values_at(request.ranges, point), .done = false, .error = {}, .species = {}, .statistics = {}});
    jobs.push_back(job_of(request, report.points.back().values));
  }
  const SweepFolder folder(request);
  BatchSettings settings = request.batch;
  settings.output = folder.journal();
  settings.seed = request.pattern.seed;
  settings.priority = request.pattern.priority;
  BatchHooks with_points = hooks;
  with_points.on_line = [&](std::string_view line) {
    take_result(line, report.points);
    if (hooks.on_line) {
      hooks.on_line(line);
    }
  };
  report.batch = run_batch(jobs, settings, with_points);
  if (folder.is_there()) {
    read_journal(settings.output, report.points);
    report.files = folder.write(request, report);
    if (request.ranges.size() > 2) {
      report.notes.emplace_back("a picture shows one or two parameters: there is none of this sweep");
    }
  }
  return report;
}

}  // namespace basalt
