// Recording what passes, and replaying it elsewhere.
#include "basalt/memory/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>
#include <vector>

#include "basalt/memory/pool.h"
#include "runtime/memory/refusal.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using test::refusal;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

class Trace : public testing::Test {
 protected:
  Trace() {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    path_ = (fs::temp_directory_path() / (std::string("basalt-trace-") + test.name())).string();
  }
  ~Trace() override { fs::remove(path_); }

  void write(const std::string& content) const { std::ofstream(path_, std::ios::binary) << content; }

  std::string path_;
};

TEST_F(Trace, IsReadAsItWasRecorded) {
  HostMemory host;
  RecorderAdaptor memory(host, path_);
  std::byte* first = memory.allocate(300);
  std::byte* second = memory.allocate(7 * kMiB);
  memory.release(first, 300);
  std::byte* third = memory.allocate(1);
  memory.release(third, 1);
  memory.release(second, 7 * kMiB);
  EXPECT_FALSE(fs::exists(path_)) << "written aside";
  memory.finish();

  TraceReader trace(path_);
  struct Line {
    bool is_release;
    std::uint64_t block;
    std::uint64_t bytes;
  };
  std::uint64_t before = 0;
  for (const Line& line : std::vector<Line>{
           {false, 0, 300}, {false, 1, 7 * kMiB}, {true, 0, 0}, {false, 2, 1}, {true, 2, 0}, {true, 1, 0}}) {
    const std::optional<TraceEvent> event = trace.next();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->is_release, line.is_release);
    EXPECT_EQ(event->block, line.block);
    EXPECT_EQ(event->bytes, line.bytes);
    EXPECT_GE(event->nanoseconds, before);
    before = event->nanoseconds;
  }
  EXPECT_FALSE(trace.next());
  EXPECT_LT(fs::file_size(path_), 8 + 6 * 9U) << "compact";
}

TEST_F(Trace, EndsWithFinishAndAppearsOnlyThen) {
  HostMemory host;
  {
    RecorderAdaptor memory(host, path_);
    memory.release(memory.allocate(100), 100);
  }
  EXPECT_FALSE(fs::exists(path_));
  RecorderAdaptor memory(host, path_);
  memory.finish();
  memory.release(memory.allocate(100), 100);
  refusal([&] { memory.finish(); }, ErrorCode::io);
  EXPECT_FALSE(TraceReader(path_).next()) << "nothing passed before finish()";
}

TEST_F(Trace, RefusesAPathThatCannotBeWritten) {
  HostMemory host;
  EXPECT_THAT(refusal([&] { RecorderAdaptor(host, "/nowhere/trace"); }, ErrorCode::io), HasSubstr("/nowhere"));
}

TEST_F(Trace, KeepsTheOrderOfManyThreads) {
  HostMemory host;
  PoolResource pool(host);
  RecorderAdaptor memory(pool, path_);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 3000; ++i) {
        memory.release(memory.allocate(64), 64);
      }
    });
  }
  threads.clear();
  memory.finish();
  TraceReader trace(path_);  // throws where a block is released that is not out
  std::uint64_t events = 0;
  while (trace.next()) {
    ++events;
  }
  EXPECT_EQ(events, 24'000U);
}

TEST_F(Trace, IsReplayedIntoOffsetsAndAPool) {
  HostMemory host;
  RecorderAdaptor memory(host, path_);
  {
    std::vector<Buffer> held;
    std::mt19937_64 random(1);
    for (int i = 0; i < 5000; ++i) {
      held.emplace_back(memory, 1 + random() % 100'000);
      if (held.size() > 50) {
        std::swap(held[random() % held.size()], held.back());
        held.pop_back();
      }
    }
  }
  memory.finish();

  OffsetAllocator offsets(std::uint64_t{1} << 40);
  TraceReader first(path_);
  const ReplayResult result = replay(first, offsets);
  EXPECT_EQ(result.events, 10'000U);
  EXPECT_EQ(result.refusals, 0U);
  EXPECT_GT(result.peak_bytes, kMiB);
  EXPECT_GE(result.footprint_bytes, result.peak_bytes);
  EXPECT_EQ(offsets.free_bytes(), offsets.capacity_bytes()) << "what the trace leaves is released";

  PoolResource pool(host);
  TraceReader second(path_);
  const ReplayResult pooled = replay(second, pool, [&] { return pool.statistics().upstream_bytes; });
  EXPECT_EQ(pooled.peak_bytes, result.peak_bytes);
  EXPECT_GE(pooled.footprint_bytes, result.peak_bytes);
}

TEST_F(Trace, CountsWhatAReplayRefuses) {
  HostMemory host;
  RecorderAdaptor memory(host, path_);
  std::byte* first = memory.allocate(3 * kMiB);
  memory.release(memory.allocate(2 * kMiB), 2 * kMiB);
  memory.release(first, 3 * kMiB);
  memory.finish();
  OffsetAllocator offsets(4 * kMiB);
  TraceReader trace(path_);
  const ReplayResult result = replay(trace, offsets);
  EXPECT_EQ(result.refusals, 1U);
  EXPECT_EQ(result.peak_bytes, 3 * kMiB);
  LimitAdaptor limit(host, 4 * kMiB);
  TraceReader again(path_);
  EXPECT_EQ(replay(again, limit, [&] { return limit.current_bytes(); }).refusals, 1U);
  EXPECT_EQ(limit.current_bytes(), 0U);
}

TEST_F(Trace, RefusesFilesThatAreNoTrace) {
  const auto read_all = [&] {
    TraceReader trace(path_);
    while (trace.next()) {
    }
  };
  refusal(read_all, ErrorCode::io);  // there is none
  write("");
  EXPECT_THAT(refusal(read_all, ErrorCode::bad_input), HasSubstr(path_));
  write("basaltM2\x02\x00");
  EXPECT_THAT(refusal(read_all, ErrorCode::bad_input), HasSubstr("basaltM1"));
  write("basaltM1\x02");
  EXPECT_THAT(refusal(read_all, ErrorCode::bad_input), HasSubstr("breaks off"));
  write(std::string("basaltM1\x03\x01", 10));
  EXPECT_THAT(refusal(read_all, ErrorCode::bad_input), HasSubstr("not out"));
  write(std::string("basaltM1\x00\x01", 10));
  EXPECT_THAT(refusal(read_all, ErrorCode::bad_input), HasSubstr("no bytes"));
  write("basaltM1" + std::string(40, '\xff'));
  EXPECT_THAT(refusal(read_all, ErrorCode::bad_input), HasSubstr("does not end"));
}

TEST_F(Trace, ReleasesWhatAReplayHoldsWhenTheTraceBreaksOff) {
  write(std::string("basaltM1\x40\x01\x40", 11));
  HostMemory host;
  LimitAdaptor limit(host, kMiB);
  refusal(
      [&] {
        TraceReader trace(path_);
        replay(trace, limit, [] { return std::uint64_t{0}; });
      },
      ErrorCode::bad_input);
  EXPECT_EQ(limit.current_bytes(), 0U);
}

}  // namespace
}  // namespace basalt
