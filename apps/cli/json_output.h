// The JSON side of output.h, for commands that print either.
#pragma once

#include <string>

#include "basalt/engine.h"

namespace basalt::cli {

void write_json_check(const std::string& file, const CheckResult& result);
void write_json_devices(const Devices& devices);

}  // namespace basalt::cli
