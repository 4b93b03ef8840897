#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {

void remove_gates(GateList& list, const std::vector<std::uint8_t>& gone) {
  std::size_t kept = 0;
  for (std::size_t number = 0; number < list.gates.size(); ++number) {
    if (gone[number] == 0) {
      list.gates[kept] = list.gates[number];  // onto itself until the first is dropped
      ++kept;
    }
  }
  list.gates.resize(kept);
}

}  // namespace basalt::quantum
