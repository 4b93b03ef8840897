// OpenQASM 3: declarations of variables, gates and subroutines.
#include "base/printable.h"
#include "workloads/quantum/input/parse_qasm3.h"

namespace basalt::quantum {

using syntax::ExpressionId;
using syntax::kNone;
using syntax::Parameter;
using syntax::Statement;
using syntax::StatementId;
using syntax::Type;
using syntax::TypeKind;

// Rules: classicalDeclarationStatement, constDeclarationStatement, ioDeclarationStatement, quantumDeclarationStatement,
// and expressions that begin with a cast.
StatementId Qasm3Parser::parse_declaration(Statement::Storage storage) {
  Statement statement = start(Statement::Kind::declaration);
  statement.storage = storage;
  if (storage != Statement::Storage::variable) {
    advance();
  }
  Type type;
  const bool quantum = storage == Statement::Storage::variable && is(TokenKind::kw_qubit);
  if (quantum) {
    type.kind = TypeKind::qubit;
    type.position = position_of(token_);
    advance();
    if (is(TokenKind::left_bracket)) {
      type.width = parse_designator();
    }
  } else if (storage == Statement::Storage::constant) {
    type = parse_scalar_type();
  } else {
    type = parse_classical_type();
    if (storage == Statement::Storage::variable && is(TokenKind::left_parenthesis)) {
      return parse_expression_statement(parse_indices(parse_cast(std::move(type))));
    }
  }
  statement.type = add_type(std::move(type));
  statement.name_position = position_of(token_);
  statement.name = take_name("the type");
  if (is(TokenKind::left_bracket)) {
    expect_semicolon("the name", "the size belongs to the type: qubit[4] q; int[8] i;");
  }
  switch (storage) {
    case Statement::Storage::constant:
      if (!is(TokenKind::equals)) {
        fail_expected("'=' after the name of a constant", "a constant needs its value");
      }
      parse_initialiser(statement);
      break;
    case Statement::Storage::variable:
      if (!quantum && is(TokenKind::equals)) {
        parse_initialiser(statement);
      }
      break;
    default:
      break;
  }
  expect_semicolon("the declaration", is(TokenKind::comma) && statement.value == kNone
                                          ? "declare one name in each statement"
                                      : is(TokenKind::equals) ? "it cannot be given a value here"
                                                              : "");
  return add(std::move(statement));
}

// `= declarationExpression`.
void Qasm3Parser::parse_initialiser(Statement& statement) {
  advance();
  statement.value = is(TokenKind::left_brace) ? parse_array_literal() : parse_value();
}

// Rule: oldStyleDeclarationStatement.
StatementId Qasm3Parser::parse_old_style_declaration() {
  Statement statement = start(Statement::Kind::declaration);
  Type type;
  type.kind = is(TokenKind::kw_qreg) ? TypeKind::qubit : TypeKind::bit;
  type.position = statement.position;
  type.old_style = true;
  const std::string keyword = in_quotes(text_of(token_));
  advance();
  statement.name_position = position_of(token_);
  statement.name = take_name(keyword);
  if (is(TokenKind::left_bracket)) {
    type.width = parse_designator();
  }
  expect_semicolon("the declaration", is(TokenKind::equals) ? "declare it with bit[n] to give it a value" : "");
  statement.type = add_type(std::move(type));
  return add(std::move(statement));
}

// Rules: aliasDeclarationStatement, aliasExpression (++ is a binary operator here).
StatementId Qasm3Parser::parse_alias() {
  Statement statement = start(Statement::Kind::alias);
  advance();
  statement.name_position = position_of(token_);
  statement.name = take_name("'let'");
  expect(TokenKind::equals, "the name");
  statement.value = parse_expression();
  expect_semicolon("the alias");
  return add(std::move(statement));
}

// Rule: identifierList, with its trailing comma.
std::vector<std::string> Qasm3Parser::parse_names(std::string_view after) {
  std::vector<std::string> names;
  names.push_back(take_name(after));
  while (accept(TokenKind::comma) && is(TokenKind::identifier)) {
    names.push_back(take_name("','"));
  }
  return names;
}

// Rule: gateStatement.
StatementId Qasm3Parser::parse_gate() {
  Statement statement = start(Statement::Kind::gate);
  advance();
  statement.name_position = position_of(token_);
  statement.name = take_name("'gate'");
  if (accept(TokenKind::left_parenthesis)) {
    statement.has_parameter_list = true;
    if (!is(TokenKind::right_parenthesis)) {
      statement.parameter_names = parse_names("'('");
    }
    expect(TokenKind::right_parenthesis, "the parameters");
  }
  statement.operand_names = parse_names("the name of a gate");
  statement.body = parse_scope_body("the qubits of a gate");
  return add(std::move(statement));
}

// Rules: argumentDefinition and, without a name, externArgument.
Parameter Qasm3Parser::parse_parameter(bool named) {
  Parameter parameter;
  Type type;
  bool old_style = false;
  switch (token_.kind) {
    case TokenKind::kw_readonly:
    case TokenKind::kw_mutable:
      parameter.access =
          is(TokenKind::kw_readonly) ? Parameter::Access::readonly : Parameter::Access::mutable_reference;
      advance();
      type = parse_array_type(true);
      break;
    case TokenKind::kw_array:
      fail_expected("'readonly' or 'mutable'", "arrays are passed by reference: readonly array[int[8], 4] a");
    case TokenKind::kw_qubit:
    case TokenKind::kw_qreg:
    case TokenKind::kw_creg:
      old_style = !is(TokenKind::kw_qubit);
      type.kind = is(TokenKind::kw_creg) ? TypeKind::bit : TypeKind::qubit;
      type.position = position_of(token_);
      type.old_style = old_style;
      if (!named && type.kind == TypeKind::qubit) {
        fail_expected("a classical type", "external functions take no qubits");
      }
      advance();
      if ((!old_style || !named) && is(TokenKind::left_bracket)) {
        type.width = parse_designator();
      }
      break;
    default:
      type = parse_scalar_type();
  }
  parameter.position = position_of(token_);
  if (named) {
    parameter.name = take_name("the type");
    if (old_style && is(TokenKind::left_bracket)) {
      type.width = parse_designator();
    }
  }
  parameter.type = add_type(std::move(type));
  return parameter;
}

// Rules: defStatement, externStatement.
StatementId Qasm3Parser::parse_def() {
  const bool external = is(TokenKind::kw_extern);
  Statement statement = start(external ? Statement::Kind::extern_function : Statement::Kind::def);
  const std::string keyword = in_quotes(text_of(token_));
  advance();
  statement.name_position = position_of(token_);
  statement.name = take_name(keyword);
  expect(TokenKind::left_parenthesis, "the name of a subroutine");
  while (!is(TokenKind::right_parenthesis)) {
    statement.parameters.push_back(parse_parameter(!external));
    if (!accept(TokenKind::comma)) {
      break;
    }
  }
  expect(TokenKind::right_parenthesis, "the parameters");
  statement.return_type = parse_return_type();
  if (external) {
    expect_semicolon("the declaration");
  } else {
    statement.body = parse_scope_body("the head of a subroutine");
  }
  return add(std::move(statement));
}

}  // namespace basalt::quantum
