// Says in words why a job does not run.
#pragma once

#include <optional>

#include "runtime/resource/books.h"

namespace basalt::ledger {

/// What stands in the way now, with numbers, and who holds it; `seconds` is left to the caller.
Waiting explain_wait(const Books& books, const Job& job);

/// The Error(out_of_resources) of a demand that would not fit even if nobody else held anything; nothing if it would.
std::optional<Error> refusal(const Books& books, const Job& job, const Demand& demand);

}  // namespace basalt::ledger
