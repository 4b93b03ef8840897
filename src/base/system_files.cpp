#include "base/system_files.h"

#include <charconv>
#include <fstream>

namespace basalt {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 10;
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trim_front(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

std::string_view trim(std::string_view text) {
  const std::string_view rest = trim_front(text);
  return rest.substr(0, rest.find_last_not_of(kBlanks) + 1);
}

}  // namespace

std::optional<std::string> read_system_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return std::nullopt;  // a fifo or a device would block
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::optional<std::uint64_t> read_system_number(const std::filesystem::path& path) {
  const std::optional<std::string> text = read_system_file(path);
  return text ? whole_number(*text) : std::nullopt;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> leading_number(std::string_view text) {
  text = trim_front(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::string_view> find_entry(std::string_view text, std::string_view key) {
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with(key)) {
      return trim(line.substr(key.size()));
    }
  }
  return std::nullopt;
}

std::optional<std::vector<int>> list_numbers(std::string_view list) {
  constexpr std::uint64_t kMost = 1 << 20;
  std::vector<int> numbers;
  for (const std::string_view range : split(trim(list), ',')) {
    const std::size_t dash = range.find('-');
    const std::optional<std::uint64_t> first = whole_number(range.substr(0, dash));
    const std::optional<std::uint64_t> last =
        dash == std::string_view::npos ? first : whole_number(range.substr(dash + 1));
    if (!first || !last || *last < *first || *last >= kMost || numbers.size() + (*last - *first) >= kMost) {
      return std::nullopt;
    }
    for (std::uint64_t number = *first; number <= *last; ++number) {
      numbers.push_back(static_cast<int>(number));
    }
  }
  return numbers;
}

std::optional<std::uint64_t> count_listed(std::string_view list) {
  const std::optional<std::vector<int>> numbers = list_numbers(list);
  return numbers ? std::optional<std::uint64_t>(numbers->size()) : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) {
      return parts;
    }
    begin = end + 1;
  }
}

}  // namespace basalt
