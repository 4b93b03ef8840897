// The parser of OpenQASM 3.1. One function for a rule or a few of the language's grammar; the comments name the rules.
#pragma once

#include <string>
#include <vector>

#include "workloads/quantum/input/parser.h"

namespace basalt::quantum {

class Qasm3Parser final : private Parser {
 public:
  Qasm3Parser(Parsing& parsing, std::uint32_t text_index);

  void parse_program();
  void parse_statements();

 private:
  using Ids = std::vector<syntax::ExpressionId>;
  using Body = std::vector<syntax::StatementId>;

  void parse_included(std::uint32_t text_index) override;

  // Statements (parse_qasm3.cpp).
  /// Appends one statement or scope; pragmas and annotations append nothing.
  void parse_into(Body& body);
  void skip_pragma();
  void skip_annotations();
  syntax::StatementId parse_statement();
  syntax::StatementId parse_scope();
  Body parse_scope_body(std::string_view after);
  Body parse_body(std::string_view after);
  syntax::StatementId parse_word(syntax::Statement::Kind kind, std::string_view name);
  syntax::StatementId parse_operands_statement(syntax::Statement::Kind kind, std::string_view name);

  // Control flow (parse_qasm3_control.cpp).
  syntax::StatementId parse_if();
  syntax::StatementId parse_for();
  syntax::StatementId parse_while();
  syntax::StatementId parse_switch();
  syntax::StatementId parse_return();

  // Declarations (parse_qasm3_declaration.cpp).
  syntax::StatementId parse_declaration(syntax::Statement::Storage storage);
  syntax::StatementId parse_old_style_declaration();
  syntax::StatementId parse_alias();
  syntax::StatementId parse_gate();
  syntax::StatementId parse_def();
  void parse_initialiser(syntax::Statement& statement);
  syntax::Parameter parse_parameter(bool named);
  std::vector<std::string> parse_names(std::string_view after);

  // Types (parse_qasm3_type.cpp).
  [[nodiscard]] bool at_scalar_type() const;
  syntax::Type parse_scalar_type();
  syntax::Type parse_array_type(bool reference);
  syntax::Type parse_classical_type();
  std::uint32_t parse_return_type();
  syntax::ExpressionId parse_designator();
  std::uint32_t add_type(syntax::Type&& type);

  // What begins with a name, a modifier or `measure` (parse_qasm3_call.cpp).
  syntax::StatementId parse_named_statement();
  syntax::StatementId parse_modified_gate_call();
  syntax::StatementId parse_global_phase(syntax::Statement&& statement);
  syntax::StatementId parse_measure();
  syntax::StatementId parse_expression_statement(syntax::ExpressionId left);
  syntax::StatementId parse_expression_statement_from_type(syntax::Type&& type);
  syntax::StatementId finish_gate_call(syntax::Statement&& statement);
  [[noreturn]] void refuse_gate_duration(Position position) const;
  void parse_modifiers(syntax::Statement& statement);
  void parse_call_arguments(syntax::Statement& statement);
  [[nodiscard]] bool at_operand() const { return is(TokenKind::identifier) || is(TokenKind::hardware_qubit); }
  syntax::ExpressionId parse_operand_reference(std::string_view after);
  Ids parse_operand_list(std::string_view after);
  syntax::ExpressionId parse_target(std::string_view after);

  // Expressions (parse_qasm3_expression.cpp).
  syntax::ExpressionId parse_operand() override;
  syntax::ExpressionId parse_primary();
  syntax::ExpressionId parse_name_or_call();
  syntax::ExpressionId parse_call_after(Token name);
  syntax::ExpressionId parse_indices(syntax::ExpressionId base);
  syntax::ExpressionId parse_index_item();
  syntax::ExpressionId parse_range_after(syntax::ExpressionId start, Position position);
  syntax::ExpressionId parse_set();
  syntax::ExpressionId parse_array_literal();
  syntax::ExpressionId parse_measure_expression();
  syntax::ExpressionId parse_value();
  syntax::ExpressionId parse_cast(syntax::Type&& type);
  syntax::ExpressionId parse_duration_of();
  syntax::ExpressionId parse_bit_string();
  syntax::ExpressionId parse_hardware_qubit();
  void push_expression_list(TokenKind closing);

  // Pulse and timing (parse_qasm3_pulse.cpp).
  syntax::StatementId parse_box();
  syntax::StatementId parse_delay();
  syntax::StatementId parse_cal();
  syntax::StatementId parse_defcal();
  syntax::StatementId parse_defcal_grammar();
  void skip_calibration_block();
};

}  // namespace basalt::quantum
