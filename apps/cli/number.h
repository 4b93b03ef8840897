// Numbers and lists of numbers on the command line: whole, decimal, and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace basalt::cli {

/// "1024" → 1024. Throws CLI::ValidationError naming `option` for anything that is no whole number below 2^64.
std::uint64_t whole_number(const std::string& option, const std::string& text);

/// "-3" → -3. Throws CLI::ValidationError naming `option` unless it is a whole number from `least` to `most`.
int integer_between(const std::string& option, const std::string& text, int least, int most);

/// "2.5" → 2.5 seconds. Throws CLI::ValidationError naming `option` unless it is a number above 0.
double seconds_of(const std::string& option, const std::string& text);

/// "90s" → 90, "10m" → 600, "2h" → 7200; "90" is seconds. Throws CLI::ValidationError naming `option` otherwise.
double duration_of(const std::string& option, const std::string& text);

/// "a,b" → {"a", "b"}, for ','.
std::vector<std::string> split(const std::string& text, char at);

/// "512x256" → {512, 256}: cells along x, y, z. Throws CLI::ValidationError naming `option` for anything but whole
/// numbers.
std::vector<std::uint64_t> grid_size(const std::string& option, const std::string& text);

/// "0,1,5" → {0, 1, 5}.
std::vector<std::uint32_t> qubit_list(const std::string& option, const std::string& text);

/// The text itself; throws CLI::ValidationError when it is empty.
std::string not_empty(const std::string& option, const std::string& text);

}  // namespace basalt::cli
