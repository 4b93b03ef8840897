// Small readers for the text files of /proc and /sys. All are bounded, and none throws for what it cannot read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace basalt {

/// The first 64 KiB of a file at most; nothing where it cannot be read.
std::optional<std::string> read_system_file(const std::filesystem::path& path);

/// A file that holds one decimal number; nothing for anything else, "max" and negative numbers included.
std::optional<std::uint64_t> read_system_number(const std::filesystem::path& path);

/// The decimal number that is all of `text`, blanks around it aside.
std::optional<std::uint64_t> whole_number(std::string_view text);

/// The decimal number at the start of `text`, blanks skipped.
std::optional<std::uint64_t> leading_number(std::string_view text);

/// What follows `key` on the first line that starts with it: find_entry("a 1\nb 2\n", "b ") is "2".
std::optional<std::string_view> find_entry(std::string_view text, std::string_view key);

/// The numbers in a list such as "0-3,8,10-11"; nothing for an empty or malformed one, or one of more than a million.
std::optional<std::vector<int>> list_numbers(std::string_view list);

/// How many numbers there are in a list such as "0-3,8,10-11"; nothing for an empty or malformed one.
std::optional<std::uint64_t> count_listed(std::string_view list);

std::vector<std::string_view> split(std::string_view text, char separator);

/// Entries of a folder whose names are `prefix`, a number and `suffix`, by number; none of a folder that cannot be
/// read.
std::vector<std::pair<std::uint64_t, std::filesystem::path>> numbered_entries(const std::filesystem::path& folder,
                                                                              std::string_view prefix,
                                                                              std::string_view suffix = {});

/// `path` with the leading slash taken as that of `root`.
inline std::filesystem::path under(const std::filesystem::path& root, const std::filesystem::path& path) {
  return root / path.relative_path();
}

}  // namespace basalt
