// Hostile programs: whatever their shape, the answer is an Error, in bounded time, stack and memory.
#include <gtest/gtest.h>

#include <functional>

#include "quantum/input/failure.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

std::string repeat(const std::string& piece, int count) {
  std::string text;
  text.reserve(piece.size() * static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    text += piece;
  }
  return text;
}

Error failure(const std::string& text, const IncludePolicy& policy = {}) {
  return test::failure_of([&] { parse("t", text, policy); });
}

constexpr int kMany = 10'000'000;

// Each makes a text with `count` levels of something.
struct Shape {
  const char* name;
  std::function<std::string(int)> text;
};

const Shape kNested[] = {
    {"parentheses", [](int n) { return "v = " + repeat("(", n) + "1" + repeat(")", n) + ";"; }},
    {"unclosed parentheses", [](int n) { return "v = " + repeat("(", n); }},
    {"minus", [](int n) { return "v = " + repeat("-", n) + "1;"; }},
    {"negations", [](int n) { return "v = " + repeat("!~", n / 2) + "1;"; }},
    {"powers", [](int n) { return "v = " + repeat("2**", n) + "1;"; }},
    {"sums", [](int n) { return "v = " + repeat("1+", n) + "1;"; }},
    {"concatenations", [](int n) { return "let v = " + repeat("a++", n) + "a;"; }},
    {"indices", [](int n) { return "v = a" + repeat("[0]", n) + ";"; }},
    {"target indices", [](int n) { return "a" + repeat("[0]", n) + " = 1;"; }},
    {"operand indices", [](int n) { return "h a" + repeat("[0]", n) + ";"; }},
    {"indices in indices", [](int n) { return "v = " + repeat("a[", n) + "0" + repeat("]", n) + ";"; }},
    {"sets", [](int n) { return "v = " + repeat("a[{", n) + "0" + repeat("}]", n) + ";"; }},
    {"calls", [](int n) { return "v = " + repeat("f(", n) + repeat(")", n) + ";"; }},
    {"casts", [](int n) { return "v = " + repeat("int(", n) + "1" + repeat(")", n) + ";"; }},
    {"designators", [](int n) { return repeat("int[", n) + "1" + repeat("](1)", n) + ";"; }},
    {"arrays", [](int n) { return "array[int, 1] v = " + repeat("{", n) + repeat("}", n) + ";"; }},
    {"scopes", [](int n) { return repeat("{", n) + repeat("}", n); }},
    {"ifs", [](int n) { return repeat("if(a)", n) + "x q;"; }},
    {"else-ifs", [](int n) { return repeat("if(a){}else ", n) + "x q;"; }},
    {"whiles", [](int n) { return repeat("while(a){", n) + repeat("}", n); }},
    {"fors", [](int n) { return repeat("for int i in a ", n) + "x q;"; }},
    {"switches", [](int n) { return repeat("switch(a){default{", n) + repeat("}}", n); }},
    {"defs", [](int n) { return repeat("def f(){", n) + repeat("}", n); }},
    {"gates", [](int n) { return repeat("gate g a{", n) + repeat("}", n); }},
    {"boxes", [](int n) { return repeat("box{", n) + repeat("}", n); }},
    {"durations", [](int n) { return repeat("durationof({", n) + repeat("});", n); }},
    {"exponents", [](int n) { return repeat("pow(", n) + "2" + repeat(") @ x q", n) + ";"; }},
    {"OpenQASM 2 parentheses",
     [](int n) { return "OPENQASM 2.0;u1(" + repeat("(", n) + "1" + repeat(")", n) + ") q;"; }},
    {"OpenQASM 2 minus", [](int n) { return "OPENQASM 2.0;u1(" + repeat("-", n) + "1) q;"; }},
    {"OpenQASM 2 plus", [](int n) { return "OPENQASM 2.0;u1(" + repeat("+", n) + "1) q;"; }},
    {"OpenQASM 2 sums", [](int n) { return "OPENQASM 2.0;u1(" + repeat("1+", n) + "1) q;"; }},
    {"OpenQASM 2 powers", [](int n) { return "OPENQASM 2.0;u1(" + repeat("2^", n) + "1) q;"; }},
    {"OpenQASM 2 functions",
     [](int n) { return "OPENQASM 2.0;u1(" + repeat("sin(", n) + "1" + repeat(")", n) + ") q;"; }},
};

TEST(ParseLimits, NestingIsRefusedAtItsBound) {
  for (const Shape& shape : kNested) {
    const Error error = failure(shape.text(100'000));
    EXPECT_EQ(error.code(), ErrorCode::bad_input) << shape.name;
    if (std::string(shape.name) == "exponents") {
      continue;  // refused for its second modifier, as the grammar has it
    }
    EXPECT_NE(error.message().find("nested deeper than 500 levels"), std::string::npos)
        << shape.name << ": " << error.message();
  }
}

TEST(ParseLimits, TenMillionLevels) {
  for (const std::size_t i : {0, 2, 5}) {
    EXPECT_NE(failure(kNested[i].text(kMany)).message().find("nested deeper"), std::string::npos);
  }
}

TEST(ParseLimits, DepthsOfNodesStayWithinTheBound) {
  for (const Shape& shape : kNested) {
    for (const int levels : {100, 240, 480, 520}) {
      try {
        const syntax::Tree tree = parse("t", shape.text(levels));
        for (const syntax::Expression& e : tree.expressions) {
          ASSERT_LE(e.depth, syntax::kMaxSyntaxDepth) << shape.name;
          ASSERT_GE(e.depth, 1) << shape.name;
        }
        for (const syntax::Statement& s : tree.statements) {
          ASSERT_LE(s.depth, syntax::kMaxSyntaxDepth) << shape.name;
        }
      } catch (const Error&) {
        EXPECT_GE(levels, 100) << shape.name;
      }
    }
  }
}

TEST(ParseLimits, ReasonableDepthsAreAccepted) {
  for (const Shape& shape : kNested) {
    const std::string name = shape.name;
    if (name != "exponents" && name != "unclosed parentheses") {
      EXPECT_NO_THROW(parse("t", shape.text(100))) << name;
    }
  }
}

TEST(ParseLimits, LongListsAreNoNesting) {
  EXPECT_EQ(parse("t", "{" + repeat("x q;", 100'000) + "}").statements.size(), 100'001u);
  EXPECT_NO_THROW(parse("t", "x " + repeat("q,", 100'000) + "q;"));
  EXPECT_NO_THROW(parse("t", "v = f(" + repeat("1,", 100'000) + "1);"));
  EXPECT_NO_THROW(parse("t", "array[int, 3] v = {" + repeat("1,", 100'000) + "1};"));
  EXPECT_NO_THROW(parse("t", repeat("inv @ ", 100'000) + "x q;"));
  EXPECT_NO_THROW(parse("t", "cal {" + repeat("{", 1'000'000) + repeat("}", 1'000'000) + "}"));
}

TEST(ParseLimits, OneEndlessLine) {
  EXPECT_EQ(failure(std::string(std::size_t{16} << 20, ' ')).message(), "the file is empty");
  const Error error = failure("x q; " + std::string(std::size_t{16} << 20, 'a'));
  EXPECT_LT(std::string(error.what()).size(), 1000u);
  EXPECT_EQ(error.where().line, 1u);
  EXPECT_NE(failure("/*" + std::string(std::size_t{16} << 20, '*')).message().find("never closed"), std::string::npos);
}

TEST(ParseLimits, EveryByteAlone) {
  for (const std::string& before : {std::string("OPENQASM 2.0;"), std::string("OPENQASM 3.0;x ")}) {
    for (int first = 0; first < 256; ++first) {
      for (int second = first % 5; second < 256; second += 5) {
        const std::string text = before + static_cast<char>(first) + static_cast<char>(second);
        try {
          parse("t", text);
        } catch (const Error& error) {
          ASSERT_EQ(error.code(), ErrorCode::bad_input);
        }
      }
    }
  }
}

TEST(ParseLimits, TheTreeFitsItsBudget) {
  IncludePolicy policy;
  policy.max_tree_bytes = 1 << 20;
  const Error error = failure("qubit q;" + repeat("h q;", 10'000), policy);
  EXPECT_EQ(error.code(), ErrorCode::out_of_resources);
  EXPECT_NE(error.message().find("1 MiB"), std::string::npos) << error.message();
  EXPECT_NO_THROW(parse("t", "qubit q;" + repeat("h q;", 1000), policy));
}

}  // namespace
}  // namespace basalt::quantum
