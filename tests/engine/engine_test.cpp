// Engines: several jobs on one, several in a process, and their end at exit.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "engine_harness.h"

namespace basalt {
namespace {

Request ghz(int qubits, std::uint64_t seed) {
  std::string body = "qubit[" + std::to_string(qubits) + "] q; bit[" + std::to_string(qubits) + "] c; h q[0]; ";
  for (int i = 1; i < qubits; ++i) {
    body += "cx q[" + std::to_string(i - 1) + "], q[" + std::to_string(i) + "]; ";
  }
  Request request = request_for(qasm3(body + "c = measure q;"), 500);
  request.seed = seed;
  return request;
}

TEST(Engine, GivesTheSameResultOnEveryRun) {
  Engine engine;
  const Report first = engine.run(ghz(10, 3));
  EXPECT_EQ(engine.run(ghz(10, 3)).counts, first.counts);
  EXPECT_EQ(run(ghz(10, 3)).counts, first.counts);
}

TEST(Engine, RunsJobsFromSeveralThreads) {
  Engine engine;
  std::vector<Report> reports(6);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    threads.emplace_back([&, i] { reports[i] = engine.run(ghz(14, i)); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (std::size_t i = 0; i < reports.size(); ++i) {
    EXPECT_EQ(reports[i].counts, run(ghz(14, i)).counts) << i;
  }
}

TEST(Engine, SeveralLiveSideBySide) {
  auto first = std::make_unique<Engine>();
  Engine second;
  const auto expected = first->run(ghz(8, 1)).counts;
  EXPECT_EQ(second.run(ghz(8, 1)).counts, expected);
  first.reset();
  EXPECT_EQ(second.run(ghz(8, 1)).counts, expected);
}

TEST(Engine, SettingsBoundEveryJob) {
  Engine engine({.threads = 1, .memory_limit_bytes = std::uint64_t{1} << 20});
  EXPECT_EQ(engine.inventory().cores.value, 1U);
  EXPECT_EQ(engine.run(ghz(4, 1)).threads, 1);
  try {
    engine.run(ghz(20, 1));
    FAIL() << "a state of 8 MiB must not fit in 1 MiB";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_resources);
    EXPECT_NE(error.message().find("the engine's settings"), std::string::npos) << error.message();
  }
}

Engine& first_static() {
  static Engine engine;
  return engine;
}
Engine& second_static() {
  static Engine engine;
  return engine;
}

/// Destroyed at exit: after the engine if it was made before it, else before.
struct LateRun {
  ~LateRun() { Engine().run(ghz(4, 1)); }
};
LateRun& late_run() {
  static LateRun late;
  return late;
}

[[noreturn]] void leave_with(const std::vector<int>& order) {
  for (const int step : order) {
    if (step == 0) {
      first_static().run(ghz(12, 1));
    } else if (step == 1) {
      second_static().run(ghz(12, 1));
    } else {
      late_run();
    }
  }
  std::exit(0);
}

TEST(EngineDeathTest, StaticEnginesEndInAnyOrderAtExit) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(leave_with({0, 1, 2}), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(leave_with({2, 1, 0}), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(leave_with({1, 2, 0}), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace basalt
