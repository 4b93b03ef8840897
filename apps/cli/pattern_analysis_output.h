// What `basalt pattern analyse` prints for people.
#pragma once

#include "basalt/pattern_analysis.h"

namespace basalt::cli {

void print_analysis(const PatternAnalysis& analysis);

}  // namespace basalt::cli
