// OpenQASM 3: expressions, with their precedence, and types.
#include <gtest/gtest.h>

#include "quantum/input/failure.h"
#include "quantum/input/tree_text.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

// As the right side of an assignment, where every expression may stand.
std::string value(const std::string& expression) {
  const syntax::Tree tree = parse_qasm3("t", "v = " + expression + ";");
  EXPECT_EQ(tree.program.size(), 1u);
  return test::expression_text(tree, tree.statements[tree.program[0]].value);
}

// As a statement of its own.
std::string statement(const std::string& text) {
  const syntax::Tree tree = parse_qasm3("t", text + ";");
  return test::statement_text(tree, tree.program.at(0));
}

Error failure(const std::string& expression) {
  return test::failure_of([&] { parse_qasm3("t", "v = " + expression + ";"); });
}

TEST(ParseExpression, PrecedenceFromLooseToTight) {
  EXPECT_EQ(value("a || b && c | d ^ e & f == g < h << i + j * -k ** l[m]"),
            "(|| a (&& b (| c (^ d (& e (== f (< g (<< h (+ i (* j (negate (** k (at l m)))))))))))))");
  EXPECT_EQ(value("l[m] ** k * j + i << h < g == f & e ^ d | c && b || a"),
            "(|| (&& (| (^ (& (== (< (<< (+ (* (** (at l m) k) j) i) h) g) f) e) d) c) b) a)");
}

TEST(ParseExpression, Associativity) {
  EXPECT_EQ(value("a-b-c"), "(- (- a b) c)");
  EXPECT_EQ(value("a/b*c%d"), "(% (* (/ a b) c) d)");
  EXPECT_EQ(value("a**b**c"), "(** a (** b c))");
  EXPECT_EQ(value("a<b<=c>d>=e"), "(>= (> (<= (< a b) c) d) e)");
  EXPECT_EQ(value("a==b!=c"), "(!= (== a b) c)");
  EXPECT_EQ(value("a<<b>>c"), "(>> (<< a b) c)");
}

TEST(ParseExpression, UnaryOperators) {
  EXPECT_EQ(value("-a**b"), "(negate (** a b))");
  EXPECT_EQ(value("a**-b**c*d"), "(* (** a (negate (** b c))) d)");
  EXPECT_EQ(value("!a==b"), "(== (! a) b)");
  EXPECT_EQ(value("~-!a"), "(~ (negate (! a)))");
  EXPECT_EQ(value("-a[0]"), "(negate (at a 0))");
  EXPECT_EQ(value("2--3"), "(- 2 (negate 3))");
}

TEST(ParseExpression, LiteralsOfAllKinds) {
  EXPECT_EQ(value("0xF_f"), "255");
  EXPECT_EQ(value("1_0"), "10");
  EXPECT_EQ(value("99999999999999999999"), "big:99999999999999999999");
  EXPECT_EQ(value("1.5e1"), "r15");
  EXPECT_EQ(value("2.5im"), "i2.5");
  EXPECT_EQ(value("1 im"), "i1");
  EXPECT_EQ(value("true"), "true");
  EXPECT_EQ(value("false"), "false");
  EXPECT_EQ(value("\"01_10\""), "\"0110\"");
  EXPECT_EQ(value("100 ns"), "100 ns");
  EXPECT_EQ(value("π/τ+ℇ"), "(+ (/ π τ) ℇ)");
  EXPECT_EQ(value("$3"), "$3");
}

TEST(ParseExpression, LiteralsThatAreTooLarge) {
  EXPECT_EQ(failure("1e999").message(), "the number '1e999' is too large");
  EXPECT_EQ(failure("$99999999999999999999").message(), "there is no hardware qubit '$99999999999999999999'");
  EXPECT_NE(failure(std::string(100'000, '1')).message().find("digits"), std::string::npos);
  EXPECT_NE(failure("\"" + std::string(100'000, '1') + "\"").message().find("digits"), std::string::npos);
  EXPECT_NE(failure(std::string(100'000, 'a')).message().find("bytes long"), std::string::npos);
}

TEST(ParseExpression, TextsThatAreNoBitStrings) {
  for (const char* text : {"\"\"", "\"012\"", "\"_01\"", "\"01_\"", "\"0__1\"", "'01'", "\"x\""}) {
    EXPECT_THROW(value(text), Error) << text;
  }
}

TEST(ParseExpression, CallsAndCasts) {
  EXPECT_EQ(value("f()"), "(call f)");
  EXPECT_EQ(value("f(a, g(b),)"), "(call f a (call g b))");
  EXPECT_EQ(value("sizeof(x, 1)"), "(call sizeof x 1)");
  EXPECT_EQ(value("pow(2, n)"), "(call pow 2 n)");
  EXPECT_EQ(value("int[8](x) + bool(b)"), "(+ (cast int[8] x) (cast bool b))");
  EXPECT_EQ(value("bit[8](a)[2:4]"), "(at (cast bit[8] a) (range 2 _ 4))");
  EXPECT_EQ(value("complex[float[32]](a)"), "(cast complex[float][32] a)");
  EXPECT_EQ(value("array[int[8], 2](a)"), "(cast array<int[8],2> a)");
  EXPECT_EQ(value("durationof({ x $0; })"), "(durationof)");
}

TEST(ParseExpression, Indices) {
  EXPECT_EQ(value("a[0][1]"), "(at (at a 0) 1)");
  EXPECT_EQ(value("a[0, 1,]"), "(at a 0 1)");
  EXPECT_EQ(value("a[:]"), "(at a (range _ _ _))");
  EXPECT_EQ(value("a[1:]"), "(at a (range 1 _ _))");
  EXPECT_EQ(value("a[:1]"), "(at a (range _ _ 1))");
  EXPECT_EQ(value("a[::2]"), "(at a (range _ _ 2))");
  EXPECT_EQ(value("a[5:-1:0, 1:2]"), "(at a (range 5 (negate 1) 0) (range 1 _ 2))");
  EXPECT_EQ(value("a[{0, 2,}]"), "(at a (set 0 2))");
  EXPECT_EQ(value("(a+b)[0]"), "(at (+ a b) 0)");
  EXPECT_EQ(value("\"0101\"[1]"), "(at \"0101\" 1)");
  for (const char* text : {"a[]", "a[{}]", "a[{0}, 1]", "a[0", "a[0}", "a[1:2:]", "a[1:2:3:4]", "a[,]", "{1, 2}[0]"}) {
    EXPECT_THROW(value(text), Error) << text;
  }
}

TEST(ParseExpression, AsStatements) {
  EXPECT_EQ(statement("a[1]+2|c*(sin(y)^!3.5*d[3])"),
            "expression (| (+ (at a 1) 2) (* c (^ (call sin y) (* (! r3.5) (at d 3)))))");
  EXPECT_EQ(statement("f(π)"), "expression (call f π)");
  EXPECT_EQ(statement("f(1)[2] * 3"), "expression (* (at (call f 1) 2) 3)");
  EXPECT_EQ(statement("int[32](10)"), "expression (cast int[32] 10)");
  EXPECT_EQ(statement("2**2"), "expression (** 2 2)");
  EXPECT_EQ(statement("x"), "expression x");
  EXPECT_EQ(statement("-x"), "expression (negate x)");
  EXPECT_EQ(statement("(x)"), "expression x");
  EXPECT_EQ(statement("\"01\""), "expression \"01\"");
}

TEST(ParseExpression, MeasurementsStandAlone) {
  EXPECT_EQ(value("measure q[0:1]"), "(measure (at q (range 0 _ 1)))");
  EXPECT_EQ(failure("2 * measure q").message(), "expected an expression, found 'measure'");
  EXPECT_EQ(failure("(measure q)").where().column, 6u);
}

TEST(ParseExpression, QuantumCalls) {
  EXPECT_EQ(value("f(1) q, r[0]"), "(call f 1 q (at r 0))");
  EXPECT_EQ(value("f q"), "(call f q)");
  EXPECT_EQ(value("f() $0"), "(call f $0)");
  EXPECT_THROW(value("1 + f(1) q"), Error);
  EXPECT_THROW(value("(f) q"), Error);
  EXPECT_THROW(value("f[0] q"), Error);
}

TEST(ParseExpression, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "+1",
                           "1 +",
                           "1 2",
                           "(1",
                           "1)",
                           "()",
                           "a b c",
                           "a = b",
                           "a += b",
                           "a -> b",
                           "{1}",
                           "if",
                           "gate",
                           "int",
                           "int[8]",
                           "int[8] x",
                           "f(,)",
                           "f(a b)",
                           "* 2",
                           "1 ? 2 : 3",
                           "a.b",
                           "durationof(x)",
                           "im",
                           "#dim",
                           "a[0]]"}) {
    EXPECT_THROW(value(text), Error) << text;
  }
}

}  // namespace
}  // namespace basalt::quantum
