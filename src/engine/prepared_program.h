// A program between its text and its runs: parsed and checked, without values for its inputs.
#pragma once

#include <cstdint>

#include "basalt/cancel.h"
#include "basalt/request.h"
#include "workloads/quantum/input/compile.h"

namespace basalt {

struct PreparedProgram {
  quantum::Script script;
};

/// Parses within about `memory_limit_bytes`. Throws Error.
PreparedProgram prepare_program(const Source& source, std::uint64_t memory_limit_bytes, const CancelToken& cancel);

}  // namespace basalt
