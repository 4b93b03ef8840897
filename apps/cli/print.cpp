#include "print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "basalt/error.h"

namespace basalt::cli {
namespace {

bool colour() {
  static const bool on = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return on;
}

}  // namespace

void print(const std::string& text) {
  std::cout << text << '\n';
}

std::string styled(std::string_view text, std::string_view code) {
  return colour() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string heading(std::string_view text) {
  return styled(text, "1");
}

std::string format_seconds(double seconds) {
  if (seconds < 1e-3) {
    return fmt::format("{:.3g} µs", seconds * 1e6);
  }
  return seconds < 1 ? fmt::format("{:.3g} ms", seconds * 1e3) : fmt::format("{:.3g} s", seconds);
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) {
    std::cerr << "note: " << note << '\n';
  }
}

void finish_output() {
  std::cout.flush();
  if (!std::cout) {
    throw Error(ErrorCode::io, "standard output could not be written", "is the disk full?");
  }
}

}  // namespace basalt::cli
