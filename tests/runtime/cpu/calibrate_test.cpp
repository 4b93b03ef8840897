// What a calibration says must be complete and possible; how fast the machine is, no test knows.
#include "runtime/cpu/calibrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "basalt/error.h"
#include "runtime/cpu/calibration_run.h"
#include "runtime/cpu/instruction_set.h"
#include "runtime/cpu/memory_kernel.h"
#include "runtime/cpu/peak_kernel.h"
#include "runtime/cpu/samples.h"
#include "runtime/cpu/sweep.h"

namespace basalt {
namespace {

Inventory small_machine(std::uint64_t cores) {
  Inventory inventory;
  inventory.processor = "small";
  inventory.cores = {cores, "test"};
  inventory.memory_bytes = {std::uint64_t{64} << 20, "test"};
  inventory.caches = {{1, 32 << 10, 1}, {2, 256 << 10, 1}};
  return inventory;
}

void expect_possible(const Measured& measured) {
  EXPECT_GT(measured.median, 0);
  EXPECT_GE(measured.spread, 0);
}

TEST(Calibrate, MeasuresEveryLevelWithEveryNumberOfThreads) {
  const CancelToken never;
  std::vector<double> fractions;
  const Calibration calibration = calibrate(
      small_machine(2), {.seconds = 0.05, .cancel = never, .on_progress = [&](double fraction, std::string_view) {
                           fractions.push_back(fraction);
                         }});
  const CpuFigures& figures = calibration.figures;
  std::vector<std::pair<int, int>> measured;
  for (const Bandwidth& entry : figures.bandwidth) {
    measured.emplace_back(entry.level, entry.threads);
    for (const Measured& speed : {entry.read, entry.write, entry.scale, entry.copy}) {
      expect_possible(speed);
    }
    EXPECT_EQ(entry.streaming_copy.has_value(), entry.level == 0);
  }
  using Pair = std::pair<int, int>;
  EXPECT_THAT(measured, testing::ElementsAre(Pair(1, 1), Pair(1, 2), Pair(2, 1), Pair(2, 2), Pair(0, 1), Pair(0, 2)));
  ASSERT_EQ(figures.peaks.size(), instruction_sets().size() + 1);
  for (const ArithmeticPeak& peak : figures.peaks) {
    expect_possible(peak.f32);
    expect_possible(peak.f64);
  }
  ASSERT_EQ(figures.thread_costs.size(), 1U);
  // what a loop costs beyond its work may vanish in the noise of a busy machine
  EXPECT_GE(figures.thread_costs[0].dispatch_seconds.median, 0);
  EXPECT_GE(figures.thread_costs[0].barrier_seconds.median, 0);
  EXPECT_TRUE(std::ranges::is_sorted(fractions));
  EXPECT_LE(fractions.back(), 1);
  EXPECT_GE(calibration.noise.waited_share, 0);
  EXPECT_LE(calibration.noise.waited_share, 1);
  EXPECT_THAT(figures.measured_at, testing::MatchesRegex("....-..-..T..:..:..Z"));
}

TEST(Calibrate, OneCoreHasNoThreadCosts) {
  const CancelToken never;
  const Calibration calibration = calibrate(small_machine(1), {.seconds = 0.01, .cancel = never, .on_progress = {}});
  EXPECT_TRUE(calibration.figures.thread_costs.empty());
  EXPECT_EQ(calibration.figures.peaks.size(), instruction_sets().size());
}

TEST(Calibrate, MeasuresInTurnsWhatOthersAskFor) {
  const CancelToken never;
  std::vector<int> asked;
  const CalibrationSettings settings{.seconds = 0.01,
                                     .cancel = never,
                                     .on_progress = {},
                                     .measure_more =
                                         [&](CalibrationRun& run, CpuFigures& figures) {
                                           const std::vector<std::vector<double>> turns =
                                               run.measure_in_turns(3, [&](int i) {
                                                 asked.push_back(i);
                                                 return 1.0 + i;
                                               });
                                           EXPECT_GE(turns.size(), 3U);
                                           EXPECT_THAT(turns, testing::Each(testing::ElementsAre(1, 2, 3)));
                                           figures.plane_visits = PlaneVisits{.steps = 2};
                                         },
                                     .more_figures = 3};
  const Calibration calibration = calibrate(small_machine(1), settings);
  ASSERT_TRUE(calibration.figures.plane_visits);
  EXPECT_EQ(calibration.figures.plane_visits->steps, 2);
  ASSERT_GE(asked.size(), 6U);
  EXPECT_THAT(std::vector<int>(asked.begin(), asked.begin() + 6), testing::ElementsAre(0, 1, 2, 0, 1, 2));
}

TEST(Calibrate, StopsWhenAskedTo) {
  CancelToken cancel;
  const CalibrationSettings settings{
      .seconds = 60, .cancel = cancel, .on_progress = [&](double fraction, std::string_view) {
        if (fraction > 0) {
          cancel.request();
        }
      }};
  EXPECT_THROW(calibrate(small_machine(2), settings), Error);
}

TEST(ThreadCounts, ArePowersOfTwoAndAll) {
  EXPECT_THAT(thread_counts(1), testing::ElementsAre(1));
  EXPECT_THAT(thread_counts(2), testing::ElementsAre(1, 2));
  EXPECT_THAT(thread_counts(6), testing::ElementsAre(1, 2, 4, 6));
  EXPECT_THAT(thread_counts(8), testing::ElementsAre(1, 2, 4, 8));
  EXPECT_THAT(thread_counts(0), testing::ElementsAre(1));
}

TEST(Samples, MedianAndDistanceOfQuartiles) {
  const Measured measured = summarize({9, 1, 5, 4, 6});
  EXPECT_EQ(measured.median, 5);
  EXPECT_DOUBLE_EQ(measured.spread, (6.0 - 4.0) / 5.0);
  EXPECT_EQ(summarize({3}).spread, 0);
}

TEST(MemoryLoops, DoWhatTheyAreNamed) {
  HostMemory memory;
  const Buffer target(memory, 4096);
  const Buffer source(memory, 4096);
  auto* into = target.as<double>();
  auto* from = source.as<double>();
  for (int i = 0; i < 512; ++i) {
    from[i] = i;
    into[i] = -i;
  }
  EXPECT_EQ(run_memory_loop(MemoryLoop::read, into, from, 4096, 512) > 511.0 * 256, true);
  run_memory_loop(MemoryLoop::scale, into, from, 4096, 512);
  EXPECT_EQ(into[511], -511);
  run_memory_loop(MemoryLoop::copy, into, from, 4096, 0);
  EXPECT_TRUE(std::equal(from, from + 512, into));
  run_memory_loop(MemoryLoop::write, into, from, 4096, 0);
  EXPECT_TRUE(std::all_of(into, into + 512, [](double value) { return value == 1; }));
  run_memory_loop(MemoryLoop::streaming_copy, into, from, 4096, 0);
  EXPECT_TRUE(std::equal(from, from + 512, into));
  run_memory_loop(MemoryLoop::streaming_write, into, from, 4096, 0);
  EXPECT_TRUE(std::all_of(into, into + 512, [](double value) { return value == 1; }));
}

TEST(MultiplyAdds, DoAtLeastWhatWasAsked) {
  for (const InstructionSet& set : instruction_sets()) {
    EXPECT_GE(run_multiply_adds(set.target, RealType::f32, 1e5), 1e5) << set.name;
    EXPECT_LE(run_multiply_adds(set.target, RealType::f64, 1e5), 1.1e5) << set.name;
  }
}

TEST(InstructionSet, AnUnknownOneChangesNothing) {
  use_instruction_set("NOT A THING");
  EXPECT_EQ(simd_target(), instruction_sets().front().name);
}

}  // namespace
}  // namespace basalt
