// Runs a test with every instruction set that this processor has.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "runtime/cpu/instruction_set.h"
#include "runtime/cpu/sweep.h"

namespace basalt {

inline void for_each_instruction_set(const std::function<void()>& body) {
  for (const InstructionSet& set : instruction_sets()) {
    use_instruction_set(set.name);
    ASSERT_EQ(simd_target(), set.name);
    SCOPED_TRACE(set.name);
    body();
  }
  use_instruction_set("");
  ASSERT_EQ(simd_target(), instruction_sets().front().name);
}

}  // namespace basalt
