// What the command line prints for people. For programs it prints the JSON of basalt/json.h.
#pragma once

#include <string>

#include "basalt/engine.h"

namespace basalt::cli {

void write_text_report(const std::string& file, const Report& report, bool quiet);
void write_check(const std::string& file, const CheckResult& result, bool json);

}  // namespace basalt::cli
