// A program between its text and its runs: parsed and checked, without values for its inputs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "basalt/cancel.h"
#include "basalt/request.h"
#include "engine/plan_cache.h"
#include "workloads/quantum/input/compile.h"

namespace basalt {

struct PreparedProgram {
  quantum::Script script;
  std::map<std::string, std::string> included{};                     ///< Texts of what it includes, by name.
  std::unique_ptr<PlanCache> plans = std::make_unique<PlanCache>();  ///< Used where the program has no inputs.
};

/// Parses within about `memory_limit_bytes`. Throws Error.
PreparedProgram prepare_program(const Source& source, std::uint64_t memory_limit_bytes, const CancelToken& cancel);

}  // namespace basalt
