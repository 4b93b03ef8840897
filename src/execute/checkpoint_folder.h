// The folder that holds the checkpoints of one run: the latest two, each a file of its own, and in the end the result.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/parallel/file_descriptor.h"

namespace basalt {

/// One process at a time has it.
class CheckpointFolder {
 public:
  /// For a new run. Makes the folder where it is missing. Throws Error(bad_usage) where anything is in it already, or
  /// another process has it, and Error(io).
  static CheckpointFolder create(const std::string& path);

  /// For a run that goes on, or is done. Throws Error(bad_usage) where there is no run in it, or another process has
  /// it, and Error(io).
  static CheckpointFolder open(const std::string& path);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// The latest first.
  [[nodiscard]] std::vector<std::uint64_t> generations() const;
  [[nodiscard]] std::string file_of(std::uint64_t generation) const;

  /// Once the run is done; it may be missing.
  [[nodiscard]] std::string result_file() const;
  [[nodiscard]] bool has_result() const;

  /// Of the disk, for this user.
  [[nodiscard]] std::uint64_t free_bytes() const;

  /// Whether what is written to `folder` takes its room from the same disk.
  [[nodiscard]] bool shares_disk_with(const std::string& folder) const;

  /// What was renamed and removed until now stays so even if power fails.
  void sync() const;

  /// Removes all but the latest so many.
  void keep_latest(std::size_t count) const;

 private:
  explicit CheckpointFolder(const std::string& path);
  [[nodiscard]] bool is_empty() const;
  void remove_unfinished() const;

  std::string path_;
  FileDescriptor folder_;  ///< Holds the lock.
};

/// Whether there is such a folder, with checkpoints in it.
bool holds_run(const std::string& path);

}  // namespace basalt
