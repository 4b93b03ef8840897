// What the command line prints: text for people, JSON for programs.
#pragma once

#include <string>

#include "basalt/engine.h"

namespace basalt::cli {

void write_text_report(const std::string& file, const Report& report, bool quiet);
void write_json_report(const Report& report);
void write_json_error(const Error& error);
void write_check(const std::string& file, const CheckResult& result, bool json);
void write_devices(const Devices& devices, bool json);

/// Flushes standard output. Throws Error(io) if anything could not be written.
void finish_output();

}  // namespace basalt::cli
