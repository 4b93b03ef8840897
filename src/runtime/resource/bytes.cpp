// Sizes in bytes, as people write and read them.

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string_view>

#include "basalt/error.h"
#include "basalt/inventory.h"

namespace basalt {
namespace {

constexpr std::string_view kSuffixes = "KMGTPE";

/// The power of two that a suffix stands for: "" and "B" 0, "K", "KB" and "KiB" 10, ...; in any case of letters.
std::optional<int> exponent_of(std::string_view suffix) {
  std::string upper;
  for (const char letter : suffix) {
    upper += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  if (upper.empty() || upper == "B") {
    return 0;
  }
  const std::size_t place = kSuffixes.find(upper.front());
  const std::string_view rest = std::string_view(upper).substr(1);
  if (place == std::string_view::npos || !(rest.empty() || rest == "B" || rest == "IB")) {
    return std::nullopt;
  }
  return 10 * (static_cast<int>(place) + 1);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

std::uint64_t parse_bytes(const std::string& text, const std::string& what) {
  const auto fail = [&](const std::string& problem) {
    return Error(ErrorCode::bad_usage, what + ": " + problem, "give a size such as 16G, 512MiB or 1000000000");
  };
  const std::string shown = "\"" + (text.size() <= 40 ? text : text.substr(0, 40) + "...") + "\"";
  const std::string_view trimmed = trim(text);
  if (trimmed.empty()) {
    throw fail("no size is given");
  }
  if (trimmed.front() == '-') {
    throw fail(shown + " is negative");
  }
  // "1e18E" is not a number with two exponents: from_chars stops in front of the suffix
  const char* const end = trimmed.data() + trimmed.size();
  std::uint64_t whole = 0;
  const auto as_whole = std::from_chars(trimmed.data(), end, whole);
  double real = 0;
  const auto as_real = std::from_chars(trimmed.data(), end, real);
  if (as_real.ec == std::errc::invalid_argument || !std::isdigit(static_cast<unsigned char>(trimmed.front()))) {
    throw fail(shown + " is no size");
  }
  const std::string_view suffix = trim({as_real.ptr, static_cast<std::size_t>(end - as_real.ptr)});
  const std::optional<int> exponent = exponent_of(suffix);
  if (!exponent) {
    throw fail(shown + " has the unknown unit \"" + std::string(suffix.substr(0, 20)) + "\"");
  }
  // whole numbers stay exact; others are as exact as a double is
  if (as_whole.ec == std::errc() && as_whole.ptr == as_real.ptr && (whole << *exponent) >> *exponent == whole) {
    return whole << *exponent;
  }
  const double bytes = std::ldexp(real, *exponent);
  if (as_real.ec != std::errc() || !(bytes < 0x1p64)) {
    throw fail(shown + " is more than any machine has");
  }
  return static_cast<std::uint64_t>(bytes);
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 7> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) {
    return std::to_string(bytes) + " B";
  }
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1023.95 && unit + 1 < kUnits.size()) {  // 1023.95 would be printed as 1024.0
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits[unit]);
  return text.data();
}

}  // namespace basalt
