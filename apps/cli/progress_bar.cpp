#include "progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "bar.h"

namespace basalt::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{1000};
constexpr std::chrono::milliseconds kInterval{100};

}  // namespace

ProgressBar::ProgressBar(bool wanted) : visible_(wanted && isatty(STDERR_FILENO) != 0), next_(start_ + kPatience) {}

void ProgressBar::show(const Progress& progress) {
  const auto now = Clock::now();
  if (!visible_ || now < next_) {
    return;
  }
  next_ = now + kInterval;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  std::string gates = fmt::format("{}", progress.gates_done);
  if (progress.gates_total > 0) {
    gates += fmt::format("/{}", progress.gates_total);
  }
  std::string left = "time left unknown";
  if (progress.fraction > 0.001) {
    left = format_duration(elapsed * (1 / progress.fraction - 1)) + " left";
  }
  fmt::print(stderr, "\r\x1b[K{}  {} gates  {}", draw_bar(progress.fraction), gates, left);
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressBar::clear() {
  if (drawn_) {
    clear_line();
    drawn_ = false;
  }
}

void ProgressBar::clear_line() {
  if (isatty(STDERR_FILENO) != 0) {
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
  }
}

}  // namespace basalt::cli
