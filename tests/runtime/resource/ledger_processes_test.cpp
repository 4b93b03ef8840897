// One table, several ledgers: objects in this process, and real processes that are killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include "runtime/resource/child_process.h"
#include "runtime/resource/fixed_machine.h"
#include "runtime/resource/machine_files.h"

namespace basalt {
namespace {

using test::ChildProcess;
using test::fixed_machine;
using test::kFixedBytes;
using test::Witness;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class LedgerProcesses : public testing::Test {
 protected:
  [[nodiscard]] std::string table() const { return (files_.root() / "ledger").string(); }
  [[nodiscard]] std::string witness() const { return (files_.root() / "witness").string(); }
  [[nodiscard]] ChildProcess holder(std::uint64_t bytes) const {
    return ChildProcess({LEDGER_CHILD, "hold", table(), std::to_string(bytes)});
  }

  test::MachineFiles files_;
  CancelToken cancel_;
};

TEST_F(LedgerProcesses, SeeOneAnother) {
  const ChildProcess child = holder(5);
  ASSERT_EQ(child.line(), "held");
  Ledger ledger(fixed_machine, {table()});
  EXPECT_EQ(ledger.table_path(), table());
  EXPECT_THAT(ledger.notes(), IsEmpty());
  const std::vector<Holding> holdings = ledger.holdings();
  ASSERT_THAT(holdings, SizeIs(1));
  EXPECT_EQ(holdings[0].pid, child.id());
  EXPECT_EQ(holdings[0].name, "child");
  EXPECT_FALSE(holdings[0].own);
  EXPECT_EQ(holdings[0].host_bytes, 5U);
  EXPECT_FALSE(ledger.try_acquire({.host_bytes = 4}, {.name = "second"}));
  EXPECT_TRUE(ledger.try_acquire({.host_bytes = 3}, {.name = "second"}));
}

TEST_F(LedgerProcesses, WhatAKilledProcessHeldIsFreeAgain) {
  ChildProcess child = holder(kFixedBytes);
  ASSERT_EQ(child.line(), "held");
  Ledger ledger(fixed_machine, {table()});
  EXPECT_FALSE(ledger.try_acquire({.host_bytes = 1}, {.name = "second"}));
  std::thread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    child.kill();
  });
  const Lease lease = ledger.acquire({.host_bytes = kFixedBytes, .max_cores = 4}, {.name = "second"}, cancel_);
  killer.join();
  EXPECT_EQ(lease.cores(), 4);
  EXPECT_THAT(ledger.holdings(), SizeIs(1));
}

TEST_F(LedgerProcesses, ShareTheCoresEvenly) {
  Ledger ledger(fixed_machine, {table()});
  Lease lease = ledger.acquire({.max_cores = 64}, {.name = "first"}, cancel_);
  EXPECT_EQ(lease.cores(), 4);
  const auto cores_at_boundary = [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    lease.at_boundary();
    return lease.cores();
  };
  ChildProcess child = holder(1);
  ASSERT_EQ(child.line(), "held");
  EXPECT_EQ(cores_at_boundary(), 2);
  child.kill();
  ledger.refresh();
  EXPECT_EQ(cores_at_boundary(), 4);
}

TEST_F(LedgerProcesses, NeverOverCommitAndNeverHangWhileTheyAreKilled) {
  constexpr std::size_t kChildren = 6;
  constexpr std::uint64_t kGrants = 500;
  Witness& seen = *Witness::open(witness());
  std::mt19937_64 random(7);
  const auto start = [&](std::size_t row) {
    seen.held[row] = 0;
    seen.doomed[row] = false;
    return ChildProcess(
        {LEDGER_CHILD, "churn", table(), witness(), std::to_string(row), std::to_string(random() % 1000)});
  };
  std::vector<ChildProcess> children;
  for (std::size_t row = 0; row < kChildren; ++row) {
    children.push_back(start(row));
  }
  int kills = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  while ((seen.grants < kGrants || kills < 20) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 50));
    const std::size_t row = random() % kChildren;
    seen.doomed[row] = true;
    children[row].kill();
    children[row] = start(row);
    ++kills;
  }
  EXPECT_GE(seen.grants, kGrants) << "somebody hangs";
  EXPECT_EQ(seen.over_commitments, 0U);
  children.clear();
  Ledger ledger(fixed_machine, {table()});
  EXPECT_THAT(ledger.holdings(), IsEmpty());
  EXPECT_THAT(ledger.notes(), IsEmpty()) << "a kill left the table damaged";
}

TEST_F(LedgerProcesses, PromisedAndUntouchedMemoryOfOthersIsNotFree) {
  std::uint64_t left = 1000;  // as the system counts it: touched memory is gone
  const auto measure = [&] {
    return Capacity{{{.resource = Resource::host_bytes,
                      .name = "test memory",
                      .value = left,
                      .shared = true,
                      .is_what_is_left = true},
                     {.resource = Resource::cores, .name = "test cores", .value = 4, .shared = true}}};
  };
  Ledger first(measure, {table()});
  Ledger second(measure, {table()});
  Lease lease = first.acquire({.host_bytes = 600}, {.name = "first"}, cancel_);
  second.refresh();
  EXPECT_FALSE(second.try_acquire({.host_bytes = 500}, {.name = "second"})) << "600 are promised, though not touched";
  left -= 600;
  lease.note_resident(600);
  second.refresh();
  EXPECT_FALSE(second.try_acquire({.host_bytes = 500}, {.name = "second"}));
  EXPECT_TRUE(second.try_acquire({.host_bytes = 400}, {.name = "second"})) << "600 were counted twice";

  // the block stays with its process for the next job: nobody else may have it, but that job may
  lease.leave_cached(600);
  lease = Lease();
  EXPECT_THROW(second.try_acquire({.host_bytes = 500}, {.name = "second"}), Error);
  second.refresh();
  EXPECT_THROW(second.try_acquire({.host_bytes = 500}, {.name = "second"}), Error);
  EXPECT_TRUE(first.try_acquire({.host_bytes = 700, .cached_bytes = 600}, {.name = "next"}));
}

TEST_F(LedgerProcesses, ALimitOfOneProcessDoesNotBindTheOthers) {
  const auto small = [] {
    Capacity capacity = fixed_machine();
    capacity.limits.push_back({.resource = Resource::host_bytes, .name = "BASALT_MEMORY", .value = 2});
    return capacity;
  };
  Ledger first(small, {table()});
  Ledger second(fixed_machine, {table()});
  EXPECT_THROW(first.try_acquire({.host_bytes = 3}, {.name = "first"}), Error);
  const std::optional<Lease> lease = first.try_acquire({.host_bytes = 2}, {.name = "first"});
  EXPECT_TRUE(lease);
  EXPECT_FALSE(first.try_acquire({.host_bytes = 1}, {.name = "first"}));
  EXPECT_TRUE(second.try_acquire({.host_bytes = 6}, {.name = "second"}));
}

TEST_F(LedgerProcesses, ThePriorityOfOneCountsForTheOther) {
  Ledger first(fixed_machine, {table()});
  Ledger second(fixed_machine, {table()});
  Lease low = first.acquire({.min_cores = 4, .max_cores = 4}, {.name = "low"}, cancel_);
  const Lease high = second.acquire({.min_cores = 4, .max_cores = 4}, {.name = "high", .priority = 1}, cancel_);
  EXPECT_EQ(high.cores(), 4);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_EQ(low.at_boundary(), Signal::pause);
}

TEST_F(LedgerProcesses, ADamagedTableIsStartedAfreshAndHoldersEnterAgain) {
  Ledger first(fixed_machine, {table()});
  const Lease lease = first.acquire({.host_bytes = 5}, {.name = "first"}, cancel_);
  std::fstream(table(), std::ios::in | std::ios::out | std::ios::binary).seekp(20) << "garbage in the header";
  Ledger second(fixed_machine, {table()});
  EXPECT_THAT(second.notes(), ElementsAre(HasSubstr("damaged")));
  EXPECT_THAT(first.holdings(), SizeIs(1));
  EXPECT_THAT(second.holdings(), SizeIs(1));
  EXPECT_FALSE(second.try_acquire({.host_bytes = 4}, {.name = "second"}));
}

TEST_F(LedgerProcesses, ATableCutShortIsStartedAfresh) {
  Ledger first(fixed_machine, {table()});
  Lease lease = first.acquire({.host_bytes = 5, .max_cores = 4}, {.name = "first"}, cancel_);
  for (const off_t size : {0, 10, 5000}) {
    ASSERT_EQ(::truncate(table().c_str(), size), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    EXPECT_EQ(lease.at_boundary(), Signal::go_on);
    EXPECT_THAT(first.holdings(), SizeIs(1));
  }
}

TEST_F(LedgerProcesses, ATableThatWasRemovedIsMadeAgain) {
  Ledger first(fixed_machine, {table()});
  const Lease lease = first.acquire({.host_bytes = 5}, {.name = "first"}, cancel_);
  std::filesystem::remove(table());
  Ledger second(fixed_machine, {table()});
  EXPECT_THAT(first.holdings(), SizeIs(1));
  EXPECT_FALSE(second.try_acquire({.host_bytes = 4}, {.name = "second"}));
}

TEST_F(LedgerProcesses, FilesOfOthersAreLeftAlone) {
  const std::string text = "the only copy of a thesis, of more than a header's length, at least by a few words";
  std::ofstream(table()) << text;
  ::chmod(table().c_str(), 0600);
  Ledger first(fixed_machine, {table()});
  EXPECT_EQ(first.table_path(), table() + ".1");
  EXPECT_THAT(first.notes(), ElementsAre(HasSubstr("left alone")));
  std::ifstream file(table());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
  const Lease lease = first.acquire({.host_bytes = 8}, {.name = "first"}, cancel_);
  EXPECT_FALSE(Ledger(fixed_machine, {table()}).try_acquire({.host_bytes = 1}, {.name = "second"}));
}

TEST_F(LedgerProcesses, TheTableIsForThisUserOnly) {
  const Ledger ledger(fixed_machine, {table()});
  struct stat status {};
  ASSERT_EQ(::stat(table().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ::chmod(table().c_str(), 0666);
  const Ledger open_to_all(fixed_machine, {table()});
  EXPECT_EQ(open_to_all.table_path(), "");
  EXPECT_THAT(open_to_all.notes(), ElementsAre(HasSubstr("no file that only this user can write to")));
}

TEST_F(LedgerProcesses, WithoutATableTheLedgerIsItsProcesssOwn) {
  for (const std::string& place : {std::string("/nowhere/ledger"), files_.root().string()}) {
    Ledger ledger(fixed_machine, {place});
    EXPECT_EQ(ledger.table_path(), "");
    EXPECT_THAT(ledger.notes(), ElementsAre(HasSubstr(place)));
    EXPECT_TRUE(ledger.try_acquire({.host_bytes = 8}, {.name = "alone"}));
  }
}

}  // namespace
}  // namespace basalt
