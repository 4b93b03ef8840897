// The parser of OpenQASM 2.0, as defined by its paper (arXiv:1707.03429). Names may begin with any letter.
#pragma once

#include <string>
#include <vector>

#include "workloads/quantum/input/parser.h"

namespace basalt::quantum {

class Qasm2Parser final : private Parser {
 public:
  Qasm2Parser(Parsing& parsing, std::uint32_t text_index);

  void parse_program();
  void parse_statements();

 private:
  syntax::ExpressionId parse_operand() override;
  void parse_included(std::uint32_t text_index) override;

  syntax::StatementId parse_statement();
  syntax::StatementId parse_register();
  syntax::StatementId parse_gate();
  syntax::StatementId parse_opaque();
  syntax::StatementId parse_if();
  syntax::StatementId parse_barrier(bool in_gate);
  syntax::StatementId parse_quantum_operation();
  syntax::StatementId parse_measure();
  syntax::StatementId parse_reset();
  syntax::StatementId parse_gate_call(bool in_gate);
  void parse_gate_head(syntax::Statement& gate);
  void refuse_newer_syntax();

  std::vector<std::string> parse_names(std::string_view after);
  syntax::ExpressionId parse_argument(std::string_view after);
  std::vector<syntax::ExpressionId> parse_arguments(bool in_gate);
  syntax::ExpressionId parse_size();
  syntax::ExpressionId parse_function(Token name);
};

}  // namespace basalt::quantum
