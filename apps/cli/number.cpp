#include "number.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <limits>

namespace basalt::cli {

std::uint64_t whole_number(const std::string& option, const std::string& text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range) {
    throw CLI::ValidationError(option, "'" + text + "' is too large: at most 18446744073709551615");
  }
  if (error != std::errc() || stop != end) {
    throw CLI::ValidationError(option, "'" + text + "' is no whole number");
  }
  return value;
}

int integer_between(const std::string& option, const std::string& text, int least, int most) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < least || value > most) {
    throw CLI::ValidationError(
        option, "'" + text + "' is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return value;
}

double seconds_of(const std::string& option, const std::string& text) {
  constexpr double kMost = 1e9;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc() || stop != end || !(value > 0) || value > kMost) {
    throw CLI::ValidationError(option, "'" + text + "' is no time in seconds, such as 30 or 0.5");
  }
  return value;
}

double duration_of(const std::string& option, const std::string& text) {
  double unit = 1;
  std::string number = text;
  if (!text.empty() && std::string("smh").find(text.back()) != std::string::npos) {
    unit = text.back() == 's' ? 1 : text.back() == 'm' ? 60 : 3600;
    number.pop_back();
  }
  try {
    return unit * seconds_of(option, number);
  } catch (const CLI::ValidationError&) {
    throw CLI::ValidationError(option, "'" + text + "' is no time such as 30s, 10m or 2h");
  }
}

std::vector<std::uint32_t> qubit_list(const std::string& option, const std::string& text) {
  std::vector<std::uint32_t> qubits;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::uint64_t qubit = whole_number(option, text.substr(begin, comma - begin));
    if (qubit > std::numeric_limits<std::uint32_t>::max()) {
      throw CLI::ValidationError(option, "there is no qubit " + std::to_string(qubit));
    }
    qubits.push_back(static_cast<std::uint32_t>(qubit));
    begin = comma + 1;
  }
  return qubits;
}

std::string not_empty(const std::string& option, const std::string& text) {
  if (text.empty()) {
    throw CLI::ValidationError(option, "the value is empty");
  }
  return text;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::vector<std::uint64_t> grid_size(const std::string& option, const std::string& text) {
  std::vector<std::uint64_t> size;
  for (const std::string& part : split(text, 'x')) {
    size.push_back(whole_number(option, part));
  }
  return size;
}

}  // namespace basalt::cli
