// What hostile and broken files get: a message, the right exit status, in bounded time and memory.

#include <gtest/gtest.h>

#include "program.h"

namespace basalt::testing_cli {
namespace {

constexpr const char* kHeader2 = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n";
constexpr const char* kHeader3 = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n";

std::string repeat(const std::string& text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) {
    result += text;
  }
  return result;
}

class BadInput : public testing::Test {
 protected:
  /// Expects status 2 and a message that has `part`.
  void expect_refused(const std::string& content, const std::string& part) {
    const std::string file = space.write("bad.qasm", content);
    for (const char* command : {"run", "check"}) {
      const Result result = space.run({command, file});
      EXPECT_EQ(result.status, 2) << command << ": " << result.err.substr(0, 500);
      EXPECT_NE(result.err.find(part), std::string::npos) << command << ": " << result.err.substr(0, 500);
      EXPECT_LT(result.err.size(), 4000U) << "messages stay short";
    }
  }

  Workspace space;
};

TEST_F(BadInput, MissingFilesAndFolders) {
  const Result missing = space.run({"run", "nowhere.qasm"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_NE(missing.err.find("nowhere.qasm"), std::string::npos);
  const Result folder = space.run({"run", "."});
  EXPECT_EQ(folder.status, 2);
  EXPECT_NE(folder.err.find("director"), std::string::npos) << folder.err;
}

TEST_F(BadInput, EmptyAndBinaryFiles) {
  expect_refused("", "empty");
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 100000; ++i) {
    state = state * 1664525 + 1013904223;
    noise += static_cast<char>(state >> 24);
  }
  expect_refused(noise, "bad.qasm:1:");
}

TEST_F(BadInput, AnEnormousLine) {
  const std::string file = space.write("line.qasm", std::string(kHeader3) + "qubit q;\nx q;");
  fs::resize_file(file, std::uintmax_t{1} << 30);
  const Result result = space.run({"run", file});
  EXPECT_EQ(result.status, 2);
  EXPECT_LT(result.err.size(), 4000U);
}

TEST_F(BadInput, GatesAndQubitsThatAreNot) {
  expect_refused(std::string(kHeader2) + "qreg q[2];\nfly q[0];\n", "fly");
  expect_refused(std::string(kHeader2) + "qreg q[2];\ncx q[0];\n", "cx");
  expect_refused(std::string(kHeader2) + "qreg q[2];\nx q[2];\n", "2");
  expect_refused(std::string(kHeader2) + "qreg q[2];\ncx q[0],q[0];\n", "q[0]");
  expect_refused(std::string(kHeader3) + "qubit[2] q;\nx q[7];\n", "7");
}

TEST_F(BadInput, DivisionByZeroInAnAngle) {
  expect_refused(std::string(kHeader2) + "qreg q[1];\nrz(pi/0) q[0];\n", "zero");
  expect_refused(std::string(kHeader3) + "qubit q;\nrz(1/0) q;\n", "zero");
}

TEST_F(BadInput, GatesThatCallThemselves) {
  expect_refused(std::string(kHeader2) + "gate a q { a q; }\nqreg q[1];\na q[0];\n", "a");
  expect_refused(std::string(kHeader3) + "gate a q { b q; }\ngate b q { a q; }\nqubit q;\na q;\n", "b");
}

TEST_F(BadInput, TenMillionParentheses) {
  expect_refused(std::string(kHeader3) + "qubit q;\nrz(" + repeat("(", 10'000'000) + "1) q;\n", "deep");
  expect_refused(std::string(kHeader2) + "qreg q[1];\nrz(" + repeat("(", 10'000'000) + "1) q[0];\n", "deep");
  expect_refused(std::string(kHeader3) + repeat("{", 1'000'000), "deep");
}

TEST_F(BadInput, SubroutinesWithoutEnd) {
  const std::string file =
      space.write("def.qasm", std::string(kHeader3) + "def f(qubit q) { f(q); }\nqubit q;\nf(q);\n");
  const Result result = space.run({"run", file});
  EXPECT_EQ(result.status, 2) << result.err;
  EXPECT_NE(result.err.find("f"), std::string::npos);
}

TEST_F(BadInput, IncludesThatLeaveTheFolder) {
  fs::create_directory(space.path("inner"));
  space.write("secret.inc", "gate leak q { }\n");
  for (const std::string name : {"../secret.inc", "/etc/passwd"}) {
    space.write("inner/bad.qasm", "OPENQASM 3.0;\ninclude \"" + name + "\";\nqubit q;\n");
    const Result result = space.run({"run", space.path("inner/bad.qasm")});
    EXPECT_EQ(result.status, 2) << name;
    EXPECT_NE(result.err.find(name), std::string::npos) << result.err;
  }
}

TEST_F(BadInput, MessagesPointAtThePlace) {
  const std::string file = space.write("bad.qasm", std::string(kHeader3) + "qubit[2] q;\nrx(0.5) q[5];\n");
  const Result result = space.run({"run", file});
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.err.find(file + ":4:"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("rx(0.5) q[5];\n"), std::string::npos);
  EXPECT_NE(result.err.find("^"), std::string::npos);
}

}  // namespace
}  // namespace basalt::testing_cli
