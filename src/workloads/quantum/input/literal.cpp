// Number literals to values, independent of the locale.
#include "workloads/quantum/input/literal.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <string>
#include <system_error>

namespace basalt::quantum {
namespace {

bool is_decimal(char c) {
  return c >= '0' && c <= '9';
}

unsigned digit_of(char c) {
  if (is_decimal(c)) {
    return static_cast<unsigned>(c - '0');
  }
  return static_cast<unsigned>((c | 0x20) - 'a') + 10;
}

// Whether a decimal number that no double holds is too large rather than too small: the sign of the decimal exponent
// of its first digit that is not zero.
bool is_large(std::string_view digits) {
  const std::size_t e = std::min(digits.find_first_of("eE"), digits.size());
  const std::string_view mantissa = digits.substr(0, e);
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) {
    return false;
  }
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::int64_t magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (e < digits.size()) {
    std::int64_t exponent = 0;
    const bool negative = digits[e + 1] == '-';
    for (const char c : digits.substr(e + 1)) {
      if (is_decimal(c)) {
        exponent = std::min<std::int64_t>(exponent * 10 + (c - '0'), std::int64_t{1} << 40);
      }
    }
    magnitude += negative ? -exponent : exponent;
  }
  return magnitude > 0;
}

}  // namespace

IntegerValue integer_value(std::string_view text) noexcept {
  unsigned base = 10;
  if (text.size() > 2 && text[0] == '0') {
    const char prefix = static_cast<char>(text[1] | 0x20);
    base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 10;
    text.remove_prefix(base == 10 ? 0 : 2);
  }
  IntegerValue result;
  for (const char c : text) {
    if (c == '_') {
      continue;
    }
    const unsigned digit = digit_of(c);
    if (result.value > (std::numeric_limits<std::uint64_t>::max() - digit) / base) {
      return {0, false};
    }
    result.value = result.value * base + digit;
  }
  return result;
}

RealValue real_value(std::string_view text) {
  std::string digits;
  if (text.find('_') != std::string_view::npos) {
    digits.reserve(text.size());
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != '_'; });
    text = digits;
  }
  RealValue result;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result.value);
  if (error == std::errc::result_out_of_range) {
    result.finite = !is_large(text.substr(0, static_cast<std::size_t>(end - text.data())));
    result.value = 0;
  }
  return result;
}

}  // namespace basalt::quantum
