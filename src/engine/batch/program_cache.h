// Programs that were read, so that a sweep parses its circuit once in a process.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "basalt/batch.h"

namespace basalt {

/// Thread-safe. Keeps the programs used last, as long as their texts are short together, and always the very last one.
class ProgramCache {
 public:
  struct Entry {
    std::string key;
    std::shared_ptr<const PreparedProgram> prepared;
    std::uint64_t source_hash = 0;
    std::uint64_t source_bytes = 0;
    double read_seconds = 0;  ///< That reading and parsing took in this very call; 0 where it was known.
  };

  /// The program of a job; a file is read again only after it was forgotten. Throws Error as reading and parsing do.
  Entry get(const BatchJob& job, const CancelToken& cancel);

 private:
  [[nodiscard]] const Entry* find(const std::string& key);
  void keep(const Entry& entry);

  std::mutex mutex_;
  std::condition_variable read_;
  std::set<std::string> being_read_;
  std::list<Entry> entries_;  ///< Used last first.
};

}  // namespace basalt
