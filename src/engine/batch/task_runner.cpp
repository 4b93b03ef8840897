#include "engine/batch/task_runner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "engine/batch/thread_runner.h"
#include "engine/seed.h"

namespace basalt {
namespace {

class ProcessRunner final : public TaskRunner {
 public:
  explicit ProcessRunner(PoolSettings settings) : pool_(std::move(settings)) {}
  void submit(Task task) override { pool_.submit(std::move(task)); }
  std::optional<TaskResult> next(const CancelToken& cancel) override { return pool_.next(cancel); }
  void cancel_all() override { pool_.cancel_all(); }

 private:
  ProcessPool pool_;
};

}  // namespace

std::unique_ptr<TaskRunner> make_task_runner(const BatchSettings& settings, int workers) {
  if (settings.isolation == Isolation::thread) {
    return std::make_unique<ThreadRunner>(workers);
  }
  PoolSettings pool;
  pool.command = settings.worker_command;
  pool.workers = workers;
  // BASALT_MEMORY and BASALT_THREADS bound the batch, not each of its workers
  pool.environment.emplace_back("BASALT_LEDGER_GROUP", fmt::format("batch {}-{:x}", ::getpid(), draw_seed()));
  return std::make_unique<ProcessRunner>(std::move(pool));
}

}  // namespace basalt
