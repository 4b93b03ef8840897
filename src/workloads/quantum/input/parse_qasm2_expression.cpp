// OpenQASM 2.0: names, elements of registers, and the arithmetic of gate parameters.
#include <algorithm>
#include <array>

#include "base/printable.h"
#include "workloads/quantum/input/parse_qasm2.h"

namespace basalt::quantum {

using syntax::Expression;
using syntax::ExpressionId;
using syntax::Operator;

namespace {

constexpr std::array<std::string_view, 6> kFunctions = {"sin", "cos", "tan", "exp", "ln", "sqrt"};

constexpr BinaryRules binary_rules() {
  BinaryRules rules{};
  const auto set = [&](TokenKind kind, Operator op, std::uint8_t level, bool right_associative = false) {
    rules[static_cast<std::size_t>(kind)] = {op, level, right_associative};
  };
  set(TokenKind::plus, Operator::add, 9);
  set(TokenKind::minus, Operator::subtract, 9);
  set(TokenKind::asterisk, Operator::multiply, 10);
  set(TokenKind::slash, Operator::divide, 10);
  set(TokenKind::caret, Operator::power, 12, true);
  return rules;
}

constexpr BinaryRules kRules = binary_rules();

}  // namespace

Qasm2Parser::Qasm2Parser(Parsing& parsing, std::uint32_t text_index) : Parser(parsing, text_index, kRules) {}

std::vector<std::string> Qasm2Parser::parse_names(std::string_view after) {
  std::vector<std::string> names;
  names.push_back(take_name(after));
  while (accept(TokenKind::comma)) {
    names.push_back(take_name("','"));
  }
  return names;
}

// A register size, an index, or the number of an if.
ExpressionId Qasm2Parser::parse_size() {
  if (!is(TokenKind::integer)) {
    fail_expected("an integer", is(TokenKind::minus) ? "it cannot be negative" : "");
  }
  const ExpressionId id = make_integer(token_);
  advance();
  return id;
}

// A register or one element of it.
ExpressionId Qasm2Parser::parse_argument(std::string_view after) {
  if (!is(TokenKind::identifier)) {
    fail_expected("a register after " + std::string(after));
  }
  const Position position = position_of(token_);
  const ExpressionId name = make_name(token_);
  advance();
  if (!accept(TokenKind::left_bracket)) {
    return name;
  }
  const ExpressionId index = parse_size();
  expect(TokenKind::right_bracket, "the index", is(TokenKind::colon) ? "OpenQASM 2 has no ranges" : "");
  return make_parent(Expression::Kind::index, position, Operator::none, {name, index});
}

std::vector<ExpressionId> Qasm2Parser::parse_arguments(bool in_gate) {
  const std::size_t mark = pending_.size();
  do {
    pending_.push_back(parse_argument(pending_.size() == mark ? "the gate" : "','"));
    if (in_gate && tree_.expressions[pending_.back()].kind == Expression::Kind::index) {
      fail_at(tree_.sources, tree_.expressions[pending_.back()].position, "the qubits of a gate have no elements",
              "name them without an index: gate g a, b { cx a, b; }");
    }
  } while (accept(TokenKind::comma));
  return take_pending(mark);
}

ExpressionId Qasm2Parser::parse_function(Token name) {
  if (std::find(kFunctions.begin(), kFunctions.end(), text_of(name)) == kFunctions.end()) {
    fail(name, in_quotes(text_of(name)) + " is no function of OpenQASM 2", "it has sin, cos, tan, exp, ln and sqrt");
  }
  advance();
  const ExpressionId argument = parse_expression();
  expect(TokenKind::right_parenthesis, "the argument of " + in_quotes(text_of(name)));
  const ExpressionId call = make_parent(Expression::Kind::call, position_of(name), Operator::none, {argument});
  tree_.expressions[call].text = text_of(name);
  return call;
}

ExpressionId Qasm2Parser::parse_operand() {
  const Token token = token_;
  switch (token.kind) {
    case TokenKind::integer:
    case TokenKind::real:
      advance();
      return make_real(token);  // angles are real: 1/2 is a half
    case TokenKind::minus:
      return parse_unary(Operator::negate);
    case TokenKind::plus:
      advance();
      return parse_binary(kUnaryLevel);
    case TokenKind::left_parenthesis: {
      advance();
      const ExpressionId inner = parse_expression();
      expect(TokenKind::right_parenthesis, "the expression");
      return inner;
    }
    case TokenKind::identifier:
      advance();
      return is(TokenKind::left_parenthesis) ? parse_function(token) : make_name(token);
    default:
      fail_expected("a number, a parameter or '('");
  }
}

}  // namespace basalt::quantum
