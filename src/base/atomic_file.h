// A file that appears whole or not at all: written aside, flushed, then renamed. Links are followed; what is no regular
// file (a device, a pipe) is written straight, for it cannot be replaced.
#pragma once

#include <cstddef>
#include <string>

namespace basalt {

class AtomicFile {
 public:
  /// Creates a temporary file beside `path`. Throws Error(io) naming `path` and the system's reason.
  explicit AtomicFile(std::string path);
  /// Removes the temporary file unless it was committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, std::size_t bytes);

  /// Waits until what was written so far is on the disk.
  void flush();

  /// Flushes to the disk and gives the file its name, replacing what had it.
  void commit();

 private:
  void open_aside();
  [[noreturn]] void fail(const char* action) const;

  std::string path_;
  std::string temporary_;  ///< Empty when `path` is written straight.
  int descriptor_ = -1;
};

}  // namespace basalt
