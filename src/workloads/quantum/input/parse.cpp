// Entry: chooses the language by the header and runs its parser.
#include "workloads/quantum/input/parse.h"

#include <algorithm>
#include <utility>

#include "base/printable.h"
#include "workloads/quantum/input/parse_qasm2.h"
#include "workloads/quantum/input/parse_qasm3.h"

namespace basalt::quantum {

using syntax::Language;
using syntax::Tree;

namespace {

Parsing begin(std::string name, std::string text, const IncludePolicy& includes, Language language) {
  if (text.size() > kMaxSourceBytes) {
    throw Error(ErrorCode::bad_input, "cannot read " + in_quotes(name, 200) + ": it is larger than " +
                                          std::to_string(kMaxSourceBytes >> 20) + " MiB");
  }
  // Made first: where a later member of an aggregate throws, gcc 12 destroys the earlier ones twice.
  Includes opened(includes, name, text.size());
  Parsing parsing{{}, std::move(opened), {}, {}};
  parsing.tree.language = language;
  // Most programs are gate calls on elements of registers: room for these avoids moving the nodes while reading.
  const std::uint64_t limit = includes.max_tree_bytes / (sizeof(syntax::Statement) + 4 * sizeof(syntax::Expression));
  const auto statements = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), ';'));
  const auto indices = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '['));
  parsing.tree.statements.reserve(std::min(statements, limit));
  parsing.tree.program.reserve(std::min(statements, limit));
  parsing.tree.expressions.reserve(std::min(3 * indices + statements, 3 * limit));
  parsing.tree.sources.add(std::move(name), std::move(text));
  return parsing;
}

template <typename LanguageParser>
Tree run(Parsing&& parsing) {
  LanguageParser(parsing, 0).parse_program();
  parsing.notes.finish(parsing.tree);
  return std::move(parsing.tree);
}

// Whether the header names version 2. Reads at most two tokens.
bool is_qasm2(const SourceMap& sources) {
  Lexer lexer(sources, 0, Language::openqasm3);
  return lexer.next().kind == TokenKind::kw_openqasm && lexer.text(lexer.next()).starts_with('2');
}

}  // namespace

Tree parse_qasm2(std::string name, std::string text, const IncludePolicy& includes) {
  return run<Qasm2Parser>(begin(std::move(name), std::move(text), includes, Language::openqasm2));
}

Tree parse_qasm3(std::string name, std::string text, const IncludePolicy& includes) {
  return run<Qasm3Parser>(begin(std::move(name), std::move(text), includes, Language::openqasm3));
}

Tree parse(std::string name, std::string text, const IncludePolicy& includes) {
  Parsing parsing = begin(std::move(name), std::move(text), includes, Language::openqasm3);
  if (is_qasm2(parsing.tree.sources)) {
    parsing.tree.language = Language::openqasm2;
    return run<Qasm2Parser>(std::move(parsing));
  }
  return run<Qasm3Parser>(std::move(parsing));
}

}  // namespace basalt::quantum
