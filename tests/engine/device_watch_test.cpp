// The norm is watched while stages run on a device: what is right passes, what is wrong is named.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "device_fixture.h"
#include "engine/device_place.h"
#include "engine/measure_device.h"
#include "engine/split_place.h"
#include "engine/streamed_place.h"
#include "reference/random_circuit.h"
#include "runtime/metrics/metrics.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

using testing::HasSubstr;

constexpr int kQubits = 14;

/// So long that a stage pays for a look at it, and not so long that it is done in several dispatches.
constexpr double kLongSeconds = 0.05;

constexpr std::uint64_t kNone = ~std::uint64_t{0};

/// Counts dispatches, and overwrites a buffer after one of them.
class DamagingDriver {
 public:
  static vulkan::DeviceOptions options() {
    return {.alter =
                [](VolkDeviceTable& table) {
                  original = table;
                  table.vkCmdDispatch = dispatch;
                },
            .hang_seconds = 0};
  }
  /// From now on.
  static void damage(VkBuffer buffer, std::uint64_t after_dispatch) {
    target = buffer;
    which = after_dispatch;
    calls = 0;
  }
  static inline std::atomic<std::uint64_t> calls{0};

 private:
  static VKAPI_ATTR void VKAPI_CALL dispatch(VkCommandBuffer commands, std::uint32_t x, std::uint32_t y,
                                             std::uint32_t z) {
    original.vkCmdDispatch(commands, x, y, z);
    if (calls++ == which) {
      VkMemoryBarrier barrier{};
      barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
      barrier.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT;
      barrier.dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
      original.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT, 0,
                                    1, &barrier, 0, nullptr, 0, nullptr);
      constexpr std::uint32_t kHalf = 0x3F000000;  // of c64; of c128 a number near 0
      original.vkCmdFillBuffer(commands, target, 0, VK_WHOLE_SIZE, kHalf);
    }
  }
  static inline VolkDeviceTable original{};
  static inline VkBuffer target = VK_NULL_HANDLE;
  static inline std::uint64_t which = kNone;
};

/// A state on a device, without a request.
struct OnDevice {
  OnDevice(const vulkan::PhysicalDevice& physical, ElementType type, int qubits)
      : open(physical, DamagingDriver::options()), place(open, type, qubits, {arena, cancel, memory}, {}) {}

  PlannedCircuit plan(const quantum::Circuit& circuit, double stage_seconds) {
    place.reset();
    PlannedCircuit planned = place.plan(circuit, {}, 0);
    for (Stage& stage : planned.plan.stages) {
      stage.predicted_seconds = stage_seconds > 0 ? stage_seconds : stage.predicted_seconds;
    }
    return planned;
  }

  HostMemory memory;
  Arena arena{1};
  CancelToken cancel;
  OpenDevice open;
  DevicePlace place;
};

/// Empty where nothing failed.
std::string refusal_of(StatePlace& place, std::span<const Stage> stages, const Program& program,
                       std::size_t* done = nullptr) {
  try {
    place.execute(stages, program, {}, [&](const Stage& /*stage*/, double /*seconds*/) {
      if (done != nullptr) {
        ++*done;
      }
    });
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::failed);
    return error.what();
  }
  return {};
}

std::string refusal_of(StatePlace& place, const PlannedCircuit& planned, std::size_t* done = nullptr) {
  return refusal_of(place, planned.plan.stages, planned.lowered.program, done);
}

std::string names(std::size_t stage) {
  return "stage " + std::to_string(stage) + " of the run does not keep the norm";
}

/// A rotation that makes the state longer by `scale`.
Step stretching_step(int axis, double scale) {
  Step step = slanted_rotation(axis);
  auto operands =
      std::make_shared<quantum::DenseOperands>(*static_cast<const quantum::DenseOperands*>(step.operands.get()));
  for (auto& entry : operands->matrix) {
    entry *= scale;
  }
  step.operands = std::move(operands);
  return step;
}

class DeviceWatchTest : public DeviceFixture {
 protected:
  void TearDown() override {
    DamagingDriver::damage(VK_NULL_HANDLE, kNone);
    DeviceFixture::TearDown();
  }

  [[nodiscard]] std::vector<ElementType> types() const {
    return has_f64_ ? std::vector{ElementType::c64, ElementType::c128} : std::vector{ElementType::c64};
  }
};

TEST_F(DeviceWatchTest, AStageThatDamagesTheStateIsNamed) {
  for (const ElementType type : types()) {
    for (const int qubits : {5, kQubits}) {
      const quantum::Circuit circuit = reference::random_circuit(qubits, 120, 3, reference::GateSet::stdgates);
      std::size_t stages = 0;
      std::size_t stage = 0;
      do {
        OnDevice on(*physical_, type, qubits);
        const PlannedCircuit planned = on.plan(circuit, kLongSeconds);
        stages = planned.plan.stages.size();
        // three dispatches each: a look, the stage, a look
        DamagingDriver::damage(on.place.field().chunks()[0].handle(), 3 * stage + 1);
        std::size_t done = 0;
        const std::string failure = refusal_of(on.place, planned, &done);
        EXPECT_EQ(DamagingDriver::calls, 3 * stages);
        EXPECT_THAT(failure, HasSubstr(names(stage + 1)));
        EXPECT_THAT(failure, HasSubstr(physical_->properties.name));
        EXPECT_THAT(failure, HasSubstr("--backend cpu"));
        EXPECT_EQ(done, stage) << "what is wrong is not done";
      } while (++stage < stages);
      EXPECT_GE(stages, qubits == kQubits ? 2U : 1U);
    }
  }
}

TEST_F(DeviceWatchTest, RandomCircuitsRaiseNoAlarm) {
  for (const ElementType type : types()) {
    for (const int qubits : {1, 2, 5, 11, 12, 13, 14, 15, 18}) {  // with less than a tile, one, a few, many
      const int gates = qubits <= 11 ? 200 : qubits <= 15 ? 40 : 12;
      const auto set = qubits % 2 == 0 ? reference::GateSet::all : reference::GateSet::stdgates;
      OnDevice on(*physical_, type, qubits);
      const PlannedCircuit planned =
          on.plan(reference::random_circuit(qubits, gates, static_cast<std::uint64_t>(qubits), set), kLongSeconds);
      DamagingDriver::damage(VK_NULL_HANDLE, kNone);
      EXPECT_EQ(refusal_of(on.place, planned), "") << qubits;
      EXPECT_GE(DamagingDriver::calls, 3 * planned.plan.stages.size());
    }
  }
}

TEST_F(DeviceWatchTest, SmallStatesAreNotLookedAt) {
  OnDevice on(*physical_, ElementType::c64, kQubits);
  const PlannedCircuit planned =
      on.plan(reference::random_circuit(kQubits, 100, 7, reference::GateSet::stdgates), 100e-6);
  DamagingDriver::damage(VK_NULL_HANDLE, kNone);
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(refusal_of(on.place, planned), "");
    EXPECT_EQ(DamagingDriver::calls, planned.plan.stages.size()) << "what was recorded serves again";
  }
}

TEST_F(DeviceWatchTest, ReplaysAreWatched) {
  OnDevice on(*physical_, ElementType::c64, kQubits);
  const auto apply = [&](double scale) {
    Program program;
    for (int axis = 0; axis < kQubits; ++axis) {
      program.steps.push_back(stretching_step(axis, axis == kQubits - 1 ? scale : 1));
    }
    std::vector<Stage> stages =
        plan_steps_for_device(program, ElementType::c64, kQubits, on.place.limits(), ~std::uint64_t{0}).stages;
    for (Stage& stage : stages) {
      stage.predicted_seconds = kLongSeconds;
    }
    on.place.reset();
    return refusal_of(on.place, stages, program);
  };
  const double recorded = metrics::value_of(metrics::Metric::device_recordings);
  EXPECT_EQ(apply(1), "");
  EXPECT_EQ(apply(1), "");
  EXPECT_EQ(apply(1 + 1e-6), "") << "as much as rounding may do";
  const double replayed = metrics::value_of(metrics::Metric::device_replays);
  EXPECT_THAT(apply(1.001), HasSubstr("of the run does not keep the norm"));
  EXPECT_EQ(metrics::value_of(metrics::Metric::device_replays), replayed + 1);
  EXPECT_EQ(metrics::value_of(metrics::Metric::device_recordings), recorded + 1);
}

TEST_F(DeviceWatchTest, ALookThatIsLeftOutIsFound) {
  static PFN_vkCmdDispatch original = nullptr;
  static int calls = 0;
  calls = 0;
  OpenDevice open(*physical_, {.alter =
                                   [](VolkDeviceTable& table) {
                                     original = table.vkCmdDispatch;
                                     table.vkCmdDispatch = [](VkCommandBuffer commands, std::uint32_t x,
                                                              std::uint32_t y, std::uint32_t z) {
                                       if (calls++ != 3) {
                                         original(commands, x, y, z);
                                       }
                                     };
                                   },
                               .hang_seconds = 0});
  HostMemory memory;
  const Arena arena(1);
  const CancelToken cancel;
  DevicePlace place(open, ElementType::c64, 5, {arena, cancel, memory}, {});
  place.reset();  // the first
  const Program program{{slanted_rotation(3)}};
  Stage stage = plan_steps_for_device(program, ElementType::c64, 5, place.limits(), ~std::uint64_t{0}).stages.at(0);
  stage.predicted_seconds = kLongSeconds;
  EXPECT_THAT(refusal_of(place, std::span(&stage, 1), program), HasSubstr(names(1)));
}

TEST_F(DeviceWatchTest, StagesOnPartsAreNamedAsInThePlan) {
  constexpr int kParts = 2;
  OpenDevices devices;
  for (int i = 0; i < kParts; ++i) {
    devices.push_back(std::make_shared<OpenDevice>(*physical_));
  }
  HostMemory memory;
  const Arena arena(1);
  const CancelToken cancel;
  SplitPlace place(devices, ElementType::c64, kQubits, {arena, cancel, memory}, {});
  place.reset();
  PlannedCircuit planned{.lowered = {}, .plan = {}, .passes = {}};
  for (int axis = 0; axis < kQubits; ++axis) {
    planned.lowered.program.steps.push_back(stretching_step(axis, axis == kQubits - 1 ? 1.01 : 1));
  }
  planned = place.plan_lowered(std::move(planned), ~std::uint64_t{0});
  std::vector<Stage>& stages = planned.plan.stages;
  EXPECT_TRUE(std::ranges::any_of(stages, [](const Stage& stage) { return !stage.swaps.empty(); }));
  EXPECT_TRUE(stages.back().swaps.empty());
  for (Stage& stage : stages) {
    stage.predicted_seconds = kLongSeconds;
  }
  EXPECT_THAT(refusal_of(place, planned), HasSubstr(names(stages.size())));
}

TEST_F(DeviceWatchTest, StagesOnTilesThatAreStreamedAreNamed) {
  constexpr int kAxes = 23;
  const VisitLimits tiles{.tile_axes = 22, .chunk_axes = 14, .buffers = 1};
  HostMemory memory;
  const Arena arena(1);
  const CancelToken cancel;
  const KernelRegistry kernels;
  Field state(memory, ElementType::c64, kAxes);
  StateStore store(memory, 0, nullptr, arena, cancel);
  const ExecuteContext context{.kernels = kernels,
                               .arena = arena,
                               .cancel = cancel,
                               .memory = memory,
                               .tiles = quantum::tile_compiler(),
                               .at_boundary = {},
                               .on_stage_done = {}};
  HostPlace host(state, memory, store, context, {});
  OpenDevice device(*physical_);
  StreamedPlace place(host, state, device, tiles, {arena, cancel, memory}, {});
  std::fill_n(state.buffer.as<float>(), std::size_t{2} << kAxes, 1e-4F);
  PlannedCircuit planned{.lowered = {}, .plan = {}, .passes = {}};
  planned.lowered.program.steps = {slanted_rotation(kAxes - 1), stretching_step(3, 1.01)};
  planned = place.plan_lowered(std::move(planned), ~std::uint64_t{0});
  if (device.device->properties().type != vulkan::DeviceType::cpu) {
    GTEST_SKIP() << "a stage on a tile of this size does not pay for a look";
  }
  EXPECT_THAT(refusal_of(place, planned), HasSubstr("of those on tile 0 in stage 1 of the run does not keep the norm"));
}

}  // namespace
}  // namespace basalt
