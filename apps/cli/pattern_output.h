// What the command line prints of a pattern's run for people.
#pragma once

#include "basalt/pattern.h"

namespace basalt::cli {

void print_pattern(const PatternReport& report, bool quiet);

}  // namespace basalt::cli
