#include "engine/batch/journal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/atomic_file.h"

namespace basalt {
namespace {

constexpr std::chrono::milliseconds kFlushInterval{200};

}  // namespace

Journal::Journal(std::string path, bool resume) : path_(std::move(path)), file_(open_locked(path_)) {
  if (!resume && std::filesystem::file_size(path_) > 0) {
    throw Error(ErrorCode::bad_usage, fmt::format("--output '{}' exists already", path_),
                "go on with it: --resume; or give another name");
  }
  read_entries();
  if (ftruncate(file_.get(), static_cast<off_t>(size_bytes_)) != 0) {
    fail_for_file("shorten", path_);
  }
  flusher_ = std::jthread([this](const std::stop_token& stop) { flush_regularly(stop); });
}

void Journal::read_entries() {
  std::ifstream file(path_, std::ios::binary);
  std::string line;
  // A last line without its line break was being written when the batch was killed.
  for (std::uint64_t number = 1; std::getline(file, line) && !file.eof(); ++number) {
    try {
      entries_.push_back(
          {.head = read_result_head(line), .offset = size_bytes_, .bytes = line.size() + 1, .line = number});
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("line {} of '{}': {}", number, path_, error.message()), error.advice());
    }
    size_bytes_ += line.size() + 1;
  }
}

void Journal::keep(std::vector<Entry> entries) {
  if (entries.size() == entries_.size()) {
    return;
  }
  std::ifstream old(path_, std::ios::binary);
  AtomicFile fresh(path_);
  std::string line;
  size_bytes_ = 0;
  for (Entry& entry : entries) {
    line.resize(entry.bytes);
    if (!old.seekg(static_cast<std::streamoff>(entry.offset)) ||
        !old.read(line.data(), static_cast<std::streamsize>(line.size()))) {
      throw Error(ErrorCode::io, fmt::format("'{}' changed while it was read", path_), "is something else writing it?");
    }
    fresh.write(line.data(), line.size());
    entry.offset = std::exchange(size_bytes_, size_bytes_ + entry.bytes);
  }
  fresh.commit();
  entries_ = std::move(entries);
  file_ = open_locked(path_);
}

void Journal::append(std::string_view line) {
  std::string text(line);
  text += '\n';
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      fail_for_file("write", path_);
    }
    rest.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  const std::scoped_lock lock(mutex_);
  unflushed_ = true;
  appended_.notify_one();
}

void Journal::flush() {
  flush_file();
  const std::scoped_lock lock(mutex_);
  if (flush_error_ != 0) {
    errno = flush_error_;
    fail_for_file("flush", path_);
  }
}

void Journal::flush_file() {
  {
    const std::scoped_lock lock(mutex_);
    unflushed_ = false;
  }
  // File systems that cannot flush are no reason to stop.
  if (fdatasync(file_.get()) != 0 && errno != EINVAL && errno != EROFS) {
    const int reason = errno;
    const std::scoped_lock lock(mutex_);
    flush_error_ = flush_error_ == 0 ? reason : flush_error_;
  }
}

/// Flushing takes milliseconds, in which no result should wait: it has a thread of its own, and takes together what
/// came in the meantime. An error is kept for `flush`.
void Journal::flush_regularly(const std::stop_token& stop) {
  for (;;) {
    std::unique_lock lock(mutex_);
    if (!appended_.wait(lock, stop, [&] { return unflushed_; })) {
      return;
    }
    lock.unlock();
    flush_file();
    lock.lock();
    appended_.wait_for(lock, stop, kFlushInterval, [] { return false; });
  }
}

}  // namespace basalt
