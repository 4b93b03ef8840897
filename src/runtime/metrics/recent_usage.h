// The usage of a process for jobs that take less time than reading it does.
#pragma once

#include <filesystem>

#include "basalt/usage.h"

namespace basalt::metrics {

/// As take_usage(false, root), but what stands in files (resident memory, stalls) may be as it was at most this many
/// seconds ago: in 1 µs, where reading the files takes 50. Where `root` is not "/", they are always read. Thread-safe.
Usage recent_usage(const std::filesystem::path& root, double most_seconds_ago);

}  // namespace basalt::metrics
