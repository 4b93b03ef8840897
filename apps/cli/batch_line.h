// The live line of a batch on standard error, for people: only on a terminal.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "basalt/batch.h"

namespace basalt::cli {

/// Thread-safe. Redraws itself while nothing changes, so that the time left goes on.
class BatchLine {
 public:
  explicit BatchLine(bool wanted);
  ~BatchLine();
  BatchLine(const BatchLine&) = delete;
  BatchLine& operator=(const BatchLine&) = delete;

  void show(const BatchProgress& progress);

  /// Calls `print` with the line out of the way.
  void above(const std::function<void()>& print);

 private:
  void draw();
  void clear();

  std::mutex mutex_;
  BatchProgress progress_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool visible_;
  bool drawn_ = false;
  std::condition_variable_any ticked_;
  std::jthread ticker_;  // last: it uses all of the above
};

}  // namespace basalt::cli
