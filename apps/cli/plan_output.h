// What `basalt plan` prints for people.
#pragma once

#include <string>

#include "basalt/plan.h"

namespace basalt::cli {

/// `passes`: with a table of what each pass did; in JSON it always is.
void write_plan(const std::string& file, const PlanReport& report, bool passes, bool json);

}  // namespace basalt::cli
