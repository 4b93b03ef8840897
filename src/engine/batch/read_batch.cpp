// What a batch consists of: the files, folders and tables of the command line become jobs, all checked, none parsed.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "basalt/batch.h"
#include "base/printable.h"
#include "engine/batch/csv.h"
#include "engine/batch/job_line.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using quantum::SourceMap;

/// Jobs travel as JSON, which has no other encoding.
void check_utf8(const std::string& path) {
  for (std::size_t offset = 0; offset < path.size();) {
    const CodePoint point = decode_utf8(path, offset);
    if (!point.valid) {
      throw Error(ErrorCode::bad_usage, fmt::format("the path {} is not UTF-8", in_quotes(path, 200)),
                  "rename the file");
    }
    offset += point.length;
  }
}

BatchJob circuit_job(const std::string& path, const Request& defaults) {
  check_utf8(path);
  return {.id = path, .file = path, .request = defaults, .timeout_seconds = {}, .priority = {}};
}

/// The circuits below a folder, sorted by path. Links to folders are not followed.
std::vector<std::string> circuits_below(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    if (entry->path().extension() == ".qasm" && entry->is_regular_file(unknown)) {
      paths.push_back(entry->path().string());
    }
  }
  if (error) {
    throw Error(ErrorCode::bad_input,
                fmt::format("cannot read the folder {}: {}", in_quotes(folder, 200), error.message()));
  }
  if (paths.empty()) {
    throw Error(ErrorCode::bad_usage, fmt::format("there is no circuit below {}", in_quotes(folder, 200)),
                "circuits are the files whose names end with .qasm");
  }
  std::ranges::sort(paths);
  return paths;
}

/// Calls line(begin, text) for every line that is not blank.
template <typename Line>
void for_each_line(std::string_view text, const Line& line) {
  for (std::size_t begin = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view content = text.substr(begin, end - begin);
    if (content.find_first_not_of(" \t\r") != std::string_view::npos) {
      line(begin, content);
    }
    begin = end + 1;
  }
}

class BatchReader {
 public:
  explicit BatchReader(const Request& defaults) : defaults_(defaults) {}

  void read(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      for (const std::string& circuit : circuits_below(path)) {
        add(circuit_job(circuit, defaults_));
      }
    } else if (fs::path(path).extension() == ".jsonl") {
      read_lines(path);
    } else if (!fs::exists(path, error)) {
      throw Error(ErrorCode::bad_input, fmt::format("cannot read {}: there is no such file", in_quotes(path, 200)),
                  "check the spelling");
    } else {
      add(circuit_job(path, defaults_));
    }
  }

  std::vector<BatchJob> take() {
    if (jobs_.empty()) {
      throw Error(ErrorCode::bad_usage, "the batch has no jobs", "give circuits, a folder of them, or a .jsonl file");
    }
    return std::move(jobs_);
  }

 private:
  void read_lines(const std::string& path) {
    SourceMap sources;
    const std::uint32_t text = sources.add(path, quantum::read_source(path));
    const fs::path folder = fs::path(path).parent_path();
    for_each_line(sources.text(text), [&](std::size_t begin, std::string_view line) {
      const quantum::Position position{text, static_cast<std::uint32_t>(begin)};
      BatchJob job = parse_job_line(sources, position, line, defaults_, folder);
      try {
        add(std::move(job));
      } catch (const Error& error) {
        fail_at(sources, position, error.message(), error.advice(), error.code());
      }
    });
  }

  void add(BatchJob job) {
    if (jobs_.size() == kMaxBatchJobs) {
      throw Error(ErrorCode::bad_usage, fmt::format("the batch has more than {} jobs", kMaxBatchJobs), "split it");
    }
    if (!ids_.insert(job.id).second) {
      throw Error(ErrorCode::bad_usage, fmt::format("two jobs have the id {}", in_quotes(job.id)),
                  "give each job an \"id\" of its own, and each circuit once");
    }
    jobs_.push_back(std::move(job));
  }

  const Request& defaults_;
  std::vector<BatchJob> jobs_;
  std::unordered_set<std::string> ids_;
};

}  // namespace

std::vector<BatchJob> read_batch(const std::vector<std::string>& paths, const Request& defaults) {
  BatchReader reader(defaults);
  for (const std::string& path : paths) {
    reader.read(path);
  }
  return reader.take();
}

std::vector<BatchJob> read_sweep(const std::string& circuit, const std::string& csv_file, const Request& defaults) {
  SourceMap sources;
  const CsvTable table = parse_csv(sources, sources.add(csv_file, quantum::read_source(csv_file)), kMaxBatchJobs);
  std::vector<BatchJob> jobs;
  for (const std::vector<std::string>& row : table.rows) {
    BatchJob& job = jobs.emplace_back(circuit_job(circuit, defaults));
    job.id = fmt::format("{}", jobs.size());
    for (std::size_t column = 0; column < row.size(); ++column) {
      job.request.inputs[table.names[column]] = row[column];
    }
  }
  return jobs;
}

}  // namespace basalt
