// Light cones: what cannot be seen in the results is not computed.

#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
void drop_unseen(GateList& list, const PassOptions& options) {
  const std::uint64_t all = list.qubit_count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << list.qubit_count) - 1;
  std::uint64_t needed = list.map.axis_mask(options.wanted_qubits & all);
  if (options.phases_matter && needed == all) {
    return;
  }
  // Going back: `needed` influence the results; phases between the values of a qubit are `visible` when a matrix mixes
  // them later. A gate that changes nothing needed can still be seen in the phases of the qubits that it reads: of any
  // that is needed or, where only outcomes are looked at, of one whose phases are visible.
  std::uint64_t visible = options.phases_matter ? needed : 0;
  auto kept = list.gates.end();
  for (auto gate = list.gates.end(); gate != list.gates.begin();) {
    --gate;
    const std::uint64_t mixes = target_mask(*gate);
    const std::uint64_t reads = read_mask(*gate);
    if ((mixes & needed) == 0 && (reads & visible) == 0) {
      continue;
    }
    *--kept = *gate;
    needed |= mixes | reads;
    // An exchange only hands phases on, to the qubits that it reads.
    if (options.phases_matter) {
      visible = needed;
    } else if (gate->kind == GateKind::dense || ((mixes | reads) & visible) != 0) {
      visible |= mixes;
    }
  }
  list.gates.erase(list.gates.begin(), kept);
}

}  // namespace basalt::quantum
