// Runs jobs that come as text, one after the other or several at once: in a worker process, or on threads of the batch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "basalt/batch.h"
#include "basalt/engine.h"
#include "basalt/worker.h"
#include "engine/batch/program_cache.h"

namespace basalt {

/// A job as a worker gets it.
std::string job_request(const BatchJob& job, std::uint64_t index);

/// Whether a reply is an error in place of a report.
bool is_error_reply(std::string_view reply) noexcept;

/// One engine and the programs that were read; thread-safe.
class JobWorker {
 public:
  /// Replies {"definition", "report"}, or {"error"} for a job that cannot be done. Throws Error(cancelled).
  WorkerReply operator()(std::string_view request, const CancelToken& cancel);

 private:
  /// Both give {"definition", "report"}.
  std::string run_circuit(std::uint64_t index, BatchJob& job, const CancelToken& cancel);
  std::string run_pattern(std::uint64_t index, const BatchJob& job, const CancelToken& cancel);

  Engine engine_;
  ProgramCache programs_;
};

}  // namespace basalt
