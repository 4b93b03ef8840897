// Batches: many circuits or patterns, or one circuit with many sets of inputs, several at a time, each in a process of
// its own or on threads of this one. Every job ends with one line of JSON; a job that fails, crashes or hangs costs
// itself only. docs/batch.md shows the formats.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/pattern.h"
#include "basalt/request.h"

namespace basalt {

struct BatchJob {
  std::string id;                         ///< Unique in its batch.
  std::string file;                       ///< A circuit, read when the job runs; empty: `request.source` has the text.
  Request request;                        ///< Without a seed: one is derived from the batch's seed and the job's place.
  std::optional<double> timeout_seconds;  ///< Of each attempt; none: the batch's.
  std::optional<int> priority;            ///< As Request::priority; none: the batch's.
  std::optional<PatternRequest> pattern{};  ///< The job is a run of this pattern, with its seed, and of no circuit.
};

inline constexpr std::uint64_t kMaxBatchJobs = 1'000'000;

/// The jobs that the paths name, in their order: every line of a file that ends with .jsonl, every *.qasm below a
/// folder (sorted), or one circuit. `defaults` holds what a job does not say itself. Everything is checked except the
/// circuits; relative paths in a .jsonl file are relative to it. Throws Error(bad_usage | bad_input) with file and
/// line.
std::vector<BatchJob> read_batch(const std::vector<std::string>& paths, const Request& defaults);

/// One job for each row of a CSV file, whose first row names the inputs. Throws as `read_batch` does.
std::vector<BatchJob> read_sweep(const std::string& circuit, const std::string& csv_file, const Request& defaults);

enum class Isolation : std::uint8_t {
  process,  ///< A job that crashes or hangs is killed with its worker.
  thread,   ///< Cheaper to start; a job that crashes takes the batch with it, a timeout is obeyed between stages.
};

struct BatchSettings {
  Isolation isolation = Isolation::process;
  int workers = 0;                    ///< 0: as many as cores and memory allow.
  double timeout_seconds = 0;         ///< Of each attempt; 0: none.
  int retries = 1;                    ///< After a crash, a timeout or lack of memory; not after an error.
  int priority = 0;                   ///< Of jobs that have none themselves.
  std::optional<std::uint64_t> seed;  ///< Of the batch. None: that of the results to resume, else from the system.
  std::string output;                 ///< File that gets the lines, and is the journal; empty: only the hook sees them.
  bool resume = false;                ///< Keep what `output` has, and run the rest.
  /// What a worker is started as; it calls `serve_batch_worker`.
  std::vector<std::string> worker_command{"/proc/self/exe", "worker"};
};

/// How far a batch has come.
struct BatchProgress {
  std::uint64_t jobs = 0;    ///< All of them.
  std::uint64_t kept = 0;    ///< Their results were there already.
  std::uint64_t done = 0;    ///< In this run, ...
  std::uint64_t failed = 0;  ///< ... as are these: failed, crashed, timed out or out of memory.
  std::uint64_t running = 0;
};

/// All are called from the thread that called `run_batch`.
struct BatchHooks {
  const CancelToken* cancel = nullptr;
  std::function<void(std::string_view line)> on_line;     ///< One result, without its line break.
  std::function<void(const BatchProgress&)> on_progress;  ///< After every change; keep it short.
};

struct BatchSummary {
  BatchProgress progress;
  std::uint64_t seed = 0;
  int workers = 0;
  int threads_per_job = 0;
  double seconds = 0;
};

/// Runs the jobs that have no result yet. Failing jobs do not end it. Throws Error(cancelled) after a cancel, when the
/// running jobs have ended and their lines are written; Error(bad_usage | bad_input | io) for what is wrong with the
/// batch itself.
BatchSummary run_batch(const std::vector<BatchJob>& jobs, const BatchSettings& settings, const BatchHooks& hooks = {});

/// The other side of a batch in processes: runs jobs for the batch that started this process until it lets go; returns
/// the exit status. Throws Error(bad_usage) where no batch started it.
int serve_batch_worker();

}  // namespace basalt
