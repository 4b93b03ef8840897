// How the time of threads is split into compute, memory and synchronisation. Sleeping stands in for work: it takes at
// least as long as asked for, on any machine.

#include "runtime/metrics/work_time.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "basalt/metrics.h"
#include "basalt/usage.h"

namespace basalt {
namespace {

using metrics::LoopTime;
using metrics::MemoryTime;

constexpr double kNap = 0.01;

void nap(int times = 1) {
  std::this_thread::sleep_for(std::chrono::duration<double>(kNap * times));
}

double process_seconds(std::string_view name) {
  const auto all = read_metrics();
  return std::ranges::find(all, name, &MetricReading::name)->value;
}

/// The sum of all parts and what all threads had: each moment of the calling thread is in one part.
void expect_nothing_twice(const UsageReport& report, int threads) {
  const TimeSplit& time = report.time;
  EXPECT_LE(time.compute_seconds + time.memory_seconds + time.synchronisation_seconds + time.serial_seconds,
            report.wall_seconds * threads + 1e-6);
  EXPECT_GE(time.compute_seconds + time.memory_seconds + time.synchronisation_seconds + time.serial_seconds,
            report.wall_seconds - 1e-6);
}

TEST(TimeSplit, OfASerialLoopIsAllCompute) {
  const UsageMeter meter;
  nap(2);
  {
    const LoopTime loop(1);
    nap(3);
  }
  const UsageReport report = meter.finish(1);
  EXPECT_GE(report.time.compute_seconds, 3 * kNap);
  EXPECT_GE(report.time.serial_seconds, 2 * kNap);
  EXPECT_EQ(report.time.memory_seconds, 0);
  EXPECT_EQ(report.time.synchronisation_seconds, 0);
  EXPECT_GE(report.wall_seconds, 5 * kNap);
  expect_nothing_twice(report, 1);
}

TEST(TimeSplit, CountsIdleThreadsOfALoopAsSynchronisation) {
  const UsageMeter meter;
  {
    LoopTime loop(2);
    std::thread helper([&] {
      const LoopTime::Share share(loop);
      nap();
    });
    {
      const LoopTime::Share share(loop);
      nap(4);
    }
    helper.join();
  }
  const UsageReport report = meter.finish(2);
  EXPECT_GE(report.time.compute_seconds, 5 * kNap);
  EXPECT_GT(report.time.synchronisation_seconds, 0);
  EXPECT_NEAR(report.time.compute_seconds + report.time.synchronisation_seconds + 2 * report.time.serial_seconds,
              2 * report.wall_seconds, 1e-3);
  expect_nothing_twice(report, 2);
}

TEST(TimeSplit, CountsMemoryInsideAndOutsideOfLoopsOnce) {
  const UsageMeter meter;
  {
    const MemoryTime outer;
    nap();
    const MemoryTime inner;
    nap();
    const LoopTime loop(1);
    nap(2);
  }
  {
    const LoopTime loop(1);
    const MemoryTime inside;  // part of the loop
    nap(3);
  }
  const UsageReport report = meter.finish(1);
  EXPECT_GE(report.time.memory_seconds, 4 * kNap);
  EXPECT_GE(report.time.compute_seconds, 3 * kNap);
  expect_nothing_twice(report, 1);
}

TEST(TimeSplit, OfALoopWithinALoopIsCountedOnce) {
  const UsageMeter meter;
  {
    const LoopTime outer(1);
    const LoopTime inner(1);
    nap();
  }
  const UsageReport report = meter.finish(1);
  EXPECT_GE(report.time.compute_seconds, kNap);
  expect_nothing_twice(report, 1);
}

TEST(TimeSplit, OfConcurrentJobsIsKeptApart) {
  const UsageMeter meter;
  std::thread([] {
    const UsageMeter other;
    const LoopTime loop(1);
    nap(3);
  }).join();
  EXPECT_EQ(meter.finish(1).time.compute_seconds, 0);
}

TEST(TimeSplit, OfNestedMetersAddsUpInTheOuterOneAndOnceInTheProcess) {
  const double before = process_seconds("basalt_compute_seconds_total");
  const auto work = [] {
    const LoopTime loop(1);
    nap();
  };
  {
    const UsageMeter outer;
    work();
    {
      const UsageMeter inner;
      EXPECT_GT(inner.job(), outer.job());
      work();
      EXPECT_LT(inner.finish(1).time.compute_seconds, outer.finish(1).wall_seconds - kNap / 2);
    }
    const UsageReport report = outer.finish(1);
    EXPECT_GE(report.time.compute_seconds, 2 * kNap);
    expect_nothing_twice(report, 1);
    EXPECT_EQ(process_seconds("basalt_compute_seconds_total"), before) << "counted when the meter ends";
  }
  EXPECT_GE(process_seconds("basalt_compute_seconds_total") - before, 2 * kNap);
  const double with_meter = process_seconds("basalt_compute_seconds_total");
  work();
  EXPECT_GE(process_seconds("basalt_compute_seconds_total") - with_meter, kNap) << "without any meter, too";
}

}  // namespace
}  // namespace basalt
