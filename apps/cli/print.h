// Lines of text for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace basalt::cli {

/// Writes a line to standard output.
void print(const std::string& text);

/// Writes each to standard error, as "note: ...".
void print_notes(const std::vector<std::string>& notes);

/// With a terminal's style (such as "1": bold), where standard output is one and NO_COLOR is not set.
std::string styled(std::string_view text, std::string_view code);

/// In bold.
std::string heading(std::string_view text);

/// "1.5 ms"
std::string format_seconds(double seconds);

/// Flushes standard output. Throws Error(io) if anything could not be written.
void finish_output();

}  // namespace basalt::cli
