// OpenQASM 3: pulse and timing statements. They are read so that `compile` can refuse them by name; the bodies of
// calibrations are in other languages and are skipped.
#include "base/printable.h"
#include "workloads/quantum/input/parse_qasm3.h"

namespace basalt::quantum {

using syntax::Statement;
using syntax::StatementId;

// Rule: boxStatement.
StatementId Qasm3Parser::parse_box() {
  Statement statement = start(Statement::Kind::box);
  advance();
  if (is(TokenKind::left_bracket)) {
    statement.value = parse_designator();
  }
  statement.body = parse_scope_body("'box'");
  return add(std::move(statement));
}

// Rule: delayStatement.
StatementId Qasm3Parser::parse_delay() {
  Statement statement = start(Statement::Kind::delay);
  advance();
  statement.value = parse_designator();
  if (at_operand()) {
    statement.operands = parse_operand_list("the delay");
  }
  expect_semicolon("the delay");
  return add(std::move(statement));
}

// From `{`, in hand, past its `}`.
void Qasm3Parser::skip_calibration_block() {
  if (!is(TokenKind::left_brace)) {
    fail_expected("'{'", "a calibration has a body in braces");
  }
  lexer_.skip_calibration_block();
  advance();
  expect(TokenKind::right_brace, "the calibration");
}

// Rule: calStatement.
StatementId Qasm3Parser::parse_cal() {
  Statement statement = start(Statement::Kind::cal);
  advance();
  skip_calibration_block();
  return add(std::move(statement));
}

// Rule: defcalStatement. Its parameters are values or declarations; both are checked and dropped.
StatementId Qasm3Parser::parse_defcal() {
  Statement statement = start(Statement::Kind::defcal);
  advance();
  statement.name_position = position_of(token_);
  if (is(TokenKind::kw_measure) || is(TokenKind::kw_reset) || is(TokenKind::kw_delay)) {
    statement.name = text_of(token_);
    advance();
  } else {
    statement.name = take_name("'defcal'");
  }
  if (accept(TokenKind::left_parenthesis)) {
    while (!is(TokenKind::right_parenthesis)) {
      const bool quantum = is(TokenKind::kw_qubit) || is(TokenKind::kw_qreg) || is(TokenKind::kw_creg);
      if (quantum || is(TokenKind::kw_readonly) || is(TokenKind::kw_mutable)) {
        statement.parameters.push_back(parse_parameter(true));
      } else if (at_scalar_type() || is(TokenKind::kw_array)) {
        syntax::Parameter parameter;
        syntax::Type type = parse_classical_type();
        if (is(TokenKind::left_parenthesis)) {
          parse_binary_after(parse_indices(parse_cast(std::move(type))), 1);
        } else {
          parameter.type = add_type(std::move(type));
          parameter.position = position_of(token_);
          parameter.name = take_name("the type");
          statement.parameters.push_back(std::move(parameter));
        }
      } else {
        parse_expression();
      }
      if (!accept(TokenKind::comma)) {
        break;
      }
    }
    expect(TokenKind::right_parenthesis, "the parameters");
  }
  if (!at_operand()) {
    fail_expected("a qubit after the name of a calibration");
  }
  while (at_operand()) {
    advance();
    if (!accept(TokenKind::comma)) {
      break;
    }
  }
  statement.return_type = parse_return_type();
  skip_calibration_block();
  return add(std::move(statement));
}

// Rule: calibrationGrammarStatement.
StatementId Qasm3Parser::parse_defcal_grammar() {
  Statement statement = start(Statement::Kind::defcal_grammar);
  advance();
  if (!is(TokenKind::string)) {
    fail_expected("a name in quotation marks after 'defcalgrammar'");
  }
  const std::string_view quotation = text_of(token_);
  statement.name = printable(quotation.substr(1, quotation.size() - 2), 100);
  if (statement.name.empty()) {
    fail(token_, "the name of the grammar is empty");
  }
  advance();
  expect_semicolon("the grammar");
  return add(std::move(statement));
}

}  // namespace basalt::quantum
