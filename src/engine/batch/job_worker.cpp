#include "engine/batch/job_worker.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>
#include <utility>

#include "basalt/json.h"
#include "basalt/ledger.h"
#include "engine/batch/definition.h"
#include "engine/batch/job_line.h"

namespace basalt {
namespace {

constexpr std::string_view kErrorReply = "{\"error\":";

struct IndexedJob {
  std::uint64_t index = 0;
  BatchJob job;
};

IndexedJob read_request(std::string_view request) {
  IndexedJob result;
  const std::size_t blank = std::min(request.find(' '), request.size());
  std::from_chars(request.data(), request.data() + blank, result.index);
  quantum::SourceMap sources;
  const std::string_view line = sources.text(sources.add("job", std::string(request.substr(blank))));
  result.job = parse_job_line(sources, {}, line, {}, {});
  return result;
}

/// A reply as far as its report.
std::string reply_head(const std::string& definition) {
  return fmt::format("{{\"definition\":\"{}\",\"report\":", definition);
}

}  // namespace

std::string job_request(const BatchJob& job, std::uint64_t index) {
  return fmt::format("{} {}", index, job_line(job));
}

bool is_error_reply(std::string_view reply) noexcept {
  return reply.starts_with(kErrorReply);
}

WorkerReply JobWorker::operator()(std::string_view request, const CancelToken& cancel) {
  WorkerReply reply;
  try {
    auto [index, job] = read_request(request);
    reply.reply = job.pattern ? run_pattern(index, job, cancel) : run_circuit(index, job, cancel);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) {
      throw;
    }
    reply.reply = json_of(error, JsonStyle::line);
  }
  return reply;
}

std::string JobWorker::run_pattern(std::uint64_t index, const BatchJob& job, const CancelToken& cancel) {
  PatternRequest request = *job.pattern;
  request.priority = job.priority.value_or(request.priority);
  const PatternReport report = engine_.run_pattern(request, {.cancel = &cancel, .on_progress = {}, .on_wait = {}});
  return reply_head(definition_of(job, index, kNoSource)) + json_of(report, JsonStyle::line) + '}';
}

std::string JobWorker::run_circuit(std::uint64_t index, BatchJob& job, const CancelToken& cancel) {
  const ProgramCache::Entry program = programs_.get(job, cancel);
  job.request.prepared = program.prepared;
  job.request.priority = job.priority.value_or(kNormalPriority);
  job.request.backend = Backend::cpu;  // workers that all take the same device would only wait for each other
  std::ostringstream text;
  text << reply_head(definition_of(job, index, program.source_hash));
  Report report = engine_.run(job.request, {.cancel = &cancel, .on_progress = {}});
  report.timing.parse += program.read_seconds;
  report.timing.total += program.read_seconds;
  // The plan is much the same in every line of a batch, and longer than the results.
  report.passes.clear();
  report.stages.clear();
  write_json(text, report, JsonStyle::line);
  text << '}';
  return std::move(text).str();
}

}  // namespace basalt
