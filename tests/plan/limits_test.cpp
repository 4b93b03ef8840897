// What is chosen for machines that nobody has: every number and its source.
#include "plan/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/invented_machine.h"
#include "plan/plan.h"

namespace basalt {
namespace {

constexpr const char* kMeasured = "measured at 2026-01-02T03:04:05Z";

/// "name: value (source)", line by line.
std::string shown(const PlanLimits& limits) {
  std::string text;
  for (const LimitChoice& choice : limits.choices) {
    text += choice.name + ": " + choice.value + " (" + choice.source + ")\n";
  }
  return text;
}

std::uint64_t pieces_of(double megabytes, const PlanLimits& limits) {
  // One step over a field of c64: its traffic is twice its size.
  const Step step{.kernel = "test", .access = {.mixes = 1 << 19}, .share = megabytes / 16, .operands = {}};
  return make_plan({{step}}, ElementType::c64, 20, limits).stages[0].pieces;
}

TEST(ChooseLimits, WithoutWisdomTheInventoryAndDefaultsDecide) {
  const PlanLimits limits = choose_limits(invented_machine(8), std::nullopt, 8);
  EXPECT_EQ(shown(limits),
            "threads: 8 (processors online)\n"
            "serial_bytes: 256.0 KiB (default)\n"
            "tile_bytes: 128.0 KiB (an eighth of a thread's part of the L2 cache of 2.0 MiB)\n"
            "piece_bytes: 4.0 MiB (default)\n"
            "streaming_bytes: never (default)\n"
            "prefetch_bytes: 4.0 KiB (default)\n"
            "pin_threads: no (one memory node: moving a thread costs little)\n"
            "instruction_set: the widest (default)\n"
            "speed of L1 cache: 2400.0 GB/s (default)\n"
            "speed of L2 cache: 1600.0 GB/s (default)\n"
            "speed of L3 cache: 960.0 GB/s (default)\n"
            "speed of memory: 80.0 GB/s (default)\n"
            "arithmetic: 640.0 GFLOP/s f32, 320.0 f64 (default for 8 lanes)\n"
            "barrier: 2.0 µs for 2 threads (default)\n");
  EXPECT_EQ(limits.tile_bytes, 128U << 10);
  EXPECT_EQ(limits.instruction_set, "");
}

TEST(ChooseLimits, WhatWasMeasuredWins) {
  const PlanLimits limits = choose_limits(invented_machine(8), invented_figures(), 8);
  const std::string measured = kMeasured;
  EXPECT_EQ(shown(limits),
            "threads: 8 (processors online)\n"
            "serial_bytes: 97.7 KiB (" +
                measured +
                ")\n"
                "thread_steps: 2 threads from 97.7 KiB (" +
                measured +
                ")\n"
                "thread_steps: 4 threads from 390.6 KiB (" +
                measured +
                ")\n"
                "tile_bytes: 128.0 KiB (an eighth of a thread's part of the L2 cache of 2.0 MiB)\n"
                "piece_bytes: 4.0 MiB (" +
                measured +
                ")\n"
                "streaming_bytes: from 64.0 MiB (" +
                measured +
                ")\n"
                "prefetch_bytes: 2.0 KiB (" +
                measured +
                ")\n"
                "pin_threads: no (one memory node: moving a thread costs little)\n"
                "instruction_set: AVX3 (" +
                measured +
                ")\n"
                "speed of L1 cache: 2400.0 GB/s (default)\n"
                "speed of L2 cache: 1440.0 GB/s (" +
                measured +
                ")\n"
                "speed of L3 cache: 960.0 GB/s (default)\n"
                "speed of memory: 20.0 GB/s (" +
                measured +
                ")\n"
                "arithmetic: 105.0 GFLOP/s f32, 52.0 f64 (" +
                measured +
                ")\n"
                "barrier: 2.0 µs for 2 threads (" +
                measured +
                ")\n"
                "barrier: 3.0 µs for 4 threads (" +
                measured +
                ")\n"
                "barrier: 10.0 µs for 8 threads (" +
                measured + ")\n");
}

TEST(ChooseLimits, AreOfTheThreadsOfTheJob) {
  const PlanLimits limits = choose_limits(invented_machine(8), invented_figures(), 2);
  EXPECT_EQ(limits.threads, 2);
  ASSERT_EQ(limits.thread_steps.size(), 1U);
  EXPECT_EQ(limits.serial_bytes, 100'000U);
  EXPECT_TRUE(choose_limits(invented_machine(8), invented_figures(), 1).thread_steps.empty());
  EXPECT_EQ(choose_limits(invented_machine(8), invented_figures(), 0).threads, 1);
}

TEST(ChooseLimits, MoreThreadsAreNeverWokenForLessThanFewerAre) {
  CpuFigures figures = invented_figures();
  figures.thread_costs[1].crossover_bytes = 50'000;
  const PlanLimits limits = choose_limits(invented_machine(8), figures, 8);
  ASSERT_EQ(limits.thread_steps.size(), 2U);
  EXPECT_EQ(limits.thread_steps[1].bytes, 100'000U);
}

TEST(ChooseLimits, NarrowerInstructionsMustBeClearlyFaster) {
  CpuFigures figures = invented_figures();
  figures.peaks[1].f32 = about(160e9);
  EXPECT_EQ(choose_limits(invented_machine(8), figures, 8).instruction_set, "AVX2");
}

TEST(ChooseLimits, StreamingOnlyWhereItIsClearlyFaster) {
  CpuFigures figures = invented_figures();
  for (Bandwidth& entry : figures.bandwidth) {
    entry.streaming_copy = about(1.05 * entry.copy.median);
  }
  EXPECT_EQ(choose_limits(invented_machine(8), figures, 8).streaming_bytes, std::numeric_limits<std::uint64_t>::max());
}

TEST(ChooseLimits, ThreadsArePinnedOnlyWhenTheProcessHasAWholeMachineOfSeveralNodes) {
  Inventory inventory = invented_machine(16);
  inventory.numa_nodes = 2;
  EXPECT_TRUE(choose_limits(inventory, std::nullopt, 16).pin_threads);
  EXPECT_FALSE(choose_limits(inventory, std::nullopt, 8).pin_threads) << "other jobs run beside it";
  inventory.cores = {8, "processor affinity"};
  EXPECT_FALSE(choose_limits(inventory, std::nullopt, 8).pin_threads) << "other processes do";
}

TEST(ChooseLimits, PlanesGoThroughAsManyStepsAsWereMeasuredToPay) {
  const PlaneSteps measured = choose_limits(invented_machine(8), invented_figures(), 8).plane;
  EXPECT_EQ(measured.steps, 4U);
  EXPECT_EQ(measured.gain, 1.5);
  EXPECT_EQ(measured.from_bytes, 3'000'000U);
  EXPECT_EQ(measured.source, kMeasured);
  CpuFigures old = invented_figures();
  old.plane_visits.reset();
  for (const std::optional<CpuFigures>& figures : {std::optional(old), std::optional<CpuFigures>()}) {
    const PlaneSteps usual = choose_limits(invented_machine(8), figures, 8).plane;
    EXPECT_EQ(usual.steps, PlaneSteps{}.steps);
    EXPECT_EQ(usual.from_bytes, 96U << 20) << "half again the largest cache";
    EXPECT_EQ(usual.source, "default, of an L3 cache of 64.0 MiB");
  }
}

TEST(ChooseLimits, AMachineThatTellsNothingGetsDefaults) {
  const PlanLimits limits = choose_limits({}, std::nullopt, 3);
  const PlanLimits defaults;
  EXPECT_EQ(limits.tile_bytes, defaults.tile_bytes);
  EXPECT_EQ(limits.serial_bytes, defaults.serial_bytes);
  EXPECT_EQ(limits.piece_bytes, defaults.piece_bytes);
  EXPECT_FALSE(limits.pin_threads);
  EXPECT_EQ(limits.plane.from_bytes, defaults.plane.from_bytes);
  EXPECT_EQ(limits.plane.source, "default");
}

TEST(MakePlan, WakesAsManyThreadsAsPay) {
  CpuFigures figures = invented_figures();
  figures.thread_costs[2].crossover_bytes = 4'000'000;
  const PlanLimits limits = choose_limits(invented_machine(8), figures, 8);
  EXPECT_EQ(pieces_of(0.05, limits), 1U);
  EXPECT_EQ(pieces_of(0.3, limits), 2U);
  EXPECT_EQ(pieces_of(1, limits), 4U);
  EXPECT_GE(pieces_of(8, limits), 32U);
}

}  // namespace
}  // namespace basalt
