// What a benchmark runs now, below its table.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "bar.h"

namespace basalt::cli {

/// Drawn on a terminal, and nowhere else.
class StatusLine {
 public:
  void show(double fraction, const std::string& what) const {
    if (visible_) {
      fmt::print(stderr, "\r\x1b[K{}  {}", draw_bar(fraction), what);
      std::fflush(stderr);
    }
  }
  void clear() const {
    if (visible_) {
      fmt::print(stderr, "\r\x1b[K");
      std::fflush(stderr);
    }
  }

 private:
  bool visible_ = isatty(STDERR_FILENO) != 0;
};

}  // namespace basalt::cli
