// Says in words why a job does not run.
#pragma once

#include "runtime/resource/books.h"

namespace basalt::ledger {

/// What stands in the way now, with numbers, and who holds it; `seconds` is left to the caller.
Waiting explain_wait(const Books& books, const Job& job);

/// Throws Error(out_of_resources), with the numbers, for a demand that would not fit even if nobody else held anything.
void refuse_what_never_fits(const Books& books, const Job& job, const Demand& demand);

}  // namespace basalt::ledger
