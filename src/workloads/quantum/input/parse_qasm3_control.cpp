// OpenQASM 3: if, for, while, switch, return.
#include "base/printable.h"
#include "workloads/quantum/input/parse_qasm3.h"

namespace basalt::quantum {

using syntax::ExpressionId;
using syntax::Statement;
using syntax::StatementId;
using syntax::SwitchCase;

// Rule: ifStatement. An else-if chain nests, so that its length is bounded like any nesting.
StatementId Qasm3Parser::parse_if() {
  Statement statement = start(Statement::Kind::if_else);
  advance();
  expect(TokenKind::left_parenthesis, "'if'");
  statement.value = parse_expression();
  expect(TokenKind::right_parenthesis, "the condition", is(TokenKind::equals) ? "comparison is written ==" : "");
  statement.body = parse_body("the condition");
  if (accept(TokenKind::kw_else)) {
    statement.else_body = parse_body("'else'");
  }
  return add(std::move(statement));
}

// Rule: forStatement.
StatementId Qasm3Parser::parse_for() {
  Statement statement = start(Statement::Kind::for_in);
  advance();
  if (!at_scalar_type()) {
    fail_expected("a type after 'for'", "a loop is written: for int i in [0:3] { ... }");
  }
  statement.type = add_type(parse_scalar_type());
  statement.name_position = position_of(token_);
  statement.name = take_name("the type");
  expect(TokenKind::kw_in, "the name of the loop variable");
  if (is(TokenKind::left_brace)) {
    statement.value = parse_set();
  } else if (is(TokenKind::left_bracket)) {
    const Position position = position_of(token_);
    advance();
    const ExpressionId first = is(TokenKind::colon) ? syntax::kNone : parse_expression();
    if (!is(TokenKind::colon)) {
      fail_expected("':'", "a range is written [first:last] or [first:step:last]; single values {1, 2, 3}");
    }
    statement.value = parse_range_after(first, position);
    expect(TokenKind::right_bracket, "the range");
  } else {
    statement.value = parse_expression();
    if (is(TokenKind::colon)) {
      fail_expected("a statement or '{'", "a range stands in brackets: for int i in [0:3] { ... }");
    }
  }
  statement.body = parse_body("the values of the loop");
  return add(std::move(statement));
}

// Rule: whileStatement.
StatementId Qasm3Parser::parse_while() {
  Statement statement = start(Statement::Kind::while_loop);
  advance();
  expect(TokenKind::left_parenthesis, "'while'");
  statement.value = parse_expression();
  expect(TokenKind::right_parenthesis, "the condition", is(TokenKind::equals) ? "comparison is written ==" : "");
  statement.body = parse_body("the condition");
  return add(std::move(statement));
}

// Rules: switchStatement, switchCaseItem.
StatementId Qasm3Parser::parse_switch() {
  Statement statement = start(Statement::Kind::switch_case);
  advance();
  expect(TokenKind::left_parenthesis, "'switch'");
  statement.value = parse_expression();
  expect(TokenKind::right_parenthesis, "the value");
  const Token open = expect(TokenKind::left_brace, "the value");
  bool has_default = false;
  while (!is(TokenKind::right_brace)) {
    SwitchCase item;
    item.position = position_of(token_);
    if (is(TokenKind::end_of_text)) {
      fail(open, "this '{' is never closed", "add the '}' that ends the switch");
    }
    if (has_default) {
      fail_expected("'}'", "the default case is the last one of a switch");
    }
    if (accept(TokenKind::kw_default)) {
      has_default = true;
      item.body = parse_scope_body("'default'");
    } else if (accept(TokenKind::kw_case)) {
      const std::size_t mark = pending_.size();
      push_expression_list(TokenKind::left_brace);
      item.values = take_pending(mark);
      item.body = parse_scope_body("the values of the case");
    } else {
      fail_expected("'case', 'default' or '}'");
    }
    statement.cases.push_back(std::move(item));
  }
  advance();
  return add(std::move(statement));
}

// Rule: returnStatement.
StatementId Qasm3Parser::parse_return() {
  Statement statement = start(Statement::Kind::return_value);
  advance();
  if (!is(TokenKind::semicolon)) {
    statement.value = parse_value();
  }
  expect_semicolon("the return");
  return add(std::move(statement));
}

}  // namespace basalt::quantum
