#include "engine/batch/program_cache.h"

#include <fmt/format.h>

#include <algorithm>

#include "basalt/engine.h"
#include "base/stopwatch.h"
#include "engine/batch/definition.h"

namespace basalt {
namespace {

constexpr std::uint64_t kMaxSourceBytes = std::uint64_t{8} << 20;
constexpr std::size_t kMaxPrograms = 64;

}  // namespace

ProgramCache::Entry ProgramCache::get(const BatchJob& job, const CancelToken& cancel) {
  Source source = job.request.source;
  const std::string key =
      job.file.empty() ? fmt::format("text {} {:016x}", source.text.size(), hash_of(source.text)) : "file " + job.file;
  {
    std::unique_lock lock(mutex_);
    // Whoever comes second waits for the first, and reads for itself only where that failed.
    read_.wait(lock, [&] { return !being_read_.contains(key); });
    if (const Entry* entry = find(key)) {
      return *entry;
    }
    being_read_.insert(key);
  }
  const auto release = [&] {
    const std::scoped_lock lock(mutex_);
    being_read_.erase(key);
    read_.notify_all();
  };
  try {
    const Stopwatch watch;
    if (!job.file.empty()) {
      source = read_program(job.file, &cancel);
    }
    Entry entry{.key = key,
                .prepared = prepare(source, &cancel),
                .source_hash = hash_of(source.text),
                .source_bytes = source.text.size()};
    keep(entry);
    release();
    entry.read_seconds = watch.seconds();
    return entry;
  } catch (...) {
    release();
    throw;
  }
}

const ProgramCache::Entry* ProgramCache::find(const std::string& key) {
  const auto found = std::ranges::find(entries_, key, &Entry::key);
  if (found == entries_.end()) {
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found);
  return &entries_.front();
}

void ProgramCache::keep(const Entry& entry) {
  const std::scoped_lock lock(mutex_);
  entries_.push_front(entry);
  std::uint64_t bytes = 0;
  std::size_t kept = 0;
  const auto first_forgotten = std::ranges::find_if(entries_, [&](const Entry& each) {
    bytes += each.source_bytes;
    return kept++ > 0 && (bytes > kMaxSourceBytes || kept > kMaxPrograms);
  });
  entries_.erase(first_forgotten, entries_.end());
}

}  // namespace basalt
