// The scheduler: who starts, who is paused, who is asked for memory, and how many cores each has. A pure function of
// the books and the time; the same books always settle the same way, in whichever process it happens.
#pragma once

#include "runtime/resource/books.h"

namespace basalt::ledger {

/// Waiting jobs for which a start is kept free. Those behind them start only where they delay none of these.
inline constexpr int kReservations = 32;

/// Grants, pauses and resumes what can be, and deals out the cores. Call it after every change and at times in between,
/// since ages grow. Nothing is ever taken from a job but its cores: memory is asked for.
void settle(Books& books, double now);

/// Whether a job could start if nobody else held anything.
bool can_ever_fit(const Books& books, const Job& job) noexcept;

}  // namespace basalt::ledger
