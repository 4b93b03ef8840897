#include "bar.h"

#include <fmt/format.h>

#include <cmath>

namespace basalt::cli {
namespace {

constexpr int kWidth = 28;

}  // namespace

std::string draw_bar(double fraction) {
  std::string bar;
  for (int i = 0; i < kWidth; ++i) {
    bar += i < fraction * kWidth ? "█" : "░";
  }
  return fmt::format("{} {:3.0f}%", bar, 100 * fraction);
}

std::string format_duration(double seconds) {
  const auto whole = std::lround(seconds);
  if (whole < 60) {
    return fmt::format("{} s", whole);
  }
  return whole < 3600 ? fmt::format("{} min {:02} s", whole / 60, whole % 60)
                      : fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

}  // namespace basalt::cli
