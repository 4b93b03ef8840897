// Norms of tiles, as a device measures them before and after a stage, against the state that was there.
#include <bit>
#include <cmath>

#include "conformance/device_harness.h"
#include "reference/random_circuit.h"
#include "workloads/quantum/lower.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt::quantum {
namespace {

class DeviceNorms : public DeviceConformance {
 protected:
  static double tile_norm(const State& state, std::uint64_t base, std::uint64_t axes) {
    double norm = 0;
    std::uint64_t place = 0;
    do {
      norm += std::norm(state[base | place]);
      place = (place - axes) & axes;
    } while (place != 0);
    return norm;
  }

  /// Stage by stage, each watched by a random tile.
  void expect_norms(TestDevice& device, int qubits, ElementType type, double tolerance) {
    GateList list = list_gates(
        reference::random_circuit(qubits, 60, static_cast<std::uint64_t>(qubits), reference::GateSet::stdgates));
    run_passes(list, {});
    const LoweredCircuit lowered = lower(list);
    vulkan::DeviceField field(device.memory, type, qubits);
    const Plan plan = make_device_plan(
        lowered.program, type, field.padded_axes(), device_limits(physical_.properties, physical_.plan, type),
        {.touched_axes = (std::uint64_t{1} << qubits) - 1, .describe = describe_device_tile});
    upload(device, field, reference::random_state(qubits, 1));
    std::mt19937_64 random(static_cast<std::uint64_t>(qubits));
    for (const Stage& stage : plan.stages) {
      std::uint64_t base = 0;
      for (std::uint64_t rest = stage.outer_axes; rest != 0; rest &= rest - 1) {
        base |= (random() & 1) != 0 ? rest & -rest : 0;
      }
      const double expected = tile_norm(download_all(device, field), base, stage.tile_axes);
      const WatchedTile tile{.stage = 0, .number = 1, .base = base};
      DeviceRun run(field, device.pipelines, std::span(&stage, 1), lowered.program, 0, std::span(&tile, 1));
      int told = 0;
      const DeviceRunHooks hooks{.at_boundary = {},
                                 .on_stage_done = [&](const Stage&, double) { EXPECT_EQ(told, 1); },
                                 .on_norms =
                                     [&](const WatchedTile& watched, double before, double after) {
                                       ++told;
                                       EXPECT_EQ(watched.base, base);
                                       EXPECT_NEAR(before, expected, tolerance * expected);
                                       const double now = tile_norm(download_all(device, field), base, stage.tile_axes);
                                       EXPECT_NEAR(after, now, tolerance * expected);
                                     }};
      run.run(hooks, nullptr);
      ASSERT_EQ(told, 1);
    }
  }
};

TEST_F(DeviceNorms, AreThoseOfTheTileOnEverySize) {
  for (int qubits = 1; qubits <= 17; ++qubits) {
    for (const ElementType type : kElementTypes) {
      for (TestDevice* device : some_devices(qubits)) {
        SCOPED_TRACE(testing::Message() << qubits << " qubits");
        if (has(type)) {
          ASSERT_NO_FATAL_FAILURE(expect_norms(*device, qubits, type, 1e-12));
        }
      }
    }
  }
}

TEST_F(DeviceNorms, AreThoseOfTheTileWithoutF64) {
  vulkan::PhysicalDevice physical = physical_;
  physical.plan.f64 = false;
  TestDevice device(physical);
  for (const int qubits : {5, 12, 14, 16}) {
    ASSERT_NO_FATAL_FAILURE(expect_norms(device, qubits, ElementType::c64, 1e-11));
  }
}

}  // namespace
}  // namespace basalt::quantum
