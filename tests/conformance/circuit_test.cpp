// Whole circuits through passes, lowering, planning and tiles, against the reference.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "execute/execute.h"
#include "reference/random_circuit.h"
#include "reference/state.h"
#include "workloads/quantum/kernels/kernels.h"
#include "workloads/quantum/kernels/tile_compiler.h"
#include "workloads/quantum/lower.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt {
namespace {

using quantum::Circuit;

struct RunSettings {
  int threads = 2;
  bool passes = false;
  std::uint64_t tile_bytes = 1024;  ///< Small, so that small states have many tiles.
  std::uint64_t piece_bytes = std::uint64_t{4} << 20;
};

/// Runs a circuit on a state, in tiles and pieces as small as the limits ask for.
reference::State run_circuit(const Circuit& circuit, const reference::State& state, ElementType type,
                             const RunSettings& settings) {
  HostMemory memory;
  KernelRegistry kernels;
  quantum::register_cpu_kernels(kernels);
  const Arena arena(settings.threads);
  const CancelToken cancel;
  Field field(memory, type, static_cast<int>(circuit.qubit_count()));
  for (std::size_t i = 0; i < state.size(); ++i) {
    if (type == ElementType::c64) {
      field.buffer.as<std::complex<float>>()[i] = std::complex<float>(state[i]);
    } else {
      field.buffer.as<std::complex<double>>()[i] = state[i];
    }
  }
  quantum::GateList list = quantum::list_gates(circuit);
  if (settings.passes) {
    run_passes(list, {});
  }
  const quantum::LoweredCircuit lowered = lower(list);
  PlanLimits limits{.threads = settings.threads, .serial_bytes = 0, .piece_bytes = settings.piece_bytes};
  limits.tile_bytes = settings.tile_bytes;
  const PlanSettings plan_settings{.tiles = quantum::tile_compiler(), .runs_in_tiles = quantum::runs_in_tiles};
  const Plan plan = make_plan(lowered.program, type, field.axes, limits, plan_settings);
  execute(plan.stages, lowered.program, field, {kernels, arena, cancel, memory, quantum::tile_compiler(), {}, {}});
  reference::State result(state.size());
  for (std::size_t basis = 0; basis < result.size(); ++basis) {
    const std::uint64_t i = lowered.map.index_of(basis);
    const std::complex<double> amplitude = type == ElementType::c64
                                               ? std::complex<double>(field.buffer.as<std::complex<float>>()[i])
                                               : field.buffer.as<std::complex<double>>()[i];
    result[basis] = amplitude * std::polar(1.0, lowered.global_phase);
  }
  return result;
}

/// Rounding grows at most linearly with the gates; amplitudes are at most 1.
double tolerance(ElementType type, std::size_t gates) {
  return (type == ElementType::c64 ? 2e-7 : 4e-16) * static_cast<double>(gates + 10);
}

struct Case {
  int qubits;
  int gates;
  std::uint64_t seed;
  ElementType type;
  bool passes;
};

Case arbitrary_case() {
  return {.qubits = *rc::gen::inRange(1, 11),
          .gates = *rc::gen::inRange(1, 60),
          .seed = *rc::gen::arbitrary<std::uint64_t>(),
          .type = *rc::gen::element(ElementType::c64, ElementType::c128),
          .passes = *rc::gen::arbitrary<bool>()};
}

RC_GTEST_PROP(Circuits, AgreeWithTheReference, ()) {
  const Case c = arbitrary_case();
  const Circuit circuit = reference::random_circuit(c.qubits, c.gates, c.seed);
  reference::State expected = reference::random_state(c.qubits, c.seed + 1);
  const reference::State actual = run_circuit(circuit, expected, c.type, {.passes = c.passes});
  reference::apply(expected, circuit);
  RC_ASSERT(reference::max_difference(actual, expected) < tolerance(c.type, circuit.operations().size()));
}

RC_GTEST_PROP(Circuits, KeepTheNorm, ()) {
  const Case c = arbitrary_case();
  const Circuit circuit = reference::random_circuit(c.qubits, c.gates, c.seed);
  const auto actual = run_circuit(circuit, reference::random_state(c.qubits, c.seed), c.type, {.passes = c.passes});
  RC_ASSERT(std::abs(reference::norm(actual) - 1) < 4 * tolerance(c.type, circuit.operations().size()));
}

RC_GTEST_PROP(Circuits, FollowedByTheirInverseDoNothing, ()) {
  const Case c = arbitrary_case();
  const Circuit circuit = reference::random_circuit(c.qubits, c.gates, c.seed);
  const reference::State start = reference::random_state(c.qubits, c.seed);
  const auto middle = run_circuit(circuit, start, c.type, {.passes = c.passes});
  const auto end = run_circuit(circuit.inverse(), middle, c.type, {.passes = c.passes});
  RC_ASSERT(reference::max_difference(end, start) < 2 * tolerance(c.type, circuit.operations().size()));
}

RC_GTEST_PROP(Circuits, AreTheSameToTheLastBitOnAnyThreadsAndPieces, ()) {
  const Case c = arbitrary_case();
  const Circuit circuit = reference::random_circuit(c.qubits, c.gates, c.seed);
  const reference::State start = reference::random_state(c.qubits, c.seed);
  const auto one = run_circuit(circuit, start, c.type, {.threads = 1, .passes = c.passes});
  RC_ASSERT(run_circuit(circuit, start, c.type, {.threads = 3, .passes = c.passes}) == one);
  RC_ASSERT(run_circuit(circuit, start, c.type, {.threads = 2, .passes = c.passes, .piece_bytes = 256}) == one);
}

TEST(Circuits, NormsStayWithinThePromiseAfterAThousandGates) {
  for (const auto& [type, promise] : {std::pair(ElementType::c64, 1e-5), std::pair(ElementType::c128, 1e-12)}) {
    const Circuit circuit = reference::random_circuit(10, 1000, 77);
    const auto state = run_circuit(circuit, reference::zero_state(10), type, {});
    EXPECT_NEAR(reference::norm(state), 1, promise);
  }
}

}  // namespace
}  // namespace basalt
