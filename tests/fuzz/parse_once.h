// What the parser fuzzers share: a program from bytes, and the promise that only basalt::Error ever leaves a parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "workloads/quantum/input/parse.h"

namespace basalt::quantum::fuzz {

/// The tree, or nothing where the program is refused. Any other exception ends the process, which the fuzzer reports.
template <typename Parse>
std::optional<syntax::Tree> parse_once(Parse parse, std::string text) {
  IncludePolicy policy;
  policy.max_tree_bytes = std::uint64_t{64} << 20;
  try {
    return parse("fuzz", std::move(text), policy);
  } catch (const Error& error) {
    if (error.where().caret > 20 * error.where().source_line.size() + 1) {
      std::abort();  // a caret far beside its line
    }
    return std::nullopt;
  }
}

/// Aborts where a node refers to one that does not exist, to itself, or is deeper than promised.
inline void check(const syntax::Tree& tree) {
  const auto require = [](bool condition) {
    if (!condition) {
      std::abort();
    }
  };
  const auto node = [&](syntax::ExpressionId id) { require(id == syntax::kNone || id < tree.expressions.size()); };
  for (const syntax::Expression& e : tree.expressions) {
    require(e.depth >= 1 && e.depth <= syntax::kMaxSyntaxDepth);
    require(e.position.offset <= tree.sources.text(e.position.text).size());
    for (const syntax::ExpressionId child : e.children) {
      node(child);
      require(child == syntax::kNone || tree.expressions[child].depth < e.depth);
    }
  }
  for (syntax::StatementId id = 0; id < tree.statements.size(); ++id) {
    const syntax::Statement& s = tree.statements[id];
    require(s.depth <= syntax::kMaxSyntaxDepth);
    require(s.type == syntax::kNone || s.type < tree.types.size());
    node(s.value);
    node(s.target);
    for (const auto* list : {&s.arguments, &s.operands}) {
      for (const syntax::ExpressionId expression : *list) {
        node(expression);
      }
    }
    for (const auto* body : {&s.body, &s.else_body}) {
      for (const syntax::StatementId inner : *body) {
        require(inner < id);
      }
    }
  }
  for (const syntax::StatementId id : tree.program) {
    require(id < tree.statements.size());
  }
}

}  // namespace basalt::quantum::fuzz
