// Values of operators and built-in functions.
#include "workloads/quantum/input/arithmetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <compare>
#include <complex>

#include "workloads/quantum/input/convert.h"

namespace basalt::quantum {
namespace {

using syntax::Operator;

[[noreturn]] void fail_division() {
  throw Fault{"division by zero", "check the divisor before dividing"};
}

bool holds(Operator op, std::partial_ordering order) {
  switch (op) {
    case Operator::equal:
      return std::is_eq(order);
    case Operator::not_equal:
      return std::is_neq(order);
    case Operator::less:
      return std::is_lt(order);
    case Operator::less_equal:
      return std::is_lteq(order);
    case Operator::greater:
      return std::is_gt(order);
    default:
      return std::is_gteq(order);
  }
}

bool compares(Operator op) {
  return op >= Operator::equal && op <= Operator::greater_equal;
}

std::uint64_t integer_power(bool is_signed, std::uint64_t base, std::uint64_t exponent) {
  if (is_signed && static_cast<std::int64_t>(exponent) < 0) {
    throw Fault{fmt::format("an integer to the power of {} is no integer", static_cast<std::int64_t>(exponent)),
                "write the base as a float, as in 2.0 ** -1"};
  }
  std::uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1, base *= base) {
    if ((exponent & 1) != 0) {
      result *= base;
    }
  }
  return result;
}

/// All kinds whose values are words: two's complement makes +, - and * the same for signed and unsigned.
std::uint64_t apply_words(Operator op, bool is_signed, std::uint64_t a, std::uint64_t b) {
  const auto sa = static_cast<std::int64_t>(a);
  const auto sb = static_cast<std::int64_t>(b);
  switch (op) {
    case Operator::add:
      return a + b;
    case Operator::subtract:
      return a - b;
    case Operator::multiply:
      return a * b;
    case Operator::divide:
    case Operator::modulo:
      if (b == 0) {
        fail_division();
      }
      if (is_signed && sb == -1) {  // the one quotient that does not fit wraps
        return op == Operator::divide ? 0 - a : 0;
      }
      if (op == Operator::divide) {
        return is_signed ? static_cast<std::uint64_t>(sa / sb) : a / b;
      }
      return is_signed ? static_cast<std::uint64_t>(sa % sb) : a % b;
    case Operator::power:
      return integer_power(is_signed, a, b);
    case Operator::bit_and:
      return a & b;
    case Operator::bit_or:
      return a | b;
    default:
      return a ^ b;
  }
}

std::uint64_t shifted(Operator op, bool is_signed, std::uint64_t word, std::int64_t amount) {
  if (amount < 0) {
    throw Fault{fmt::format("shift by {}", amount), "shift by a number that is not negative"};
  }
  const bool all = amount >= kDefaultWidth;
  if (op == Operator::shift_left) {
    return all ? 0 : word << amount;
  }
  if (is_signed) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(word) >> std::min<std::int64_t>(amount, 63));
  }
  return all ? 0 : word >> amount;
}

Value shifted_cells(Operator op, const Value& value, std::int64_t amount) {
  const std::vector<std::uint32_t>& cells = *value.list;
  if (amount < 0) {
    throw Fault{fmt::format("shift by {}", amount), "shift by a number that is not negative"};
  }
  const auto count = static_cast<std::int64_t>(cells.size());
  std::vector<std::uint32_t> result(cells.size(), 0);
  for (std::int64_t i = 0; amount < count && i < count - amount; ++i) {
    if (op == Operator::shift_left) {
      result[static_cast<std::size_t>(i + amount)] = cells[static_cast<std::size_t>(i)];
    } else {
      result[static_cast<std::size_t>(i)] = cells[static_cast<std::size_t>(i + amount)];
    }
  }
  return value_of_list(std::move(result), value.lazy);
}

/// Registers compare as unsigned numbers, bit 0 least significant.
std::strong_ordering compare_cells(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  for (std::size_t i = std::max(a.size(), b.size()); i-- > 0;) {
    const std::uint32_t left = i < a.size() ? a[i] : 0;
    const std::uint32_t right = i < b.size() ? b[i] : 0;
    if (left != right) {
      return left <=> right;
    }
  }
  return std::strong_ordering::equal;
}

std::vector<std::uint32_t> cells_of(const Value& value) {
  if (value.list) {
    return *value.list;
  }
  std::vector<std::uint32_t> cells(kDefaultWidth);
  for (std::uint32_t i = 0; i < kDefaultWidth; ++i) {
    cells[i] = static_cast<std::uint32_t>(value.word >> i & 1);
  }
  return cells;
}

Value apply_bits(Operator op, const Value& left, const Value& right) {
  if (op == Operator::shift_left || op == Operator::shift_right) {
    return shifted_cells(op, left, right.integer());
  }
  if (compares(op)) {
    return value_of(holds(op, compare_cells(cells_of(left), cells_of(right))) ? 1 : 0);
  }
  const auto& a = *left.list;
  const auto& b = *right.list;
  if (a.size() != b.size()) {
    throw Fault{fmt::format("'{}' of bit[{}] and bit[{}]", text_of(op), a.size(), b.size()),
                "use registers of one size"};
  }
  std::vector<std::uint32_t> result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    result[i] = static_cast<std::uint32_t>(apply_words(op, false, a[i], b[i]));
  }
  return value_of_list(std::move(result));
}

Value apply_complex(Operator op, const Value& left, const Value& right) {
  const std::complex<double> a{left.real(), left.imaginary};
  const std::complex<double> b{right.real(), right.imaginary};
  std::complex<double> result;
  switch (op) {
    case Operator::equal:
      return value_of(a == b ? 1 : 0);
    case Operator::not_equal:
      return value_of(a != b ? 1 : 0);
    case Operator::add:
      result = a + b;
      break;
    case Operator::subtract:
      result = a - b;
      break;
    case Operator::multiply:
      result = a * b;
      break;
    case Operator::divide:
      if (b == 0.0) {
        fail_division();
      }
      result = a / b;
      break;
    default:
      result = std::pow(a, b);
      break;
  }
  return value_of_real(result.real(), result.imag());
}

Value apply_real(Operator op, double a, double b) {
  if (compares(op)) {
    return value_of(holds(op, a <=> b) ? 1 : 0);
  }
  switch (op) {
    case Operator::add:
      return value_of_real(a + b);
    case Operator::subtract:
      return value_of_real(a - b);
    case Operator::multiply:
      return value_of_real(a * b);
    case Operator::divide:
    case Operator::modulo:
      if (b == 0) {
        fail_division();
      }
      return value_of_real(op == Operator::divide ? a / b : std::fmod(a, b));
    default:
      return value_of_real(std::pow(a, b));
  }
}

/// Rounds the result of an operation to a 32-bit float where that is the type.
Value rounded(Kind kind, std::uint32_t width, const Value& value) {
  return width == 32 ? convert(value, kind, width, kind, width) : value;
}

}  // namespace

Value apply(Operator op, Kind kind, std::uint32_t width, const Value& left, const Value& right) {
  if (kind == Kind::bits || left.list || right.list) {
    return apply_bits(op, left, right);
  }
  if (kind == Kind::complex) {
    const Value result = apply_complex(op, left, right);
    return compares(op) ? result : rounded(kind, width, result);
  }
  if (kind == Kind::floating) {
    const Value result = apply_real(op, left.real(), right.real());
    return compares(op) ? result : rounded(kind, width, result);
  }
  const bool is_signed = kind == Kind::integer;
  if (op == Operator::shift_left || op == Operator::shift_right) {
    return value_of(wrap(kind, width, shifted(op, is_signed, left.word, right.integer())));
  }
  if (compares(op)) {
    return value_of(holds(op, is_signed ? left.integer() <=> right.integer() : left.word <=> right.word) ? 1 : 0);
  }
  return value_of(wrap(kind, width, apply_words(op, is_signed, left.word, right.word)));
}

Value apply(Operator op, Kind kind, std::uint32_t width, const Value& operand) {
  if (op == Operator::plus) {
    return operand;
  }
  if (op == Operator::negate) {
    switch (kind) {
      case Kind::floating:
        return value_of_real(-operand.real());
      case Kind::complex:
        return value_of_real(-operand.real(), -operand.imaginary);
      default:
        return value_of(wrap(kind, width, 0 - operand.word));
    }
  }
  if (kind == Kind::bits) {
    std::vector<std::uint32_t> result(*operand.list);
    for (std::uint32_t& cell : result) {
      cell ^= 1;
    }
    return value_of_list(std::move(result));
  }
  if (kind == Kind::boolean || kind == Kind::bit) {  // ~ and ! are the same on one bit
    return value_of(operand.word ^ 1);
  }
  return value_of(wrap(kind, width, ~operand.word));
}

namespace {

double real_function(Builtin function, double x) {
  switch (function) {
    case Builtin::arccos:
      return std::acos(x);
    case Builtin::arcsin:
      return std::asin(x);
    case Builtin::arctan:
      return std::atan(x);
    case Builtin::ceiling:
      return std::ceil(x);
    case Builtin::cos:
      return std::cos(x);
    case Builtin::exp:
      return std::exp(x);
    case Builtin::floor:
      return std::floor(x);
    case Builtin::log:
      return x > 0 ? std::log(x) : std::nan("");
    case Builtin::sin:
      return std::sin(x);
    case Builtin::sqrt:
      return std::sqrt(x);
    default:
      return std::tan(x);
  }
}

Value rotated(Kind kind, std::uint32_t width, const Value& value, std::int64_t distance) {
  std::vector<std::uint32_t> cells = kind == Kind::bits ? *value.list : cells_of(value);
  if (kind != Kind::bits) {
    cells.resize(width);
  }
  const auto count = static_cast<std::int64_t>(cells.size());
  if (count != 0) {
    const std::int64_t left = ((distance % count) + count) % count;
    std::rotate(cells.begin(), cells.end() - left, cells.end());
  }
  if (kind == Kind::bits) {
    return value_of_list(std::move(cells), value.lazy);
  }
  std::uint64_t word = 0;
  for (std::uint32_t i = 0; i < width; ++i) {
    word |= static_cast<std::uint64_t>(cells[i]) << i;
  }
  return value_of(wrap(kind, width, word));
}

}  // namespace

Value call(Builtin function, Kind kind, std::uint32_t width, const Value& left, const Value& right) {
  switch (function) {
    case Builtin::mod:
      return apply(Operator::modulo, kind, width, left, right);
    case Builtin::power:
      return apply(Operator::power, kind, width, left, right);
    case Builtin::popcount: {
      if (kind == Kind::bits) {
        return value_of(static_cast<std::uint64_t>(std::ranges::count(*left.list, 1U)));
      }
      return value_of(static_cast<std::uint64_t>(std::popcount(wrap(Kind::unsigned_integer, width, left.word))));
    }
    case Builtin::real:
      return value_of_real(left.real());
    case Builtin::imaginary:
      return value_of_real(left.imaginary);
    case Builtin::rotate_left:
      return rotated(kind, width, left, right.integer());
    case Builtin::rotate_right: {
      // Not the negation of the distance: the least integer has none.
      const auto count = static_cast<std::int64_t>(kind == Kind::bits ? left.list->size() : width);
      return rotated(kind, width, left, count == 0 ? 0 : -(right.integer() % count));
    }
    default:
      break;
  }
  if (kind == Kind::complex) {
    const std::complex<double> x{left.real(), left.imaginary};
    const std::complex<double> y = function == Builtin::exp ? std::exp(x) : std::sqrt(x);
    return rounded(kind, width, value_of_real(y.real(), y.imag()));
  }
  const double x = left.real();
  const double y = real_function(function, x);
  if (std::isnan(y) && !std::isnan(x)) {
    throw Fault{fmt::format("{}({}) is not defined", name_of(function), x), "give it an argument in its domain"};
  }
  return value_of_real(y);
}

}  // namespace basalt::quantum
