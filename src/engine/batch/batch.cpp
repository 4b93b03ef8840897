// A batch from its jobs to their results: what is left to do goes to the workers, what comes back goes to the journal.
#include "basalt/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "basalt/worker.h"
#include "base/hash.h"
#include "base/stopwatch.h"
#include "engine/batch/crew.h"
#include "engine/batch/job_worker.h"
#include "engine/batch/journal.h"
#include "engine/batch/resume.h"
#include "engine/batch/task_runner.h"
#include "engine/seed.h"
#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

/// Below 2^53, so that every JSON reader hands it back unchanged.
std::uint64_t seed_of_job(std::uint64_t batch_seed, std::uint64_t index) {
  return mix(batch_seed, index) >> 11;
}

class BatchRun {
 public:
  BatchRun(const std::vector<BatchJob>& jobs, const BatchSettings& settings, const BatchHooks& hooks)
      : jobs_(jobs),
        settings_(settings),
        hooks_(hooks),
        cancel_(hooks.cancel != nullptr ? *hooks.cancel : never_),
        waiting_(jobs.size()) {
    std::iota(waiting_.begin(), waiting_.end(), std::uint64_t{0});
    summary_.progress.jobs = jobs.size();
  }

  BatchSummary operator()() {
    const Stopwatch watch;
    open_journal();
    sort_by_priority();
    if (!waiting_.empty()) {
      run_waiting();
    }
    if (journal_) {
      journal_->flush();
    }
    summary_.seconds = watch.seconds();
    return summary_;
  }

 private:
  void open_journal() {
    if (settings_.output.empty()) {
      summary_.seed = settings_.seed ? *settings_.seed : draw_seed();
      return;
    }
    journal_.emplace(settings_.output, settings_.resume);
    summary_.seed = seed_to_resume(*journal_, settings_);
    const std::vector<bool> done = take_up(
        *journal_, [&](std::uint64_t index) { return job(index); }, jobs_.size());
    std::erase_if(waiting_, [&](std::uint64_t index) { return done[index]; });
    summary_.progress.kept = jobs_.size() - waiting_.size();
  }

  void sort_by_priority() {
    std::ranges::stable_sort(waiting_, std::greater<>(), [&](std::uint64_t index) { return priority_of(index); });
  }

  void run_waiting() {
    const Inventory inventory = take_inventory();
    const Crew crew =
        choose_crew(jobs_, settings_.workers, inventory, settings_.workers == 0 ? sample_job_bytes(jobs_, cancel_) : 0);
    summary_.workers = crew.workers;
    summary_.threads_per_job = crew.threads_per_job;
    runner_ = make_task_runner(settings_, crew.workers);
    try {
      for (std::size_t next = 0; next < waiting_.size() || outstanding_ > 0;) {
        // As many as keep the workers busy: a batch may have a million jobs.
        for (; next < waiting_.size() && outstanding_ < 2 * std::uint64_t(crew.workers) + 2; ++next) {
          submit(waiting_[next]);
        }
        report_progress();
        take(runner_->next(cancel_));
      }
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) {
        stop();
      }
      throw;
    }
    report_progress();
  }

  /// The job as it runs: with its seed, threads and priority.
  [[nodiscard]] BatchJob job(std::uint64_t index) const {
    BatchJob result = jobs_[index];
    result.priority = priority_of(index);
    if (result.pattern) {
      result.pattern->threads = result.pattern->threads.value_or(summary_.threads_per_job);
      return result;
    }
    Request& request = result.request;
    request.seed = request.seed ? *request.seed : seed_of_job(summary_.seed, index);
    request.threads = request.threads > 0 ? request.threads : summary_.threads_per_job;
    return result;
  }

  [[nodiscard]] int priority_of(std::uint64_t index) const {
    return jobs_[index].priority.value_or(settings_.priority);
  }

  void submit(std::uint64_t index) {
    Task task;
    task.id = index;
    task.request = job_request(job(index), index);
    task.timeout_seconds = jobs_[index].timeout_seconds.value_or(settings_.timeout_seconds);
    task.retries = settings_.retries;
    task.priority = priority_of(index);
    runner_->submit(std::move(task));
    ++outstanding_;
  }

  void take(std::optional<TaskResult> result) {
    if (!result) {
      throw Error(ErrorCode::failed, "the workers lost a job");
    }
    --outstanding_;
    if (result->end == TaskEnd::cancelled) {
      return;
    }
    const std::string line = result_line(jobs_[result->id], result->id, summary_.seed, *result);
    if (journal_) {
      journal_->append(line);
    }
    if (hooks_.on_line) {
      hooks_.on_line(line);
    }
    const bool done = has_report(*result);
    ++(done ? summary_.progress.done : summary_.progress.failed);
    metrics::add(done ? metrics::Metric::batch_jobs_done : metrics::Metric::batch_jobs_failed);
  }

  /// After a cancel: what is running is told to stop; what ends all the same is not lost.
  void stop() {
    runner_->cancel_all();
    while (std::optional<TaskResult> result = runner_->next(never_)) {
      take(std::move(result));
    }
    const std::uint64_t ended = summary_.progress.kept + summary_.progress.done + summary_.progress.failed;
    const std::string so_far = fmt::format("cancelled; {} of {} jobs have ended", ended, jobs_.size());
    if (!journal_) {
      throw Error(ErrorCode::cancelled, so_far, "with --output FILE a batch can be resumed");
    }
    journal_->flush();
    throw Error(ErrorCode::cancelled, so_far,
                fmt::format("their results are in '{}'; the same command with --resume goes on", settings_.output));
  }

  void report_progress() {
    summary_.progress.running = std::min(outstanding_, std::uint64_t(summary_.workers));
    if (hooks_.on_progress) {
      hooks_.on_progress(summary_.progress);
    }
  }

  const std::vector<BatchJob>& jobs_;
  const BatchSettings& settings_;
  const BatchHooks& hooks_;
  const CancelToken never_;
  const CancelToken& cancel_;
  std::vector<std::uint64_t> waiting_;  ///< Indices of the jobs that are to run.
  std::uint64_t outstanding_ = 0;       ///< Submitted and not back.
  std::optional<Journal> journal_;
  std::unique_ptr<TaskRunner> runner_;
  BatchSummary summary_;
};

}  // namespace

BatchSummary run_batch(const std::vector<BatchJob>& jobs, const BatchSettings& settings, const BatchHooks& hooks) {
  return BatchRun(jobs, settings, hooks)();
}

int serve_batch_worker() {
  JobWorker worker;
  return serve_worker(worker_fd(),
                      [&](std::string_view request, const CancelToken& cancel) { return worker(request, cancel); });
}

}  // namespace basalt
