// What both languages say about files: an empty text, the version, includes.
#include <algorithm>
#include <string>

#include "base/printable.h"
#include "workloads/quantum/gates.h"
#include "workloads/quantum/input/parser.h"

namespace basalt::quantum {

using syntax::Language;
using syntax::Statement;
using syntax::Tree;

namespace {

// Whether a gate that a file defines is one that the library has: same name, parameters and qubits.
bool is_native(const Statement& statement, BuiltinLibrary library) {
  if (statement.kind != Statement::Kind::gate) {
    return false;
  }
  const auto matches = [&](GateLibrary part) {
    const GateName* known = find_gate(statement.name, part);
    return known != nullptr && known->parameter_count == statement.parameter_names.size() &&
           known->control_count + gate_row(known->gate).target_count ==
               static_cast<int>(statement.operand_names.size());
  };
  if (library == BuiltinLibrary::stdgates) {
    return matches(GateLibrary::stdgates);
  }
  return matches(GateLibrary::qelib1) || matches(GateLibrary::qelib1_extended);
}

// Sizes of the arenas, to take back what was read after a point.
struct TreeMark {
  explicit TreeMark(const Tree& tree)
      : expressions(tree.expressions.size()),
        statements(tree.statements.size()),
        types(tree.types.size()),
        program(tree.program.size()) {}
  void restore(Tree& tree) const {
    tree.expressions.resize(expressions);
    tree.statements.resize(statements);
    tree.types.resize(types);
    tree.program.resize(program);
  }
  std::size_t expressions, statements, types, program;
};

bool is_version(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return digits(text.substr(0, point)) && (point == std::string_view::npos || digits(text.substr(point + 1)));
}

}  // namespace

void Parser::check_not_empty() const {
  if (is(TokenKind::end_of_text)) {
    const bool has_comment = tree_.sources.text(0).find_first_not_of(" \t\r\n") != std::string_view::npos;
    fail(token_, has_comment ? "the file holds no program, only comments" : "the file is empty",
         "a program begins with OPENQASM 3.0; or OPENQASM 2.0;");
  }
}

void Parser::parse_version(char major) {
  advance();
  const std::string_view version = text_of(token_);
  if (!(is(TokenKind::integer) || is(TokenKind::real)) || !is_version(version)) {
    fail_expected("a version after OPENQASM", "write OPENQASM 3.0; or OPENQASM 2.0;");
  }
  const std::string_view number = version.substr(0, version.find('.'));
  if (number.size() != 1 || number[0] != major || (major == '2' && version != "2" && version != "2.0")) {
    fail(token_, "OpenQASM " + printable(version, 20) + " is not a version that is read here",
         "Basalt reads OpenQASM 2.0 and 3");
  }
  advance();
  expect_semicolon("the version");
}

void Parser::parse_include() {
  const Position position = position_of(token_);
  advance();
  if (!is(TokenKind::string)) {
    fail_expected("the name of a file in quotation marks after 'include'");
  }
  const Position name_position = position_of(token_);
  const std::string_view quotation = text_of(token_);
  const std::string name(quotation.substr(1, quotation.size() - 2));
  if (name.empty() || name.find('\t') != std::string::npos) {
    fail(token_, "this is no name of a file");
  }
  advance();
  expect_semicolon("the include");

  const BuiltinLibrary library = builtin_library(name);
  if (library == BuiltinLibrary::stdgates && tree_.language == Language::openqasm2) {
    fail_at(tree_.sources, name_position, "stdgates.inc is the library of OpenQASM 3, and this is OpenQASM 2",
            "include \"qelib1.inc\", or change the header to OPENQASM 3.0;");
  }
  if (library != BuiltinLibrary::none && is_builtin(name, library, position)) {
    (library == BuiltinLibrary::qelib1 ? tree_.uses_qelib1 : tree_.uses_stdgates) = true;
    return;
  }
  if (library == BuiltinLibrary::none) {
    parse_included(parsing_.includes.enter(tree_.sources, name, name_position));
    parsing_.includes.leave();
  }
}

// Whether the built-in library stands for the file; if not, the file has been read.
bool Parser::is_builtin(const std::string& name, BuiltinLibrary library, Position position) {
  if (!parsing_.includes.exists(name)) {
    return true;
  }
  const TreeMark mark(tree_);
  parse_included(parsing_.includes.enter(tree_.sources, name, position));
  parsing_.includes.leave();
  const bool native =
      std::all_of(tree_.program.begin() + static_cast<std::ptrdiff_t>(mark.program), tree_.program.end(),
                  [&](syntax::StatementId id) { return is_native(tree_.statements[id], library); });
  if (native) {
    mark.restore(tree_);
    tree_.notes.push_back(name + " in the folder is used as the built-in library");
  }
  return native;
}

}  // namespace basalt::quantum
