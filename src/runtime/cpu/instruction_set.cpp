#include "runtime/cpu/instruction_set.h"

#include <algorithm>

#include "runtime/cpu/simd_targets.h"
// After the choice of targets.
#include "hwy/highway.h"

namespace basalt {

// Asked once: what is switched off later must not be forgotten.
std::vector<InstructionSet> instruction_sets() {
  static const std::vector<InstructionSet> kAll = [] {
    std::vector<InstructionSet> all;
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      all.push_back({hwy::TargetName(target), target});
    }
    return all;
  }();
  return kAll;
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
