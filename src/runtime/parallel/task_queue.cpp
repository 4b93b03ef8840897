#include "runtime/parallel/task_queue.h"

namespace basalt {

void TaskQueue::push(QueuedTask task) {
  const Key key{-static_cast<std::int64_t>(task.task.priority), task.sequence};
  keys_[task.task.id] = key;
  tasks_.emplace(key, std::move(task));
}

QueuedTask TaskQueue::pop() {
  QueuedTask task = std::move(tasks_.begin()->second);
  tasks_.erase(tasks_.begin());
  keys_.erase(task.task.id);
  return task;
}

std::optional<QueuedTask> TaskQueue::remove(std::uint64_t id) {
  const auto key = keys_.find(id);
  if (key == keys_.end()) {
    return std::nullopt;
  }
  const auto found = tasks_.find(key->second);
  QueuedTask task = std::move(found->second);
  tasks_.erase(found);
  keys_.erase(key);
  return task;
}

}  // namespace basalt
