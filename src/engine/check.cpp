// Reading a program, and checking one without running it.

#include <filesystem>
#include <new>

#include "basalt/engine.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/input/parse.h"

namespace basalt {

Source read_program(const std::string& path, const CancelToken* cancel) {
  if (path == "-") {
    return {.name = "<stdin>", .text = quantum::read_source(path, cancel), .folder = std::nullopt};
  }
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return {.name = path, .text = quantum::read_source(path, cancel), .folder = folder.empty() ? "." : std::move(folder)};
}

CheckResult check(const Source& source, const CancelToken* cancel) {
  try {
    quantum::IncludePolicy policy{.folder = source.folder};
    policy.cancel = cancel;
    const quantum::syntax::Tree tree = quantum::parse(source.name, source.text, policy);
    const quantum::Script script = quantum::compile(tree, {}, false, cancel);
    return CheckResult{.qubits = script.qubit_count,
                       .language = tree.language == quantum::syntax::Language::openqasm2 ? "OpenQASM 2" : "OpenQASM 3",
                       .inputs = script.inputs,
                       .notes = script.notes};
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::out_of_resources, "memory ran out", "close other programs and try again");
  }
}

}  // namespace basalt
