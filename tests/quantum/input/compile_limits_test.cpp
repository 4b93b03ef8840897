// Hostile programs: bounded time and memory, and a clear refusal.
#include <gtest/gtest.h>

#include <thread>

#include "quantum/input/program.h"

namespace basalt::quantum {
namespace {

using test::expect_error;
using test::run;

const std::string kHeader3 = "include \"stdgates.inc\";\n";

/// Runs until a watcher asks to stop, emptying the circuit whenever it is full; returns the error that it ends with.
Error cancelled_run(const std::string& text) {
  const auto script = test::script_of(text);
  Machine machine(script);
  Circuit circuit(script->qubit_count);
  CancelToken cancel;
  std::thread watcher([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancel.request();
  });
  const Error error = test::failure_of([&] {
    while (machine.advance(circuit, cancel, 10'000) != Machine::Status::finished) {
      circuit.clear();
    }
  });
  watcher.join();
  return error;
}

std::string doubling_levels(int levels, const std::string& innermost) {
  std::string text = kHeader3 + "gate g0 q { " + innermost + " }\n";
  for (int i = 1; i <= levels; ++i) {
    const std::string inner = "g" + std::to_string(i - 1) + " q; ";
    text += "gate g" + std::to_string(i) + " q { " + inner + inner + "}\n";
  }
  return text + "qubit q;\n";
}

TEST(CompileLimits, DoublingGatesCompileAndCanBeCancelled) {
  EXPECT_EQ(cancelled_run(doubling_levels(60, "h q;") + "g60 q;").code(), ErrorCode::cancelled);
  EXPECT_EQ(cancelled_run(doubling_levels(60, "") + "g60 q;").code(), ErrorCode::cancelled);
  EXPECT_EQ(cancelled_run(doubling_levels(60, "t q;") + "inv @ pow(0.5) @ g60 q;").code(), ErrorCode::cancelled);
}

TEST(CompileLimits, EndlessLoopsCanBeCancelled) {
  EXPECT_EQ(cancelled_run("while (true) { }").code(), ErrorCode::cancelled);
  EXPECT_EQ(cancelled_run("for int i in [0:9223372036854775807] { }").code(), ErrorCode::cancelled);
  EXPECT_EQ(cancelled_run(kHeader3 + "gate g a, b, c, d, e, f, h0 { x a; } qubit[7] q;"
                                     "pow(1e15) @ g q[0], q[1], q[2], q[3], q[4], q[5], q[6];")
                .code(),
            ErrorCode::cancelled);
}

TEST(CompileLimits, LargePowersOfSmallGatesAreMatrices) {
  EXPECT_EQ(run(kHeader3 + "gate g a { t a; h a; } qubit q; pow(123456789012) @ g q;").gates.size(), 1U);
}

TEST(CompileLimits, DeepGateNestingIsRefused) {
  std::string text = "gate g0 q { }\n";
  for (int i = 1; i <= 20'000; ++i) {
    text += "gate g" + std::to_string(i) + " q { g" + std::to_string(i - 1) + " q; }\n";
  }
  expect_error(text + "qubit q; g20000 q;", "gates nest deeper than 10000");
  EXPECT_NO_THROW(run(text + "qubit q; g5000 q;"));
}

TEST(CompileLimits, NestedCallsWithLargeVariablesAreRefused) {
  expect_error("def f(int n) { bit[100000] b; f(n + 1); }\nf(0);", "too much memory");
}

TEST(CompileLimits, ManyBits) {
  expect_error("bit[1048577] b;", "a register of 1048577 bits");
  expect_error("bit[1000000] a;\nbit[1000000] b;", "more than 1048576 classical bits", 2, 14);
  const std::string huge = "bit[1000000] a; bit[1000000] b; ";
  expect_error("def f() { " + huge + "}", "classical bits");
  EXPECT_NO_THROW(run("bit[1000000] a; a = ~a; a = a << 999999; bit r = a[0];"));
}

TEST(CompileLimits, ExpressionsOfLargeRegistersStayWithinMemory) {
  std::string nested = "a";
  for (int i = 0; i < 100; ++i) {
    nested = "a & (" + nested + ")";
  }
  expect_error("bit[1000000] a;\na = " + nested + ";", "64 MiB of bits");
}

TEST(CompileLimits, NestedIndicesCompileInLinearTime) {
  std::string nested = "0";
  for (int i = 0; i < 100; ++i) {
    nested = "int(c[" + nested + " + i])";
  }
  EXPECT_NO_THROW(run("int i = 0; bit[4] c; bit b = c[" + nested + "];"));
}

TEST(CompileLimits, BroadcastOfManyRegistersIsBounded) {
  std::string call = "ctrl(100) @ x ";
  for (int i = 0; i < 100; ++i) {
    call += "c[" + std::to_string(i) + "], ";
  }
  expect_error(kHeader3 + "qubit[100] c; qubit[500000] q;\n" + call + "q;", "a gate on 101 operands");
  EXPECT_EQ(run(kHeader3 + "qubit[100000] q; h q;").gates.size(), 100'000U);
}

TEST(CompileLimits, LongRangesHaveALength) {
  expect_error("bit[4] c;\nlet d = c[0:9223372036854775807];", "out of range for size 4");
  expect_error("bit[4] c; int m = -9223372036854775807 - 1;\nbit[2] d = c[0:m:1];", "chooses nothing");
  EXPECT_EQ(test::result_of("int n",
                            "n = 0; int m = -9223372036854775807 - 1; for int i in [m:9223372036854775807:"
                            "9223372036854775807] { n += 1; }"),
            "3");
}

TEST(CompileLimits, ManyStatementsAreFast) {
  std::string text = kHeader3 + "qubit[100] q;\n";
  for (int i = 0; i < 100'000; ++i) {
    text += "cx q[" + std::to_string(i % 100) + "], q[" + std::to_string((i + 1) % 100) + "];\n";
  }
  EXPECT_EQ(run(text).gates.size(), 100'000U);
}

}  // namespace
}  // namespace basalt::quantum
