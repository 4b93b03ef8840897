// The values of number literals. Pure functions on their text; the lexer has checked the form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace basalt::quantum {

/// The longest number, bit string or name that is accepted, in bytes.
inline constexpr std::size_t kMaxLiteralBytes = 65536;

struct IntegerValue {
  std::uint64_t value = 0;
  bool fits = true;  ///< Whether it fits 64 bits; `value` is 0 if not.
};

/// Decimal, 0x, 0o or 0b digits with underscores.
IntegerValue integer_value(std::string_view text) noexcept;

struct RealValue {
  double value = 0;
  bool finite = true;  ///< False where the literal is larger than any double; one too small is 0.
};

/// A decimal number with underscores; what follows it (a unit) is ignored.
RealValue real_value(std::string_view text);

}  // namespace basalt::quantum
