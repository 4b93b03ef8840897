// Control flow, subroutines, scopes, arrays, inputs and outputs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quantum/input/program.h"

namespace basalt::quantum {
namespace {

using test::expect_error;
using test::result_of;
using test::run;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kHeader3 = "include \"stdgates.inc\";\n";

TEST(SemanticControl, ForOverRanges) {
  EXPECT_EQ(result_of("int s", "s = 0; for int i in [0:2:20] s += i;"), "110");
  EXPECT_EQ(result_of("int s", "s = 0; for int i in [5:-2:-3] { s = s * 10 + i; }"), "53087");
  EXPECT_EQ(result_of("int s", "s = 0; for uint i in [3:2] { s += 1; }"), "0");
  EXPECT_EQ(result_of("uint[64] s", "s = 0; for uint[64] i in [4294967296:4294967298] { s += i; }"), "12884901891");
  EXPECT_EQ(result_of("int s", "s = 0; int n = 3; for int i in [1:n] { s += i; n = 100; i = 50; }"), "6");
  EXPECT_EQ(result_of("float s", "s = 0; for float f in [1:3] { s += f / 2; }"), "3");
  expect_error("int n = 0;\nfor int i in [0:n:5] { }", "step 0", 2, 14);
  expect_error("for int i in [0:1.5] { }", "float, but int");
}

TEST(SemanticControl, ForOverSetsBitsAndArrays) {
  EXPECT_EQ(result_of("int b", "b = 0; for int[32] i in {1, 5, 10} { b += i; }"), "16");
  EXPECT_EQ(result_of("float s", "s = 0; for float f in {1, 0.5, 2} s += f;"), "3.5");
  EXPECT_EQ(result_of("int s", "s = 0; bit[4] r = \"0111\"; for bit b in r { s = s * 2 + b; }"), "14");
  EXPECT_EQ(result_of("int s", "s = 0; bit[4] r = \"0110\"; let a = r[1:2]; for bit b in a s += b;"), "2");
  EXPECT_EQ(result_of("float s", "s = 0; array[float[64], 3] a = {1.5, 2, 3}; for float f in a { s += f; f = 0; }"),
            "6.5");
  EXPECT_EQ(result_of("int s", "s = 0; array[int[8], 2, 2] a = {{1, 2}, {3, 4}}; for int i in a[1] s += i;"), "7");
  EXPECT_EQ(result_of("int s", "s = 0; for angle t in {pi, pi / 2} { if (t == pi) s += 1; }"), "1");
  expect_error("for int i in 3 { }", "cannot go over int");
}

TEST(SemanticControl, MeasuredBitsAreLoopedLazily) {
  const auto ran =
      run(kHeader3 + "qubit[2] q; bit[2] c; h q; c = measure q; bit e; for bit b in c { e = b; } bit d = e;");
  EXPECT_THAT(ran.stops, IsEmpty());
  EXPECT_EQ(ran.registers.at("d"), "q1");
}

TEST(SemanticControl, WhileBreakContinue) {
  EXPECT_EQ(result_of("int s", R"(s = 0; int i = 0;
    while (true) { i += 1; if (i == 2) continue; if (i == 5) { break; } s += i; })"),
            "8");
  EXPECT_EQ(result_of("int s", R"(s = 0;
    for int i in [0:9] { for int j in [0:9] { if (j > i) break; if (j == 1) continue; s += 1; } })"),
            "46");
  expect_error("break;", "'break' outside of a loop", 1, 1);
  expect_error("def f() { continue; }", "'continue' outside of a loop");
  expect_error("for int i in [0:1] { } while (i < 1) { }", "'i' is not declared");
}

TEST(SemanticControl, IfElse) {
  EXPECT_EQ(result_of("int x", "int i = 3; if (i == 3) x = 1; else x = 2;"), "1");
  EXPECT_EQ(result_of("int x", "int i = 4; if (i == 3) { x = 1; } else if (i == 4) { x = 2; } else { x = 3; }"), "2");
  EXPECT_EQ(result_of("int x", "x = 7; if (false) { x = 1; }"), "7");
  expect_error("angle[4] a; complex c; if (c) { }", "the condition has type complex[float]");
}

TEST(SemanticControl, Switch) {
  const auto chosen = [](const std::string& value) {
    return result_of("int x", "const int A = 2; int i = " + value + R"(; x = 0;
      switch (i) { case 1, 3 { x = 10; } case A { x = 20; } case A + 5 { } case -1 { x = 40; } default { x = 50; } })");
  };
  EXPECT_EQ(chosen("1"), "10");
  EXPECT_EQ(chosen("3"), "10");
  EXPECT_EQ(chosen("2"), "20");
  EXPECT_EQ(chosen("7"), "0");
  EXPECT_EQ(chosen("-1"), "40");
  EXPECT_EQ(chosen("9"), "50");
  EXPECT_EQ(result_of("int x", "x = 5; switch (x) { case 1 { x = 2; } }"), "5");
  EXPECT_EQ(result_of("int x", "x = 0; bit[2] b = \"10\"; switch (uint[2](b)) { case 0b10 { x = 1; } }"), "1");
  expect_error("int i;\nswitch (i) { case 1 { } case 1 { } }", "the label 1 stands twice", 2, 30);
  expect_error("int i; int j; switch (i) { case j { } }", "not known before");
  expect_error("float f; switch (f) { case 1 { } }", "a switch over float");
  expect_error("int i; switch (i) { default { } }", "without a case");
}

TEST(SemanticControl, EndStopsEverywhere) {
  EXPECT_EQ(result_of("int x", "def f() { end; } x = 1; f(); x = 2;"), "1");
}

TEST(SemanticScope, BlocksShadow) {
  EXPECT_EQ(result_of("int x", "int ii = 100; { ii *= 2; int ii = 1; ii *= 2; } ii *= 2; x = ii;"), "400");
  EXPECT_EQ(result_of("int x", "x = 1; if (true) { int y = x + 1; { float y = 0.5; } x = y; }"), "2");
  EXPECT_EQ(result_of("int s", R"(s = 0; uint sum = 0; for uint ii in [1:4] { sum += ii;
      if (sum > 10) { float ii = 10.0; sum += uint(ii * 2.0); } else { sum += ii; } } s = sum;)"),
            "36");
  EXPECT_EQ(result_of("int s", "s = 0; for int i in [1:3] { int fresh; fresh += i; s += fresh; }"), "6");
  expect_error("{ int a = 1; }\na = 2;", "'a' is not declared", 2, 1);
}

TEST(SemanticScope, AliasesShadowInLoops) {
  const auto ran = run(kHeader3 + "qubit[4] q; let io = q[0]; for int i in [1:2] { x io; let io = q[i]; z io; } y io;");
  EXPECT_THAT(ran.gates, ElementsAre("x 0", "z 1", "x 0", "z 2", "y 0"));
}

TEST(SemanticScope, QubitsArraysAndDefinitionsAreGlobal) {
  expect_error("{\n qubit q;\n}", "outside of all braces", 2, 2);
  expect_error("def f() {\n array[int[8], 2] a;\n}", "outside of all braces", 2, 2);
  expect_error("if (true) { gate g q { } }", "inside of braces");
  expect_error("if (true) { def f() { } }", "inside of braces");
}

TEST(SemanticDef, ValuesQubitsAndReturns) {
  const auto ran = run(kHeader3 + R"(
    def apply(float t, qubit a, qubit[2] r) -> int { rx(t) a; cx a, r[1]; return 7; }
    qubit[4] q; output int got; int i = 2;
    got = apply(pi / 2, q[3], q[0:1]) * 2;
    apply(1) q[0], q[i:i + 1];)");
  EXPECT_EQ(ran.outputs.at("got"), "14");
  EXPECT_THAT(ran.gates, ElementsAre("rx(1.5708) 3", "x 3 | 1", "rx(1) 0", "x 0 | 3"));
}

TEST(SemanticDef, ParametersAreCopies) {
  EXPECT_EQ(result_of("int x",
                      "def f(int a, bit[2] b) -> int { a += 1; b[0] = 1; return a; } bit[2] c; int y = 1;"
                      "x = f(y, c) * 10 + y; if (c[0]) x = -1;"),
            "21");
}

TEST(SemanticDef, Recursion) {
  EXPECT_EQ(
      result_of("int x", "def fact(int n) -> int { if (n < 2) { return 1; } return n * fact(n - 1); } x = fact(10);"),
      "3628800");
  EXPECT_EQ(result_of("int x",
                      "def f(bit[3] b, int n) -> int { bit[3] c; c = b << 1; if (n == 0) return int(uint[3](b)); "
                      "return f(c, n - 1); } x = f(\"001\", 2);"),
            "4");
  expect_error("def f(int n) -> int {\n return f(n + 1);\n}\nint x = f(0);", "nest deeper than 1000", 2, 9);
}

TEST(SemanticDef, Errors) {
  expect_error("def f(int a) { }\nf(1, 2);", "'f' takes 1 argument, not 2", 2, 1);
  expect_error("def f(qubit[2] q) { }\nqubit[3] r;\nf(r);", "qubit[3], but qubit[2]", 3, 3);
  expect_error("def f(qubit q) { }\nqubit[1] r;\nf(r);", "qubit[1], but qubit is needed");
  expect_error("def f(qubit a, qubit b) { }\nqubit[2] q;\nf(q[0], q[0]);", "same qubit is used twice", 3, 9);
  expect_error("def f(qubit a, qubit b) { }\nqubit[2] q;\nint i = 1;\nf(q[i], q[1]);", "same qubit is used twice", 4,
               1);
  expect_error("def f() -> int { }\nint x = f();", "ended without returning a value", 1, 1);
  expect_error("def f() { return 1; }", "declares none");
  expect_error("def f() -> bit { return; }", "must return bit");
  expect_error("return;", "'return' outside of a def");
  expect_error("def f() { }\nint x = f();", "'f' gives no value", 2, 9);
  expect_error("int a;\ndef f() -> int { return a; }", "outside of this def", 2, 25);
}

TEST(SemanticDef, QubitsOfTheOutsideAreNotSeen) {
  const Error error = test::error_of("qubit q;\ndef f() { reset q; }");
  EXPECT_EQ(error.advice(), "pass it as a parameter");
  EXPECT_NO_THROW(run(kHeader3 + "const int n = 2; def f(qubit[n] q) { h q[n - 1]; x $0; } qubit[n] q; f(q);"));
}

TEST(SemanticArray, ElementsSlicesAndAssignment) {
  const std::string arrays = "array[int[8], 3] aa = {1, 2, 3}; array[int[8], 4, 3] bb; output int x; ";
  const auto value = [&](const std::string& body) { return run(arrays + body).outputs.at("x"); };
  EXPECT_EQ(value("x = aa[0] * 100 + aa[-1] * 10 + aa[1];"), "132");
  EXPECT_EQ(value("bb[0] = aa; bb[1, 2] = aa[2]; x = bb[0, 1] * 10 + bb[1][2];"), "23");
  EXPECT_EQ(value("bb[1:2, 0] = aa[0:1]; x = bb[1, 0] * 10 + bb[2, 0];"), "12");
  EXPECT_EQ(value("aa[0:1] = aa[1:2]; x = aa[0] * 100 + aa[1] * 10 + aa[2];"), "233");
  EXPECT_EQ(value("aa[2:-1:0] = aa[0:2]; x = aa[0] * 100 + aa[1] * 10 + aa[2];"), "321");
  EXPECT_EQ(value("int i = 2; aa[i - 1] += 5; x = aa[1];"), "7");
  EXPECT_EQ(value("aa[0][7] = 1; aa[0][0] ^= 1; x = aa[0];"), "-128");
  EXPECT_EQ(value("bit[2] b; b = aa[2][0:1]; x = uint[2](b);"), "3");
  EXPECT_EQ(value("x = sizeof(bb) * 10 + sizeof(bb, 1) + sizeof(bb[0]) * 100;"), "343");
}

TEST(SemanticArray, Outputs) {
  EXPECT_EQ(result_of("array[int[8], 2, 2] a", "a[1, 0] = 5;"), "{{0, 0}, {5, 0}}");
  EXPECT_EQ(result_of("array[complex[float[64]], 2] a", "a[1] = 1 + 2im; a[0] = a[1] * 2;"), "{2 + 4im, 1 + 2im}");
  EXPECT_EQ(result_of("array[bool, 2] a", "a[1] = true;"), "{false, true}");
}

TEST(SemanticArray, Initialisers) {
  EXPECT_EQ(result_of("int x",
                      "int y = 2; array[int[8], 2] z = {7, 8}; array[int[8], 2, 2] a = {z, {2 - 3, 5 * y}};"
                      "x = a[0, 1] * 100 + a[1, 0] + a[1, 1];"),
            "809");
  EXPECT_EQ(result_of("float x", "array[float[32], 2] r = {1.5, 2.5}; array[float[32], 2] s = r; x = s[1];"), "2.5");
  expect_error("array[int[8], 2] a = {1, 2, 3};", "3 values for dimension 0", 1, 22);
  expect_error("array[int[8], 2] a = {{1}, 2};", "nested deeper");
  expect_error("array[int[8], 2, 2] a = {1, 2};", "int, but array[int[8], 2]");
}

TEST(SemanticArray, Errors) {
  const std::string arrays = "array[int[8], 3] aa; array[int[8], 4, 3] bb; array[int[8], 0] none;\n";
  expect_error(arrays + "aa[3] = 1;", "index 3 is out of range for size 3", 2, 4);
  expect_error(arrays + "int i = -4;\naa[i] = 1;", "index -4 is out of range for size 3", 3, 4);
  expect_error(arrays + "bb[0] = 1;", "has type int, but array[int[8], 3] is needed");
  expect_error(arrays + "bb[0, 0] = aa;", "has type array[int[8], 3], but int[8] is needed");
  expect_error(arrays + "bb[0:1] = aa;", "array[int[8], 3], but array[int[8], 2, 3]");
  expect_error(arrays + "none[0] = 1;", "size 0");
  expect_error(arrays + "int x = aa[0, 0];", "too many indices");
  expect_error(arrays + "int x = aa[{0, 1}];", "cannot be indexed by a set");
  expect_error(arrays + "int n = 1;\naa[0:n] = aa[0:2];", "size 3 is assigned to one of size 2", 3, 11);
  expect_error("array[bit, 3] a;", "an array cannot have elements of this type");
  expect_error("array[int[8], 10000000] a;", "too large");
  expect_error("array[int[8], 6000000] a;\narray[int[8], 6000000] b;", "are too large", 2, 1);
  expect_error("array[int[8], 1000000, 1000000, 1000000, 1000000] a;", "too large");
}

TEST(SemanticArray, References) {
  const std::string program = R"(
    def set(mutable array[int[8], #dim = 1] a, int v) { a[1] = v; }
    def total(readonly array[int[8], 2, 3] a) -> int {
      int s = 0; const int rows = sizeof(a, 0);
      for int i in [0:rows - 1] { for int j in [0:sizeof(a, 1) - 1] { s += a[i][j]; } } return s; }
    def size(readonly array[int[8], #dim = 2] a) -> int { return sizeof(a) * 10 + sizeof(a, 1); }
    def pass(mutable array[int[8], #dim = 1] a) { set(a[1:2], 9); }
    array[int[8], 5] aa; array[int[8], 2, 3] bb = {{1, 2, 3}, {4, 5, 6}}; output int x;
  )";
  EXPECT_EQ(run(program + "set(aa[1:3], 10); x = aa[2];").outputs.at("x"), "10");
  EXPECT_EQ(run(program + "set(bb[0:1, 2], 7); x = bb[1, 2];").outputs.at("x"), "7");
  EXPECT_EQ(run(program + "pass(aa); x = aa[2];").outputs.at("x"), "9");
  EXPECT_EQ(run(program + "x = total(bb);").outputs.at("x"), "21");
  EXPECT_EQ(run(program + "x = size(bb[0:0, 1:2]);").outputs.at("x"), "12");
  expect_error(program + "x = total(aa);", "array[int[8], 5], but array[int[8], 2, 3]");
  expect_error("def f(readonly array[int[8], 2] a) {\n a[0] = 1;\n}", "'a' is readonly", 2, 2);
  expect_error("def g(mutable array[int[8], 2] a) { } def f(readonly array[int[8], 2] a) { g(a); }", "readonly here");
  expect_error(program + "int n = 1;\ndef s(readonly array[int[8], 2] a) { }\ns(aa[0:n + 1]);", "size 3 where size 2");
}

TEST(SemanticInput, ValuesOfEveryType) {
  const std::string program = R"(
    input int i; input uint[8] u; input float f; input angle[8] a; input bool b; input bit[4] c; input complex z;
    output int oi; output uint[8] ou; output float of; output float oa; output bool ob; output int oc; output complex oz;
    oi = i; ou = u; of = f; oa = float(a); ob = b; oc = uint[4](c); oz = z;)";
  const auto ran = run(
      program, {},
      {{"i", "-0x10"}, {"u", "0b1010"}, {"f", "3*pi/4"}, {"a", "pi"}, {"b", "true"}, {"c", "0110"}, {"z", "1+2im"}});
  EXPECT_EQ(ran.outputs.at("oi"), "-16");
  EXPECT_EQ(ran.outputs.at("ou"), "10");
  EXPECT_EQ(ran.outputs.at("of").substr(0, 6), "2.3561");
  EXPECT_EQ(ran.outputs.at("oa").substr(0, 6), "3.1415");
  EXPECT_EQ(ran.outputs.at("ob"), "true");
  EXPECT_EQ(ran.outputs.at("oc"), "6");
  EXPECT_EQ(ran.outputs.at("oz"), "1 + 2im");
  EXPECT_THAT(ran.script->inputs, ElementsAre("i", "u", "f", "a", "b", "c", "z"));
}

TEST(SemanticInput, ErrorsAreOfUsage) {
  const auto code = [](const std::string& program, const test::Inputs& inputs) {
    const Error error = test::error_of(program, inputs);
    EXPECT_FALSE(error.advice().empty()) << error.what();
    return error.code();
  };
  EXPECT_EQ(code("input int n;", {}), ErrorCode::bad_usage);
  EXPECT_EQ(code("input int n;", {{"m", "1"}, {"n", "1"}}), ErrorCode::bad_usage);
  EXPECT_EQ(code("input int n;", {{"n", "1.5"}}), ErrorCode::bad_usage);
  EXPECT_EQ(code("input uint[4] n;", {{"n", "16"}}), ErrorCode::bad_usage);
  EXPECT_EQ(code("input float n;", {{"n", ""}}), ErrorCode::bad_usage);
  EXPECT_EQ(code("input float n;", {{"n", "1; qubit q"}}), ErrorCode::bad_usage);
  EXPECT_EQ(code("input float n;", {{"n", "x"}}), ErrorCode::bad_usage);
  EXPECT_EQ(code("input float n;", {{"n", "1/0"}}), ErrorCode::bad_usage);
  EXPECT_EQ(code("input bit[2] n;", {{"n", "011"}}), ErrorCode::bad_usage);
  EXPECT_NE(std::string(test::error_of("input float angle1;", {{"angle2", "1"}}).what()).find("--set angle1=VALUE"),
            std::string::npos);
}

TEST(SemanticInput, OneCompiledProgramTakesManyValues) {
  const auto script = test::script_of("input int n; input bit[3] c; output int m; m = n + int[3](c);", {}, false);
  const auto result = [&](const test::Inputs& inputs) {
    Machine machine(std::make_shared<const Script>(bind_inputs(*script, inputs)));
    Circuit circuit(0);
    machine.advance(circuit, CancelToken());
    return machine.outputs().at(0);
  };
  EXPECT_EQ(result({{"n", "40"}, {"c", "010"}}), "42");
  EXPECT_EQ(result({{"n", "-1"}, {"c", "001"}}), "0");
  EXPECT_EQ(result({{"n", "40"}, {"c", "010"}}), "42") << "values do not stay";
  EXPECT_THROW((void)result({{"n", "40"}}), Error);
  EXPECT_THROW((void)result({{"n", "40"}, {"c", "010"}, {"d", "1"}}), Error);
}

TEST(SemanticInput, ChecksWorkWithoutValues) {
  EXPECT_THAT(test::script_of("input float n; input bit[2] c;", {}, false)->inputs, ElementsAre("n", "c"));
}

TEST(SemanticOutput, RegistersAreAllGlobalBitsOrTheOutputs) {
  const auto names = [](const std::string& text) {
    std::vector<std::string> found;
    const auto script = test::script_of(text);
    for (const Register& r : script->registers) {
      found.push_back(r.name + ":" + std::to_string(r.width));
    }
    return found;
  };
  EXPECT_THAT(names("bit a; int i; creg b[3]; bit[2] c; const bit[2] d = \"10\"; { bit e; }"),
              ElementsAre("a:1", "b:3", "c:2"));
  EXPECT_THAT(names("bit a; output bit[2] b; output int i;"), ElementsAre("b:2"));
  EXPECT_THAT(test::script_of("bit a; output bit[2] b; output int i;")->outputs, ElementsAre("i"));
  EXPECT_THAT(names("OPENQASM 2.0; qreg q[1]; creg a[1]; creg b[2];"), ElementsAre("a:1", "b:2"));
}

TEST(SemanticRefused, PulseAndTimingByName) {
  for (const auto& [text, name] : std::map<std::string, std::string>{{"duration d = 1ns;", "duration"},
                                                                     {"stretch s;", "stretch"},
                                                                     {"extern f(int[8]) -> bit;", "extern"},
                                                                     {"box { }", "box"},
                                                                     {"delay[10ns] $0;", "delay"},
                                                                     {"defcalgrammar \"openpulse\";", "defcalgrammar"},
                                                                     {"cal { play; }", "cal"},
                                                                     {"defcal x $0 { }", "defcal"}}) {
    const Error error = test::error_of(text);
    EXPECT_EQ(error.code(), ErrorCode::unsupported) << text;
    EXPECT_NE(error.message().find("'" + name + "'"), std::string::npos) << error.what();
    EXPECT_EQ(error.where().line, 1U);
  }
}

}  // namespace
}  // namespace basalt::quantum
