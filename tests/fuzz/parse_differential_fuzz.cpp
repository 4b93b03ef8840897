// The same program under both headers: where both parsers accept it, they must read the same gates on the same qubits.
#include <cstdio>

#include "parse_once.h"
#include "quantum/input/tree_text.h"

namespace {

using namespace basalt::quantum;
using syntax::Expression;
using syntax::Statement;
using syntax::Tree;

// OpenQASM 2 reads all numbers of an angle as reals and ^ as a power; both are written alike here.
void normalise(Tree& tree) {
  for (Statement& statement : tree.statements) {
    for (const syntax::ExpressionId argument : statement.arguments) {
      std::vector<syntax::ExpressionId> open = {argument};
      while (!open.empty()) {
        Expression& e = tree.expressions[open.back()];
        open.pop_back();
        if (e.kind == Expression::Kind::integer) {
          e.kind = Expression::Kind::real;
          e.real = e.integer_fits ? static_cast<double>(e.integer) : std::strtod(e.text.c_str(), nullptr);
        }
        open.insert(open.end(), e.children.begin(), e.children.end());
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  if (body.find('^') != std::string::npos) {
    return 0;  // a power in one language, an exclusive or in the other
  }
  auto old_tree = fuzz::parse_once(parse_qasm2, "OPENQASM 2.0;" + body);
  auto new_tree = fuzz::parse_once(parse_qasm3, "OPENQASM 3.0;" + body);
  if (!old_tree || !new_tree) {
    return 0;
  }
  normalise(*old_tree);
  normalise(*new_tree);
  const std::string old_text = test::program_text(*old_tree);
  const std::string new_text = test::program_text(*new_tree);
  if (old_text != new_text || old_tree->uses_qelib1 != new_tree->uses_qelib1) {
    std::fprintf(stderr, "OpenQASM 2 reads:\n%s\nOpenQASM 3 reads:\n%s\n", old_text.c_str(), new_text.c_str());
    std::abort();
  }
  return 0;
}
