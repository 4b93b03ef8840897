#include "progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <string>

namespace basalt::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{1000};
constexpr std::chrono::milliseconds kInterval{100};
constexpr int kWidth = 28;

std::string format_seconds(double seconds) {
  const auto whole = std::lround(seconds);
  if (whole < 60) {
    return fmt::format("{} s", whole);
  }
  return whole < 3600 ? fmt::format("{} min {:02} s", whole / 60, whole % 60)
                      : fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

}  // namespace

ProgressBar::ProgressBar(bool wanted) : visible_(wanted && isatty(STDERR_FILENO) != 0), next_(start_ + kPatience) {}

void ProgressBar::show(const Progress& progress) {
  const auto now = Clock::now();
  if (!visible_ || now < next_) {
    return;
  }
  next_ = now + kInterval;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  std::string bar;
  for (int i = 0; i < kWidth; ++i) {
    bar += i < progress.fraction * kWidth ? "█" : "░";
  }
  std::string gates = fmt::format("{}", progress.gates_done);
  if (progress.gates_total > 0) {
    gates += fmt::format("/{}", progress.gates_total);
  }
  std::string left = "time left unknown";
  if (progress.fraction > 0.001) {
    left = format_seconds(elapsed * (1 / progress.fraction - 1)) + " left";
  }
  fmt::print(stderr, "\r\x1b[K{} {:3.0f}%  {} gates  {}", bar, 100 * progress.fraction, gates, left);
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressBar::clear() {
  if (drawn_) {
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    drawn_ = false;
  }
}

}  // namespace basalt::cli
