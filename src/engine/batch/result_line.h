// The line of JSON that a job leaves behind, written and read back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "basalt/batch.h"
#include "basalt/process_pool.h"

namespace basalt {

/// {"index", "id", "inputs" (of a job that has any), "status", "attempts", "seconds", "batch_seed", and what the job
/// came to: "definition" and "report", or "error"}, without a line break. `result.reply` is an object with the last.
std::string result_line(const BatchJob& job, std::uint64_t index, std::uint64_t batch_seed, const TaskResult& result);

/// Whether the job has results, and not an error in their place.
bool has_report(const TaskResult& result) noexcept;

/// What a line says besides its results.
struct ResultHead {
  std::uint64_t index = 0;
  std::string id;
  std::uint64_t batch_seed = 0;
  bool done = false;
  std::string definition;  ///< Of a job that is done.
};

/// Throws Error(bad_input) without a place for what is no line of `result_line`.
ResultHead read_result_head(std::string_view line);

}  // namespace basalt
