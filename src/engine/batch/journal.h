// The output file of a batch: one line for each job that has ended, and by that the record of what need not run again.
// A line is appended with one write, so that a kill at any moment leaves whole lines and at most one torn one at the
// end; what was written is flushed to the disk several times a second.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/batch/locked_file.h"
#include "engine/batch/result_line.h"

namespace basalt {

class Journal {
 public:
  /// A line that the file had, whole.
  struct Entry {
    ResultHead head;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;  ///< With the line break.
    std::uint64_t line = 0;   ///< From 1.
  };

  /// Opens or creates `path` for this process alone. Without `resume` a file that has anything is refused; with it, its
  /// lines are read and a torn last one is forgotten. Throws Error(bad_usage | bad_input | io).
  Journal(std::string path, bool resume);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }

  /// Makes the file hold these of its entries and nothing else. To be called before the first `append`.
  void keep(std::vector<Entry> entries);

  /// Appends a line. Throws Error(io).
  void append(std::string_view line);

  /// Waits until all that was appended is on the disk. Throws Error(io).
  void flush();

 private:
  void read_entries();
  void flush_file();
  void flush_regularly(const std::stop_token& stop);

  std::string path_;
  FileDescriptor file_;
  std::vector<Entry> entries_;
  std::uint64_t size_bytes_ = 0;  ///< Of whole lines.

  std::mutex mutex_;
  std::condition_variable_any appended_;
  bool unflushed_ = false;
  int flush_error_ = 0;   ///< errno of the first flush that failed.
  std::jthread flusher_;  // last: it uses all of the above
};

}  // namespace basalt
