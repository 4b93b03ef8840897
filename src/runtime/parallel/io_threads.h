// Threads that wait for a disk, so that others can compute meanwhile.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace basalt {

class IoThreads {
 public:
  /// Does one thing; `thread` counts from 0. Throws nothing.
  using Task = std::function<void(int thread)>;

  /// Throws Error(out_of_resources) if the system refuses a thread.
  explicit IoThreads(int threads);
  /// Does first what was submitted.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  [[nodiscard]] int count() const noexcept { return static_cast<int>(threads_.size()); }

  /// From any thread; in the order in which they come.
  void submit(Task task);

 private:
  void work(int thread);
  void end() noexcept;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool ends_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace basalt
