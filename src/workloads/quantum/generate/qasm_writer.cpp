#include "workloads/quantum/generate/qasm_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace basalt::quantum {

QasmWriter::QasmWriter(std::uint32_t qubits)
    : qubits_(qubits), text_(fmt::format("OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[{}];\n", qubits)) {}

void QasmWriter::gate(std::string_view name, std::initializer_list<double> angles,
                      std::initializer_list<std::uint32_t> targets) {
  std::string list;
  for (const double angle : angles) {
    fmt::format_to(std::back_inserter(list), "{}{:.10f}", list.empty() ? "" : ",", angle);
  }
  append(name, list, targets);
}

void QasmWriter::turn(std::string_view name, int sign, std::uint32_t halvings,
                      std::initializer_list<std::uint32_t> targets) {
  // a whole number that takes more than 64 bits is none of the language's
  const std::string divisor =
      halvings < 64 ? fmt::format("{}", std::uint64_t{1} << halvings) : fmt::format("{:.1f}", std::exp2(halvings));
  append(name, fmt::format("{}pi/{}", sign < 0 ? "-" : "", divisor), targets);
}

void QasmWriter::append(std::string_view name, std::string_view angles, std::initializer_list<std::uint32_t> targets) {
  text_ += name;
  if (!angles.empty()) {
    fmt::format_to(std::back_inserter(text_), "({})", angles);
  }
  const char* separator = " ";
  for (const std::uint32_t target : targets) {
    fmt::format_to(std::back_inserter(text_), "{}q[{}]", separator, target);
    separator = ",";
  }
  text_ += ";\n";
}

}  // namespace basalt::quantum
