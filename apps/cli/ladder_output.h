// A ladder for people: every rung that was looked at, and the disk where the state ended there.
#pragma once

#include "basalt/ladder.h"

namespace basalt::cli {

void print_ladder(const LadderReport& ladder);

/// In one line, before a run begins.
std::string describe_ladder(const LadderReport& ladder);

}  // namespace basalt::cli
