// What people see: the message, the exact place, the caret, the way out.
#include <gtest/gtest.h>

#include "quantum/input/failure.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

Error failure(const std::string& text) {
  return test::failure_of([&] { parse("a.qasm", text); });
}

std::string shown(const std::string& text) {
  return failure(text).what();
}

TEST(ParseErrors, AMissingSemicolonIsReportedWhereItIsMissing) {
  EXPECT_EQ(shown("OPENQASM 2.0\nqreg q[1];"),
            "a.qasm:1:13: expected ';' after the version, found 'qreg'\n"
            "  OPENQASM 2.0\n"
            "              ^");
  EXPECT_EQ(shown("qubit[2] q;\n  h q[0]   // comment\n\nh q[1];"),
            "a.qasm:2:9: expected ';' after the gate, found 'h'\n"
            "    h q[0]   // comment\n"
            "          ^");
  EXPECT_EQ(shown("x = 1"),
            "a.qasm:1:6: expected ';' after the assignment, found the end of the file\n"
            "  x = 1\n"
            "       ^");
}

TEST(ParseErrors, PositionsCountCharacters) {
  const Error error = failure("qubit q;\nrz(π/2 π) q;");
  EXPECT_EQ(error.where().line, 2u);
  EXPECT_EQ(error.where().column, 8u);
  EXPECT_EQ(error.where().caret, 7u);
  EXPECT_EQ(error.message(), "expected ')' after the arguments, found 'π'");
}

TEST(ParseErrors, AnEmptyFileSaysSo) {
  EXPECT_EQ(failure("").message(), "the file is empty");
  EXPECT_EQ(failure(" \n\t\r\n ").message(), "the file is empty");
  EXPECT_EQ(failure("// nothing\n").message(), "the file holds no program, only comments");
  EXPECT_EQ(failure("").code(), ErrorCode::bad_input);
  EXPECT_NE(failure("").advice().find("OPENQASM 3.0;"), std::string::npos);
}

TEST(ParseErrors, OtherVersionsAreNamed) {
  EXPECT_EQ(failure("OPENQASM 4.2;").message(), "OpenQASM 4.2 is not a version that is read here");
  EXPECT_EQ(failure("OPENQASM 2.1;").message(), "OpenQASM 2.1 is not a version that is read here");
  EXPECT_EQ(failure("OPENQASM 2.0;\nOPENQASM 2.0;").where().line, 2u);
}

TEST(ParseErrors, UnclosedBlocksPointToTheirBrace) {
  const Error error = failure("if (a) {\n x q;\n");
  EXPECT_EQ(error.message(), "this '{' is never closed");
  EXPECT_EQ(error.where().line, 1u);
  EXPECT_EQ(error.where().column, 8u);
}

TEST(ParseErrors, KeywordsAreNoNames) {
  const Error error = failure("int[8] def;");
  EXPECT_EQ(error.message(), "expected a name after the type, found 'def'");
  EXPECT_EQ(error.advice(), "'def' is a word of the language and cannot be a name");
}

TEST(ParseErrors, AdviceForCommonSlips) {
  const std::pair<const char*, const char*> cases[] = {
      {"int x[8];", "the size belongs to the type"},
      {"qubit q[8];", "the size belongs to the type"},
      {"int x, y;", "one name in each statement"},
      {"if (a = 1) x q;", "comparison is written =="},
      {"v = 1 + measure q;", "assign it to a bit first"},
      {"pow @ x q;", "pow(2) @ x q;"},
      {"for i in [0:3] x q;", "for int i in [0:3]"},
      {"for int i in [3] x q;", "[first:last]"},
      {"def f(array[int, 2] a) {}", "readonly array"},
      {"for int i in 0:3 { }", "[0:3]"},
      {"cx q r;", "separated by ','"},
      {"OPENQASM 2.0; cx q r;", "separated by ','"},
      {"OPENQASM 2.0; h(q);", "after the parentheses"},
      {"const int n;", "needs its value"},
      {"a = {1, 2};", "where an array is declared"},
      {"creg c[1] = measure q;", "bit[n]"},
      {"v = \"abc\";", "only bit strings"},
      {"measure q, r;", "one register"},
      {"OPENQASM 2.0; if (c[0] == 1) x q;", "compares a whole register"},
      {"OPENQASM 2.0; measure q;", "measure q -> c;"},
      {"OPENQASM 2.0; qreg q;", "qreg q[4];"},
  };
  for (const auto& [text, advice] : cases) {
    EXPECT_NE(failure(text).advice().find(advice), std::string::npos) << text << "\n" << failure(text).what();
  }
}

TEST(ParseErrors, WhatWasFoundIsShortAndPrintable) {
  const std::string message = failure("x " + std::string(500, 'a') + " b;").message();
  EXPECT_LT(message.size(), 120u);
  EXPECT_EQ(failure("include \"\x1b[31m\";").message().find('\x1b'), std::string::npos);
}

TEST(ParseErrors, BinaryNoiseIsNamed) {
  const Error error =
      failure(std::string("\x7f"
                          "ELF\x02\x01\x01\0\0\0",
                          10));
  EXPECT_EQ(error.message(), "unexpected byte 0x7f");
  EXPECT_EQ(error.where().line, 1u);
  EXPECT_EQ(error.where().source_line, "\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00");
  EXPECT_EQ(failure("OPENQASM 2.0;\nqreg q[1];\n\xFFx q;").where().line, 3u);
}

}  // namespace
}  // namespace basalt::quantum
