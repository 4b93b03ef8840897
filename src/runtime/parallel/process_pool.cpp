#include "basalt/process_pool.h"

#include <utility>

#include "runtime/parallel/supervisor.h"

namespace basalt {

std::string_view name_of(TaskEnd end) noexcept {
  switch (end) {
    case TaskEnd::done:
      return "done";
    case TaskEnd::failed:
      return "failed";
    case TaskEnd::crashed:
      return "crashed";
    case TaskEnd::timed_out:
      return "timed_out";
    case TaskEnd::out_of_memory:
      return "out_of_memory";
    case TaskEnd::cancelled:
      return "cancelled";
  }
  return "failed";
}

ProcessPool::ProcessPool(PoolSettings settings) : supervisor_(std::make_unique<Supervisor>(std::move(settings))) {}

ProcessPool::~ProcessPool() = default;

void ProcessPool::submit(Task task) {
  supervisor_->submit(std::move(task));
}

std::optional<TaskResult> ProcessPool::next(const CancelToken& cancel) {
  return supervisor_->next(cancel, false);
}

std::optional<TaskResult> ProcessPool::next_in_order(const CancelToken& cancel) {
  return supervisor_->next(cancel, true);
}

void ProcessPool::cancel(std::uint64_t id) {
  supervisor_->cancel(id);
}

void ProcessPool::cancel_all() {
  supervisor_->cancel_all();
}

void ProcessPool::resize(int workers) {
  supervisor_->resize(workers);
}

std::uint64_t ProcessPool::outstanding() const {
  return supervisor_->outstanding();
}

std::vector<WorkerInfo> ProcessPool::workers() const {
  return supervisor_->workers();
}

}  // namespace basalt
