// Jobs that share what an engine may use: who waits, who gives way, and that results do not show it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "kept_run.h"

namespace basalt {
namespace {

constexpr int kQubits = 18;
constexpr std::uint64_t kStateBytes = std::uint64_t{8} << kQubits;

/// A circuit of many stages, that takes several times as long as a job takes to see that another has come; its counts
/// tell whether a stage was lost.
Request deep_circuit(int priority) {
  std::string body = "qubit[" + std::to_string(kQubits) + "] q; bit[" + std::to_string(kQubits) + "] c; ";
  for (int layer = 0; layer < 30; ++layer) {
    for (int i = 0; i < kQubits; ++i) {
      body += "ry(" + std::to_string(0.1 * (layer + 1) + 0.05 * i) + ") q[" + std::to_string(i) + "]; ";
      body += "cx q[" + std::to_string(i) + "], q[" + std::to_string((i + 1) % kQubits) + "]; ";
    }
  }
  Request request = request_for(qasm3(body + "c = measure q;"), 200);
  request.priority = priority;
  return request;
}

void wait_for(const std::atomic<bool>& flag) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!flag && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(flag) << "what was waited for did not come";
}

struct Pair {
  Report first;
  Report second;
};

/// Runs `first`, and once it is under way `second`; `first` goes on when `second` waits for it or runs.
Pair run_into_each_other(Engine& engine, const Request& first, const Request& second) {
  std::atomic<bool> second_came = false;
  std::future<Report> second_report;
  RunHooks first_hooks;
  first_hooks.on_progress = [&](const Progress&) {
    if (second_report.valid()) {
      return;
    }
    second_report = std::async(std::launch::async, [&] {
      RunHooks hooks;
      hooks.on_wait = [&](const Waiting& waiting) {
        EXPECT_FALSE(waiting.reason.empty());
        second_came = true;
      };
      hooks.on_progress = [&](const Progress&) { second_came = true; };
      return engine.run(second, hooks);
    });
    wait_for(second_came);
  };
  Report report = engine.run(first, first_hooks);
  return {std::move(report), second_report.get()};
}

EngineSettings room_for_one_state(std::optional<std::uint64_t> spill_limit_bytes = std::nullopt) {
  return {.threads = 1, .memory_limit_bytes = kStateBytes * 2, .spill_limit_bytes = spill_limit_bytes, .ledger = "off"};
}

TEST(Share, EqualPriorityWaitsForMemory) {
  const auto expected = run(deep_circuit(0)).counts;
  Engine engine(room_for_one_state());
  const Pair reports = run_into_each_other(engine, deep_circuit(0), deep_circuit(0));
  EXPECT_EQ(reports.first.counts, expected);
  EXPECT_EQ(reports.second.counts, expected);
  EXPECT_EQ(reports.first.memory.spilled_bytes, 0U);
  EXPECT_GT(reports.second.timing.wait, 0);
}

TEST(Share, HigherPriorityGetsTheMemoryAndNothingIsLost) {
  if (devices().inventory.spill.bytes.value < 4 * kStateBytes) {
    GTEST_SKIP() << "no disk space to spill to: " << devices().inventory.spill.bytes.source;
  }
  const auto expected = run(deep_circuit(0)).counts;
  Engine engine(room_for_one_state());
  const Pair reports = run_into_each_other(engine, deep_circuit(-5), deep_circuit(5));
  EXPECT_EQ(reports.first.counts, expected);
  EXPECT_EQ(reports.second.counts, expected);
  EXPECT_EQ(reports.first.memory.spilled_bytes, kStateBytes) << "its state went to disk and came back";
  EXPECT_GT(reports.first.timing.wait, 0);
  EXPECT_LT(reports.second.timing.total, reports.first.timing.total) << "it did not wait for the end of the other";
}

TEST(Share, WithoutDiskTheLowerPriorityKeepsItsMemory) {
  const auto expected = run(deep_circuit(0)).counts;
  Engine engine(room_for_one_state(0));
  const Pair reports = run_into_each_other(engine, deep_circuit(-5), deep_circuit(5));
  EXPECT_EQ(reports.first.counts, expected);
  EXPECT_EQ(reports.second.counts, expected);
  EXPECT_EQ(reports.first.memory.spilled_bytes, 0U);
}

TEST(Share, AJobThatIsKeptGivesWayThroughItsCheckpoints) {
  const auto expected = run(deep_circuit(0)).counts;
  const TemporaryFolder folder;
  Request kept = deep_circuit(-5);
  kept.checkpoint = {.folder = folder.path("run"), .every_seconds = 3600};
  Engine engine(room_for_one_state(0));
  const Pair reports = run_into_each_other(engine, kept, deep_circuit(5));
  EXPECT_EQ(reports.first.counts, expected);
  EXPECT_EQ(reports.second.counts, expected);
  EXPECT_EQ(reports.first.checkpoints->written, 1U);
  EXPECT_GT(reports.first.timing.wait, 0);
}

TEST(Share, OneCoreServesTheHigherPriorityFirst) {
  const auto expected = run(deep_circuit(0)).counts;
  Engine engine({.threads = 1, .memory_limit_bytes = std::nullopt, .spill_limit_bytes = std::nullopt, .ledger = "off"});
  const Pair reports = run_into_each_other(engine, deep_circuit(-5), deep_circuit(5));
  EXPECT_EQ(reports.first.counts, expected);
  EXPECT_EQ(reports.second.counts, expected);
  EXPECT_GT(reports.first.timing.wait, reports.second.timing.wait) << "it was paused";
  EXPECT_EQ(reports.first.memory.spilled_bytes, 0U) << "there is memory for both";
}

TEST(Share, ManyJobsOfManySizesAllEndWhereFewFit) {
  const auto request_of = [](int qubits) {
    Request request =
        request_for(qasm3("qubit[" + std::to_string(qubits) + "] q; bit[2] c; h q; c[0] = measure q[0]; " +
                          "if (c[0]) { x q[1]; } h q[2]; c[1] = measure q[1];"),
                    50);
    request.priority = qubits % 5 - 2;
    request.method = Method::state;
    return request;
  };
  constexpr int kSizes[] = {14, 18, 16, 17, 15};
  Engine engine(
      {.threads = 2, .memory_limit_bytes = kStateBytes * 5 / 2, .spill_limit_bytes = std::nullopt, .ledger = "off"});
  std::vector<std::future<std::size_t>> workers;
  for (std::size_t worker = 0; worker < 5; ++worker) {
    workers.push_back(std::async(std::launch::async, [&, worker] {
      std::size_t right = 0;
      for (std::size_t i = 0; i < 12; ++i) {
        const Request request = request_of(kSizes[(worker + i) % 5]);
        right += engine.run(request).shots == 50 ? 1 : 0;
      }
      return right;
    }));
  }
  for (std::future<std::size_t>& worker : workers) {
    ASSERT_EQ(worker.wait_for(std::chrono::minutes(5)), std::future_status::ready) << "jobs wait for one another";
    EXPECT_EQ(worker.get(), 12U);
  }
}

TEST(Share, LedgerListsWhatIsHeld) {
  Engine engine({.threads = 1, .memory_limit_bytes = std::nullopt, .spill_limit_bytes = std::nullopt, .ledger = "off"});
  std::vector<Holding> held;
  RunHooks hooks;
  hooks.on_progress = [&](const Progress&) {
    if (held.empty()) {
      held = engine.ledger().holdings();
    }
  };
  engine.run(deep_circuit(3), hooks);
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].name, "test.qasm");
  EXPECT_EQ(held[0].priority, 3);
  EXPECT_EQ(held[0].cores, 1);
  EXPECT_GE(held[0].host_bytes, kStateBytes);
  EXPECT_EQ(held[0].resident_bytes, kStateBytes);
  EXPECT_TRUE(engine.ledger().holdings().empty()) << "given back";
}

TEST(Share, CancelEndsAWait) {
  Engine engine(room_for_one_state());
  CancelToken cancel;
  const Lease all = engine.ledger().acquire({.host_bytes = kStateBytes * 3 / 2, .cached_bytes = 0, .device_bytes = {}},
                                            {.name = "all"}, cancel);
  RunHooks hooks;
  hooks.cancel = &cancel;
  hooks.on_wait = [&](const Waiting& waiting) {
    EXPECT_EQ(waiting.holders.size(), 1U);
    cancel.request();
  };
  try {
    engine.run(deep_circuit(0), hooks);
    FAIL() << "not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace basalt
