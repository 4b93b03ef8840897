// The tables of `basalt tune`.
#pragma once

#include "basalt/tune.h"

namespace basalt::cli {

void write_tune_report(const TuneReport& report);

}  // namespace basalt::cli
