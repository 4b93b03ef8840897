// The types that operators and built-in functions take and give.
#include <algorithm>
#include <array>

#include "workloads/quantum/input/arithmetic.h"
#include "workloads/quantum/input/convert.h"

namespace basalt::quantum {
namespace {

using syntax::Operator;

const Type kInteger = type_of(Kind::integer, kDefaultWidth);
const Type kUnsigned = type_of(Kind::unsigned_integer, kDefaultWidth);
const Type kFloat = type_of(Kind::floating, kDefaultWidth);
const Type kBool = type_of(Kind::boolean);

/// bool and bit count as integers in arithmetic, as in C.
Type promoted(const Type& type) {
  return type.kind == Kind::boolean || type.kind == Kind::bit ? kInteger : type;
}

bool is_number(Kind kind) {
  return is_integer(kind) || kind == Kind::floating || kind == Kind::complex;
}

/// The usual arithmetic conversions: complex over float over integers, wider over narrower, unsigned over signed.
Type common_number(const Type& left, const Type& right) {
  if (is_integer(left.kind) && is_integer(right.kind)) {
    if (left.width != right.width) {
      return left.width > right.width ? left : right;
    }
    return left.kind == Kind::unsigned_integer ? left : right;
  }
  const auto width_of = [](const Type& type) { return is_integer(type.kind) ? 0 : type.width; };
  const bool complex = left.kind == Kind::complex || right.kind == Kind::complex;
  return type_of(complex ? Kind::complex : Kind::floating, std::max(width_of(left), width_of(right)));
}

bool compares(Operator op) {
  return op >= Operator::equal && op <= Operator::greater_equal;
}

std::optional<Signature> angle_signature(Operator op, const Type& left, const Type& right) {
  const bool both = left.kind == Kind::angle && right.kind == Kind::angle;
  const Type angle = type_of(
      Kind::angle, both ? std::max(left.width, right.width) : (left.kind == Kind::angle ? left.width : right.width));
  const Type counter = type_of(Kind::unsigned_integer, angle.width);
  const Type& other = left.kind == Kind::angle ? right : left;
  if (!both && !is_integer(other.kind) && other.kind != Kind::floating) {
    return std::nullopt;
  }
  if (compares(op)) {
    return Signature{angle, angle, kBool};
  }
  switch (op) {
    case Operator::add:
    case Operator::subtract:
      return Signature{angle, angle, angle};
    case Operator::bit_and:
    case Operator::bit_or:
    case Operator::bit_xor:
      return both ? std::optional(Signature{angle, angle, angle}) : std::nullopt;
    case Operator::multiply:
      if (is_integer(other.kind)) {
        return left.kind == Kind::angle ? Signature{angle, counter, angle} : Signature{counter, angle, angle};
      }
      break;
    case Operator::divide:
      if (both) {
        return Signature{angle, angle, counter};
      }
      if (is_integer(right.kind)) {
        return Signature{angle, counter, angle};
      }
      break;
    case Operator::power:
      break;
    default:
      return std::nullopt;
  }
  return both && op == Operator::multiply ? std::nullopt : std::optional(Signature{kFloat, kFloat, kFloat});
}

std::optional<Signature> bits_signature(Operator op, const Type& left, const Type& right) {
  const bool both = left.kind == Kind::bits && right.kind == Kind::bits;
  const bool same_size =
      both && (left.width == right.width || left.width == kUnknownCount || right.width == kUnknownCount);
  if (compares(op)) {
    const Type& other = left.kind == Kind::bits ? right : left;
    if (same_size) {
      return Signature{left, right, kBool};
    }
    if (is_integer(other.kind) || other.kind == Kind::boolean || other.kind == Kind::bit) {
      return left.kind == Kind::bits ? Signature{left, kUnsigned, kBool} : Signature{kUnsigned, right, kBool};
    }
    return std::nullopt;
  }
  if (same_size && (op == Operator::bit_and || op == Operator::bit_or || op == Operator::bit_xor)) {
    return Signature{left, right, left.width == kUnknownCount ? right : left};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Signature> find_signature(Operator op, const Type& left, const Type& right) {
  if (op == Operator::shift_left || op == Operator::shift_right) {
    const Type amount = promoted(right);
    const Type value = left.kind == Kind::bits ? left : promoted(left);
    const bool shifts = value.kind == Kind::bits || is_integer(value.kind) || value.kind == Kind::angle;
    if (!shifts || !(is_integer(amount.kind) || amount.kind == Kind::bits)) {
      return std::nullopt;
    }
    return Signature{value, amount.kind == Kind::bits ? kUnsigned : kInteger, value};
  }
  if (left.kind == Kind::bits || right.kind == Kind::bits) {
    return bits_signature(op, left, right);
  }
  const bool flags = (left.kind == Kind::boolean || left.kind == Kind::bit) &&
                     (right.kind == Kind::boolean || right.kind == Kind::bit);
  if (flags && (op == Operator::bit_and || op == Operator::bit_or || op == Operator::bit_xor)) {
    return Signature{kBool, kBool, left.kind == Kind::bit && right.kind == Kind::bit ? type_of(Kind::bit) : kBool};
  }
  const Type l = promoted(left);
  const Type r = promoted(right);
  if ((l.kind == Kind::angle || is_number(l.kind)) && (r.kind == Kind::angle || is_number(r.kind)) &&
      (l.kind == Kind::angle || r.kind == Kind::angle)) {
    return angle_signature(op, l, r);
  }
  if (!is_number(l.kind) || !is_number(r.kind)) {
    return std::nullopt;
  }
  const Type common = common_number(l, r);
  if (compares(op)) {
    const bool ordered = op != Operator::equal && op != Operator::not_equal;
    return common.kind == Kind::complex && ordered ? std::nullopt : std::optional(Signature{common, common, kBool});
  }
  switch (op) {
    case Operator::add:
    case Operator::subtract:
    case Operator::multiply:
    case Operator::divide:
    case Operator::power:
      return Signature{common, common, common};
    case Operator::modulo:
      return common.kind == Kind::complex ? std::nullopt : std::optional(Signature{common, common, common});
    case Operator::bit_and:
    case Operator::bit_or:
    case Operator::bit_xor:
      return is_integer(common.kind) ? std::optional(Signature{common, common, common}) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Signature> find_signature(Operator op, const Type& operand) {
  const auto same = [](const Type& type) { return Signature{type, type, type}; };
  switch (op) {
    case Operator::negate:
    case Operator::plus: {
      const Type type = promoted(operand);
      return is_number(type.kind) || type.kind == Kind::angle ? std::optional(same(type)) : std::nullopt;
    }
    case Operator::bit_not:
      if (operand.kind == Kind::boolean || operand.kind == Kind::bit || operand.kind == Kind::bits ||
          is_integer(operand.kind) || operand.kind == Kind::angle) {
        return same(operand);
      }
      return std::nullopt;
    case Operator::logical_not:
      return can_convert(operand, kBool, Cast::automatic) ? std::optional(same(kBool)) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::string_view text_of(Operator op) {
  static constexpr std::array<std::string_view, 25> kTexts{
      "",   "+",  "-", "*",  "/",  "%", "**", "&", "|",  "^", "~", "<<", ">>",
      "&&", "||", "!", "==", "!=", "<", "<=", ">", ">=", "-", "+", "++"};
  return kTexts[static_cast<std::size_t>(op)];
}

std::optional<Signature> find_signature(Builtin function, const Type& left, const Type& right) {
  const Type first = promoted(left);
  const auto plain = [](const Type& from, const Type& to) { return Signature{from, from, to}; };
  const bool real = is_integer(first.kind) || first.kind == Kind::floating;
  switch (function) {
    case Builtin::arccos:
    case Builtin::arcsin:
    case Builtin::arctan:
    case Builtin::ceiling:
    case Builtin::floor:
    case Builtin::log:
    case Builtin::cos:
    case Builtin::sin:
    case Builtin::tan:
      // An angle is a number of radians to all of them; the standard says so for cos, sin and tan.
      return real || first.kind == Kind::angle ? std::optional(plain(kFloat, kFloat)) : std::nullopt;
    case Builtin::exp:
    case Builtin::sqrt:
      if (first.kind == Kind::complex) {
        return plain(first, first);
      }
      return real || first.kind == Kind::angle ? std::optional(plain(kFloat, kFloat)) : std::nullopt;
    case Builtin::mod:
      return find_signature(Operator::modulo, left, right);
    case Builtin::power:
      return find_signature(Operator::power, left, right);
    case Builtin::popcount:
      if (first.kind == Kind::bits || is_integer(first.kind) || first.kind == Kind::angle) {
        return plain(first, kUnsigned);
      }
      return std::nullopt;
    case Builtin::real:
    case Builtin::imaginary:
      if (first.kind == Kind::complex) {
        return plain(first, type_of(Kind::floating, first.width));
      }
      return real ? std::optional(plain(type_of(Kind::complex, kDefaultWidth), kFloat)) : std::nullopt;
    case Builtin::rotate_left:
    case Builtin::rotate_right:
      if ((left.kind == Kind::bits || is_integer(first.kind) || first.kind == Kind::angle) &&
          is_integer(promoted(right).kind)) {
        return Signature{first, kInteger, first};
      }
      return std::nullopt;
  }
  return std::nullopt;
}

std::size_t argument_count(Builtin function) {
  switch (function) {
    case Builtin::mod:
    case Builtin::power:
    case Builtin::rotate_left:
    case Builtin::rotate_right:
      return 2;
    default:
      return 1;
  }
}

namespace {

struct BuiltinName {
  std::string_view name;
  Builtin function;
  bool openqasm2;
};

// clang-format off
constexpr std::array<BuiltinName, 19> kBuiltins{{
    {"arccos", Builtin::arccos, false},       {"arcsin", Builtin::arcsin, false},
    {"arctan", Builtin::arctan, false},       {"ceiling", Builtin::ceiling, false},
    {"cos", Builtin::cos, true},              {"exp", Builtin::exp, true},
    {"floor", Builtin::floor, false},         {"log", Builtin::log, false},
    {"ln", Builtin::log, true},               {"mod", Builtin::mod, false},
    {"popcount", Builtin::popcount, false},   {"pow", Builtin::power, false},
    {"real", Builtin::real, false},           {"imag", Builtin::imaginary, false},
    {"rotl", Builtin::rotate_left, false},    {"rotr", Builtin::rotate_right, false},
    {"sin", Builtin::sin, true},              {"sqrt", Builtin::sqrt, true},
    {"tan", Builtin::tan, true},
}};
// clang-format on

}  // namespace

std::optional<Builtin> find_builtin(std::string_view name, syntax::Language language) {
  for (const BuiltinName& entry : kBuiltins) {
    if (entry.name == name && (entry.openqasm2 || language == syntax::Language::openqasm3)) {
      return entry.function;
    }
  }
  return std::nullopt;
}

std::string_view name_of(Builtin function) {
  return std::ranges::find(kBuiltins, function, &BuiltinName::function)->name;
}

}  // namespace basalt::quantum
