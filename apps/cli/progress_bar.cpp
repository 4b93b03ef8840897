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

/// Whether a bar is to be drawn now; the next is due later.
bool ProgressBar::is_due() {
  const auto now = Clock::now();
  if (!visible_ || now < next_) {
    return false;
  }
  next_ = now + kInterval;
  return true;
}

void ProgressBar::show(const Progress& progress) {
  if (visible_) {
    const std::string of = progress.gates_total > 0 ? fmt::format("/{}", progress.gates_total) : std::string();
    show(progress.fraction, fmt::format("{}{} gates", progress.gates_done, of));
  }
}

void ProgressBar::show(double fraction, const std::string& done) {
  if (!is_due()) {
    return;
  }
  const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
  std::string left = "time left unknown";
  if (fraction > 0.001) {
    left = format_duration(elapsed * (1 / fraction - 1)) + " left";
  }
  fmt::print(stderr, "\r\x1b[K{}  {}  {}", draw_bar(fraction), done, left);
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
