// The example programs of both languages and all benchmark circuits are read.
#include <gtest/gtest.h>

#include "quantum/input/shared_files.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

namespace fs = std::filesystem;

syntax::Tree parse_file(const fs::path& file) {
  IncludePolicy policy;
  policy.folder = file.parent_path();
  return parse(file.filename().string(), read_source(file.string()), policy);
}

void expect_read(const std::vector<fs::path>& files, std::size_t at_least) {
  EXPECT_GE(files.size(), at_least);
  for (const fs::path& file : files) {
    EXPECT_NO_THROW(parse_file(file)) << file;
  }
}

TEST(ParseExamples, OfOpenQasm2) {
  const fs::path folder = test::shared_folder("openqasm2");
  BASALT_NEEDS(folder)
  std::vector<fs::path> files = test::files_below(folder, ".qasm");
  // The one file that breaks the grammar. invalid_gate_no_found.qasm is well formed: `compile` refuses its gate.
  const fs::path broken = folder / "invalid_missing_semicolon.qasm";
  EXPECT_EQ(std::erase(files, broken), 1u);
  EXPECT_THROW(parse_file(broken), Error);
  expect_read(files, 14);
}

TEST(ParseExamples, TheStandardLibraryFilesAreRecognised) {
  const fs::path folder2 = test::shared_folder("openqasm2");
  const fs::path folder3 = test::shared_folder("openqasm3/examples");
  BASALT_NEEDS(folder2)
  BASALT_NEEDS(folder3)
  EXPECT_TRUE(parse_file(folder2 / "qft.qasm").uses_qelib1);
  EXPECT_TRUE(parse_file(folder3 / "qft.qasm").uses_stdgates);
}

TEST(ParseExamples, TheStandardLibrariesAsPrograms) {
  const fs::path folder2 = test::shared_folder("openqasm2");
  const fs::path folder3 = test::shared_folder("openqasm3/examples");
  BASALT_NEEDS(folder2)
  BASALT_NEEDS(folder3)
  EXPECT_GE(parse("t", "OPENQASM 2.0;" + read_source((folder2 / "qelib1.inc").string())).program.size(), 20u);
  EXPECT_GE(parse("t", read_source((folder3 / "stdgates.inc").string())).program.size(), 20u);
}

TEST(ParseExamples, OfOpenQasm3) {
  const fs::path folder = test::shared_folder("openqasm3/examples");
  BASALT_NEEDS(folder)
  expect_read(test::files_below(folder, ".qasm"), 20);
}

TEST(ParseExamples, BenchmarkCircuits) {
  const fs::path folder = test::shared_folder("circuits");
  BASALT_NEEDS(folder)
  expect_read(test::files_below(folder, ".qasm"), 70);
}

}  // namespace
}  // namespace basalt::quantum
