// Text to syntax tree. Recognises the language by its header: `OPENQASM 2.0;` or `OPENQASM 3(.x);`; without one the
// text is OpenQASM 3.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "workloads/quantum/input/syntax.h"

namespace basalt::quantum {

/// What an include may reach.
struct IncludePolicy {
  /// Folder of the program. Includes are looked up in it and must stay inside it, links resolved; absent (standard
  /// input, fuzzers): only the built-in qelib1.inc and stdgates.inc.
  std::optional<std::filesystem::path> folder;
  /// Texts by name that stand for files of the folder; where there are any, no file is read.
  std::map<std::string, std::string> included{};
  int max_depth = 16;
  int max_files = 64;
  /// Upper bound of the memory that the tree may take, in bytes; larger programs are refused (out_of_resources). A
  /// gate on two elements of registers takes about 1 KiB.
  std::uint64_t max_tree_bytes = std::uint64_t{8} << 30;
  const CancelToken* cancel = nullptr;  ///< Polled while reading; must outlive it.
};

/// Throws Error(bad_input) with location at the first thing that is no OpenQASM.
syntax::Tree parse(std::string name, std::string text, const IncludePolicy& includes = {});

/// The two parsers, for tests and fuzzers; `parse` chooses between them.
syntax::Tree parse_qasm2(std::string name, std::string text, const IncludePolicy& includes = {});
syntax::Tree parse_qasm3(std::string name, std::string text, const IncludePolicy& includes = {});

}  // namespace basalt::quantum
