// Lazy measurement: when the machine stops for outcomes, and for which.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quantum/input/program.h"

namespace basalt::quantum {
namespace {

using test::run;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kHeader3 = "include \"stdgates.inc\";\n";
const std::string kHeader2 = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n";

TEST(MachineMeasure, MeasurementAtTheEndNeverStops) {
  const auto ran = run(kHeader3 + "qubit[3] q; bit[3] c; h q; c = measure q;");
  EXPECT_THAT(ran.stops, IsEmpty());
  EXPECT_EQ(ran.registers.at("c"), "q2q1q0");
}

TEST(MachineMeasure, UntouchedQubitsAreZeroAtOnce) {
  const auto ran = run(kHeader3 + "qubit[2] q; bit[2] c; z q[0]; cx q[0], q[1]; c = measure q; if (c[0]) x q[0];");
  EXPECT_EQ(ran.registers.at("c"), "q10");
  EXPECT_THAT(ran.stops, IsEmpty());
}

TEST(MachineMeasure, ControlsAndDiagonalGatesDoNotDisturb) {
  const auto ran = run(kHeader3 + R"(qubit[2] q; bit c; h q[0]; c = measure q[0];
    cx q[0], q[1]; t q[0]; rz(1) q[0]; cp(1) q[1], q[0]; pow(0.5) @ z q[0]; inv @ s q[0];)");
  EXPECT_THAT(ran.stops, IsEmpty());
  EXPECT_EQ(ran.registers.at("c"), "q0");
}

TEST(MachineMeasure, OtherGatesDisturbAndStop) {
  const auto ran = run(kHeader3 + "qubit[2] q; bit[2] c; h q; c = measure q; h q[1]; h q[1];", {1});
  EXPECT_THAT(ran.stops, ElementsAre(ElementsAre(1)));
  EXPECT_EQ(ran.registers.at("c"), "1q0");
}

TEST(MachineMeasure, AllQubitsOfOneMomentAreWantedTogether) {
  EXPECT_THAT(run(kHeader3 + "qubit[3] q; h q; measure q; h q;").stops, ElementsAre(ElementsAre(0, 1, 2)));
  EXPECT_THAT(run(kHeader3 + "qubit[3] q; h q; measure q; swap q[2], q[0];").stops, ElementsAre(ElementsAre(0, 2)));
  EXPECT_THAT(run(kHeader2 + "qreg q[3]; creg c[3]; h q; measure q -> c; if (c == 3) x q[0];").stops,
              ElementsAre(ElementsAre(0, 1, 2)));
  EXPECT_THAT(
      run(kHeader3 + "qubit[2] q; bit a; bit b; h q; a = measure q[0]; b = measure q[1]; if (a == b) x q[0];").stops,
      ElementsAre(ElementsAre(0, 1)));
}

TEST(MachineMeasure, OnlyTheBitsThatAreReadAreWanted) {
  const auto ran = run(kHeader3 + "qubit[3] q; bit[3] c; h q; c = measure q; if (c[1]) z q[0];", {1});
  EXPECT_THAT(ran.stops, ElementsAre(ElementsAre(1)));
  EXPECT_EQ(ran.registers.at("c"), "q21q0");
  EXPECT_EQ(ran.gates.back(), "z 0");
}

TEST(MachineMeasure, Qasm2ConditionsCompareTheWholeRegister) {
  const std::string program =
      kHeader2 +
      "qreg q[3]; creg c[2]; h q[0]; h q[1]; measure q[0] -> c[0]; measure q[1] -> c[1]; if (c == 2) x q[2];";
  EXPECT_EQ(run(program, {0, 1}).gates.back(), "x 2");
  EXPECT_EQ(run(program, {1, 0}).gates.back(), "h 1");
}

TEST(MachineMeasure, ResetOfAKnownQubitIsFree) {
  EXPECT_THAT(run(kHeader3 + "qubit[2] q; reset q; reset q;").gates, IsEmpty());
  const auto ran = run(kHeader3 + "qubit q; h q; reset q; reset q;", {1});
  EXPECT_THAT(ran.stops, ElementsAre(ElementsAre(0)));
  EXPECT_THAT(ran.gates, ElementsAre("h 0", "x 0"));
  EXPECT_FALSE(ran.measured);
  EXPECT_THAT(run(kHeader3 + "qubit q; h q; reset q;", {0}).gates, ElementsAre("h 0"));
}

TEST(MachineMeasure, ResetAfterMeasurementAsksOnce) {
  const auto ran = run(kHeader3 + "qubit q; bit c; h q; c = measure q; reset q; h q; c = measure q;", {1});
  EXPECT_EQ(ran.stops.size(), 1U);
  EXPECT_THAT(ran.gates, ElementsAre("h 0", "x 0", "h 0"));
  EXPECT_EQ(ran.registers.at("c"), "q0");
}

TEST(MachineMeasure, MeasuringTwiceGivesTheSameOutcome) {
  const auto ran = run(kHeader3 + "qubit q; bit a; bit b; h q; a = measure q; b = measure q; if (a) z q;", {1});
  EXPECT_EQ(ran.registers.at("a"), "1");
  EXPECT_EQ(ran.registers.at("b"), "1");
}

TEST(MachineMeasure, CopiesAndAliasesStayLazy) {
  const auto ran = run(kHeader3 + R"(
    qubit[3] q; bit[3] c; bit[3] d; bit e;
    def m(qubit[3] r) -> bit[3] { bit[3] b; b = measure r; return b; }
    def one(qubit r) -> bit { return measure r; }
    h q;
    c = m(q);
    let view = c[1:2];
    d[0:1] = view;
    e = one(q[0]);
    d[2] = e;
    c = c << 1;)");
  EXPECT_THAT(ran.stops, IsEmpty());
  EXPECT_EQ(ran.registers.at("d"), "q0q2q1");
  EXPECT_EQ(ran.registers.at("c"), "q1q00");
  EXPECT_EQ(ran.registers.at("e"), "q0");
}

TEST(MachineMeasure, OutcomesReachEveryCopy) {
  const auto ran = run(kHeader3 + R"(
    qubit q; bit[2] c; bit d;
    def f(bit a, qubit r) -> bit { h r; return a; }
    h q; c[0] = measure q; c[1] = c[0]; d = f(c[0], q);)",
                       {1});
  EXPECT_EQ(ran.registers.at("c"), "11");
  EXPECT_EQ(ran.registers.at("d"), "1");
  EXPECT_EQ(ran.stops.size(), 1U);
}

TEST(MachineMeasure, DiscardedMeasurementsStillCollapse) {
  EXPECT_THAT(run(kHeader3 + "qubit q; h q; measure q; h q;").stops, ElementsAre(ElementsAre(0)));
  EXPECT_THAT(run(kHeader3 + "qubit q; h q; measure q;").stops, IsEmpty());
}

TEST(MachineMeasure, EveryForm) {
  const auto ran = run(kHeader3 + R"(
    qubit[4] q; h q;
    bit a = measure q[0];
    bit[2] b;
    b[1] = measure q[1];
    measure q[2:3] -> b;
    creg c[1];
    c = measure q[0];
    bool f = measure q[3];)");
  EXPECT_EQ(ran.registers.at("a"), "q0");
  EXPECT_EQ(ran.registers.at("b"), "0q2");
  EXPECT_EQ(ran.registers.at("c"), "q0");
  EXPECT_THAT(ran.stops, ElementsAre(ElementsAre(3)));
}

TEST(MachineMeasure, IntoBitsOfNumbers) {
  const auto ran = run(kHeader3 + R"(
    output uint[4] u; output angle[4] turn; output array[uint[4], 2] w;
    qubit[3] q; h q;
    measure q[0] -> u[1];
    u[2:3] = measure q[1:2];
    turn[3] = measure q[0];
    w[1][0:1] = measure q[0:1];)",
                       {1, 1, 1});
  EXPECT_EQ(ran.outputs.at("u"), "14");
  EXPECT_EQ(ran.outputs.at("turn").substr(0, 6), "3.1415");
  EXPECT_EQ(ran.outputs.at("w"), "{0, 3}");
}

TEST(MachineMeasure, SizesAreChecked) {
  test::expect_error("qubit[3] q;\nbit[2] c;\nc = measure q;", "3 qubits are measured into 2 bits", 3, 1);
  test::expect_error("bit[2] c;\nc = measure c;", "needs qubits");
}

TEST(MachineMeasure, UserGatesDisturbWhereTheyAreReached) {
  const auto ran = run(kHeader3 + R"(gate g a, b { cx a, b; h a; } qubit[2] q; bit c; h q[0]; c = measure q[0];
    g q[0], q[1];)",
                       {1});
  EXPECT_THAT(ran.stops, ElementsAre(ElementsAre(0)));
  EXPECT_THAT(ran.gates, ElementsAre("h 0", "x 0 | 1", "h 0"));
  const auto power = run(kHeader3 + "gate g a { h a; } qubit q; bit c; h q; c = measure q; pow(0.5) @ g q;");
  EXPECT_THAT(power.stops, ElementsAre(ElementsAre(0)));
}

TEST(MachineMeasure, CopiesOfAMachineContinueByThemselves) {
  const auto script = test::script_of(kHeader3 + "qubit[2] q; bit c; h q[0]; c = measure q[0]; if (c) x q[1];");
  Machine machine(script);
  const CancelToken cancel;
  Circuit circuit(2);
  ASSERT_EQ(machine.advance(circuit, cancel), Machine::Status::needs_outcomes);
  Machine other = machine;
  const std::uint8_t zero = 0;
  const std::uint8_t one = 1;
  machine.provide(std::span(&zero, 1));
  other.provide(std::span(&one, 1));
  Circuit left(2);
  Circuit right(2);
  ASSERT_EQ(machine.advance(left, cancel), Machine::Status::finished);
  ASSERT_EQ(other.advance(right, cancel), Machine::Status::finished);
  EXPECT_EQ(left.operations().size(), 0U);
  EXPECT_EQ(right.operations().size(), 1U);
  EXPECT_FALSE(machine.registers()[0][0].value);
  EXPECT_TRUE(other.registers()[0][0].value);
  machine = other;
  EXPECT_TRUE(machine.registers()[0][0].value);
}

TEST(MachineMeasure, AFullCircuitStopsAndGoesOn) {
  const auto script = test::script_of(kHeader3 + "qubit q; gate g a { x a; y a; } for int i in [1:10] { g q; }");
  Machine machine(script);
  const CancelToken cancel;
  Circuit circuit(1);
  std::size_t gates = 0;
  std::size_t stops = 0;
  while (machine.advance(circuit, cancel, 3) == Machine::Status::circuit_full) {
    EXPECT_EQ(circuit.operations().size(), 3U);
    gates += circuit.operations().size();
    ++stops;
    circuit.clear();
  }
  EXPECT_EQ(gates + circuit.operations().size(), 20U);
  EXPECT_EQ(stops, 6U);
}

TEST(MachineMeasure, LongLoopsReuseTheirBits) {
  const auto ran = run(kHeader3 + "qubit q; bit c; int n = 0; while (n < 2000) { h q; c = measure q; n += 1; }");
  EXPECT_EQ(ran.stops.size(), 1999U);
}

}  // namespace
}  // namespace basalt::quantum
