// Includes: what is found, what stands for the built-in libraries, and what a foreign program cannot reach.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "quantum/input/failure.h"
#include "quantum/input/tree_text.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

namespace fs = std::filesystem;

class ParseIncludes : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "basalt_include_XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    folder_ = root_ / "program";
    fs::create_directories(folder_ / "lib");
    policy_.folder = folder_;
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  syntax::Tree read(const std::string& text) { return parse("main.qasm", text, policy_); }

  void expect_refused(const std::string& text, const std::string& reason) {
    const Error error = test::failure_of([&] { read(text); });
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_NE(error.message().find(reason), std::string::npos) << error.message();
  }

  fs::path root_;
  fs::path folder_;
  IncludePolicy policy_;
};

TEST_F(ParseIncludes, AreSplicedInOrder) {
  write("a.inc", "x q;\ninclude \"lib/b.inc\";\nz q;");
  write("lib/b.inc", "y q;");
  const syntax::Tree tree = read("h q; include \"a.inc\"; h r;");
  EXPECT_EQ(test::program_text(tree), "call h q\ncall x q\ncall y q\ncall z q\ncall h r\n");
  EXPECT_EQ(test::program_text(read("OPENQASM 2.0; h q; include \"a.inc\"; h r;")), test::program_text(tree));
  const SourceLocation where = tree.sources.locate(tree.statements[tree.program[2]].position);
  EXPECT_EQ(where.file, "lib/b.inc");
  EXPECT_EQ(where.line, 1u);
}

TEST_F(ParseIncludes, ErrorsPointIntoTheIncludedFile) {
  write("a.inc", "x q;\n  y q\n");
  const Error error = test::failure_of([&] { read("include \"a.inc\";"); });
  EXPECT_EQ(error.where().file, "a.inc");
  EXPECT_EQ(error.where().line, 2u);
  EXPECT_EQ(error.where().column, 6u);
}

TEST_F(ParseIncludes, TheLibrariesAreBuiltIn) {
  for (const bool with_folder : {true, false}) {
    if (!with_folder) {
      policy_.folder.reset();
    }
    EXPECT_TRUE(read("OPENQASM 2.0; include \"qelib1.inc\";").uses_qelib1);
    EXPECT_TRUE(read("include 'stdgates.inc';").uses_stdgates);
    EXPECT_TRUE(read("include 'qelib1.inc';").uses_qelib1);
    EXPECT_TRUE(read("include 'stdgates.inc';").notes.empty());
  }
  EXPECT_FALSE(read("qubit q;").uses_stdgates);
  expect_refused("OPENQASM 2.0; include \"stdgates.inc\";", "library of OpenQASM 3");
}

TEST_F(ParseIncludes, ALibraryFileOfKnownGatesStandsForTheBuiltIn) {
  write("qelib1.inc",
        "// mine\ngate u3(theta,phi,lambda) q { U(theta,phi,lambda) q; }\ngate cx c,t { CX c,t; }\n"
        "gate h a { u3(pi/2,0,pi) a; }\n");
  const syntax::Tree tree = read("OPENQASM 2.0; include \"qelib1.inc\"; qreg q[2]; h q;");
  EXPECT_TRUE(tree.uses_qelib1);
  EXPECT_EQ(tree.program.size(), 2u);
  EXPECT_EQ(tree.statements.size(), 2u);
  EXPECT_EQ(tree.notes, std::vector<std::string>{"qelib1.inc in the folder is used as the built-in library"});
}

TEST_F(ParseIncludes, ALibraryFileWithOtherGatesIsRead) {
  for (const char* text : {"gate cx c,t { CX c,t; } gate mine a { U(0,0,0) a; }", "gate h(x) a { U(x,0,0) a; }",
                           "gate h a, b { CX a, b; }", "gate h a { } qreg q[1];", "opaque h a;"}) {
    write("qelib1.inc", text);
    const syntax::Tree tree = read("OPENQASM 2.0; include \"qelib1.inc\";");
    EXPECT_FALSE(tree.uses_qelib1) << text;
    EXPECT_GE(tree.program.size(), 1u) << text;
    EXPECT_TRUE(tree.notes.empty()) << text;
  }
}

TEST_F(ParseIncludes, ALibraryFileOfOpenQasm3) {
  write("stdgates.inc", "gate p(λ) a { ctrl @ gphase(λ) a; }\ngate x a { U(π, 0, π) a; gphase(-π/2); }\n");
  EXPECT_TRUE(read("include \"stdgates.inc\";").uses_stdgates);
  write("stdgates.inc", "gate p(λ) a { ctrl @ gphase(λ) a; }\nconst int n = 3;");
  EXPECT_FALSE(read("include \"stdgates.inc\";").uses_stdgates);
}

TEST_F(ParseIncludes, StayInsideTheFolder) {
  std::ofstream(root_ / "secret") << "x q;";
  write("inside.inc", "x q;");
  fs::create_symlink(root_ / "secret", folder_ / "link.inc");
  fs::create_symlink(root_, folder_ / "up");
  fs::create_symlink(folder_ / "inside.inc", folder_ / "fine.inc");
  expect_refused("include \"../secret\";", "outside the folder");
  expect_refused("include \"lib/../../secret\";", "outside the folder");
  expect_refused("include \"../missing\";", "outside the folder");
  expect_refused("include \"" + (root_ / "secret").string() + "\";", "absolute");
  expect_refused("include \"/etc/passwd\";", "absolute");
  expect_refused("include \"link.inc\";", "link to outside");
  expect_refused("include \"up/secret\";", "link to outside");
  EXPECT_EQ(read("include \"fine.inc\";").program.size(), 1u);
  EXPECT_EQ(read("include \"lib/../inside.inc\";").program.size(), 1u);
}

TEST_F(ParseIncludes, AFolderWithALongerNameIsOutside) {
  fs::create_directories(root_ / "program2");
  std::ofstream(root_ / "program2" / "a.inc") << "x q;";
  expect_refused("include \"../program2/a.inc\";", "outside the folder");
}

TEST_F(ParseIncludes, TheFolderMayBeTheCurrentOne) {
  write("a.inc", "x q;");
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  for (const char* folder : {"", ".", "./", "lib/.."}) {
    policy_.folder = folder;
    EXPECT_EQ(read("include \"a.inc\";").program.size(), 1u) << folder;
  }
  fs::current_path(before);
}

TEST_F(ParseIncludes, WhatIsNoFileIsRefused) {
  expect_refused("include \"missing.inc\";", "there is no such file");
  expect_refused("include \"lib\";", "not a regular file");
  expect_refused("include \".\";", "not a regular file");
  expect_refused("include \"\";", "no name of a file");
  expect_refused(std::string("include \"a\0b\";", 14), "no path");
  expect_refused("include \"" + std::string(5000, 'a') + "\";", "no path");
  expect_refused("include \"missing/a.inc\";", "there is no such file");
}

TEST_F(ParseIncludes, NothingIsReadWithoutAFolder) {
  write("a.inc", "x q;");
  policy_.folder.reset();
  expect_refused("include \"a.inc\";", "not read from a folder");
}

TEST_F(ParseIncludes, CyclesAreNamed) {
  write("a.inc", "include \"b.inc\";");
  write("b.inc", "\ninclude \"a.inc\";");
  write("self.inc", "include \"self.inc\";");
  write("main.qasm", "");
  write("back.inc", "include \"main.qasm\";");
  expect_refused("include \"a.inc\";", "cyclic include: a.inc includes b.inc includes a.inc");
  expect_refused("include \"self.inc\";", "cyclic include: self.inc includes self.inc");
  expect_refused("include \"back.inc\";", "cyclic include: main.qasm includes back.inc includes main.qasm");
}

TEST_F(ParseIncludes, DepthAndNumberAreBounded) {
  for (int i = 0; i < 20; ++i) {
    write('d' + std::to_string(i), "include \"d" + std::to_string(i + 1) + "\";");
  }
  write("d20", "x q;");
  expect_refused("include \"d0\";", "nested deeper than 16");
  EXPECT_NO_THROW(read("include \"d5\";"));
  write("a.inc", "");
  std::string text;
  for (int i = 0; i < 64; ++i) {
    text += "include \"a.inc\";";
  }
  EXPECT_NO_THROW(read(text));
  expect_refused(text + "include \"a.inc\";", "more than 64 files");
}

TEST_F(ParseIncludes, SizesAddUp) {
  write("huge.inc", "");
  fs::resize_file(folder_ / "huge.inc", kMaxSourceBytes);  // sparse: takes no room
  expect_refused("include \"huge.inc\";", "256 MiB together");
}

TEST_F(ParseIncludes, OnlyAtTheTopLevel) {
  write("a.inc", "x q;");
  expect_refused("if (a) { include \"a.inc\"; }", "top level only");
  expect_refused("if (a) include \"a.inc\";", "top level only");
  expect_refused("OPENQASM 2.0; gate g a { include \"a.inc\"; }", "expected a gate or a barrier");
}

TEST_F(ParseIncludes, AnIncludedFileHasNoVersion) {
  write("a.inc", "OPENQASM 3.0; x q;");
  expect_refused("include \"a.inc\";", "version must stand once");
}

}  // namespace
}  // namespace basalt::quantum
