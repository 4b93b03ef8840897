#include "base/system_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>

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

/// What is left of a file, as far as the limit; nothing if the system refuses.
std::optional<std::string> read_to_end(int descriptor) {
  std::string text;
  std::array<char, 4096> part;
  while (text.size() < kMaxFileBytes) {
    const ::ssize_t count = ::read(descriptor, part.data(), part.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return std::nullopt;
    }
    if (count == 0) {
      break;
    }
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  text.resize(std::min(text.size(), kMaxFileBytes));
  return text;
}

}  // namespace

std::optional<std::string> read_system_file(const std::filesystem::path& path) {
  // Without waiting for the writer of a fifo. Straight reads: streams take twice as long, and jobs read a few files.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) {
    return std::nullopt;
  }
  struct ::stat status {};
  std::optional<std::string> text;
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    text = read_to_end(descriptor);
  }
  ::close(descriptor);
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

std::vector<std::pair<std::uint64_t, std::filesystem::path>> numbered_entries(const std::filesystem::path& folder,
                                                                              std::string_view prefix,
                                                                              std::string_view suffix) {
  constexpr std::size_t kMostEntries = 16384;
  std::vector<std::pair<std::uint64_t, std::filesystem::path>> found;
  // not by std::filesystem: its iterators end the process when memory runs out
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder.c_str()), ::closedir);
  while (directory != nullptr && found.size() < kMostEntries) {
    const dirent* entry = ::readdir(directory.get());  // NOLINT(concurrency-mt-unsafe): of a directory of our own
    if (entry == nullptr) {
      break;
    }
    const std::string_view name = entry->d_name;
    if (!name.starts_with(prefix) || !name.ends_with(suffix) || name.size() < prefix.size() + suffix.size()) {
      continue;
    }
    const std::string_view digits = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    if (const std::optional<std::uint64_t> number = whole_number(digits)) {
      found.emplace_back(*number, folder / name);
    }
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace basalt
