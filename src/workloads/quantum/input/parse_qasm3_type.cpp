// OpenQASM 3: types.
#include "base/printable.h"
#include "workloads/quantum/input/parse_qasm3.h"

namespace basalt::quantum {

using syntax::ExpressionId;
using syntax::kNone;
using syntax::Type;
using syntax::TypeKind;

namespace {

TypeKind scalar_kind(TokenKind kind) {
  // clang-format off
  switch (kind) {
    case TokenKind::kw_bit: return TypeKind::bit;
    case TokenKind::kw_bool: return TypeKind::boolean;
    case TokenKind::kw_int: return TypeKind::integer;
    case TokenKind::kw_uint: return TypeKind::unsigned_integer;
    case TokenKind::kw_float: return TypeKind::floating;
    case TokenKind::kw_angle: return TypeKind::angle;
    case TokenKind::kw_complex: return TypeKind::complex;
    case TokenKind::kw_duration: return TypeKind::duration;
    case TokenKind::kw_stretch: return TypeKind::stretch;
    default: return TypeKind::none;
  }
  // clang-format on
}

}  // namespace

bool Qasm3Parser::at_scalar_type() const {
  return scalar_kind(token_.kind) != TypeKind::none;
}

std::uint32_t Qasm3Parser::add_type(Type&& type) {
  tree_.types.push_back(std::move(type));
  return static_cast<std::uint32_t>(tree_.types.size() - 1);
}

// Rule: designator.
ExpressionId Qasm3Parser::parse_designator() {
  expect(TokenKind::left_bracket, "the type");
  const ExpressionId width = parse_expression();
  expect(TokenKind::right_bracket, "the size");
  return width;
}

// Rule: scalarType.
Type Qasm3Parser::parse_scalar_type() {
  Type type;
  type.position = position_of(token_);
  type.kind = scalar_kind(token_.kind);
  if (type.kind == TypeKind::none) {
    fail_expected("a classical type", "such as bit, bool, int, uint, float, angle or complex");
  }
  advance();
  const bool bracket = is(TokenKind::left_bracket);
  switch (type.kind) {
    case TypeKind::complex:
      type.float_written = bracket;
      if (bracket) {
        advance();
        if (!is(TokenKind::kw_float)) {
          fail_expected("'float'", "a complex type is written complex[float[64]]");
        }
        advance();
        if (is(TokenKind::left_bracket)) {
          type.width = parse_designator();
        }
        expect(TokenKind::right_bracket, "the float type");
      }
      break;
    case TypeKind::boolean:
    case TypeKind::duration:
    case TypeKind::stretch:
      if (bracket) {
        fail_expected("a name", "this type has no size");
      }
      break;
    default:
      if (bracket) {
        type.width = parse_designator();
      }
  }
  return type;
}

// Rules: arrayType, arrayReferenceType. Only references may give the number of dimensions instead of their sizes.
Type Qasm3Parser::parse_array_type(bool reference) {
  Type type;
  type.kind = TypeKind::array;
  type.position = position_of(token_);
  if (!is(TokenKind::kw_array)) {
    fail_expected("'array'");
  }
  advance();
  constexpr const char* kForm = "an array type is written array[int[32], 4]";
  expect(TokenKind::left_bracket, "'array'", kForm);
  const Type element = parse_scalar_type();
  type.element = element.kind;
  type.element_width = element.width;
  type.float_written = element.float_written;
  expect(TokenKind::comma, "the element type", kForm);
  if (is(TokenKind::kw_dim)) {
    if (!reference) {
      fail(token_, "#dim is for parameters only", "give the sizes: array[int[32], 4, 2]");
    }
    advance();
    expect(TokenKind::equals, "'#dim'");
    type.dimension_count = parse_expression();
  } else {
    const std::size_t mark = pending_.size();
    push_expression_list(TokenKind::right_bracket);
    type.dimensions = take_pending(mark);
  }
  expect(TokenKind::right_bracket, "the dimensions");
  return type;
}

Type Qasm3Parser::parse_classical_type() {
  return is(TokenKind::kw_array) ? parse_array_type(false) : parse_scalar_type();
}

// Rule: returnSignature. kNone where there is none.
std::uint32_t Qasm3Parser::parse_return_type() {
  if (!accept(TokenKind::arrow)) {
    return kNone;
  }
  return add_type(parse_scalar_type());
}

}  // namespace basalt::quantum
