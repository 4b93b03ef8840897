// Whole circuits through passes, lowering, planning and stages on a device, against the reference: every size.
#include "conformance/device_harness.h"
#include "reference/random_circuit.h"
#include "workloads/quantum/lower.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt::quantum {
namespace {

class DeviceCircuits : public DeviceConformance {
 protected:
  DeviceCircuits() : DeviceConformance(1 << 20) {}  // the words of a run lie in one buffer

  void expect_circuit(int qubits, int gates, std::uint64_t seed, ElementType type) {
    const Circuit circuit = reference::random_circuit(qubits, gates, seed);
    GateList list = list_gates(circuit);
    run_passes(list, {});
    const LoweredCircuit lowered = lower(list);
    const State before = reference::random_state(qubits, seed);
    State expected = before;
    reference::apply(expected, circuit);
    for (TestDevice* device : some_devices(qubits)) {
      vulkan::DeviceField field(device->memory, type, qubits);
      upload(*device, field, before);
      const Plan plan = make_device_plan(
          lowered.program, type, field.padded_axes(), device_limits(physical_.properties, physical_.plan, type),
          {.touched_axes = (std::uint64_t{1} << qubits) - 1, .describe = describe_device_tile});
      DeviceRun(field, device->pipelines, plan.stages, lowered.program).run({}, nullptr);
      const State in_field = download(*device, field, before.size());
      State got(in_field.size());
      for (std::size_t basis = 0; basis < got.size(); ++basis) {
        got[basis] = in_field[lowered.map.index_of(basis)] * std::polar(1.0, lowered.global_phase);
      }
      // rounding grows at most linearly with the gates; amplitudes are at most 1
      const double tolerance = 4 * rounding(type) * static_cast<double>(circuit.operations().size() + 10);
      ASSERT_LE(reference::max_difference(got, expected), tolerance);
    }
  }
};

TEST_F(DeviceCircuits, AgreeWithTheReferenceOnEverySize) {
  for (int qubits = 1; qubits <= kMostAxes; ++qubits) {
    const int gates = qubits <= 12 ? 100 : qubits <= kFewAxes ? 20 : 6;
    for (const ElementType type : kElementTypes) {
      SCOPED_TRACE(testing::Message() << qubits << " qubits");
      if (has(type) && is_chosen(qubits, type)) {
        ASSERT_NO_FATAL_FAILURE(expect_circuit(qubits, gates, static_cast<std::uint64_t>(qubits), type));
      }
    }
  }
}

/// Matrices of five qubits, one after another: more rounds of the shader's loops than some drivers make.
TEST_F(DeviceCircuits, StagesWithManyLargeMatricesAreWhole) {
  for (const std::uint64_t seed : {1, 2}) {
    ASSERT_NO_FATAL_FAILURE(expect_circuit(5, 300, seed, ElementType::c64));
  }
}

}  // namespace
}  // namespace basalt::quantum
