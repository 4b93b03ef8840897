// Every program kept beside the checkout compiles and runs, or is refused for the reason given here.
#include <gtest/gtest.h>

#include <map>

#include "quantum/input/program.h"
#include "quantum/input/shared_files.h"

namespace basalt::quantum {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<const Script> compile_file(const fs::path& file) {
  IncludePolicy policy;
  policy.folder = file.parent_path();
  const syntax::Tree tree = parse(file.filename().string(), read_source(file.string()), policy);
  return std::make_shared<const Script>(compile(tree));
}

/// To the end, or to a number of stops that no example reaches, outcomes 0 and 1 in turn.
void run_file(const fs::path& file) {
  const auto script = compile_file(file);
  Machine machine(script);
  Circuit circuit(script->qubit_count);
  const CancelToken cancel;
  for (int stops = 0; stops < 1000; ++stops) {
    const Machine::Status status = machine.advance(circuit, cancel);
    circuit.clear();
    if (status == Machine::Status::finished) {
      EXPECT_EQ(machine.registers().size(), script->registers.size());
      return;
    }
    if (status == Machine::Status::needs_outcomes) {
      EXPECT_FALSE(machine.wanted().empty());
      machine.provide(std::vector<std::uint8_t>(machine.wanted().size(), static_cast<std::uint8_t>(stops % 2)));
    }
  }
  ADD_FAILURE() << file << " does not end";
}

/// Files that must be refused: what the message contains, and the line.
using Refused = std::map<std::string, std::pair<std::string, std::uint32_t>>;

void expect_all(const fs::path& folder, const Refused& refused, std::size_t at_least) {
  std::size_t files = 0;
  std::size_t refusals = 0;
  for (const fs::path& file : test::files_below(folder, ".qasm")) {
    ++files;
    const auto reason = refused.find(file.filename().string());
    if (reason == refused.end()) {
      EXPECT_NO_THROW(run_file(file)) << file;
      continue;
    }
    ++refusals;
    const Error error = test::failure_of([&] { compile_file(file); });
    EXPECT_NE(error.message().find(reason->second.first), std::string::npos) << error.what();
    EXPECT_EQ(error.where().line, reason->second.second) << error.what();
  }
  EXPECT_GE(files, at_least);
  EXPECT_EQ(refusals, refused.size());
}

TEST(CompileExamples, OfOpenQasm2) {
  const fs::path folder = test::shared_folder("openqasm2");
  BASALT_NEEDS(folder)
  expect_all(folder,
             {{"invalid_gate_no_found.qasm", {"the gate 'w' is not defined", 5}},
              {"invalid_missing_semicolon.qasm", {"';'", 3}}},
             15);
}

TEST(CompileExamples, OfOpenQasm3) {
  const fs::path folder = test::shared_folder("openqasm3/examples");
  BASALT_NEEDS(folder)
  expect_all(folder,
             {{"alignment.qasm", {"'stretch'", 8}},
              {"arrays.qasm", {"'first_dimension' is already declared", 76}},
              {"cphase.qasm", {"the gate 'CX' is not defined", 4}},  // and q is not declared
              {"dd.qasm", {"'stretch'", 7}},
              {"defcal.qasm", {"'defcalgrammar'", 1}},
              {"gateteleport.qasm", {"'extern'", 6}},
              {"msd.qasm", {"index 3 is out of range for size 3", 48}},  // and `success` is not declared
              {"scqec.qasm", {"'extern'", 16}},
              {"t1.qasm", {"'duration'", 6}},
              {"vqe.qasm", {"'extern'", 17}}},
             21);
}

TEST(CompileExamples, BenchmarkCircuits) {
  const fs::path folder = test::shared_folder("circuits");
  BASALT_NEEDS(folder)
  // These three measure a register q that they do not declare into a register c that they do not declare either.
  expect_all(folder,
             {{"vqe_uccsd_n4.qasm", {"is not declared", 225}},
              {"vqe_uccsd_n6.qasm", {"is not declared", 2286}},
              {"vqe_uccsd_n8.qasm", {"is not declared", 10813}}},
             70);
}

// arrays.qasm, but for its second declaration of one name, is well typed; running it shows that it stores into element
// a - 1 = 4 of an array of four.
TEST(CompileExamples, ArraysWithoutTheMistake) {
  const fs::path file = test::shared_folder("openqasm3/examples") / "arrays.qasm";
  BASALT_NEEDS(file.parent_path())
  std::string text = read_source(file.string());
  const std::string again = "const uint[32] first_dimension = sizeof(my_doubles);";
  const std::size_t at = text.find(again);
  ASSERT_NE(at, std::string::npos);
  text.erase(at, again.size());
  EXPECT_NO_THROW(test::script_of(text));
  test::expect_error(text, "index 4 is out of range for size 4", 51, 20);
}

// The syntax of these lines is fine, or the grammar of the parsers is wider: what is wrong with them is their meaning.
TEST(CompileExamples, StatementsThatTheStandardCallsInvalid) {
  const fs::path folder = test::shared_folder("openqasm3/grammar-tests/invalid/statements");
  BASALT_NEEDS(folder)
  std::size_t lines = 0;
  for (const fs::path& file : test::files_below(folder, ".qasm")) {
    const std::string text = read_source(file.string());
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::string line = text.substr(begin, end - begin);
      begin = end + 1;
      if (line.empty() || line.starts_with("//")) {
        continue;
      }
      ++lines;
      EXPECT_THROW(test::script_of("include \"stdgates.inc\";\n" + line + "\n"), Error) << file << ": " << line;
    }
  }
  EXPECT_GE(lines, 100U);
}

}  // namespace
}  // namespace basalt::quantum
