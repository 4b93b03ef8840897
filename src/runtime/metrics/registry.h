// All metrics of the process: the built-in ones of names.def, and those that the program adds.
#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/metrics/cell.h"

namespace basalt::metrics {

/// The cell of the n-th metric of names.def.
Cell& built_in(std::size_t index) noexcept;

/// The program's metric of this name, made if there is none. Never destroyed: metrics outlive every static object.
/// Throws Error(bad_usage): see Counter.
Cell& program_metric(MetricKind kind, std::string_view name, std::string_view help);

}  // namespace basalt::metrics
