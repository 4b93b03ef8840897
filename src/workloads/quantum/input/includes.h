// Which file an include statement means, and what it may reach. Kept apart from the parsers so that the rules for
// foreign paths stand in one place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {

enum class BuiltinLibrary : std::uint8_t { none, qelib1, stdgates };

/// The built-in file of that name.
BuiltinLibrary builtin_library(std::string_view include_name) noexcept;

/// The files that are being read, outermost first. One per program.
class Includes {
 public:
  /// `text_bytes` is the size of the program itself, which counts against kMaxSourceBytes.
  Includes(IncludePolicy policy, std::string program_name, std::uint64_t text_bytes);

  /// Whether a file of that name stands in the program's folder. False where there is none, or no folder.
  [[nodiscard]] bool exists(const std::string& include_name) const;

  /// Reads the file into `sources` and enters it; returns the index of its text. Throws Error at `position` for what
  /// is outside the folder, missing, unreadable, too deep, too much, or included by itself.
  std::uint32_t enter(SourceMap& sources, const std::string& include_name, Position position);

  void leave() { open_.pop_back(); }

  [[nodiscard]] const IncludePolicy& policy() const { return policy_; }

 private:
  struct OpenFile {
    std::filesystem::path canonical;
    std::string name;
  };
  [[nodiscard]] std::filesystem::path resolve(const SourceMap& sources, const std::string& name,
                                              Position position) const;

  IncludePolicy policy_;
  std::vector<OpenFile> open_;
  std::uint64_t bytes_;
  int files_ = 0;
};

}  // namespace basalt::quantum
