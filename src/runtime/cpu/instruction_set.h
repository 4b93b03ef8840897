// Which instruction set the kernels run with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace basalt {

struct InstructionSet {
  std::string name;         ///< As Highway names it, e.g. "AVX3".
  std::int64_t target = 0;  ///< Highway's bit.
};

/// Those that kernels were compiled for and that this processor has, widest first.
std::vector<InstructionSet> instruction_sets();

/// Lets kernels run with this one at most, in the whole process from the next call of a kernel on; empty: with the
/// widest. A name that this processor does not have changes nothing: a plan may come from another machine.
void use_instruction_set(const std::string& name);

}  // namespace basalt
