// A file on disk, read at any place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace basalt {

class RegularFile {
 public:
  /// Throws Error(bad_input) that names the path and the reason: missing, unreadable, no regular file.
  explicit RegularFile(std::string path);
  ~RegularFile();
  RegularFile(const RegularFile&) = delete;
  RegularFile& operator=(const RegularFile&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// When it was opened.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  /// Throws Error(io) where the disk fails, Error(bad_input) where the file ends before.
  void read(std::uint64_t offset, void* into, std::size_t bytes) const;

 private:
  std::string path_;
  std::uint64_t bytes_ = 0;
  int descriptor_ = -1;
};

}  // namespace basalt
