// The tables of `basalt tune`.
#pragma once

#include "basalt/device_tune.h"
#include "basalt/tune.h"

namespace basalt::cli {

void write_tune_report(const TuneReport& report);
void write_tune_report(const DeviceTuneReport& report);

}  // namespace basalt::cli
