// OpenQASM 2.0: what each statement becomes in the tree, and what the language does not have.
#include <gtest/gtest.h>

#include "quantum/input/failure.h"
#include "quantum/input/tree_text.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

const std::string kHeader = "OPENQASM 2.0;\n";

std::string parsed(const std::string& body) {
  std::string text = test::program_text(parse("t", kHeader + body));
  if (!text.empty()) {
    text.pop_back();
  }
  return text;
}

Error failure(const std::string& body) {
  return test::failure_of([&] { parse("t", kHeader + body); });
}

std::string argument(const std::string& expression) {
  const std::string text = parsed("u1(" + expression + ") q;");
  return text.substr(9, text.size() - 13);
}

TEST(ParseQasm2, ChoosesTheLanguageByTheHeader) {
  EXPECT_EQ(parse("t", "// x\n OPENQASM  2.0 ;").language, syntax::Language::openqasm2);
  EXPECT_EQ(parse("t", "OPENQASM 2;").language, syntax::Language::openqasm2);
  EXPECT_EQ(parse("t", "// by hand; really\n/* ; */\nOPENQASM 2.0;").language, syntax::Language::openqasm2);
  EXPECT_EQ(parse("t", "#pragma OPENQASM 2.0;").language, syntax::Language::openqasm3);
  EXPECT_EQ(parse("t", "// OPENQASM 2.0;\nqubit q;").language, syntax::Language::openqasm3);
}

TEST(ParseQasm2, NeedsItsHeader) {
  const Error error = test::failure_of([] { parse_qasm2("t", "qreg q[1];"); });
  EXPECT_EQ(error.message(), "expected 'OPENQASM 2.0;' at the beginning, found 'qreg'");
}

TEST(ParseQasm2, Registers) {
  EXPECT_EQ(parsed("qreg q[2]; creg c[10];"), "declare old qubit[2] q\ndeclare old bit[10] c");
}

TEST(ParseQasm2, GateCalls) {
  EXPECT_EQ(parsed("h q; cx q[0],r[1]; U(0,1.5,x) q; g() q;"),
            "call h q\ncall cx (at q 0) (at r 1)\ncall U( r0 r1.5 x ) q\ncall g( ) q");
}

TEST(ParseQasm2, NumbersInAnglesAreReal) {
  EXPECT_EQ(argument("1/2"), "(/ r1 r2)");
  EXPECT_EQ(argument("18446744073709551616"), "r1.8446744073709552e+19");
}

TEST(ParseQasm2, Precedence) {
  EXPECT_EQ(argument("1+2*3-4/5"), "(- (+ r1 (* r2 r3)) (/ r4 r5))");
  EXPECT_EQ(argument("-a^2"), "(negate (** a r2))");
  EXPECT_EQ(argument("2^-a*b"), "(* (** r2 (negate a)) b)");
  EXPECT_EQ(argument("2^3^2"), "(** r2 (** r3 r2))");
  EXPECT_EQ(argument("-a*b"), "(* (negate a) b)");
  EXPECT_EQ(argument("(1+2)*3"), "(* (+ r1 r2) r3)");
  EXPECT_EQ(argument("1--+2"), "(- r1 (negate r2))");
  EXPECT_EQ(argument("a-b-c"), "(- (- a b) c)");
}

TEST(ParseQasm2, Functions) {
  EXPECT_EQ(argument("sin(pi/2)+sqrt(ln(exp(cos(tan(1)))))"),
            "(+ (call sin (/ pi r2)) (call sqrt (call ln (call exp (call cos (call tan r1))))))");
  EXPECT_EQ(failure("u1(arcsin(1)) q;").message(), "'arcsin' is no function of OpenQASM 2");
}

TEST(ParseQasm2, Gates) {
  EXPECT_EQ(parsed("gate g a,b { cx a,b; barrier a,b; U(0,0,0) a; } gate h0(x,y) a { } gate i() a {}"),
            "gate g a b { call cx a b barrier a b call U( r0 r0 r0 ) a }\ngate h0( x y ) a { }\ngate i( ) a { }");
  EXPECT_EQ(failure("gate g a { measure a -> c; }").message(), "expected a gate or a barrier, found 'measure'");
  EXPECT_EQ(failure("gate g a { h a[0]; }").message(), "the qubits of a gate have no elements");
  EXPECT_EQ(failure("gate g a { h a; ").message(), "the body of gate 'g' is never closed");
  EXPECT_EQ(failure("gate g { }").message(), "expected a name after the name of a gate, found '{'");
}

TEST(ParseQasm2, Opaque) {
  EXPECT_EQ(parsed("opaque g(x) a,b; opaque f a;"), "opaque g( x ) a b\nopaque f a");
}

TEST(ParseQasm2, MeasureResetBarrier) {
  EXPECT_EQ(parsed("measure q -> c; measure q[0]->c[1]; reset q[1]; barrier q,r[0];"),
            "measure -> c (measure q)\nmeasure -> (at c 1) (measure (at q 0))\nreset (at q 1)\nbarrier q (at r 0)");
  const syntax::Tree tree = parse("t", kHeader + "measure q -> c;");
  EXPECT_TRUE(tree.statements[tree.program[0]].old_style_measure);
}

TEST(ParseQasm2, If) {
  EXPECT_EQ(parsed("if(c==3) x q[0]; if (c == 0) measure q -> c; if(c==1)reset q;"),
            "if (== c 3) { call x (at q 0) }\nif (== c 0) { measure -> c (measure q) }\nif (== c 1) { reset q }");
  EXPECT_EQ(failure("if(c==1) barrier q;").message(), "expected a statement, found 'barrier'");
  EXPECT_EQ(failure("if(c[0]==1) x q;").message(), "expected '==' after the register, found '['");
  EXPECT_EQ(failure("if(c<1) x q;").message(), "expected '==' after the register, found '<'");
  EXPECT_EQ(failure("if(c==1.0) x q;").message(), "expected an integer, found '1.0'");
}

TEST(ParseQasm2, NamesMayBeginWithAnyLetter) {
  EXPECT_EQ(parsed("gate cH a { } cH _Q0;"), "gate cH a { }\ncall cH _Q0");
}

TEST(ParseQasm2, NewerSyntaxIsNamed) {
  for (const char* text : {"qubit[2] q;", "qubit q;", "bit c;", "int[8] i = 3;", "def f() {}", "let a = q;",
                           "ctrl @ x q, r;", "for int i in [0:1] x q;", "while (true) {}", "gphase(1);"}) {
    const Error error = failure(text);
    EXPECT_NE(error.message().find("is OpenQASM 3 syntax"), std::string::npos) << error.message();
    EXPECT_NE(error.advice().find("OPENQASM 3.0;"), std::string::npos) << text;
    EXPECT_EQ(error.where().line, 2u);
    EXPECT_EQ(error.where().column, 1u);
  }
}

TEST(ParseQasm2, AGateMayBeNamedLikeANewerKeyword) {
  EXPECT_EQ(parsed("gate inv a { } opaque box a; inv q; box q;"),
            "gate inv a { }\nopaque box a\ncall inv q\ncall box q");
}

TEST(ParseQasm2, RefusesWhatTheLanguageDoesNotHave) {
  for (const char* text : {"x q",
                           "x;",
                           "x q,;",
                           "x q[0:1];",
                           "x q[-1];",
                           "x q[a];",
                           "u1(1,) q;",
                           "u1(1 q;",
                           "u1(1%2) q;",
                           "u1(2**3) q;",
                           "u1(1==1) q;",
                           "u1() ;",
                           "qreg q;",
                           "qreg q[2]",
                           "qreg q[1.5];",
                           "qreg 2q[1];",
                           "measure q;",
                           "measure q->;",
                           "measure -> c;",
                           "barrier;",
                           "reset;",
                           "c = measure q;",
                           ";",
                           "{ }",
                           "else",
                           "OPENQASM 2.0;",
                           "x $0;",
                           "u1(1_0) q;",
                           "u1(0x1) q;",
                           "u1(1dt) q;",
                           "u1(\"01\") q;",
                           "include qelib1;",
                           "gate gate a {}",
                           "\"x\";",
                           "if (c==1) { x q; }",
                           "if (c==1) if (d==1) x q;",
                           "if (1==c) x q;",
                           "@note x q;",
                           "pragma x"}) {
    EXPECT_THROW(parsed(text), Error) << text;
  }
}

TEST(ParseQasm2, PositionsOfNodes) {
  const syntax::Tree tree = parse("t", "OPENQASM 2.0;cx q[0], r;");
  const syntax::Statement& call = tree.statements[tree.program[0]];
  EXPECT_EQ(call.position.offset, 13u);
  EXPECT_EQ(tree.expressions[call.operands[0]].position.offset, 16u);
  EXPECT_EQ(tree.expressions[tree.expressions[call.operands[0]].children[1]].position.offset, 18u);
  EXPECT_EQ(tree.expressions[call.operands[1]].position.offset, 22u);
}

}  // namespace
}  // namespace basalt::quantum
