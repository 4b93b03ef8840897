// OpenQASM 3: what each statement becomes in the tree.
#include <gtest/gtest.h>

#include "quantum/input/failure.h"
#include "quantum/input/tree_text.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

std::string parsed(const std::string& text) {
  std::string result = test::program_text(parse_qasm3("t", text));
  if (!result.empty()) {
    result.pop_back();
  }
  return result;
}

void expect_refused(std::initializer_list<const char*> texts) {
  for (const char* text : texts) {
    EXPECT_THROW(parsed(text), Error) << text;
  }
}

TEST(ParseQasm3, TheVersionIsOptional) {
  EXPECT_EQ(parse("t", "qubit q;").language, syntax::Language::openqasm3);
  EXPECT_EQ(parse("t", "OPENQASM 3.1; qubit q;").program.size(), 1u);
  EXPECT_EQ(parse("t", "OPENQASM 3;").program.size(), 0u);
  for (const char* text : {"OPENQASM 4.0;", "OPENQASM 3.x;", "OPENQASM 3 3;", "OPENQASM;", "OPENQASM 3.;",
                           "OPENQASM 3e0;", "OPENQASM 'x';", "OPENQASM int;", "OPENQASM 2.1;", "OPENQASM 33.0;",
                           "qubit q; OPENQASM 3.0;", "OPENQASM 3.0; OPENQASM 3.0;"}) {
    EXPECT_THROW(parse("t", text), Error) << text;
  }
}

TEST(ParseQasm3, Declarations) {
  EXPECT_EQ(parsed("qubit q; qubit[4] r; qreg s[2]; qreg t; creg c[3]; bit[8] b = \"01\"; bit d;"),
            "declare qubit q\ndeclare qubit[4] r\ndeclare old qubit[2] s\ndeclare old qubit t\ndeclare old bit[3] c\n"
            "declare bit[8] b = \"01\"\ndeclare bit d");
  EXPECT_EQ(parsed("int[8] i = 1; uint u; float[64] f = .5; angle[4] a; bool e = true; duration d = 1ns; stretch s;"),
            "declare int[8] i = 1\ndeclare uint u\ndeclare float[64] f = r0.5\ndeclare angle[4] a\n"
            "declare bool e = true\ndeclare duration d = 1ns\ndeclare stretch s");
  EXPECT_EQ(parsed("complex z; complex[float] y; complex[float[32]] x = 1 + 2im;"),
            "declare complex z\ndeclare complex[float] y\ndeclare complex[float][32] x = (+ 1 i2)");
  EXPECT_EQ(parsed("const int[8] n = 2 * 3; input float f; output bit[2] r; input array[bit, 2] a;"),
            "declare const int[8] n = (* 2 3)\ndeclare input float f\ndeclare output bit[2] r\n"
            "declare input array<bit,2> a");
  EXPECT_EQ(parsed("bit b = measure q; bit c = f(1) q; bit d = f(q);"),
            "declare bit b = (measure q)\ndeclare bit c = (call f 1 q)\ndeclare bit d = (call f q)");
}

TEST(ParseQasm3, Arrays) {
  EXPECT_EQ(
      parsed("array[int[8], 2, n,] a = {{1, 2}, {3, 4,},}; array[complex[float[32]], 1] b = {}; array[bool, 2] c;"),
      "declare array<int[8],2,n> a = (array (array 1 2) (array 3 4))\ndeclare array<complex[32],1> b = (array)\n"
      "declare array<bool,2> c");
  EXPECT_EQ(parsed("array[int, 2] a = {z, 2*y}; array[int, 2] b = a;"),
            "declare array<int,2> a = (array z (* 2 y))\ndeclare array<int,2> b = a");
}

TEST(ParseQasm3, DeclarationsThatAreNone) {
  expect_refused({"int;",
                  "int 3;",
                  "int x y;",
                  "int x[8];",
                  "int[8, 8] x;",
                  "int[] x;",
                  "bool[4] x;",
                  "duration[4] x;",
                  "complex[32] x;",
                  "complex[int] x;",
                  "complex[] x;",
                  "array x;",
                  "array[int] x;",
                  "array[int, #dim=2] x;",
                  "array[2, int] x;",
                  "const int x;",
                  "const x = 3;",
                  "const array[int, 1] x = {1};",
                  "input int x = 1;",
                  "output qubit q;",
                  "qubit q = 1;",
                  "qubit[2, 2] q;",
                  "creg a[1] = measure q;",
                  "creg[2] a;",
                  "int x = {1} + {2};",
                  "int x = ;",
                  "int x, y;",
                  "int gate;",
                  "void x;",
                  "let x;",
                  "let x = ;",
                  "let x = a ++;",
                  "opaque g a;",
                  "readonly int x;"});
}

TEST(ParseQasm3, Aliases) {
  EXPECT_EQ(parsed("let a = q; let b = q[0:2] ++ r ++ q[{1, 2}];"),
            "alias a q\nalias b (++ (++ (at q (range 0 _ 2)) r) (at q (set 1 2)))");
}

TEST(ParseQasm3, GateCalls) {
  EXPECT_EQ(parsed("h q; cx q[0], $1,; U(0, π, 1) q[0:1]; g() q; p(1,) q[{0, 1}];"),
            "call h q\ncall cx (at q 0) $1\ncall U( 0 π 1 ) (at q (range 0 _ 1))\ncall g( ) q\n"
            "call p( 1 ) (at q (set 0 1))");
  EXPECT_EQ(parsed("ctrl @ x q, r; ctrl(2) @ negctrl @ inv @ pow(1/2) @ rz(a) q, r, s, t;"),
            "call ctrl @ x q r\ncall ctrl(2) @ negctrl @ inv @ pow((/ 1 2)) @ rz( a ) q r s t");
  EXPECT_EQ(parsed("gphase(π); ctrl @ gphase(1) q; inv @ gphase(2);"),
            "call gphase( π )\ncall ctrl @ gphase( 1 ) q\ncall inv @ gphase( 2 )");
  expect_refused({"x q", "x q r;", "x , q;", "x q,,r;", "U (1)(2) $0;", "not @ x q;", "pow @ x q;", "pow(2, 3) @ x q;",
                  "ctrl() @ x q;", "inv(1) @ x q;", "gphase(1) @ x q;", "ctrl x q;", "ctrl @ q;", "ctrl @ ;", "x 0;",
                  "x q -> c -> d;", "ctrl @ f q -> c;", "x $0[1];", "inv @ 3 q;"});
}

TEST(ParseQasm3, GateCallsWithADurationAreRefusedByName) {
  for (const char* text : {"x[100ns] q;", "rz(1)[20dt] q;", "ctrl @ x[1s] q, r;", "gphase(1)[1s];", "x[1][2] q;"}) {
    const Error error = test::failure_of([&] { parsed(text); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported) << text;
    EXPECT_EQ(error.message(), "the duration of a gate is not supported") << text;
  }
}

TEST(ParseQasm3, Assignments) {
  EXPECT_EQ(parsed("a = b; a[0] = 1; a[0][1] = 2; a[0, 1:2] += 3;"),
            "assign a = b\nassign (at a 0) = 1\nassign (at (at a 0) 1) = 2\nassign (at a 0 (range 1 _ 2)) += 3");
  EXPECT_EQ(parsed("a+=1;a-=1;a*=1;a/=1;a%=1;a**=1;a&=1;a|=1;a^=1;a<<=1;a>>=1;"),
            "assign a += 1\nassign a -= 1\nassign a *= 1\nassign a /= 1\nassign a %= 1\nassign a **= 1\n"
            "assign a &= 1\nassign a |= 1\nassign a ^= 1\nassign a <<= 1\nassign a >>= 1");
  EXPECT_EQ(parsed("c = measure q; c[0] = measure $1; c = f(1) q; f(1) q -> c[0];"),
            "assign c = (measure q)\nassign (at c 0) = (measure $1)\nassign c = (call f 1 q)\n"
            "assign (at c 0) = (call f 1 q)");
  expect_refused({"a = ;", "a =", "f(1) = 2;", "a + b = 2;", "3 = a;", "a = b = c;", "a = {1, 2};", "(a) = 1;",
                  "$0 = 1;", "a = measure $0 -> b;"});
}

TEST(ParseQasm3, Measurements) {
  EXPECT_EQ(parsed("measure q; measure q[0] -> c[1]; measure $0 -> c;"),
            "measure (measure q)\nmeasure -> (at c 1) (measure (at q 0))\nmeasure -> c (measure $0)");
  expect_refused({"measure;", "measure q, r;", "measure q -> ;", "measure q -> bit c;", "measure 3;", "measure (q);"});
}

TEST(ParseQasm3, DirectivesOnQubits) {
  EXPECT_EQ(parsed("reset q; reset $0; barrier; barrier q, r[0],; nop; nop $0;"),
            "reset q\nreset $0\nbarrier\nbarrier q (at r 0)\nnop\nnop $0");
  expect_refused({"reset;", "reset q, r;", "barrier ,;", "nop 3;"});
}

TEST(ParseQasm3, If) {
  EXPECT_EQ(parsed("if (a == 1) x q; else if (b) { y q; } else z q;"),
            "if (== a 1) { call x q } else { if b { call y q } else { call z q } }");
  EXPECT_EQ(parsed("if (a) if (b) x q; else y q;"), "if a { if b { call x q } else { call y q } }");
  EXPECT_EQ(parsed("if (a) {} x q;"), "if a\ncall x q");
  expect_refused({"if a x q;", "if () x q;", "if (a);", "if (a) else x q;", "if (a = 1) x q;", "if (a) { x q;",
                  "else x q;", "if (int b) x q;", "if (a)"});
}

TEST(ParseQasm3, Loops) {
  EXPECT_EQ(
      parsed("for int[8] i in [0:2] x q[i]; for uint i in {1, 2,} { } for bit b in c break; for int i in [1:-1:0] {}"),
      "for int[8] i (range 0 _ 2) { call x (at q i) }\nfor uint i (set 1 2)\nfor bit b c { break }\n"
      "for int i (range 1 (negate 1) 0)");
  EXPECT_EQ(parsed("for int i in a[0:2] continue; while (a < 1) { end; }"),
            "for int i (at a (range 0 _ 2)) { continue }\nwhile (< a 1) { end }");
  expect_refused({"for i in [0:1] x q;", "for int i [0:1] x q;", "for int i in [0] x q;", "for int i in {} x q;",
                  "for int i in [0:1];", "for int i, j in a x q;", "for array[int, 2] i in a x q;",
                  "for qubit i in q x i;", "while true x q;", "while (a);", "while () x q;", "break",
                  "for int in a x q;"});
}

TEST(ParseQasm3, Switch) {
  EXPECT_EQ(parsed("switch (i + 1) { case 0 { x q; } case 1, 2, { } default { y q; } } switch (j) { }"),
            "switch (+ i 1) case 0 { call x q } case 1 2 { } default { call y q }\nswitch j");
  expect_refused({"switch () {}", "switch (i) { x q; }", "switch (i) { case {} }", "switch (i) { case 1,, {} }",
                  "switch (i) { default 0 {} }", "switch (i) { case 0 x q; }", "switch (i) x q;", "switch (i) {",
                  "switch (i) { default {} default {} }", "switch (i) { default {} case 1 {} }"});
}

TEST(ParseQasm3, Gates) {
  EXPECT_EQ(parsed("gate g a, b, { cx a, b; } gate h(x, y,) q { ctrl @ p(x) q, q; gphase(y); } gate e() q {}"),
            "gate g a b { call cx a b }\ngate h( x y ) q { call ctrl @ p( x ) q q call gphase( y ) }\ngate e( ) q { }");
  expect_refused(
      {"gate g { }", "gate g q;", "gate g q x q;", "gate q { }", "gate g(1) q {}", "gate g(x q {}", "gate g q[0] {}"});
}

TEST(ParseQasm3, Subroutines) {
  EXPECT_EQ(parsed("def f(int[5] i, qubit[2] q, qreg r[5], creg c) -> int[10] { return i + 1; } def g() { return; }"),
            "def f <int[5] i> <qubit[2] q> <old qubit[5] r> <old bit c> -> int[10] { return (+ i 1) }\n"
            "def g -> void { return }");
  EXPECT_EQ(parsed("def f(readonly array[int[8], 2] a, mutable array[bit, #dim = 2*n] b,) { return measure q; }"),
            "def f <readonly array<int[8],2> a> <mutable array<bit,#(* 2 n)> b> -> void { return (measure q) }");
  EXPECT_EQ(parsed("extern e(bit[5], complex[float], creg[3], readonly array[int, 2],) -> float[6]; extern f();"),
            "extern e <bit[5]> <complex[float]> <old bit[3]> <readonly array<int,2>> -> float[6]\nextern f -> void");
  expect_refused({"def f { }", "def f(int) { }", "def f(int i)", "def f(array[int, 2] a) { }", "def f() -> { }",
                  "def f() -> qubit { }", "def f(i) { }", "extern f(int i);", "extern f(qubit);", "extern f()",
                  "def f() -> int -> int {}", "return measure;"});
}

TEST(ParseQasm3, Scopes) {
  EXPECT_EQ(parsed("{ int i = 1; { x q; } }"), "scope { declare int i = 1 scope { call x q } }");
  expect_refused({"{", "}", "{ x q; ", "x q; }"});
}

TEST(ParseQasm3, PulseAndTimingAreRead) {
  EXPECT_EQ(parsed("box { x q; } box[1us] { } delay[10ns] q, r; delay[a] $0; delay[2*a];"),
            "box { call x q }\nbox 1us\ndelay q r 10ns\ndelay $0 a\ndelay (* 2 a)");
  EXPECT_EQ(parsed("defcalgrammar \"openpulse\"; cal { any {thing} \xFF } cal {}"),
            "defcalgrammar openpulse\ncal\ncal");
  EXPECT_EQ(parsed("defcal x $0 {a} defcal rz(angle[20] t) q { } defcal rz(pi / 2, int(3) + 1,) q, $1 {} "
                   "defcal measure $0 -> bit {b{c}}"),
            "defcal x -> void\ndefcal rz <angle[20] t> -> void\ndefcal rz -> void\ndefcal measure -> bit");
  expect_refused({"box x q;", "delay q;", "delay[1ns] q", "cal x;", "cal {", "cal { { }", "defcal { }", "defcal x { }",
                  "defcal x $0;", "defcal x $0 -> int[8] -> int[8] {}", "defcalgrammar 3;", "defcalgrammar \"\";"});
}

TEST(ParseQasm3, PragmasAndAnnotationsBecomeNotes) {
  const syntax::Tree tree =
      parse_qasm3("a.qasm", "pragma one two\n#pragma three\n@bind [2:3]\n@x.y\nqubit q; @z\ninclude \"stdgates.inc\";");
  EXPECT_EQ(tree.notes,
            (std::vector<std::string>{"a.qasm:1: pragma ignored: one two", "a.qasm:2: pragma ignored: three",
                                      "a.qasm:3: annotation ignored: bind [2:3]", "a.qasm:4: annotation ignored: x.y",
                                      "a.qasm:5: annotation ignored: z"}));
  EXPECT_EQ(tree.program.size(), 1u);
  EXPECT_TRUE(tree.uses_stdgates);
  expect_refused(
      {"pragma", "pragma \n x q;", "@x", "@x\n{ }", "@x\npragma y", "{ @x\n}", "@ x\nqubit q;", "@3\nqubit q;"});
}

TEST(ParseQasm3, NotesAreFew) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    text += "pragma p\n";
  }
  const syntax::Tree tree = parse_qasm3("t", text);
  EXPECT_EQ(tree.notes.size(), 21u);
  EXPECT_EQ(tree.notes.back(), "9980 more pragmas and annotations ignored");
}

TEST(ParseQasm3, PragmasMayStandForABody) {
  EXPECT_EQ(parsed("if (a) pragma x\n y q;"), "if a\ncall y q");
}

}  // namespace
}  // namespace basalt::quantum
