// Deals the cores of every pool out to the jobs that run.
#pragma once

#include "runtime/resource/books.h"

namespace basalt::ledger {

/// Sets `cores` of every job: its minimum first, then what is left, to the highest priority first and evenly within
/// one, up to each maximum. Jobs that do not run get none.
void deal_cores(Books& books);

}  // namespace basalt::ledger
