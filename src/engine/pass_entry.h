// What passes did, as the report shows it.
#pragma once

#include <span>
#include <vector>

#include "basalt/report.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt {

/// Adds the passes over one more circuit to those over the circuits before. A circuit may have run fewer of the table's
/// rows than another: rows are found by their names, in order.
void add_passes(std::vector<PassEntry>& entries, std::span<const quantum::PassReport> passes);

}  // namespace basalt
