// Tasks that wait for a worker, the higher priority first, equals in order of submission.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "basalt/process_pool.h"

namespace basalt {

struct QueuedTask {
  Task task;
  std::uint64_t sequence = 0;  ///< Of its submission; kept over retries.
  int attempts = 0;            ///< Begun so far.
};

class TaskQueue {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return tasks_.size(); }
  [[nodiscard]] bool empty() const noexcept { return tasks_.empty(); }
  void push(QueuedTask task);
  /// The task that goes next; the queue must not be empty.
  QueuedTask pop();
  /// Takes the task with that id out, if it waits here.
  std::optional<QueuedTask> remove(std::uint64_t id);

 private:
  using Key = std::pair<std::int64_t, std::uint64_t>;  ///< Negated priority, sequence.
  std::map<Key, QueuedTask> tasks_;
  std::unordered_map<std::uint64_t, Key> keys_;
};

}  // namespace basalt
