// Stages in tiles: any steps on any choice of tile axes, through gathering, blocks in registers and storing, against
// the reference. On every instruction set and in both precisions.

#include "execute/execute.h"
#include "kernel_harness.h"
#include "step_maker.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt::quantum {
namespace {

/// Runs one stage in tiles of `tile_axes`, in `pieces` pieces.
State run_tiles(const std::vector<TestStep>& steps, const State& before, ElementType type, int axes,
                std::uint64_t tile_axes, std::uint64_t pieces) {
  HostMemory memory;
  const Arena arena(2);
  const CancelToken cancel;
  Field field(memory, type, axes);
  GuardedField copy(type, axes);
  copy.set(before);
  std::memcpy(field.buffer.data(), copy.data(), field_bytes(type, axes));
  Program program;
  Plan plan;
  Stage& stage = plan.stages.emplace_back();
  for (const TestStep& step : steps) {
    stage.steps.push_back(static_cast<std::uint32_t>(program.steps.size()));
    program.steps.push_back(step.step);
  }
  stage.tile_axes = tile_axes;
  stage.outer_axes = ((std::uint64_t{1} << axes) - 1) & ~tile_axes;
  stage.pieces = pieces;
  execute(plan.stages, program, field, {cpu_kernels(), arena, cancel, memory, tile_compiler(), {}, {}});
  std::memcpy(copy.data(), field.buffer.data(), field_bytes(type, axes));
  return copy.get();
}

void expect_tiles(const std::vector<TestStep>& steps, int axes, std::uint64_t tile_axes, std::mt19937_64& random) {
  const State before = random_amplitudes(random, axes);
  State expected = before;
  for (const TestStep& step : steps) {
    step.apply(expected);
  }
  expected.resize(std::size_t{1} << std::max(axes, kMinFieldAxes));
  for (const ElementType type : kElementTypes) {
    const State got = run_tiles(steps, before, type, axes, tile_axes, 1);
    ASSERT_LE(reference::max_difference(got, expected), rounding(type) * 40 * static_cast<double>(steps.size() + 4));
    ASSERT_EQ(run_tiles(steps, before, type, axes, tile_axes, 3), got) << "pieces change the bits";
  }
}

/// The lowest axes, at least as many as a vector has, and some of the others.
std::uint64_t random_tile_axes(std::mt19937_64& random, int axes) {
  const std::uint64_t low = std::min<std::uint64_t>(3 + random() % 3, static_cast<std::uint64_t>(axes));
  return ((std::uint64_t{1} << low) - 1) | (random() & ((std::uint64_t{1} << axes) - 1));
}

TEST(Tiles, OneStepOfEveryKind) {
  for_each_instruction_set([] {
    std::mt19937_64 random(1);
    for (int round = 0; round < 600; ++round) {
      const int axes = 1 + static_cast<int>(random() % 10);
      const std::uint64_t tile_axes = random_tile_axes(random, axes);
      SCOPED_TRACE(testing::Message() << "round " << round << ", axes " << axes << ", tile " << tile_axes);
      if (StepMaker make(random, axes, tile_axes); std::popcount(tile_axes) >= 3) {
        ASSERT_NO_FATAL_FAILURE(expect_tiles({make.any()}, axes, tile_axes, random));
      }
    }
  });
}

TEST(Tiles, ManySteps) {
  for_each_instruction_set([] {
    std::mt19937_64 random(2);
    for (int round = 0; round < 150; ++round) {
      const int axes = 5 + static_cast<int>(random() % 7);
      const std::uint64_t tile_axes = random_tile_axes(random, axes);
      SCOPED_TRACE(testing::Message() << "round " << round << ", axes " << axes << ", tile " << tile_axes);
      StepMaker make(random, axes, tile_axes);
      std::vector<TestStep> steps;
      for (std::uint64_t count = random() % 40; count-- > 0;) {
        steps.push_back(make.any());
      }
      ASSERT_NO_FATAL_FAILURE(expect_tiles(steps, axes, tile_axes, random));
    }
  });
}

/// Layers that are worth tables of phases.
TEST(Tiles, ManyPhases) {
  for_each_instruction_set([] {
    std::mt19937_64 random(3);
    for (int round = 0; round < 40; ++round) {
      const int axes = 8 + static_cast<int>(random() % 4);
      const std::uint64_t tile_axes = random_tile_axes(random, axes);
      SCOPED_TRACE(testing::Message() << "round " << round << ", axes " << axes << ", tile " << tile_axes);
      StepMaker make(random, axes, tile_axes);
      std::vector<TestStep> steps;
      for (int layer = 0; layer < 3; ++layer) {
        for (int i = 0; i < 30; ++i) {
          steps.push_back(make.phase(random() % 2 == 0));
        }
        for (int i = 0; i < 5; ++i) {
          steps.push_back(make.rotation());
        }
      }
      ASSERT_NO_FATAL_FAILURE(expect_tiles(steps, axes, tile_axes, random));
    }
  });
}

/// A common factor of so many rotations is beyond single precision.
TEST(Tiles, LongRunsOfRotations) {
  std::mt19937_64 random(4);
  StepMaker make(random, 9, 0x1FF);
  std::vector<TestStep> steps(2000);
  std::ranges::generate(steps, [&] { return make.rotation(); });
  expect_tiles(steps, 9, 0x1FF, random);
}

/// Tiles above the size that is worked on in place, so that they are padded.
TEST(Tiles, LargePaddedTiles) {
  for_each_instruction_set([] {
    std::mt19937_64 random(5);
    for (const std::uint64_t tile_axes : {0x3FFFU, 0x7FCFU, 0x71FFU, 0x7FFFU}) {
      StepMaker make(random, 15, tile_axes);
      std::vector<TestStep> steps(25);
      std::ranges::generate(steps, [&, i = 0]() mutable {
        ++i;
        return i % 2 != 0 ? make.rotation() : make.phase(i % 3 == 0);
      });
      ASSERT_NO_FATAL_FAILURE(expect_tiles(steps, 15, tile_axes, random));
    }
  });
}

}  // namespace
}  // namespace basalt::quantum
