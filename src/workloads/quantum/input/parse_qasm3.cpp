// OpenQASM 3: the program, and the choice of statement by its first word.
#include "workloads/quantum/input/parse_qasm3.h"

#include "base/printable.h"

namespace basalt::quantum {

using syntax::Statement;
using syntax::StatementId;

void Qasm3Parser::parse_program() {
  check_not_empty();
  if (is(TokenKind::kw_openqasm)) {
    parse_version('3');
  }
  parse_statements();
}

void Qasm3Parser::parse_statements() {
  while (!is(TokenKind::end_of_text)) {
    if (is(TokenKind::kw_include)) {
      parse_include();
    } else {
      parse_into(tree_.program);
    }
  }
}

void Qasm3Parser::parse_included(std::uint32_t text_index) {
  Qasm3Parser(parsing_, text_index).parse_statements();
}

// Rules: statementOrScope, statement.
void Qasm3Parser::parse_into(Body& body) {
  if (is(TokenKind::kw_pragma)) {
    skip_pragma();
    return;
  }
  if (is(TokenKind::at)) {
    skip_annotations();
    if (is(TokenKind::kw_include) && &body == &tree_.program) {
      return;  // the caller reads it
    }
  }
  // Two steps: `body` may be a list of the tree, which grows while the statement is read.
  const StatementId id = parse_statement();
  body.push_back(id);
}

void Qasm3Parser::skip_pragma() {
  const Token keyword = token_;
  const std::string_view text = lexer_.take_rest_of_line();
  if (text.empty()) {
    fail(keyword, "this pragma says nothing", "write what it is for on the same line, or remove it");
  }
  parsing_.notes.ignored(tree_, "pragma", text, position_of(keyword));
  advance();
}

// Rule: annotation. The blank-free name belongs to the line that is skipped.
void Qasm3Parser::skip_annotations() {
  while (is(TokenKind::at)) {
    const Token at = token_;
    const std::string_view text = lexer_.take_rest_of_line();
    const std::string_view whole = tree_.sources.text(position_of(at).text);
    const bool named = at.end < whole.size() && text.data() == whole.data() + at.end && !text.empty() &&
                       (text[0] == '_' || static_cast<unsigned char>(text[0] | 0x20) >= 'a');
    if (!named) {
      fail(at, "expected a statement, found '@'", "an annotation is @ and a name, such as @rename other");
    }
    parsing_.notes.ignored(tree_, "annotation", text, position_of(at));
    advance();
  }
  if (is(TokenKind::end_of_text) || is(TokenKind::left_brace) || is(TokenKind::right_brace) ||
      is(TokenKind::kw_pragma)) {
    fail_expected("a statement after an annotation");
  }
}

StatementId Qasm3Parser::parse_statement() {
  const Nesting nesting(*this);
  switch (token_.kind) {
    case TokenKind::identifier:
      return parse_named_statement();
    case TokenKind::left_brace:
      return parse_scope();
    case TokenKind::kw_gphase:
    case TokenKind::kw_inv:
    case TokenKind::kw_pow:
    case TokenKind::kw_ctrl:
    case TokenKind::kw_negctrl:
      return parse_modified_gate_call();
    case TokenKind::kw_measure:
      return parse_measure();
    case TokenKind::kw_reset:
      return parse_operands_statement(Statement::Kind::reset, "the reset");
    case TokenKind::kw_barrier:
      return parse_operands_statement(Statement::Kind::barrier, "the barrier");
    case TokenKind::kw_nop:
      return parse_operands_statement(Statement::Kind::nop, "'nop'");
    case TokenKind::kw_if:
      return parse_if();
    case TokenKind::kw_for:
      return parse_for();
    case TokenKind::kw_while:
      return parse_while();
    case TokenKind::kw_switch:
      return parse_switch();
    case TokenKind::kw_return:
      return parse_return();
    case TokenKind::kw_break:
      return parse_word(Statement::Kind::break_loop, "'break'");
    case TokenKind::kw_continue:
      return parse_word(Statement::Kind::continue_loop, "'continue'");
    case TokenKind::kw_end:
      return parse_word(Statement::Kind::end, "'end'");
    case TokenKind::kw_qreg:
    case TokenKind::kw_creg:
      return parse_old_style_declaration();
    case TokenKind::kw_const:
      return parse_declaration(Statement::Storage::constant);
    case TokenKind::kw_input:
      return parse_declaration(Statement::Storage::input);
    case TokenKind::kw_output:
      return parse_declaration(Statement::Storage::output);
    case TokenKind::kw_let:
      return parse_alias();
    case TokenKind::kw_gate:
      return parse_gate();
    case TokenKind::kw_def:
    case TokenKind::kw_extern:
      return parse_def();
    case TokenKind::kw_box:
      return parse_box();
    case TokenKind::kw_delay:
      return parse_delay();
    case TokenKind::kw_cal:
      return parse_cal();
    case TokenKind::kw_defcal:
      return parse_defcal();
    case TokenKind::kw_defcalgrammar:
      return parse_defcal_grammar();
    case TokenKind::kw_openqasm:
      fail(token_, "the version must stand once, before everything else",
           "an included file has no OPENQASM line of its own");
    case TokenKind::kw_include:
      fail(token_, "files can be included at the top level only", "move the include out of the braces");
    default:
      if (is(TokenKind::kw_qubit) || is(TokenKind::kw_array) || at_scalar_type()) {
        return parse_declaration(Statement::Storage::variable);
      }
      return parse_expression_statement(syntax::kNone);
  }
}

StatementId Qasm3Parser::parse_scope() {
  Statement statement = start(Statement::Kind::scope);
  statement.body = parse_scope_body("");
  return add(std::move(statement));
}

// Rule: scope.
Qasm3Parser::Body Qasm3Parser::parse_scope_body(std::string_view after) {
  const Token open = expect(TokenKind::left_brace, after);
  Body body;
  while (!is(TokenKind::right_brace)) {
    if (is(TokenKind::end_of_text)) {
      fail(open, "this '{' is never closed", "add the '}' that ends the block");
    }
    parse_into(body);
  }
  advance();
  return body;
}

// A scope, or a single statement without braces.
Qasm3Parser::Body Qasm3Parser::parse_body(std::string_view after) {
  if (is(TokenKind::left_brace)) {
    return parse_scope_body(after);
  }
  if (is(TokenKind::semicolon) || is(TokenKind::end_of_text)) {
    fail_expected("a statement or '{' after " + std::string(after));
  }
  Body body;
  parse_into(body);
  return body;
}

StatementId Qasm3Parser::parse_word(Statement::Kind kind, std::string_view name) {
  Statement statement = start(kind);
  advance();
  expect_semicolon(name);
  return add(std::move(statement));
}

// reset takes one operand; barrier and nop take any number.
StatementId Qasm3Parser::parse_operands_statement(Statement::Kind kind, std::string_view name) {
  Statement statement = start(kind);
  advance();
  if (kind == Statement::Kind::reset) {
    statement.operands.push_back(parse_operand_reference("'reset'"));
  } else if (at_operand()) {
    statement.operands = parse_operand_list(name);
  }
  expect_semicolon(name);
  return add(std::move(statement));
}

}  // namespace basalt::quantum
