// OpenQASM 2.0: statements.
#include "workloads/quantum/input/parse_qasm2.h"

#include "base/printable.h"

namespace basalt::quantum {

using syntax::Expression;
using syntax::ExpressionId;
using syntax::Operator;
using syntax::Statement;
using syntax::StatementId;
using syntax::Type;
using syntax::TypeKind;

namespace {

constexpr const char* kNewerAdvice =
    "OpenQASM 2 declares registers with qreg and creg; to use OpenQASM 3, change the header to OPENQASM 3.0;";

}  // namespace

void Qasm2Parser::parse_program() {
  check_not_empty();
  if (!is(TokenKind::kw_openqasm)) {
    fail_expected("'OPENQASM 2.0;' at the beginning");
  }
  parse_version('2');
  parse_statements();
}

void Qasm2Parser::parse_statements() {
  while (!is(TokenKind::end_of_text)) {
    if (is(TokenKind::kw_include)) {
      parse_include();
    } else {
      tree_.program.push_back(parse_statement());
    }
  }
}

void Qasm2Parser::parse_included(std::uint32_t text_index) {
  Qasm2Parser(parsing_, text_index).parse_statements();
}

StatementId Qasm2Parser::parse_statement() {
  switch (token_.kind) {
    case TokenKind::kw_qreg:
    case TokenKind::kw_creg:
      return parse_register();
    case TokenKind::kw_gate:
      return parse_gate();
    case TokenKind::kw_opaque:
      return parse_opaque();
    case TokenKind::kw_if:
      return parse_if();
    case TokenKind::kw_barrier:
      return parse_barrier(false);
    case TokenKind::kw_openqasm:
      fail(token_, "the version must stand once, before everything else",
           "an included file has no OPENQASM line of its own");
    default:
      return parse_quantum_operation();
  }
}

StatementId Qasm2Parser::parse_register() {
  Statement statement = start(Statement::Kind::declaration);
  Type type;
  type.kind = is(TokenKind::kw_qreg) ? TypeKind::qubit : TypeKind::bit;
  type.position = statement.position;
  type.old_style = true;
  const std::string keyword = in_quotes(text_of(token_));
  advance();
  statement.name_position = position_of(token_);
  statement.name = take_name(keyword);
  expect(TokenKind::left_bracket, "the name of a register", "a register is declared with its size: qreg q[4];");
  type.width = parse_size();
  expect(TokenKind::right_bracket, "the size of a register");
  expect_semicolon("the declaration");
  statement.type = static_cast<std::uint32_t>(tree_.types.size());
  tree_.types.push_back(std::move(type));
  return add(std::move(statement));
}

void Qasm2Parser::parse_gate_head(Statement& gate) {
  const std::string keyword = in_quotes(text_of(token_));
  advance();
  gate.name_position = position_of(token_);
  gate.name = take_name(keyword);
  if (keyword_kind(gate.name, syntax::Language::openqasm3) != TokenKind::identifier) {
    parsing_.shadowed_keywords.insert(gate.name);
  }
  if (accept(TokenKind::left_parenthesis)) {
    gate.has_parameter_list = true;
    if (!is(TokenKind::right_parenthesis)) {
      gate.parameter_names = parse_names("'('");
    }
    expect(TokenKind::right_parenthesis, "the parameters");
  }
  gate.operand_names = parse_names("the name of a gate");
}

StatementId Qasm2Parser::parse_gate() {
  Statement statement = start(Statement::Kind::gate);
  parse_gate_head(statement);
  expect(TokenKind::left_brace, "the qubits of a gate");
  const Nesting nesting(*this);
  while (!is(TokenKind::right_brace)) {
    switch (token_.kind) {
      case TokenKind::kw_barrier:
        statement.body.push_back(parse_barrier(true));
        break;
      case TokenKind::identifier:
        statement.body.push_back(parse_gate_call(true));
        break;
      case TokenKind::end_of_text:
        fail(token_, "the body of gate " + in_quotes(statement.name) + " is never closed", "add the '}' that ends it");
      default:
        fail_expected("a gate or a barrier", "the body of a gate holds nothing else");
    }
  }
  advance();
  return add(std::move(statement));
}

StatementId Qasm2Parser::parse_opaque() {
  Statement statement = start(Statement::Kind::opaque);
  parse_gate_head(statement);
  expect_semicolon("the opaque gate");
  return add(std::move(statement));
}

StatementId Qasm2Parser::parse_if() {
  Statement statement = start(Statement::Kind::if_else);
  const Nesting nesting(*this);
  advance();
  expect(TokenKind::left_parenthesis, "'if'");
  if (!is(TokenKind::identifier)) {
    fail_expected("the name of a classical register after '('");
  }
  const ExpressionId reg = make_name(token_);
  advance();
  const Position operator_position = position_of(token_);
  expect(TokenKind::double_equals, "the register", "OpenQASM 2 compares a whole register: if (c == 3) x q[0];");
  const ExpressionId number = parse_size();
  expect(TokenKind::right_parenthesis, "the number", "OpenQASM 2 compares a whole register: if (c == 3) x q[0];");
  statement.value = make_parent(Expression::Kind::binary, operator_position, Operator::equal, {reg, number});
  statement.body.push_back(parse_quantum_operation());
  return add(std::move(statement));
}

StatementId Qasm2Parser::parse_barrier(bool in_gate) {
  Statement statement = start(Statement::Kind::barrier);
  advance();
  statement.operands = parse_arguments(in_gate);
  expect_semicolon("the barrier");
  return add(std::move(statement));
}

StatementId Qasm2Parser::parse_quantum_operation() {
  switch (token_.kind) {
    case TokenKind::kw_measure:
      return parse_measure();
    case TokenKind::kw_reset:
      return parse_reset();
    case TokenKind::identifier:
      return parse_gate_call(false);
    default:
      fail_expected("a statement");
  }
}

StatementId Qasm2Parser::parse_measure() {
  Statement statement = start(Statement::Kind::measure);
  advance();
  const ExpressionId qubits = parse_argument("'measure'");
  expect(TokenKind::arrow, "the measured qubits", "OpenQASM 2 says where the outcome goes: measure q -> c;");
  statement.target = parse_argument("'->'");
  statement.old_style_measure = true;
  statement.value = make_parent(Expression::Kind::measure, statement.position, Operator::none, {qubits});
  expect_semicolon("the measurement");
  return add(std::move(statement));
}

StatementId Qasm2Parser::parse_reset() {
  Statement statement = start(Statement::Kind::reset);
  advance();
  statement.operands.push_back(parse_argument("'reset'"));
  expect_semicolon("the reset");
  return add(std::move(statement));
}

// A keyword of OpenQASM 3 where a gate should stand, unless a gate of that name was defined.
void Qasm2Parser::refuse_newer_syntax() {
  const std::string_view word = text_of(token_);
  if (keyword_kind(word, syntax::Language::openqasm3) != TokenKind::identifier &&
      !parsing_.shadowed_keywords.contains(std::string(word))) {
    fail(token_, in_quotes(word) + " is OpenQASM 3 syntax, but the header says OpenQASM 2.0", kNewerAdvice);
  }
}

StatementId Qasm2Parser::parse_gate_call(bool in_gate) {
  refuse_newer_syntax();
  const Token name = token_;
  Statement statement = start(Statement::Kind::gate_call);
  statement.name = take_name("");
  if (accept(TokenKind::left_parenthesis)) {
    statement.has_parameter_list = true;
    const std::size_t mark = pending_.size();
    while (!is(TokenKind::right_parenthesis)) {
      pending_.push_back(parse_expression());
      if (!accept(TokenKind::comma)) {
        break;
      }
      if (is(TokenKind::right_parenthesis)) {
        fail_expected("a number after ','");
      }
    }
    expect(TokenKind::right_parenthesis, "the parameters of " + in_quotes(text_of(name)));
    statement.arguments = take_pending(mark);
  }
  if (is(TokenKind::equals) || is(TokenKind::left_bracket)) {
    fail_expected("qubits after " + in_quotes(text_of(name)), kNewerAdvice);
  }
  if (is(TokenKind::semicolon)) {
    fail_expected("qubits after " + in_quotes(text_of(name)),
                  statement.has_parameter_list ? "qubits stand after the parentheses: u1(pi/2) q[0];" : "");
  }
  statement.operands = parse_arguments(in_gate);
  expect_semicolon("the gate", operand_on_same_line() ? "qubits are separated by ','" : "");
  return add(std::move(statement));
}

}  // namespace basalt::quantum
