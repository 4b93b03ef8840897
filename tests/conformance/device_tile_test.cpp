// Stages on a Vulkan device against the reference: every kind of step, any choice of axes, chunks of many sizes, with
// canaries beside the field.

#include <cmath>
#include <complex>

#include "conformance/device_harness.h"
#include "conformance/step_maker.h"

namespace basalt::quantum {
namespace {

using vulkan::DeviceBuffer;
using vulkan::Placement;

class DeviceTiles : public DeviceConformance {
 protected:
  void expect_steps(const std::vector<TestStep>& steps, int axes, std::uint64_t tile_axes, ElementType type,
                    std::mt19937_64& random) {
    const State before = random_amplitudes(random, axes);
    State expected = before;
    for (const TestStep& step : steps) {
      step.apply(expected);
    }
    for (TestDevice* device : some_devices(axes)) {
      const State got = run(*device, steps, before, axes, tile_axes, type);
      ASSERT_LE(reference::max_difference(got, expected), rounding(type) * 60 * static_cast<double>(steps.size() + 4));
    }
  }

 private:
  static State run(TestDevice& device, const std::vector<TestStep>& steps, const State& before, int axes,
                   std::uint64_t tile_axes, ElementType type) {
    constexpr std::size_t kCanaries = 4096;
    const std::vector<std::byte> canaries(kCanaries, std::byte{0x5A});
    const DeviceBuffer guard_before = device.memory.allocate(kCanaries, Placement::device, "canaries");
    vulkan::DeviceField field(device.memory, type, axes);
    const DeviceBuffer guard_after = device.memory.allocate(kCanaries, Placement::device, "canaries");
    for (const DeviceBuffer* guard : {&guard_before, &guard_after}) {
      device.staging.upload(canaries, *guard);
    }
    upload(device, field, before);

    Program program;
    Stage stage;
    for (const TestStep& step : steps) {
      stage.steps.push_back(static_cast<std::uint32_t>(program.steps.size()));
      program.steps.push_back(step.step);
    }
    stage.tile_axes = tile_axes;
    stage.outer_axes = ((std::uint64_t{1} << field.padded_axes()) - 1) & ~tile_axes;
    DeviceRun run(field, device.pipelines, std::span(&stage, 1), program);
    run.run({}, nullptr);

    for (const DeviceBuffer* guard : {&guard_before, &guard_after}) {
      std::vector<std::byte> now(kCanaries);
      device.staging.download(*guard, 0, now);
      EXPECT_EQ(now, canaries) << "something wrote beside the field";
    }
    return download(device, field, before.size());
  }
};

/// As many axes as the device's tiles have: any of a field's, its padding included.
std::uint64_t random_tile(std::mt19937_64& random, int axes, int count) {
  const int padded = std::max(axes, count);
  std::uint64_t tile = (std::uint64_t{1} << (random() % 4)) - 1;
  while (std::popcount(tile) < count) {
    tile |= std::uint64_t{1} << random() % static_cast<std::uint64_t>(padded);
  }
  return tile;
}

/// The axes of a tile that a step may mix: those that the field has.
std::uint64_t real_axes(std::uint64_t tile, int axes) {
  return tile & ((std::uint64_t{1} << axes) - 1);
}

TEST_F(DeviceTiles, OneStepOfEveryKind) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    const ElementType type = kElementTypes[round % 2];
    const int axes = 3 + static_cast<int>(random() % 13);
    const std::uint64_t tile = random_tile(random, axes, tile_axes(type));
    SCOPED_TRACE(testing::Message() << "round " << round << ", axes " << axes << ", tile " << tile);
    if (StepMaker make(random, axes, real_axes(tile, axes)); has(type) && std::popcount(real_axes(tile, axes)) >= 3) {
      ASSERT_NO_FATAL_FAILURE(expect_steps({make.any()}, axes, tile, type, random));
    }
  }
}

/// Each kernel that stages know, on each size up to a thousand tiles.
TEST_F(DeviceTiles, EveryKernelOnEverySize) {
  std::mt19937_64 random(7);
  for (int axes = 1; axes <= kMostAxes; ++axes) {
    for (const ElementType type : kElementTypes) {
      const std::uint64_t tile = random_tile(random, axes, tile_axes(type));
      SCOPED_TRACE(testing::Message() << "axes " << axes << ", tile " << tile);
      StepMaker make(random, axes, real_axes(tile, axes));
      std::vector<TestStep> steps = {make.dense(1, true), make.exchange(), make.phase(axes % 2 == 0)};
      if (axes <= kFewAxes && std::popcount(real_axes(tile, axes)) >= 3) {
        steps.push_back(make.coupling());
        steps.push_back(make.dense(3, true));
      }
      if (has(type) && is_chosen(axes, type)) {
        ASSERT_NO_FATAL_FAILURE(expect_steps(steps, axes, tile, type, random));
      }
    }
  }
}

TEST_F(DeviceTiles, NoStepsLeaveTheFieldAsItIs) {
  std::mt19937_64 random(2);
  for (const ElementType type : kElementTypes) {
    if (has(type)) {
      ASSERT_NO_FATAL_FAILURE(expect_steps({}, 14, random_tile(random, 14, tile_axes(type)), type, random));
    }
  }
}

TEST_F(DeviceTiles, ManySteps) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 60; ++round) {
    const ElementType type = kElementTypes[round % 2];
    const int axes = 6 + static_cast<int>(random() % 11);
    const std::uint64_t tile = random_tile(random, axes, tile_axes(type));
    SCOPED_TRACE(testing::Message() << "round " << round << ", axes " << axes << ", tile " << tile);
    StepMaker make(random, axes, real_axes(tile, axes));
    std::vector<TestStep> steps(random() % 60);
    std::ranges::generate(steps, [&] { return make.any(); });
    if (has(type)) {
      ASSERT_NO_FATAL_FAILURE(expect_steps(steps, axes, tile, type, random));
    }
  }
}

/// More terms than one operation has room for.
TEST_F(DeviceTiles, ManyPhases) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 12; ++round) {
    const ElementType type = kElementTypes[round % 2];
    const int axes = 12 + static_cast<int>(random() % 4);
    const std::uint64_t tile = random_tile(random, axes, tile_axes(type));
    SCOPED_TRACE(testing::Message() << "round " << round << ", axes " << axes << ", tile " << tile);
    StepMaker make(random, axes, real_axes(tile, axes));
    std::vector<TestStep> steps;
    for (int layer = 0; layer < 2; ++layer) {
      for (int i = 0; i < 400; ++i) {
        steps.push_back(make.phase(random() % 2 == 0));
      }
      steps.push_back(make.rotation());
    }
    if (has(type)) {
      ASSERT_NO_FATAL_FAILURE(expect_steps(steps, axes, tile, type, random));
    }
  }
}

/// A common factor of so many rotations is beyond single precision.
TEST_F(DeviceTiles, LongRunsOfRotations) {
  std::mt19937_64 random(5);
  const std::uint64_t tile = (std::uint64_t{1} << tile_axes(ElementType::c64)) - 1;
  StepMaker make(random, 9, real_axes(tile, 9));
  std::vector<TestStep> steps(1000);
  std::ranges::generate(steps, [&] { return make.rotation(); });
  expect_steps(steps, 9, tile, ElementType::c64, random);
}

/// More than indices through references of 32 bits reach: 8 GiB, in several chunks. Every amplitude of a product of
/// rotated qubits is known.
TEST_F(DeviceTiles, StatesBeyondFourGibibytes) {
  constexpr int kQubits = 30;
  TestDevice& device = *devices_.front();
  if (physical_.plan.named_only || device.memory.free_bytes() < std::uint64_t{10} << 30) {
    GTEST_SKIP() << "needs a GPU with 10 GiB free";
  }
  vulkan::DeviceField field(device.memory, ElementType::c64, kQubits);
  set_zero_state(device.pipelines, field);
  Program program;
  std::vector<double> halves;
  for (int qubit = 0; qubit < kQubits; ++qubit) {
    const double half = 0.3 + 0.04 * qubit;
    halves.push_back(half);
    auto operands = std::make_shared<DenseOperands>();
    operands->target_count = 1;
    operands->targets[0] = static_cast<std::uint8_t>(qubit);
    operands->real = true;
    operands->matrix = {std::cos(half), -std::sin(half), std::sin(half), std::cos(half)};
    program.steps.push_back({.kernel = "quantum/dense",
                             .access = {.mixes = std::uint64_t{1} << qubit, .reads = 0, .fixed = 0},
                             .operands = std::move(operands)});
  }
  const Plan plan = make_device_plan(program, ElementType::c64, kQubits,
                                     device_limits(physical_.properties, physical_.plan, ElementType::c64),
                                     {.touched_axes = 0, .describe = describe_device_tile});
  DeviceRun run(field, device.pipelines, plan.stages, program);
  run.run({}, nullptr);
  std::mt19937_64 random(6);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t index = random() >> (64 - kQubits);
    std::complex<float> got;
    field.download(device.staging, index * sizeof(got), std::as_writable_bytes(std::span(&got, 1)), nullptr);
    double expected = 1;
    for (std::size_t qubit = 0; qubit < halves.size(); ++qubit) {
      expected *= ((index >> qubit) & 1) != 0 ? std::sin(halves[qubit]) : std::cos(halves[qubit]);
    }
    ASSERT_NEAR(got.real() / expected, 1, 1e-4) << index;
    ASSERT_NEAR(got.imag() / expected, 0, 1e-4) << index;
  }
}

}  // namespace
}  // namespace basalt::quantum
