// The conformance files of the OpenQASM 3 grammar: every source of `reference` is read, every line of `invalid` is
// refused.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "quantum/input/shared_files.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

namespace fs = std::filesystem;

// The block scalar `source: |` of a YAML file: the indented lines after it, without their indentation.
std::string source_block(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::string source;
  bool inside = false;
  while (std::getline(in, line)) {
    if (line.starts_with("source: |")) {
      inside = true;
    } else if (inside && (line.empty() || line.starts_with("  "))) {
      source += line.substr(std::min<std::size_t>(2, line.size())) + '\n';
    } else if (inside) {
      break;
    }
  }
  return source;
}

TEST(GrammarReference, EverySourceIsRead) {
  const fs::path folder = test::shared_folder("openqasm3/grammar-tests/reference");
  BASALT_NEEDS(folder)
  // include.yaml includes these; the grammar does not say what they hold.
  std::string name = (fs::temp_directory_path() / "basalt_grammar_XXXXXX").string();
  const fs::path includes = ::mkdtemp(name.data());
  for (const char* included : {"foo", "foo2", "001"}) {
    std::ofstream(includes / included) << "qubit q;";
  }
  IncludePolicy policy;
  policy.folder = includes;
  const std::vector<fs::path> files = test::files_below(folder, ".yaml");
  EXPECT_GE(files.size(), 25u);
  for (const fs::path& file : files) {
    const std::string source = source_block(file);
    EXPECT_FALSE(source.empty()) << file;
    try {
      const syntax::Tree tree = parse(file.filename().string(), source, policy);
      EXPECT_GT(tree.program.size() + tree.notes.size(), 0u) << file;
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
  }
  fs::remove_all(includes);
}

TEST(GrammarInvalid, EveryStatementIsRefused) {
  const fs::path folder = test::shared_folder("openqasm3/grammar-tests/invalid/statements");
  BASALT_NEEDS(folder)
  std::size_t statements = 0;
  for (const fs::path& file : test::files_below(folder, ".qasm")) {
    std::ifstream in(file);
    std::string line;
    while (std::getline(in, line)) {
      if (line.empty() || line.starts_with("//")) {
        continue;
      }
      ++statements;
      EXPECT_THROW(parse_qasm3("t", line), Error) << file.filename() << ": " << line;
    }
  }
  EXPECT_GE(statements, 100u);
}

}  // namespace
}  // namespace basalt::quantum
