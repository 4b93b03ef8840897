// What people are told while a job waits for others.
#pragma once

#include <string>

#include "basalt/ledger.h"

namespace basalt::cli {

/// "waiting (for 3 s): 12.0 GiB of memory needed, ...; held by fluid (process 4711)"
std::string describe_waiting(const Waiting& waiting);

}  // namespace basalt::cli
