// Measurement in the middle of a circuit: shots split over the joint outcomes of some qubits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/quantum/circuit.h"
#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

struct Outcome {
  std::vector<std::uint8_t> bits;  ///< One per qubit, in the order asked for.
  std::uint64_t shots = 0;
  double probability = 0;  ///< 0 where it is not known (too many qubits for a table).
};

/// Distributes `shots` over the joint outcomes of `qubits` (distinct). Only outcomes with shots are returned, fewest
/// shots first: who visits them in this order never holds more than log2(shots) states at a time.
std::vector<Outcome> draw_outcomes(const StateView& state, std::span<const Qubit> qubits, std::uint64_t shots,
                                   std::uint64_t seed, std::uint64_t stream);

class StateReader;

/// What splitting shots takes.
struct DrawResources {
  const Arena& arena;
  const CancelToken& cancel;
  MemoryResource& memory;
};

/// The same, of the state that `reader` reads: from marginal() where the table is small, otherwise from sample().
std::vector<Outcome> draw_outcomes_of(StateReader& reader, const DrawResources& resources,
                                      std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                      std::uint64_t stream);

/// The most bytes of scratch that draw_outcomes takes from the state's memory, whichever the qubits.
std::uint64_t outcome_scratch_bytes(int padded_axes, std::uint64_t shots);

}  // namespace basalt::quantum
