#include "batch_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "bar.h"

namespace basalt::cli {
namespace {

constexpr std::chrono::milliseconds kInterval{200};

std::string describe(const BatchProgress& progress, double seconds) {
  const std::uint64_t ended = progress.done + progress.failed;
  const std::uint64_t left = progress.jobs - progress.kept - ended;
  const auto all = static_cast<double>(progress.jobs);
  std::string text = fmt::format("{}  {}/{} jobs", draw_bar(static_cast<double>(progress.jobs - left) / all),
                                 progress.jobs - left, progress.jobs);
  if (progress.failed > 0) {
    text += fmt::format("  {} failed", progress.failed);
  }
  text += fmt::format("  {} running", progress.running);
  if (ended > 0) {
    const double rate = static_cast<double>(ended) / seconds;
    text += fmt::format("  {:.3g}/s  {} left", rate, format_duration(static_cast<double>(left) / rate));
  }
  return text;
}

}  // namespace

BatchLine::BatchLine(bool wanted) : visible_(wanted && isatty(STDERR_FILENO) != 0) {
  if (visible_) {
    ticker_ = std::jthread([this](const std::stop_token& stop) {
      std::unique_lock lock(mutex_);
      while (!stop.stop_requested()) {
        ticked_.wait_for(lock, stop, kInterval, [] { return false; });
        draw();
      }
    });
  }
}

BatchLine::~BatchLine() {
  ticker_ = {};
  clear();
}

void BatchLine::show(const BatchProgress& progress) {
  const std::scoped_lock lock(mutex_);
  progress_ = progress;
}

void BatchLine::above(const std::function<void()>& print) {
  const std::scoped_lock lock(mutex_);
  clear();
  print();
}

/// With the lock held, as is `clear`.
void BatchLine::draw() {
  if (progress_.jobs > 0) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    fmt::print(stderr, "\r\x1b[K{}", describe(progress_, elapsed.count()));
    std::fflush(stderr);
    drawn_ = true;
  }
}

void BatchLine::clear() {
  if (drawn_) {
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    drawn_ = false;
  }
}

}  // namespace basalt::cli
