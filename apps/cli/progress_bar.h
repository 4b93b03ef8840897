// A progress bar on standard error, for people: only on a terminal, and only once a run has taken a second.
#pragma once

#include <chrono>

#include "basalt/engine.h"

namespace basalt::cli {

class ProgressBar {
 public:
  explicit ProgressBar(bool wanted);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  [[nodiscard]] bool visible() const noexcept { return visible_; }
  void show(const Progress& progress);
  void clear();
  /// What a bar of another process left on the terminal.
  static void clear_line();

 private:
  using Clock = std::chrono::steady_clock;
  bool visible_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_;
};

}  // namespace basalt::cli
