#include "engine/batch/result_line.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "basalt/json.h"
#include "engine/batch/job_worker.h"

namespace basalt {
namespace {

using Json = nlohmann::ordered_json;

/// The error of a job whose worker gave no answer.
Error error_of(const TaskResult& result) {
  switch (result.end) {
    case TaskEnd::timed_out:
      return {ErrorCode::failed, result.reason, "give it a longer --timeout, or more threads"};
    case TaskEnd::out_of_memory:
      return {ErrorCode::out_of_resources, result.reason, "run fewer jobs at a time: --workers"};
    case TaskEnd::cancelled:
      return {ErrorCode::cancelled, "cancelled"};
    default:
      return {ErrorCode::failed, result.reason, "run the job alone to see more: basalt run, basalt pattern run"};
  }
}

std::string_view status_of(const TaskResult& result) {
  return result.end == TaskEnd::done && !has_report(result) ? name_of(TaskEnd::failed) : name_of(result.end);
}

}  // namespace

bool has_report(const TaskResult& result) noexcept {
  return result.end == TaskEnd::done && !is_error_reply(result.reply);
}

std::string result_line(const BatchJob& job, std::uint64_t index, std::uint64_t batch_seed, const TaskResult& result) {
  Json head = {{"index", index}, {"id", job.id}};
  for (const auto& [name, value] : job.request.inputs) {
    head["inputs"][name] = value;
  }
  head["status"] = status_of(result);
  head["attempts"] = result.attempts;
  head["seconds"] = result.seconds;
  head["batch_seed"] = batch_seed;
  std::string line = head.dump(-1, ' ', false, Json::error_handler_t::replace);
  // The reply is an object itself, and may be long: its keys go on where those of the head end.
  line.back() = ',';
  line.append(result.end == TaskEnd::done ? result.reply : json_of(error_of(result), JsonStyle::line), 1);
  return line;
}

ResultHead read_result_head(std::string_view line) {
  try {
    // Results are checked to be JSON and dropped at once.
    const Json document = Json::parse(line, [](int depth, Json::parse_event_t event, Json& parsed) {
      return !(depth == 1 && event == Json::parse_event_t::key && (parsed == "report" || parsed == "error"));
    });
    ResultHead head;
    head.index = document.at("index").get<std::uint64_t>();
    head.id = document.at("id").get<std::string>();
    head.batch_seed = document.at("batch_seed").get<std::uint64_t>();
    head.done = document.at("status") == name_of(TaskEnd::done);
    if (head.done) {
      head.definition = document.at("definition").get<std::string>();
    }
    return head;
  } catch (const Json::exception&) {
    throw Error(ErrorCode::bad_input, "this is no result of a batch", "give the --output of the batch to be resumed");
  }
}

}  // namespace basalt
