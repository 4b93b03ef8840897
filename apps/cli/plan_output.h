// What `basalt plan` prints for people.
#pragma once

#include <string>

#include "basalt/plan.h"

namespace basalt::cli {

void write_plan(const std::string& file, const PlanReport& report, bool json);

}  // namespace basalt::cli
