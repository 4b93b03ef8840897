// OpenQASM 3: statements that begin with a name, a modifier or `measure`. Which one a name begins is known once what
// follows it has been read: an operand makes a gate call, `=` an assignment, anything else an expression.
#include "base/printable.h"
#include "workloads/quantum/input/parse_qasm3.h"

namespace basalt::quantum {

using syntax::Expression;
using syntax::ExpressionId;
using syntax::kNone;
using syntax::Modifier;
using syntax::Operator;
using syntax::Statement;
using syntax::StatementId;

namespace {

// The operator of a compound assignment, such as `<<=`.
Operator compound_operator(std::string_view text) {
  // clang-format off
  switch (text[0]) {
    case '+': return Operator::add;
    case '-': return Operator::subtract;
    case '*': return text[1] == '*' ? Operator::power : Operator::multiply;
    case '/': return Operator::divide;
    case '%': return Operator::modulo;
    case '&': return Operator::bit_and;
    case '|': return Operator::bit_or;
    case '^': return Operator::bit_xor;
    case '<': return Operator::shift_left;
    default: return Operator::shift_right;
  }
  // clang-format on
}

}  // namespace

// Rules: gateCallStatement, assignmentStatement, expressionStatement, and a quantum call with `->`.
StatementId Qasm3Parser::parse_named_statement() {
  const Token name = token_;
  Statement statement = start(Statement::Kind::gate_call);
  advance();
  if (is(TokenKind::left_parenthesis)) {
    parse_call_arguments(statement);
  }
  if (at_operand()) {
    statement.name = text_of(name);
    return finish_gate_call(std::move(statement));
  }
  ExpressionId head = make_name(name);
  if (statement.has_parameter_list) {
    const std::size_t mark = pending_.size();
    pending_.insert(pending_.end(), statement.arguments.begin(), statement.arguments.end());
    tree_.expressions[head].kind = Expression::Kind::call;
    adopt(head, mark);
  }
  const ExpressionId left = parse_indices(head);
  if (at_operand() && left != head) {
    refuse_gate_duration(statement.position);
  }
  if (!statement.has_parameter_list && (is(TokenKind::equals) || is(TokenKind::compound_assignment))) {
    Statement assignment;
    assignment.kind = Statement::Kind::assign;
    assignment.position = statement.position;
    assignment.name_position = statement.position;
    assignment.depth = statement.depth;
    assignment.target = left;
    assignment.op = is(TokenKind::equals) ? Operator::none : compound_operator(text_of(token_));
    advance();
    if (is(TokenKind::left_brace)) {
      fail_expected("an expression after '='", "values in braces can only be given where an array is declared");
    }
    assignment.value = parse_value();
    expect_semicolon("the assignment");
    return add(std::move(assignment));
  }
  return parse_expression_statement(left);
}

// The rest of an expression statement; `left` is what was read of it, or kNone.
StatementId Qasm3Parser::parse_expression_statement(ExpressionId left) {
  Statement statement = start(Statement::Kind::expression);
  if (left == kNone) {
    if (is(TokenKind::semicolon) || is(TokenKind::right_brace) || is(TokenKind::kw_else) || is(TokenKind::equals) ||
        is(TokenKind::arrow)) {
      fail_expected("a statement");
    }
    statement.value = parse_expression();
  } else {
    statement.position = tree_.expressions[left].position;
    statement.value = parse_binary_after(left, 1);
  }
  const bool range = is(TokenKind::colon);
  expect_semicolon("the expression", range ? "a type stands before the name: int[8] x;" : "");
  return add(std::move(statement));
}

// `(` expressionList? `)`.
void Qasm3Parser::parse_call_arguments(Statement& statement) {
  advance();
  statement.has_parameter_list = true;
  const std::size_t mark = pending_.size();
  if (!is(TokenKind::right_parenthesis)) {
    push_expression_list(TokenKind::right_parenthesis);
  }
  expect(TokenKind::right_parenthesis, "the arguments");
  statement.arguments = take_pending(mark);
}

// A designator after the name of a gate says how long it takes. The grammar has it; nothing that runs here does, and
// the tree has no place for it.
void Qasm3Parser::refuse_gate_duration(Position position) const {
  fail_at(tree_.sources, position, "the duration of a gate is not supported",
          "Basalt runs gate-level programs: remove the brackets after the name of the gate", ErrorCode::unsupported);
}

// Operands, perhaps `-> target` (the call of a subroutine that returns a value), semicolon.
StatementId Qasm3Parser::finish_gate_call(Statement&& statement) {
  statement.operands = parse_operand_list("the gate");
  if (is(TokenKind::arrow) && statement.modifiers.empty()) {
    advance();
    const std::size_t mark = pending_.size();
    pending_.insert(pending_.end(), statement.arguments.begin(), statement.arguments.end());
    pending_.insert(pending_.end(), statement.operands.begin(), statement.operands.end());
    make(Expression::Kind::call, statement.position).text = statement.name;
    const ExpressionId call = last_expression();
    adopt(call, mark);
    Statement assignment;
    assignment.kind = Statement::Kind::assign;
    assignment.position = statement.position;
    assignment.name_position = statement.position;
    assignment.depth = statement.depth;
    assignment.value = call;
    assignment.target = parse_target("'->'");
    expect_semicolon("the assignment");
    return add(std::move(assignment));
  }
  expect_semicolon("the gate", operand_on_same_line() ? "qubits are separated by ','" : "");
  return add(std::move(statement));
}

// Rule: gateModifier, several of them.
void Qasm3Parser::parse_modifiers(Statement& statement) {
  for (;;) {
    Modifier modifier{};
    modifier.position = position_of(token_);
    bool has_argument = true;
    switch (token_.kind) {
      case TokenKind::kw_inv:
        modifier.kind = Modifier::Kind::inverse;
        has_argument = false;
        break;
      case TokenKind::kw_pow:
        modifier.kind = Modifier::Kind::power;
        break;
      case TokenKind::kw_ctrl:
        modifier.kind = Modifier::Kind::control;
        break;
      case TokenKind::kw_negctrl:
        modifier.kind = Modifier::Kind::negative_control;
        break;
      default:
        return;
    }
    const std::string keyword = in_quotes(text_of(token_));
    advance();
    if (modifier.kind == Modifier::Kind::power || (has_argument && is(TokenKind::left_parenthesis))) {
      expect(TokenKind::left_parenthesis, keyword, "the exponent stands in parentheses: pow(2) @ x q;");
      modifier.argument = parse_expression();
      expect(TokenKind::right_parenthesis, "the argument of " + keyword);
    }
    expect(TokenKind::at, keyword, "a modifier is written inv @ x q;");
    statement.modifiers.push_back(modifier);
  }
}

StatementId Qasm3Parser::parse_modified_gate_call() {
  Statement statement = start(Statement::Kind::gate_call);
  parse_modifiers(statement);
  statement.name_position = position_of(token_);
  const bool global_phase = is(TokenKind::kw_gphase);
  if (!global_phase && !is(TokenKind::identifier)) {
    fail_expected("a gate after '@'");
  }
  statement.name = text_of(token_);
  advance();
  if (is(TokenKind::left_parenthesis)) {
    parse_call_arguments(statement);
  }
  if (is(TokenKind::left_bracket)) {
    refuse_gate_duration(position_of(token_));
  }
  if (global_phase && !at_operand()) {
    expect_semicolon("'gphase'");
    return add(std::move(statement));
  }
  return finish_gate_call(std::move(statement));
}

// Rule: measureArrowAssignmentStatement.
StatementId Qasm3Parser::parse_measure() {
  Statement statement = start(Statement::Kind::measure);
  statement.value = parse_measure_expression();
  if (accept(TokenKind::arrow)) {
    statement.old_style_measure = true;
    statement.target = parse_target("'->'");
  }
  expect_semicolon("the measurement",
                   is(TokenKind::comma) ? "measure one register or one slice in each statement" : "");
  return add(std::move(statement));
}

// Rule: gateOperand.
ExpressionId Qasm3Parser::parse_operand_reference(std::string_view after) {
  if (is(TokenKind::hardware_qubit)) {
    return parse_hardware_qubit();
  }
  if (!is(TokenKind::identifier)) {
    fail_expected("a qubit after " + std::string(after));
  }
  const ExpressionId name = make_name(token_);
  advance();
  return parse_indices(name);
}

// Rule: gateOperandList, with its trailing comma.
Qasm3Parser::Ids Qasm3Parser::parse_operand_list(std::string_view after) {
  const std::size_t mark = pending_.size();
  pending_.push_back(parse_operand_reference(after));
  while (accept(TokenKind::comma) && at_operand()) {
    pending_.push_back(parse_operand_reference(after));
  }
  return take_pending(mark);
}

// Rule: indexedIdentifier.
ExpressionId Qasm3Parser::parse_target(std::string_view after) {
  if (!is(TokenKind::identifier)) {
    fail_expected("the name of a bit or register after " + std::string(after));
  }
  const ExpressionId name = make_name(token_);
  advance();
  return parse_indices(name);
}

}  // namespace basalt::quantum
