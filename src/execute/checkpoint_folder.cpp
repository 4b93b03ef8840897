#include "execute/checkpoint_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>

#include "basalt/error.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "checkpoint-";
constexpr std::string_view kSuffix = ".basalt";
constexpr std::string_view kResult = "result.json";

/// "checkpoint-7.basalt" → 7.
std::optional<std::uint64_t> generation_of(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix) || name.size() <= kPrefix.size() + kSuffix.size()) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && stop == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
}

[[noreturn]] void fail(const char* action, const std::string& path, int reason) {
  throw Error(ErrorCode::io, fmt::format("cannot {} '{}': {}", action, path, std::strerror(reason)),
              "name a folder that can be written, on a disk with room for the state twice");
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) {
    fail("read the folder", path, error.value());
  }
  return names;
}

}  // namespace

CheckpointFolder::CheckpointFolder(const std::string& path)
    : path_(path), folder_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (!folder_.valid()) {
    fail("open the folder", path_, errno);
  }
  // some network drives lock no folders: there the user is to see to it
  if (flock(folder_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error(ErrorCode::bad_usage, fmt::format("another run keeps its checkpoints in '{}' just now", path_),
                "wait for it, or name another folder");
  }
}

CheckpointFolder CheckpointFolder::create(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    fail("make the folder", path, error.value());
  }
  if (access(path.c_str(), W_OK | X_OK) != 0) {
    fail("write to the folder", path, errno);
  }
  CheckpointFolder folder(fs::absolute(path).string());
  if (folder.has_result() || !folder.generations().empty()) {
    throw Error(ErrorCode::bad_usage, fmt::format("--checkpoint '{}' holds a run already", path),
                fmt::format("go on with it by basalt resume {}, or name another folder", path));
  }
  if (!folder.is_empty()) {
    throw Error(ErrorCode::bad_usage, fmt::format("--checkpoint '{}' is a folder with other files", path),
                "name a folder that is empty or not there yet");
  }
  return folder;
}

CheckpointFolder CheckpointFolder::open(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    throw Error(ErrorCode::bad_usage, fmt::format("there is no folder '{}'", path),
                "name the one that --checkpoint was given");
  }
  CheckpointFolder folder(fs::absolute(path).string());
  if (!folder.has_result() && folder.generations().empty()) {
    throw Error(ErrorCode::bad_usage, fmt::format("there are no checkpoints in '{}'", path),
                "name the folder that --checkpoint was given");
  }
  folder.remove_unfinished();
  return folder;
}

std::vector<std::uint64_t> CheckpointFolder::generations() const {
  std::vector<std::uint64_t> result;
  for (const std::string& name : names_in(path_)) {
    if (const auto generation = generation_of(name)) {
      result.push_back(*generation);
    }
  }
  std::ranges::sort(result, std::greater());
  return result;
}

std::string CheckpointFolder::file_of(std::uint64_t generation) const {
  return fmt::format("{}/{}{}{}", path_, kPrefix, generation, kSuffix);
}

std::string CheckpointFolder::result_file() const {
  return fmt::format("{}/{}", path_, kResult);
}

bool CheckpointFolder::has_result() const {
  std::error_code error;
  return fs::exists(result_file(), error);
}

std::uint64_t CheckpointFolder::free_bytes() const {
  struct statvfs status {};
  return fstatvfs(folder_.get(), &status) == 0 ? std::uint64_t{status.f_frsize} * status.f_bavail : 0;
}

bool CheckpointFolder::shares_disk_with(const std::string& folder) const {
  struct stat own {};
  struct stat other {};
  return fstat(folder_.get(), &own) == 0 && stat(folder.c_str(), &other) == 0 && own.st_dev == other.st_dev;
}

void CheckpointFolder::sync() const {
  if (fsync(folder_.get()) != 0 && errno != EINVAL && errno != EROFS) {
    fail("flush the folder", path_, errno);
  }
}

void CheckpointFolder::keep_latest(std::size_t count) const {
  const std::vector<std::uint64_t> all = generations();
  for (std::size_t i = count; i < all.size(); ++i) {
    std::error_code ignored;  // it is in nobody's way but the disk's
    fs::remove(file_of(all[i]), ignored);
  }
}

bool CheckpointFolder::is_empty() const {
  remove_unfinished();
  return names_in(path_).empty();
}

bool holds_run(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error) &&
         std::ranges::any_of(names_in(path), [](const std::string& name) { return generation_of(name).has_value(); });
}

/// What a run that was killed was writing: "checkpoint-7.basalt.aBcDeF".
void CheckpointFolder::remove_unfinished() const {
  constexpr std::size_t kRandomLetters = 7;
  for (const std::string& name : names_in(path_)) {
    const std::string_view stem = std::string_view(name).substr(0, name.size() - std::min(name.size(), kRandomLetters));
    if (generation_of(stem) || stem == kResult) {
      std::error_code ignored;
      fs::remove(fs::path(path_) / name, ignored);
    }
  }
}

}  // namespace basalt
