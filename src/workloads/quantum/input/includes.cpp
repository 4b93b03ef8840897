// Finds included files. The folder of the program is the border: links are resolved before the path is compared.
#include "workloads/quantum/input/includes.h"

#include <algorithm>
#include <system_error>

#include "base/printable.h"

namespace basalt::quantum {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxPathBytes = 4096;
constexpr const char* kInsideAdvice = "included files must lie in the folder of the program; copy the file there";

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [end_of_folder, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end_of_folder == folder.end();
}

// The folder that holds a program, "" standing for the current one; a trailing separator would not compare equal.
fs::path canonical_folder(const fs::path& folder, std::error_code& error) {
  fs::path canonical = fs::canonical(folder.empty() ? fs::path(".") : folder, error);
  return canonical.has_filename() ? canonical : canonical.parent_path();
}

}  // namespace

BuiltinLibrary builtin_library(std::string_view include_name) noexcept {
  if (include_name == "qelib1.inc") {
    return BuiltinLibrary::qelib1;
  }
  return include_name == "stdgates.inc" ? BuiltinLibrary::stdgates : BuiltinLibrary::none;
}

Includes::Includes(IncludePolicy policy, std::string program_name, std::uint64_t text_bytes)
    : policy_(std::move(policy)), bytes_(text_bytes) {
  OpenFile program{{}, std::move(program_name)};
  if (policy_.folder) {
    std::error_code error;
    program.canonical = fs::canonical(*policy_.folder / fs::path(program.name).filename(), error);
  }
  open_.push_back(std::move(program));
}

bool Includes::exists(const std::string& include_name) const {
  if (!policy_.included.empty()) {
    return policy_.included.contains(include_name);
  }
  std::error_code error;
  return policy_.folder && fs::exists(*policy_.folder / include_name, error);
}

fs::path Includes::resolve(const SourceMap& sources, const std::string& name, Position position) const {
  const std::string shown = in_quotes(name, 120);
  if (!policy_.folder) {
    fail_at(sources, position, "cannot include " + shown + ": this program was not read from a folder",
            "qelib1.inc and stdgates.inc are built in; for other files, give the program as a file");
  }
  if (name.size() > kMaxPathBytes || name.find('\0') != std::string::npos) {
    fail_at(sources, position, "cannot include " + shown + ": this is no path");
  }
  if (fs::path(name).is_absolute()) {
    fail_at(sources, position, "cannot include " + shown + ": absolute paths are not followed", kInsideAdvice);
  }
  std::error_code error;
  const fs::path folder = canonical_folder(*policy_.folder, error);
  if (error) {
    fail_at(sources, position,
            "cannot include " + shown + ": the folder of the program cannot be read: " + error.message());
  }
  // A path that leads outside is refused before anything is said of what exists there.
  if (!is_inside((folder / name).lexically_normal(), folder)) {
    fail_at(sources, position, "cannot include " + shown + ": it is outside the folder of the program", kInsideAdvice);
  }
  fs::path file = fs::canonical(folder / name, error);
  if (error) {
    const bool missing = error == std::errc::no_such_file_or_directory;
    fail_at(sources, position, "cannot include " + shown + ": " + (missing ? "there is no such file" : error.message()),
            "it is looked up in the folder of the program; qelib1.inc and stdgates.inc are built in");
  }
  if (!is_inside(file, folder)) {
    fail_at(sources, position, "cannot include " + shown + ": it is a link to outside the folder of the program",
            kInsideAdvice);
  }
  if (!fs::is_regular_file(file, error)) {
    fail_at(sources, position, "cannot include " + shown + ": it is not a regular file");
  }
  return file;
}

std::uint32_t Includes::enter(SourceMap& sources, const std::string& include_name, Position position) {
  const std::string shown = in_quotes(include_name, 120);
  const auto kept = policy_.included.find(include_name);
  const fs::path file =
      kept != policy_.included.end() ? fs::path(include_name) : resolve(sources, include_name, position);
  const auto same = [&](const OpenFile& open) { return open.canonical == file; };
  if (const auto found = std::find_if(open_.begin(), open_.end(), same); found != open_.end()) {
    std::string chain;
    for (auto open = found; open != open_.end(); ++open) {
      chain += printable(open->name, 120) + " includes ";
    }
    fail_at(sources, position, "cyclic include: " + chain + printable(include_name, 120));
  }
  if (static_cast<int>(open_.size()) > policy_.max_depth) {
    fail_at(sources, position,
            "cannot include " + shown + ": includes are nested deeper than " + std::to_string(policy_.max_depth));
  }
  if (++files_ > policy_.max_files) {
    fail_at(
        sources, position,
        "cannot include " + shown + ": the program includes more than " + std::to_string(policy_.max_files) + " files");
  }
  if (kept != policy_.included.end()) {
    open_.push_back({file, include_name});
    return sources.add(include_name, kept->second);
  }
  std::error_code error;
  const std::uint64_t size = fs::file_size(file, error);
  if (!error && bytes_ + size > kMaxSourceBytes) {
    fail_at(sources, position,
            "cannot include " + shown + ": the program and its includes are larger than " +
                std::to_string(kMaxSourceBytes >> 20) + " MiB together");
  }
  std::string text;
  try {
    text = read_source(file.string());
  } catch (const Error& reason) {
    fail_at(sources, position, reason.message(), reason.advice(), reason.code());
  }
  bytes_ += text.size();
  open_.push_back({file, include_name});
  return sources.add(include_name, std::move(text));
}

}  // namespace basalt::quantum
