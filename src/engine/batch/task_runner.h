// Where the jobs of a batch run: in processes or on threads, behind one interface.
#pragma once

#include <memory>
#include <optional>

#include "basalt/batch.h"
#include "basalt/process_pool.h"

namespace basalt {

class TaskRunner {
 public:
  virtual ~TaskRunner() = default;
  virtual void submit(Task task) = 0;
  /// The next task to end; nullopt when none is left. Throws Error(cancelled) once `cancel` is requested.
  virtual std::optional<TaskResult> next(const CancelToken& cancel) = 0;
  virtual void cancel_all() = 0;
};

std::unique_ptr<TaskRunner> make_task_runner(const BatchSettings& settings, int workers);

}  // namespace basalt
