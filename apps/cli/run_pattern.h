// One pattern from request to printed report; of the commands that run one.
#pragma once

#include "basalt/pattern.h"
#include "observation.h"

namespace basalt::cli {

/// What is wanted of a run besides its request.
struct PatternView {
  Observation observation;
  bool quiet = false;
};

void run_pattern(const PatternRequest& request, const PatternView& view, bool json);

}  // namespace basalt::cli
