// Operators and built-in functions on classical values: which types they take, and what they give.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "workloads/quantum/input/syntax.h"
#include "workloads/quantum/input/value.h"

namespace basalt::quantum {

/// The types that the operands of an operator are converted to, and the type of the result.
struct Signature {
  Type left;
  Type right;
  Type result;
};

/// Nothing when the operator is not defined for the types. Not for && || and ++.
std::optional<Signature> find_signature(syntax::Operator op, const Type& left, const Type& right);
std::optional<Signature> find_signature(syntax::Operator op, const Type& operand);

/// As written: "+", "<<".
std::string_view text_of(syntax::Operator op);

/// Applies an operator to operands that have the types of the signature; `kind` and `width` are those of `left`.
/// Bits must be known, except for shifts. Throws Fault (division by zero, negative shift).
Value apply(syntax::Operator op, Kind kind, std::uint32_t width, const Value& left, const Value& right);
Value apply(syntax::Operator op, Kind kind, std::uint32_t width, const Value& operand);

enum class Builtin : std::uint8_t {
  arccos,
  arcsin,
  arctan,
  ceiling,
  cos,
  exp,
  floor,
  log,
  mod,
  popcount,
  power,
  real,
  imaginary,
  rotate_left,
  rotate_right,
  sin,
  sqrt,
  tan,
};

/// The function of that name in the language, but not sizeof, which asks for a type.
std::optional<Builtin> find_builtin(std::string_view name, syntax::Language language);
std::string_view name_of(Builtin function);
std::size_t argument_count(Builtin function);

/// For one-argument functions `right` is not used.
std::optional<Signature> find_signature(Builtin function, const Type& left, const Type& right);

/// Arguments have the types of the signature; `kind` and `width` are those of `left`.
Value call(Builtin function, Kind kind, std::uint32_t width, const Value& left, const Value& right);

}  // namespace basalt::quantum
