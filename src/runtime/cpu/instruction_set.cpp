#include "runtime/cpu/instruction_set.h"

#include <algorithm>
#include <memory>

#include "runtime/cpu/simd_targets.h"
// After the choice of targets.
#include "hwy/highway.h"

namespace basalt {

// Asked once: what is switched off later must not be forgotten. Never destroyed: engines may run while a process exits.
std::vector<InstructionSet> instruction_sets() {
  static const auto* const found = [] {
    auto all = std::make_unique<std::vector<InstructionSet>>();
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      all->push_back({hwy::TargetName(target), target});
    }
    return all.release();
  }();
  return *found;
}

void use_instruction_set(const std::string& name) {
  const std::vector<InstructionSet> all = instruction_sets();
  const auto wanted = name.empty() ? all.begin() : std::ranges::find(all, name, &InstructionSet::name);
  if (wanted == all.end()) {
    return;
  }
  std::int64_t allowed = 0;
  for (auto set = wanted; set != all.end(); ++set) {
    allowed |= set->target;
  }
  // Not DisableTargets: in Highway 1.0.3 the next SupportedTargets() chooses among all targets again.
  hwy::SetSupportedTargetsForTest(wanted == all.begin() ? 0 : allowed);
}

}  // namespace basalt
