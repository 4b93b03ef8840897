// Classical types, operators, casts and functions: what they give, and what is refused. Every value is computed twice,
// by the compiler from constants and by the machine from variables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "quantum/input/program.h"

namespace basalt::quantum {
namespace {

using test::evaluated;
using test::expect_error;
using test::result_of;
using test::run;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// `left op right` of variables of the given types.
std::string computed(const std::string& result, const std::string& left, const std::string& a, const std::string& op,
                     const std::string& right, const std::string& b) {
  return result_of(result + " result", left + " a = " + a + "; " + right + " b = " + b + "; result = a " + op + " b;");
}

TEST(SemanticValue, IntegerArithmetic) {
  EXPECT_EQ(evaluated("int", "7 + 3 * 2 - 4"), "9");
  EXPECT_EQ(evaluated("int", "-7 / 2"), "-3");
  EXPECT_EQ(evaluated("int", "-7 % 3"), "-1");
  EXPECT_EQ(evaluated("int", "2 ** 10"), "1024");
  EXPECT_EQ(evaluated("int", "2 ** 3 ** 2"), "512");
  EXPECT_EQ(evaluated("int", "0xff + 0b11 + 0o17 + 1_000"), "1273");
  for (const auto& [op, expected] : std::map<std::string, std::string>{{"+", "10"},
                                                                       {"-", "4"},
                                                                       {"*", "21"},
                                                                       {"/", "2"},
                                                                       {"%", "1"},
                                                                       {"**", "343"},
                                                                       {"&", "3"},
                                                                       {"|", "7"},
                                                                       {"^", "4"},
                                                                       {"<<", "56"},
                                                                       {">>", "0"}}) {
    EXPECT_EQ(computed("int", "int[8]", "7", op, "int[8]", "3"), op == "**" ? "87" : expected) << op;
    EXPECT_EQ(computed("int", "int", "7", op, "int", "3"), expected) << op;
    EXPECT_EQ(evaluated("int", "7 " + op + " 3"), expected) << op;
  }
}

TEST(SemanticValue, SizedIntegersWrap) {
  EXPECT_EQ(computed("uint[4]", "uint[4]", "15", "+", "uint[4]", "3"), "2");
  EXPECT_EQ(computed("int[4]", "int[4]", "7", "+", "int[4]", "1"), "-8");
  EXPECT_EQ(result_of("uint[3] x", "x = 7; x += 1;"), "0");
  EXPECT_EQ(result_of("int[3] x", "x = 5;"), "-3");
  EXPECT_EQ(evaluated("uint[8]", "uint[8](300)"), "44");
  EXPECT_EQ(computed("int", "int", "0x7fffffffffffffff", "+", "int", "1"), "-9223372036854775808");
  EXPECT_EQ(computed("uint", "uint", "0", "-", "uint", "1"), "18446744073709551615");
}

TEST(SemanticValue, MixedIntegersFollowTheWiderOne) {
  EXPECT_EQ(computed("int", "uint[8]", "255", "+", "int[16]", "1"), "256");
  EXPECT_EQ(computed("int", "int[8]", "-1", "+", "uint[4]", "1"), "0");
  EXPECT_EQ(computed("bool", "int", "-1", "<", "uint[8]", "1"), "true");
  EXPECT_EQ(computed("bool", "int[8]", "-1", "<", "uint[8]", "1"),
            "false");  // equal widths: both are unsigned, as in C
}

TEST(SemanticValue, ShiftsAndRotations) {
  EXPECT_EQ(computed("uint[8]", "uint[8]", "0x8f", "<<", "int", "1"), "30");
  EXPECT_EQ(computed("uint[8]", "uint[8]", "0x8f", "<<", "int", "9223372036854775807"), "0");
  EXPECT_EQ(computed("int", "int", "-8", ">>", "int", "1000"), "-1");
  EXPECT_EQ(computed("uint", "uint", "8", ">>", "uint[7]", "64"), "0");
  EXPECT_EQ(result_of("uint[6] x", "x = 37; x = rotl(x, 3);"), "44");
  EXPECT_EQ(evaluated("uint", "popcount(uint[6](37))"), "3");
  EXPECT_EQ(result_of("uint[4] x", "bit[4] b = \"1000\"; b = rotl(b, 1); x = uint[4](b);"), "1");
  EXPECT_EQ(result_of("uint[4] x", "bit[4] b = \"1000\"; b = rotr(b, -1); x = uint[4](b);"), "1");
  EXPECT_EQ(result_of("uint[4] x", "bit[4] b = \"1001\"; b >>= 3; x = uint[4](b);"), "1");
  expect_error("int a = 1;\na = a << -1;", "shift by -1", 2, 7);
  expect_error("int a = 1;\nint b = -1;\na = a >> b;", "shift by -1", 3, 7);
}

TEST(SemanticValue, DivisionByZeroIsAnError) {
  expect_error("int a = 1 / 0;", "division by zero", 1, 11);
  expect_error("int a = 0;\na = 1 % a;", "division by zero", 2, 7);
  expect_error("float a = 0;\na = 1 / a;", "division by zero", 2, 7);
  expect_error("complex a;\na = 1im / a;", "division by zero", 2, 9);
  expect_error("angle[4] a = 0;\na = a / a;", "division by zero", 2, 7);
  expect_error("OPENQASM 2.0;\nqreg q[1];\nU(1/0,0,0) q[0];", "division by zero", 3, 4);
}

TEST(SemanticValue, TheOneQuotientThatOverflowsWraps) {
  EXPECT_EQ(computed("int", "int", "-9223372036854775807 - 1", "/", "int", "-1"), "-9223372036854775808");
  EXPECT_EQ(computed("int", "int", "-9223372036854775807 - 1", "%", "int", "-1"), "0");
  EXPECT_EQ(evaluated("int", "(-9223372036854775807 - 1) / -1"), "-9223372036854775808");
  EXPECT_EQ(computed("int[4]", "int[4]", "-8", "/", "int[4]", "-1"), "-8");
}

TEST(SemanticValue, InexactIntegerDivisionIsNoted) {
  const auto ran = run("float a = 3 / 5;\nfloat b = 4 / 2;\nfloat c = 3.0 / 5;\nint d = 3;\nd = d / 2;");
  ASSERT_EQ(ran.script->notes.size(), 1U);
  EXPECT_THAT(ran.script->notes[0],
              HasSubstr("test.qasm:1: 3/5 is an integer division and gives 0; write 3.0/5 for 0.6"));
}

TEST(SemanticValue, ComparisonsThatCannotHoldAreNoted) {
  const auto ran = run("bit[2] c;\nif (int[2](c) == 3) { }\nif (uint[2](c) == 3) { }");
  ASSERT_EQ(ran.script->notes.size(), 1U);
  EXPECT_THAT(ran.script->notes[0], HasSubstr("test.qasm:2: a value of type int[2] is never 3"));
}

TEST(SemanticValue, Floats) {
  EXPECT_EQ(evaluated("float", "1 / 4.0 + 0.5"), "0.75");
  EXPECT_EQ(evaluated("float[32]", "0.1"), "0.10000000149011612");
  EXPECT_EQ(computed("float", "float[32]", "0.1", "+", "float[32]", "0.2"), "0.30000001192092896");
  EXPECT_EQ(evaluated("float", "pi").substr(0, 7), "3.14159");
  EXPECT_EQ(evaluated("float", "tau / π").substr(0, 3), "2");
  EXPECT_EQ(evaluated("float", "ℇ").substr(0, 7), "2.71828");
  EXPECT_EQ(evaluated("int", "int(-2.9)"), "-2");
  EXPECT_EQ(evaluated("float", "2.0 ** -1"), "0.5");
  expect_error("int a = 2.5;", "float, but int is needed", 1, 9);
  expect_error("int a = int(1e300);", "does not fit an integer");
  expect_error("float f = 1e300;\nint a = int(f * f);", "does not fit an integer", 2, 9);
  expect_error("int a = 2 ** -1;", "no integer");
}

TEST(SemanticValue, Functions) {
  EXPECT_EQ(evaluated("float", "sin(pi / 2) + cos(0) + sqrt(16) + floor(2.5) + ceiling(2.5)"), "11");
  EXPECT_EQ(evaluated("float", "arccos(1) + arcsin(0) + arctan(0) + exp(0) + log(1) + tan(0)"), "1");
  EXPECT_EQ(evaluated("int", "mod(7, 4)"), "3");
  EXPECT_EQ(evaluated("float", "mod(7.5, 2)"), "1.5");
  EXPECT_EQ(evaluated("float", "real(2.5 + 3.5im) + imag(2.5 + 3.5im)"), "6");
  EXPECT_EQ(result_of("float x", "float y = 0; x = cos(y) + exp(y);"), "2");
  EXPECT_EQ(result_of("float x", "angle[8] a = pi / 2; x = sin(a);"), "1");
  expect_error("float a = arccos(2);", "arccos(2) is not defined", 1, 11);
  expect_error("float a = -1;\na = sqrt(a);", "sqrt(-1) is not defined", 2, 5);
  expect_error("float a = log(0);", "log(0) is not defined");
  expect_error("float a = sin(1, 2);", "takes 1 argument, not 2");
  expect_error("float a = foo(1);", "there is no function 'foo'", 1, 11);
  expect_error("complex c; c = mod(c, 2);", "not defined for complex[float] and int");
  EXPECT_THAT(run("OPENQASM 2.0; qreg q[1]; U(ln(1)+sqrt(4)+exp(0)+sin(0)+cos(0)+tan(0),2^3,-pi/2) q[0];").gates,
              ElementsAre("u3(4,8,-1.5708) 0"));
  expect_error("OPENQASM 2.0;\nqreg q[1];\nU(arccos(1),0,0) q[0];", "arccos");
}

TEST(SemanticValue, ComplexNumbers) {
  EXPECT_EQ(evaluated("complex", "(10.0 + 5.0im) * (-2.0 - 7.0im)"), "15 - 80im");
  EXPECT_EQ(evaluated("complex[float[64]]", "1 - 2.5im"), "1 - 2.5im");
  EXPECT_EQ(result_of("complex c", "complex a = 3 + 4im; c = a / 2; c += 1im;"), "1.5 + 3im");
  EXPECT_EQ(result_of("bool b", "complex a = 1im; b = a * a == -1;"), "true");
  expect_error("complex c = 1im; float f = c;", "complex[float], but float");
  expect_error("complex c; bool b = c < c;", "'<' is not defined for complex[float] and complex[float]");
}

TEST(SemanticValue, BooleansAndLogic) {
  EXPECT_EQ(evaluated("bool", "true && !false || false"), "true");
  EXPECT_EQ(evaluated("bool", "1 < 2 && 2 >= 2 && 3 != 4"), "true");
  EXPECT_EQ(result_of("bool b", "int i = 0; b = i != 0 && 1 / i == 1;"), "false");
  EXPECT_EQ(result_of("bool b", "int i = 0; b = i == 0 || 1 / i == 1;"), "true");
  EXPECT_EQ(result_of("bool b", "bool c = true; b = ~c;"), "false");
  EXPECT_EQ(result_of("bool b", "bit c = 1; b = c;"), "true");
  EXPECT_EQ(evaluated("int", "true + true"), "2");
}

// The standard's own example of angle arithmetic.
TEST(SemanticValue, AngleArithmetic) {
  const std::string angles =
      "angle[4] a = 7 * (pi / 8); angle[4] b = pi / 8; angle[4] c = 5 * (pi / 4); uint[4] two = 2;";
  const auto bits = [&](const std::string& expression) {
    return run(angles + "bit[4] r; r = bit[4](" + expression + ");").registers.at("r");
  };
  EXPECT_EQ(bits("a"), "0111");
  EXPECT_EQ(bits("b"), "0001");
  EXPECT_EQ(bits("c"), "1010");
  EXPECT_EQ(bits("a + b"), "1000");
  EXPECT_EQ(bits("b - a"), "1010");
  EXPECT_EQ(bits("a / two"), "0011");
  EXPECT_EQ(bits("two * c"), "0100");
  EXPECT_EQ(bits("c / b"), "1010");
  EXPECT_EQ(bits("-a"), "1001");
  EXPECT_EQ(bits("a << 1"), "1110");
  EXPECT_EQ(bits("a * 2"), "1110");
  EXPECT_EQ(bits("~a & a"), "0000");
  EXPECT_EQ(run("angle[4] a = pi * 2; bit[4] r; r = bit[4](a);").registers.at("r"), "0000");
  // Ties go to the even pattern.
  EXPECT_EQ(run("const float two_pi = 6.283185307179586; angle[8] a = two_pi * (127. / 512.); bit[8] r = bit[8](a);")
                .registers.at("r"),
            "01000000");
  EXPECT_EQ(evaluated("bool", "angle[32](pi) == pi"), "true");
  EXPECT_EQ(result_of("float f", "angle[8] a = -pi / 2; f = float(a) / pi;"), "1.5");
  EXPECT_EQ(run("angle[4] a = pi / 2; angle[8] b = a; bit[8] r = bit[8](b);").registers.at("r"), "01000000");
  EXPECT_EQ(run("angle[8] a = pi / 2; angle[4] b = a; bit[4] r = bit[4](b);").registers.at("r"), "0100");
}

TEST(SemanticValue, AnglesAreGateParameters) {
  EXPECT_THAT(
      run("include \"stdgates.inc\"; qubit q; angle[20] a = pi / 2; rz(a) q; rz(a + a) q; rz(a * 0.5) q;").gates,
      ElementsAre("rz(1.5708) 0", "rz(3.14159) 0", "rz(0.785398) 0"));
}

TEST(SemanticValue, BitRegisters) {
  const auto bits = [](const std::string& expression) {
    return run("bit[8] a = \"10001111\"; bit[8] b = \"01110000\"; bit[8] r; r = " + expression + ";").registers.at("r");
  };
  EXPECT_EQ(bits("a << 1"), "00011110");
  EXPECT_EQ(bits("rotl(a, 2)"), "00111110");
  EXPECT_EQ(bits("a | b"), "11111111");
  EXPECT_EQ(bits("a & b"), "00000000");
  EXPECT_EQ(bits("~a ^ \"0000_0001\""), "01110001");
  EXPECT_EQ(bits("bit[8](uint[8](3))"), "00000011");
  EXPECT_EQ(run("bit[4] c = \"0110\"; bit[2] d; d = c[{1, 0}]; bit e = c[-2];").registers.at("d"), "01");
  EXPECT_EQ(run("bit[4] c; c[1:2] = \"11\"; c[-1] = true; c[0] ^= 1;").registers.at("c"), "1111");
  EXPECT_EQ(run("bit[4] c; int i = 1; c[i:i + 1] = \"01\"; let d = c[2:3]; d[1] = 1;").registers.at("c"), "1010");
  expect_error("bit[4] c = \"011\";", "bit[3], but bit[4] is needed", 1, 12);
  expect_error("bit[4] c; bit[3] d; d = c;", "bit[4], but bit[3]");
  expect_error("bit[4] c; c = c + c;", "'+' is not defined for bit[4] and bit[4]");
  expect_error("bit[4] c;\nint i = 2;\nc[0:i] = \"11\";", "2 bits are assigned to 3", 3, 10);
}

TEST(SemanticValue, BitsAndNumbers) {
  EXPECT_EQ(result_of("uint[4] x", "bit[4] c = \"1010\"; x = uint[4](c);"), "10");
  EXPECT_EQ(result_of("int[4] x", "bit[4] c = \"1010\"; x = int[4](c);"), "-6");
  EXPECT_EQ(result_of("int x", "bit[4] c = \"1010\"; x = int(c);"), "10");
  EXPECT_EQ(result_of("uint x", "bit[4] c = \"1010\"; x = uint(c);"), "10");
  EXPECT_EQ(result_of("bool x", "bit[4] c = \"1010\"; x = c == 10;"), "true");
  EXPECT_EQ(result_of("bool x", "bit[100] c; c[99] = 1; x = c > 10;"), "true");
  EXPECT_EQ(result_of("bool x", "bit[4] c = \"1010\"; x = c > \"1001\";"), "true");
  EXPECT_EQ(result_of("bool x", "bit[4] c; x = c;"), "false");
  expect_error("bit[4] c; int[8] x = int[8](c);", "bit[4], but int[8]");
  EXPECT_EQ(result_of("int[32] x", "x = 15; x[4:7] = \"1010\";"), "175");
  EXPECT_EQ(result_of("int[8] x", "x = 0; x[-1] = 1;"), "-128");
  EXPECT_EQ(result_of("uint[4] x",
                      "const uint[16] u = 10; const bit[4] b = u[0:3]; const bit one = u[1]; x = uint[4](b) + one;"),
            "11");
  EXPECT_EQ(run("int[8] x = 6; bit[3] r = x[2:-1:0]; bit[2] s = x[{2, 7}];").registers.at("r"), "011");
}

TEST(SemanticValue, Indices) {
  expect_error("int x = 0;\nint i = -9223372036854775807 - 1;\nbit b = x[i];", "is out of range for size 64", 3, 11);
  expect_error("bit[4] c;\nbit b = c[1.5];", "has type float, but an integer is needed", 2, 11);
  expect_error("bit[4] c; bit b = c[1, 2];", "one dimension");
  expect_error("int x; bit[4] b = x[0:0:3];", "step 0");
}

TEST(SemanticValue, Constants) {
  EXPECT_EQ(result_of("int x", "const int n = 3; const uint[8] m = n * 2 + popcount(\"101\"); uint[m] y = 300; x = y;"),
            "44");
}

TEST(SemanticValue, ConstantsAreNotVariables) {
  expect_error("const int n = 3;\nn = 4;", "'n' is a constant", 2, 1);
  expect_error("int n = 3;\nqubit[n] q;", "is not known before the program runs", 2, 7);
  expect_error("int n = 3;\nconst int m = n;", "not known before", 2, 15);
  expect_error("const float f = 2.5;\nconst int n = f;", "float, but int", 2, 15);
  expect_error("int a = b;", "'b' is not declared", 1, 9);
  expect_error("int a; float a;", "'a' is already declared at test.qasm:1", 1, 14);
}

TEST(SemanticValue, Widths) {
  expect_error("int[0] a;", "a width of 0");
  expect_error("uint[65] a;", "a width of 65");
  expect_error("float[16] a;", "float[16] is not supported");
  expect_error("bit[-1] a;", "a register of size -1");
  expect_error("qubit[2000000] a;", "a register of 2000000 qubits");
  EXPECT_EQ(test::script_of("qubit[1000] a; qubit[1000] b;")->qubit_count, 2000U);
  expect_error("qubit[1000000] a;\nqubit[1000000] b;", "more than 1048576 qubits", 2, 1);
}

RC_GTEST_PROP(SemanticValueProperty, ConstantsAndVariablesAgree, ()) {
  static const std::vector<std::string> kOperators{"+", "-", "*", "/", "%", "&", "|", "^", "<", "<=", "==", "!=", ">"};
  const auto op = *rc::gen::elementOf(kOperators);
  const auto type = *rc::gen::elementOf(std::vector<std::string>{"int[8]", "uint[8]", "int", "uint[31]", "float"});
  const int a = *rc::gen::inRange(-200, 200);
  const int b = *rc::gen::inRange(-200, 200);
  RC_PRE(b % 256 != 0);
  RC_PRE(!(type == "float" && (op == "&" || op == "|" || op == "^")));
  const std::string x = type + "(" + std::to_string(a) + ")";
  const std::string y = type + "(" + std::to_string(b) + ")";
  RC_ASSERT(result_of("float r", "r = " + x + " " + op + " " + y + ";") == computed("float", type, x, op, type, y));
}

TEST(SemanticConcatenation, JoinsArraysAndTheirSlices) {
  const auto ran = test::run(R"(
    array[int[8], 2] first = {0, 1};
    array[int[8], 3] second = {2, 3, 4};
    array[int[8], 5] joined = first ++ second;
    array[int[8], 4] slices = {9, 9, 9, 9};
    slices[0:3] = first[0:1] ++ second[1:2];
    output int a; output int b; output int c;
    a = joined[1]; b = joined[4]; c = slices[2] * 10 + slices[3];
  )");
  EXPECT_EQ(ran.outputs.at("a"), "1");
  EXPECT_EQ(ran.outputs.at("b"), "4");
  EXPECT_EQ(ran.outputs.at("c"), "34");
}

TEST(SemanticCast, ARegisterInANumberWithoutAWidthHasNoSign) {
  const auto ran = test::run(R"(
    bit[2] c = "10"; output int cast; output int assigned; output int sized; output int taken;
    cast = int(c);
    assigned = c;
    sized = int[2](c);
    taken = 0;
    switch (int(c)) { case 2 { taken = 1; } default { taken = 9; } }
  )");
  EXPECT_EQ(ran.outputs.at("cast"), "2");
  EXPECT_EQ(ran.outputs.at("assigned"), "2");
  EXPECT_EQ(ran.outputs.at("sized"), "-2");
  EXPECT_EQ(ran.outputs.at("taken"), "1");
}

TEST(SemanticConcatenation, JoinsBitsForASubroutine) {
  const auto ran = test::run(R"(
    def weight(bit[3] c) -> int { int n = 0; for int i in [0:2] { if (c[i]) n += 1 << i; } return n; }
    bit[2] low = "01"; bit high = "1";
    output int sum;
    sum = weight(low ++ high);
  )");
  EXPECT_EQ(ran.outputs.at("sum"), "5");
}

}  // namespace
}  // namespace basalt::quantum
