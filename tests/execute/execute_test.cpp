// The executor with invented kernels: order, slices, progress, cancel.

#include "execute/execute.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>

namespace basalt {
namespace {

struct AddOperands {
  float value;
};

/// Adds a value to the real part of every element of the slice.
void add_kernel(void* data, int axes, const void* operands, Slice slice) {
  auto* elements = static_cast<float*>(data);
  const std::uint64_t count = std::uint64_t{1} << axes;
  for (std::uint64_t i = count * slice.index / slice.count; i < count * (slice.index + 1) / slice.count; ++i) {
    elements[2 * i] += static_cast<const AddOperands*>(operands)->value;
  }
}

void double_kernel(void* data, int axes, const void*, Slice slice) {
  auto* elements = static_cast<float*>(data);
  const std::uint64_t count = std::uint64_t{1} << axes;
  for (std::uint64_t i = count * slice.index / slice.count; i < count * (slice.index + 1) / slice.count; ++i) {
    elements[2 * i] *= 2;
  }
}

class Execute : public testing::Test {
 protected:
  Execute() {
    kernels.add({"test/add", ElementType::c64, add_kernel});
    kernels.add({"test/double", ElementType::c64, double_kernel});
    program.steps.push_back(
        {.kernel = "test/add", .access = {}, .operands = std::make_shared<AddOperands>(AddOperands{3})});
    program.steps.push_back({.kernel = "test/double", .access = {}, .operands = {}});
    program.steps.push_back(
        {.kernel = "test/add", .access = {}, .operands = std::make_shared<AddOperands>(AddOperands{1})});
  }

  ExecuteContext context(std::function<void()> at_boundary = {},
                         std::function<void(const Stage&, double)> on_stage_done = {}) {
    return {kernels, arena, cancel, memory, {}, std::move(at_boundary), std::move(on_stage_done)};
  }

  HostMemory memory;
  KernelRegistry kernels;
  Arena arena{2};
  CancelToken cancel;
  Program program;
};

TEST_F(Execute, AppliesStepsInOrderToEveryElement) {
  for (const int axes : {4, 12, 18}) {
    Field field(memory, ElementType::c64, axes);
    const Plan plan =
        make_plan(program, field.type, field.axes, {.threads = 2, .serial_bytes = 0, .piece_bytes = 4096});
    std::size_t steps = 0;
    execute(plan.stages, program, field, context({}, [&](const Stage& stage, double) { steps += stage.steps.size(); }));
    EXPECT_EQ(steps, 3U);
    for (std::uint64_t i = 0; i < std::uint64_t{1} << axes; ++i) {
      ASSERT_EQ(field.buffer.as<float>()[2 * i], 7.0F) << i;
      ASSERT_EQ(field.buffer.as<float>()[2 * i + 1], 0.0F) << i;
    }
  }
}

TEST_F(Execute, StopsWhenAskedTo) {
  Field field(memory, ElementType::c64, 10);
  const Plan plan = make_plan(program, field.type, field.axes, {});
  std::size_t stages = 0;
  const auto stop = [&](const Stage&, double) {
    ++stages;
    cancel.request();
  };
  try {
    execute(plan.stages, program, field, context({}, stop));
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
  EXPECT_EQ(stages, 1U);
}

TEST_F(Execute, TheBlockMayMoveAtEveryBoundary) {
  Field field(memory, ElementType::c64, 12);
  const Plan plan = make_plan(program, field.type, field.axes, {});
  std::size_t boundaries = 0;
  const auto move_block = [&] {
    ++boundaries;
    Field moved(memory, field.type, field.axes);
    std::memcpy(moved.buffer.data(), field.buffer.data(), field.size_bytes());
    std::memset(field.buffer.data(), 0xFF, field.size_bytes());
    std::swap(field, moved);
  };
  execute(plan.stages, program, field, context(move_block));
  EXPECT_EQ(boundaries, 3U);
  EXPECT_EQ(field.buffer.as<float>()[0], 7.0F);
}

TEST_F(Execute, NamesAKernelThatIsMissing) {
  Field field(memory, ElementType::c128, 5);
  const Plan plan = make_plan(program, field.type, field.axes, {});
  try {
    execute(plan.stages, program, field, context());
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("test/add"), std::string::npos);
  }
}

}  // namespace
}  // namespace basalt
