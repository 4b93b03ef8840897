// The points of a sweep: read from the lines of a batch, as a table, as colours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "basalt/pattern_sweep.h"
#include "workloads/patterns/output/oklab.h"

namespace basalt {

/// Puts what a line of the batch says to its point.
void take_result(std::string_view line, std::vector<PatternSweepPoint>& points);

/// Throws Error(bad_usage), with the nearest, for what no picture shows.
void check_shown(const std::string& show);

/// CSV (RFC 4180): a row for each point, its parameters first.
std::string table_of(const PatternSweepReport& report);

/// One for each point, of what the report shows.
std::vector<patterns::Rgb8> colors_of(const PatternSweepReport& report);

}  // namespace basalt
