// Leases as one process uses them: what is granted, refused, waited for, given back.
#include "basalt/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

namespace basalt {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

/// A machine of numbers.
struct Machine {
  std::atomic<std::uint64_t> host_bytes{8 * kGiB};
  std::atomic<std::uint64_t> cores{4};

  std::function<Capacity()> measure() {
    return [this] {
      return Capacity{{{.resource = Resource::host_bytes, .name = "memory of the test", .value = host_bytes},
                       {.resource = Resource::cores, .name = "cores of the test", .value = cores},
                       {.resource = Resource::device_bytes, .name = "vram", .value = 2 * kGiB},
                       {.resource = Resource::queue_slots, .name = "queue", .value = 1}}};
    };
  }
};

class LedgerTest : public testing::Test {
 protected:
  Machine machine_;
  Ledger ledger_{machine_.measure(), {.table = "off"}};
  CancelToken cancel_;
};

/// Waits for something that another thread brings about.
template <typename Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 5000; ++i) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

TEST_F(LedgerTest, GrantsWhatIsAskedForAndListsIt) {
  const Lease lease = ledger_.acquire(
      {.host_bytes = 3 * kGiB, .device_bytes = {{"vram", kGiB}}, .min_cores = 1, .max_cores = 3, .queue_slots = 1},
      {.name = "fluid", .priority = 2}, cancel_);
  EXPECT_EQ(lease.cores(), 3);
  EXPECT_EQ(lease.host_bytes(), 3 * kGiB);
  const std::vector<Holding> holdings = ledger_.holdings();
  ASSERT_THAT(holdings, SizeIs(1));
  EXPECT_EQ(holdings[0].name, "fluid");
  EXPECT_EQ(holdings[0].pid, ::getpid());
  EXPECT_TRUE(holdings[0].own);
  EXPECT_EQ(holdings[0].state, HoldState::running);
  EXPECT_EQ(holdings[0].priority, 2);
  EXPECT_EQ(holdings[0].host_bytes, 3 * kGiB);
  EXPECT_EQ(holdings[0].cores, 3);
  EXPECT_EQ(holdings[0].queue_slots, 1);
  ASSERT_THAT(holdings[0].device_bytes, SizeIs(1));
  EXPECT_EQ(holdings[0].device_bytes[0].heap, "vram");
  EXPECT_EQ(holdings[0].device_bytes[0].bytes, kGiB);
}

TEST_F(LedgerTest, TheEndOfALeaseGivesEverythingBack) {
  {
    const Lease lease = ledger_.acquire({.host_bytes = 8 * kGiB, .max_cores = 4}, {.name = "first"}, cancel_);
    EXPECT_FALSE(ledger_.try_acquire({.host_bytes = 1}, {.name = "second"}));
    EXPECT_THAT(ledger_.holdings(), SizeIs(1));
  }
  EXPECT_THAT(ledger_.holdings(), IsEmpty());
  EXPECT_TRUE(ledger_.try_acquire({.host_bytes = 8 * kGiB}, {.name = "second"}));
}

TEST_F(LedgerTest, WhatCanNeverFitIsRefusedWithTheNumbers) {
  const auto refusal = [&](const Demand& demand) -> std::string {
    try {
      ledger_.acquire(demand, {.name = "huge"}, cancel_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::out_of_resources);
      return error.what();
    }
    return "granted";
  };
  EXPECT_THAT(refusal({.host_bytes = 9 * kGiB}),
              AllOf(HasSubstr("huge"), HasSubstr("9.0 GiB"), HasSubstr("8.0 GiB"), HasSubstr("memory of the test")));
  EXPECT_THAT(refusal({.min_cores = 5, .max_cores = 5}), AllOf(HasSubstr("5 cores"), HasSubstr("4")));
  EXPECT_THAT(refusal({.device_bytes = {{"vram", 3 * kGiB}}}), AllOf(HasSubstr("3.0 GiB"), HasSubstr("vram")));
  EXPECT_THAT(refusal({.device_bytes = {{"other", 1}}}), HasSubstr("\"other\""));
  EXPECT_THAT(refusal({.queue_slots = 2}), HasSubstr("2 queue slots"));
  EXPECT_THROW(ledger_.try_acquire({.host_bytes = 9 * kGiB}, {}), Error);
  EXPECT_THAT(ledger_.holdings(), IsEmpty());
}

TEST_F(LedgerTest, DemandsWithoutSenseAreBadUsage) {
  const auto code = [&](const Demand& demand, int priority = 0) {
    try {
      ledger_.acquire(demand, {.name = "odd", .priority = priority}, cancel_);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::failed;
  };
  EXPECT_EQ(code({.min_cores = -1}), ErrorCode::bad_usage);
  EXPECT_EQ(code({.min_cores = 3, .max_cores = 2}), ErrorCode::bad_usage);
  EXPECT_EQ(code({.queue_slots = -1}), ErrorCode::bad_usage);
  EXPECT_EQ(code({.device_bytes = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}}}), ErrorCode::bad_usage);
  EXPECT_EQ(code({.expected_seconds = -1}), ErrorCode::bad_usage);
  EXPECT_EQ(code({}, 11), ErrorCode::bad_usage);
  EXPECT_EQ(code({}, -11), ErrorCode::bad_usage);
}

TEST_F(LedgerTest, AWaitIsPredictedByWhatRunningJobsExpect) {
  const Demand whole{.host_bytes = 6 * kGiB};
  EXPECT_EQ(ledger_.predict_wait(whole, {.name = "next"}), 0);
  {
    const Lease lease = ledger_.acquire({.host_bytes = 4 * kGiB, .expected_seconds = 100}, {.name = "first"}, cancel_);
    EXPECT_NEAR(ledger_.predict_wait(whole, {.name = "next"}), 100, 5);
    EXPECT_EQ(ledger_.predict_wait({.host_bytes = 4 * kGiB}, {.name = "small"}), 0);
    EXPECT_THAT(ledger_.holdings(), SizeIs(1)) << "asking leaves nothing";
    EXPECT_THROW(static_cast<void>(ledger_.predict_wait({.host_bytes = 9 * kGiB}, {.name = "large"})), Error);
  }
  const Lease lease = ledger_.acquire({.device_bytes = {{"vram", 2 * kGiB}}}, {.name = "silent"}, cancel_);
  EXPECT_EQ(ledger_.predict_wait({.device_bytes = {{"vram", kGiB}}}, {.name = "next"}),
            std::numeric_limits<double>::infinity());
  EXPECT_THROW(
      static_cast<void>(ledger_.predict_wait({.device_bytes = {{"memory of no device", kGiB}}}, {.name = "other"})),
      Error);
}

TEST_F(LedgerTest, AWaitIsExplainedAndEndsWhenItsReasonDoes) {
  std::optional<Lease> first = ledger_.acquire({.host_bytes = 6 * kGiB}, {.name = "first"}, cancel_);
  std::atomic<bool> told{false};
  std::atomic<bool> granted{false};
  std::thread second([&] {
    const Lease lease = ledger_.acquire({.host_bytes = 4 * kGiB}, {.name = "second"}, cancel_, [&](const Waiting& why) {
      EXPECT_THAT(why.reason, AllOf(HasSubstr("4.0 GiB of memory needed"), HasSubstr("2.0 GiB of 8.0 GiB free")));
      EXPECT_THAT(why.holders, testing::ElementsAre(HasSubstr("first (process ")));
      told = true;
    });
    granted = true;
  });
  EXPECT_TRUE(eventually([&] { return told.load(); }));
  EXPECT_FALSE(granted);
  const std::vector<Holding> holdings = ledger_.holdings();
  ASSERT_THAT(holdings, SizeIs(2));
  EXPECT_EQ(holdings[1].state, HoldState::waiting);
  EXPECT_EQ(holdings[1].host_bytes, 4 * kGiB) << "what it waits for";
  EXPECT_EQ(holdings[1].cores, 0);
  first.reset();
  second.join();
  EXPECT_TRUE(granted);
}

TEST_F(LedgerTest, AWaitCanBeCancelledAndLeavesNothing) {
  const Lease first = ledger_.acquire({.host_bytes = 8 * kGiB}, {.name = "first"}, cancel_);
  CancelToken stop;
  std::thread second([&] {
    try {
      ledger_.acquire({.host_bytes = kGiB}, {.name = "second"}, stop, [&](const Waiting&) { stop.request(); });
      ADD_FAILURE() << "granted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
  });
  second.join();
  EXPECT_THAT(ledger_.holdings(), SizeIs(1));
}

TEST_F(LedgerTest, CoresAreSharedEvenlyAndComeBack) {
  Lease first = ledger_.acquire({.max_cores = 64}, {.name = "first"}, cancel_);
  EXPECT_EQ(first.cores(), 4);
  {
    const Lease second = ledger_.acquire({.max_cores = 64}, {.name = "second"}, cancel_);
    EXPECT_EQ(second.cores(), 2);
    EXPECT_EQ(first.cores(), 2);
  }
  EXPECT_EQ(first.cores(), 4);
}

TEST_F(LedgerTest, CoresFollowTheCapacity) {
  Lease lease = ledger_.acquire({.max_cores = 64}, {.name = "first"}, cancel_);
  machine_.cores = 1;
  ledger_.refresh();
  EXPECT_EQ(lease.at_boundary(), Signal::go_on);
  EXPECT_EQ(lease.cores(), 1);
  machine_.cores = 8;
  ledger_.refresh();
  EXPECT_EQ(lease.cores(), 8);
}

TEST_F(LedgerTest, AHigherPriorityTakesTheCoresAndGivesThemBack) {
  Lease low = ledger_.acquire({.min_cores = 4, .max_cores = 4}, {.name = "low", .priority = -1}, cancel_);
  std::optional<Lease> high =
      ledger_.acquire({.min_cores = 2, .max_cores = 4}, {.name = "high", .priority = 1}, cancel_);
  EXPECT_EQ(high->cores(), 4);
  EXPECT_TRUE(eventually([&] { return low.at_boundary() == Signal::pause; }));
  EXPECT_EQ(low.cores(), 0);
  EXPECT_EQ(ledger_.holdings()[0].state, HoldState::paused);
  std::thread runner([&] { EXPECT_EQ(low.wait_for_cores(cancel_), Signal::go_on); });
  high.reset();
  runner.join();
  EXPECT_EQ(low.cores(), 4);
}

TEST_F(LedgerTest, AHigherPriorityAsksForMemory) {
  Lease low = ledger_.acquire({.host_bytes = 6 * kGiB, .can_release_host = true}, {.name = "low"}, cancel_);
  std::atomic<bool> running{false};
  std::atomic<bool> looked{false};
  std::thread other([&] {
    const Lease high = ledger_.acquire({.host_bytes = 5 * kGiB}, {.name = "high", .priority = 5}, cancel_);
    running = true;
    EXPECT_TRUE(eventually([&] { return looked.load(); }));
  });
  EXPECT_TRUE(eventually([&] { return low.at_boundary() == Signal::release_memory; }));
  EXPECT_FALSE(running);
  low.release_host();
  EXPECT_EQ(low.host_bytes(), 0U);  // as long as the other holds what it asked for
  looked = true;
  low.reacquire(cancel_);
  EXPECT_TRUE(running);
  EXPECT_EQ(low.host_bytes(), 6 * kGiB);
  EXPECT_EQ(low.at_boundary(), Signal::go_on);
  other.join();
}

TEST_F(LedgerTest, ShrinkingLetsOthersIn) {
  Lease lease = ledger_.acquire({.host_bytes = 8 * kGiB}, {.name = "first"}, cancel_);
  lease.shrink_host(2 * kGiB);
  EXPECT_EQ(lease.host_bytes(), 2 * kGiB);
  EXPECT_TRUE(ledger_.try_acquire({.host_bytes = 6 * kGiB}, {.name = "second"}));
}

TEST_F(LedgerTest, AnEmptyLeaseHoldsNothing) {
  Lease lease;
  lease.shrink_host(1);
  lease.note_resident(1);
  lease.release_host();
  lease.reacquire(cancel_);
  EXPECT_EQ(lease.at_boundary(), Signal::go_on);
  EXPECT_EQ(lease.wait_for_cores(cancel_), Signal::go_on);
  EXPECT_EQ(lease.cores(), 0);
}

TEST_F(LedgerTest, ALeaseMayOutliveItsLedger) {
  auto ledger = std::make_unique<Ledger>(machine_.measure(), LedgerPlace{.table = "off"});
  Lease lease = ledger->acquire({.max_cores = 2}, {.name = "late"}, cancel_);
  ledger.reset();
  EXPECT_EQ(lease.at_boundary(), Signal::go_on);
  EXPECT_EQ(lease.cores(), 2);
}

TEST_F(LedgerTest, ManyThreadsNeverHoldMoreThanThereIs) {
  std::atomic<std::int64_t> held{0};
  std::atomic<int> grants{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 50; ++round) {
        const auto bytes = static_cast<std::int64_t>(kGiB) * (1 + (i + round) % 8);
        const Lease lease = ledger_.acquire({.host_bytes = static_cast<std::uint64_t>(bytes), .max_cores = 2},
                                            {.name = "thread", .priority = i % 3}, cancel_);
        EXPECT_LE(held += bytes, static_cast<std::int64_t>(8 * kGiB));
        ++grants;
        held -= bytes;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(grants, 400);
  EXPECT_THAT(ledger_.holdings(), IsEmpty());
}

std::string table_in_folder() {
  std::string folder = (std::filesystem::temp_directory_path() / "basalt_ledger_XXXXXX").string();
  return std::string(mkdtemp(folder.data())) + "/table";
}

TEST(LedgerTable, ARunningJobShowsInTheTableThatReplacesARemovedOne) {
  Machine machine;
  const std::string table = table_in_folder();
  Ledger ledger(machine.measure(), {.table = table});
  CancelToken cancel;
  Lease lease = ledger.acquire({.host_bytes = kGiB}, {.name = "holder"}, cancel);
  std::filesystem::remove(table);
  const Ledger other(machine.measure(), {.table = table});
  EXPECT_TRUE(eventually([&] {
    lease.at_boundary();
    return other.holdings().size() == 1;
  }));
  EXPECT_EQ(lease.host_bytes(), kGiB);
  std::filesystem::remove_all(std::filesystem::path(table).parent_path());
}

/// Leaves with 0 if a file system that takes nothing is worth a note, and leases are granted all the same.
[[noreturn]] void leave_without_room_for_a_table() {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit nothing{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_FSIZE, &nothing);
  Machine machine;
  const std::string table = table_in_folder();
  Ledger ledger(machine.measure(), {.table = table});
  const CancelToken cancel;
  const Lease lease = ledger.acquire({.host_bytes = kGiB}, {.name = "holder"}, cancel);
  const bool well = lease.cores() == 1 && ledger.table_path().empty() && ledger.notes().size() == 1;
  std::filesystem::remove_all(std::filesystem::path(table).parent_path());
  std::_Exit(well ? 0 : 1);
}

TEST(LedgerTableDeathTest, AFullFileSystemLeavesALedgerOfOneProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(leave_without_room_for_a_table(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace basalt
