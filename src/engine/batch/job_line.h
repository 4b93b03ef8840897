// One job as one line of JSON: what a .jsonl file holds, and what a worker is sent.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "basalt/batch.h"
#include "workloads/quantum/input/source.h"

namespace basalt {

/// Reads the line that begins at `position` of a text in `sources`. What it does not say is as in `defaults`; relative
/// paths are below `folder`. A job without an id gets its file as written, or "line N". Throws Error(bad_input) with
/// the place: an unknown or repeated key, a value of the wrong type or out of range, not exactly one of "file",
/// "source" and "pattern".
BatchJob parse_job_line(const quantum::SourceMap& sources, quantum::Position position, std::string_view line,
                        const Request& defaults, const std::filesystem::path& folder);

/// The job as `parse_job_line` reads it, with a value for every key except "timeout".
std::string job_line(const BatchJob& job);

/// The part of it that the results depend on, in a fixed order: no threads, no memory limit.
std::string definition_line(const BatchJob& job);

}  // namespace basalt
