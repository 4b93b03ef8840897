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
  Engine engine_;
  ProgramCache programs_;
};

}  // namespace basalt
