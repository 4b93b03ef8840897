// A progress bar on standard error, for people: only on a terminal, and only once a run has taken a second.
#pragma once

#include <chrono>
#include <string>

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
  /// `done` says how far, e.g. "12/20 steps".
  void show(double fraction, const std::string& done);
  void clear();
  /// What a bar of another process left on the terminal.
  static void clear_line();

 private:
  [[nodiscard]] bool is_due();
  using Clock = std::chrono::steady_clock;
  bool visible_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_;
};

}  // namespace basalt::cli
