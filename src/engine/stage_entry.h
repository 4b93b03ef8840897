// Stages as reports show them.
#pragma once

#include "basalt/report.h"
#include "plan/plan.h"

namespace basalt {

/// More stages than this are not listed in reports: the totals hold all of them.
inline constexpr std::size_t kMostStageEntries = 1000;

/// `actual_seconds` is 0 for a stage that was not run.
StageEntry stage_entry(const Program& program, const Stage& stage, double actual_seconds = 0);

}  // namespace basalt
