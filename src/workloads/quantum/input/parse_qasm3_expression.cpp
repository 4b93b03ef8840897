// OpenQASM 3: expressions, and the forms that stand for values only in some places.
#include <algorithm>

#include "base/printable.h"
#include "workloads/quantum/input/literal.h"
#include "workloads/quantum/input/parse_qasm3.h"

namespace basalt::quantum {

using syntax::Expression;
using syntax::ExpressionId;
using syntax::kNone;
using syntax::Operator;
using syntax::Type;

namespace {

// The order of the alternatives of the grammar's rule `expression`: higher levels bind tighter.
constexpr BinaryRules binary_rules() {
  BinaryRules rules{};
  const auto set = [&](TokenKind kind, Operator op, std::uint8_t level, bool right_associative = false) {
    rules[static_cast<std::size_t>(kind)] = {op, level, right_associative};
  };
  // The grammar has ++ in aliases only; the specification's text joins arrays and registers of bits anywhere.
  set(TokenKind::double_plus, Operator::concatenate, 1);
  set(TokenKind::double_pipe, Operator::logical_or, 2);
  set(TokenKind::double_ampersand, Operator::logical_and, 3);
  set(TokenKind::pipe, Operator::bit_or, 4);
  set(TokenKind::caret, Operator::bit_xor, 5);
  set(TokenKind::ampersand, Operator::bit_and, 6);
  set(TokenKind::double_equals, Operator::equal, 7);
  set(TokenKind::not_equals, Operator::not_equal, 7);
  set(TokenKind::less, Operator::less, 8);
  set(TokenKind::less_equal, Operator::less_equal, 8);
  set(TokenKind::greater, Operator::greater, 8);
  set(TokenKind::greater_equal, Operator::greater_equal, 8);
  set(TokenKind::shift_left, Operator::shift_left, 9);
  set(TokenKind::shift_right, Operator::shift_right, 9);
  set(TokenKind::plus, Operator::add, 10);
  set(TokenKind::minus, Operator::subtract, 10);
  set(TokenKind::asterisk, Operator::multiply, 11);
  set(TokenKind::slash, Operator::divide, 11);
  set(TokenKind::percent, Operator::modulo, 11);
  set(TokenKind::double_asterisk, Operator::power, 13, true);
  return rules;
}

constexpr BinaryRules kRules = binary_rules();

}  // namespace

Qasm3Parser::Qasm3Parser(Parsing& parsing, std::uint32_t text_index) : Parser(parsing, text_index, kRules) {}

ExpressionId Qasm3Parser::parse_operand() {
  switch (token_.kind) {
    case TokenKind::minus:
      return parse_unary(Operator::negate);
    case TokenKind::tilde:
      return parse_unary(Operator::bit_not);
    case TokenKind::exclamation:
      return parse_unary(Operator::logical_not);
    default:
      return parse_indices(parse_primary());
  }
}

ExpressionId Qasm3Parser::parse_primary() {
  const Token token = token_;
  switch (token.kind) {
    case TokenKind::identifier:
      advance();
      return is(TokenKind::left_parenthesis) ? parse_call_after(token) : make_name(token);
    case TokenKind::kw_pow:  // the function; the grammar knows the modifier only, the specification has both
      advance();
      if (!is(TokenKind::left_parenthesis)) {
        fail_expected("'(' after 'pow'");
      }
      return parse_call_after(token);
    case TokenKind::integer:
      advance();
      return make_integer(token);
    case TokenKind::real:
      advance();
      return make_real(token);
    case TokenKind::imaginary:
      advance();
      return make_real(token, Expression::Kind::imaginary);
    case TokenKind::timing:
      advance();
      make(Expression::Kind::duration, position_of(token)).text = text_of(token).substr(0, kMaxLiteralBytes);
      return last_expression();
    case TokenKind::kw_true:
    case TokenKind::kw_false:
      advance();
      make(Expression::Kind::boolean, position_of(token)).integer = token.kind == TokenKind::kw_true ? 1 : 0;
      return last_expression();
    case TokenKind::string:
      return parse_bit_string();
    case TokenKind::hardware_qubit:
      return parse_hardware_qubit();
    case TokenKind::left_parenthesis: {
      advance();
      const ExpressionId inner = parse_expression();
      expect(TokenKind::right_parenthesis, "the expression");
      return inner;
    }
    case TokenKind::kw_durationof:
      return parse_duration_of();
    case TokenKind::kw_measure:
      fail_expected("an expression", "a measurement cannot be part of an expression; assign it to a bit first");
    default:
      if (at_scalar_type() || is(TokenKind::kw_array)) {
        return parse_cast(parse_classical_type());
      }
      fail_expected("an expression");
  }
}

ExpressionId Qasm3Parser::parse_call_after(Token name) {
  advance();
  const std::size_t mark = pending_.size();
  if (!is(TokenKind::right_parenthesis)) {
    push_expression_list(TokenKind::right_parenthesis);
  }
  expect(TokenKind::right_parenthesis, "the arguments of " + in_quotes(text_of(name)));
  const ExpressionId call = make_name(name);
  tree_.expressions[call].kind = Expression::Kind::call;
  adopt(call, mark);
  return call;
}

// Rule: castExpression, after its type.
ExpressionId Qasm3Parser::parse_cast(Type&& type) {
  const Position position = type.position;
  expect(TokenKind::left_parenthesis, "the type", "a value is converted like this: int[8](x)");
  const ExpressionId value = parse_expression();
  expect(TokenKind::right_parenthesis, "the value to convert");
  const ExpressionId cast = make_parent(Expression::Kind::cast, position, Operator::none, {value});
  tree_.expressions[cast].type = add_type(std::move(type));
  return cast;
}

// Rule: durationofExpression. The block is checked and dropped: nothing that runs here reads it.
ExpressionId Qasm3Parser::parse_duration_of() {
  const Position position = position_of(token_);
  advance();
  expect(TokenKind::left_parenthesis, "'durationof'");
  parse_scope_body("'('");
  expect(TokenKind::right_parenthesis, "the block");
  make(Expression::Kind::duration_of, position);
  return last_expression();
}

ExpressionId Qasm3Parser::parse_bit_string() {
  const Token token = token_;
  const std::string_view quotation = text_of(token);
  const std::string_view digits = quotation.substr(1, quotation.size() - 2);
  const auto is_bit = [](char c) { return c == '0' || c == '1'; };
  bool bits = quotation[0] == '"' && !digits.empty();
  for (std::size_t i = 0; bits && i < digits.size(); ++i) {
    const bool between = digits[i] == '_' && i > 0 && i + 1 < digits.size() && is_bit(digits[i - 1]);
    bits = is_bit(digits[i]) || (between && is_bit(digits[i + 1]));
  }
  if (!bits) {
    fail(token, "expected an expression, found the text " + printable(quotation, 40),
         "only bit strings such as \"0101\" are values");
  }
  if (digits.size() > kMaxLiteralBytes) {
    fail(token, "this bit string has " + std::to_string(digits.size()) + " digits",
         "bit strings may have " + std::to_string(kMaxLiteralBytes));
  }
  std::string& text = make(Expression::Kind::bit_string, position_of(token)).text;
  text.reserve(digits.size());
  std::copy_if(digits.begin(), digits.end(), std::back_inserter(text), is_bit);
  advance();
  return last_expression();
}

ExpressionId Qasm3Parser::parse_hardware_qubit() {
  const Token token = token_;
  const IntegerValue number = integer_value(text_of(token).substr(1));
  if (!number.fits) {
    fail(token, "there is no hardware qubit " + in_quotes(text_of(token), 40));
  }
  Expression& qubit = make(Expression::Kind::hardware_qubit, position_of(token));
  qubit.integer = number.value;
  advance();
  return last_expression();
}

// Rule: expressionList, with its trailing comma; pushes to `pending_`.
void Qasm3Parser::push_expression_list(TokenKind closing) {
  do {
    pending_.push_back(parse_expression());
  } while (accept(TokenKind::comma) && !is(closing));
}

// Rule: indexOperator, any number of them.
ExpressionId Qasm3Parser::parse_indices(ExpressionId base) {
  while (is(TokenKind::left_bracket)) {
    advance();
    const std::size_t mark = pending_.size();
    pending_.push_back(base);
    if (is(TokenKind::left_brace)) {
      pending_.push_back(parse_set());
    } else {
      do {
        pending_.push_back(parse_index_item());
      } while (accept(TokenKind::comma) && !is(TokenKind::right_bracket));
    }
    expect(TokenKind::right_bracket, "the index");
    make(Expression::Kind::index, tree_.expressions[base].position);
    base = last_expression();
    adopt(base, mark);
  }
  return base;
}

ExpressionId Qasm3Parser::parse_index_item() {
  const Position position = position_of(token_);
  const ExpressionId first = is(TokenKind::colon) ? kNone : parse_expression();
  return is(TokenKind::colon) ? parse_range_after(first, position) : first;
}

// Rule: rangeExpression, from its first colon.
ExpressionId Qasm3Parser::parse_range_after(ExpressionId start, Position position) {
  advance();
  const bool omitted = is(TokenKind::colon) || is(TokenKind::comma) || is(TokenKind::right_bracket);
  ExpressionId last = omitted ? kNone : parse_expression();
  ExpressionId step = kNone;
  if (accept(TokenKind::colon)) {
    step = last;
    last = parse_expression();
  }
  return make_parent(Expression::Kind::range, position, Operator::none, {start, step, last});
}

// Rule: setExpression.
ExpressionId Qasm3Parser::parse_set() {
  const Position position = position_of(token_);
  advance();
  const std::size_t mark = pending_.size();
  push_expression_list(TokenKind::right_brace);
  expect(TokenKind::right_brace, "the values");
  make(Expression::Kind::set, position);
  const ExpressionId set = last_expression();
  adopt(set, mark);
  return set;
}

// Rule: arrayLiteral.
ExpressionId Qasm3Parser::parse_array_literal() {
  const Nesting nesting(*this);
  const Position position = position_of(token_);
  advance();
  const std::size_t mark = pending_.size();
  while (!is(TokenKind::right_brace)) {
    pending_.push_back(is(TokenKind::left_brace) ? parse_array_literal() : parse_expression());
    if (!accept(TokenKind::comma)) {
      break;
    }
  }
  expect(TokenKind::right_brace, "the values");
  make(Expression::Kind::array_literal, position);
  const ExpressionId literal = last_expression();
  adopt(literal, mark);
  return literal;
}

// Rule: measureExpression.
ExpressionId Qasm3Parser::parse_measure_expression() {
  const Position position = position_of(token_);
  advance();
  const ExpressionId qubits = parse_operand_reference("'measure'");
  return make_parent(Expression::Kind::measure, position, Operator::none, {qubits});
}

// What assignments, initialisers and returns take: an expression, a measurement, or the call of a subroutine whose
// qubits stand after its parentheses; these become further arguments.
ExpressionId Qasm3Parser::parse_value() {
  if (is(TokenKind::kw_measure)) {
    return parse_measure_expression();
  }
  const bool begins_with_name = is(TokenKind::identifier);
  const ExpressionId value = parse_expression();
  const Expression::Kind kind = tree_.expressions[value].kind;
  if (!begins_with_name || !at_operand() || (kind != Expression::Kind::name && kind != Expression::Kind::call)) {
    return value;
  }
  const std::size_t mark = pending_.size();
  const std::vector<ExpressionId> arguments = tree_.expressions[value].children;
  pending_.insert(pending_.end(), arguments.begin(), arguments.end());
  const std::vector<ExpressionId> operands = parse_operand_list("the call");
  pending_.insert(pending_.end(), operands.begin(), operands.end());
  tree_.expressions[value].kind = Expression::Kind::call;
  adopt(value, mark);
  return value;
}

}  // namespace basalt::quantum
