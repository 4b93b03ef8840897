// Allocation traces: recorded from a running stack into a compact file, replayed offline into any allocator.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "basalt/memory.h"
#include "basalt/memory/offset_allocator.h"

namespace basalt {

/// Records every allocation and release that passes. The file appears when finish() is called, whole or not at all.
class RecorderAdaptor final : public MemoryResource {
 public:
  /// Throws Error(io) where `path` cannot be written.
  RecorderAdaptor(MemoryResource& upstream, std::string path);
  ~RecorderAdaptor() override;
  RecorderAdaptor(const RecorderAdaptor&) = delete;
  RecorderAdaptor& operator=(const RecorderAdaptor&) = delete;

  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
  void describe(MemoryState& state) const override;

  /// Gives the file its name. What passes later is not recorded. Throws Error(io), also for a write that failed before.
  void finish();

 private:
  struct Recording;
  MemoryResource& upstream_;
  std::unique_ptr<Recording> recording_;
};

/// One line of a trace.
struct TraceEvent {
  bool is_release = false;
  std::uint64_t block = 0;        ///< Number of the allocation, counted from 0.
  std::uint64_t bytes = 0;        ///< Of an allocation.
  std::uint64_t nanoseconds = 0;  ///< Since the recording began.
};

/// Reads a trace from its start. Whatever the file holds, reading is bounded by its size.
class TraceReader {
 public:
  /// Throws Error(io) where the file cannot be read, Error(bad_input) where it is no trace.
  explicit TraceReader(std::string path);
  ~TraceReader();
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;

  /// The next event; nothing at the end. Throws Error(bad_input) where the file breaks off or names no live block.
  std::optional<TraceEvent> next();

 private:
  struct File;
  std::unique_ptr<File> file_;
};

struct ReplayResult {
  std::uint64_t events = 0;
  std::uint64_t refusals = 0;         ///< Allocations that the allocator refused; their releases are skipped.
  std::uint64_t peak_bytes = 0;       ///< Most that was asked for at one time.
  std::uint64_t footprint_bytes = 0;  ///< Most that the allocator needed for it.
  double seconds = 0;                 ///< Spent in the allocator.

  /// What rounding and gaps cost: 1 - peak / footprint.
  [[nodiscard]] double fragmentation() const noexcept {
    return footprint_bytes == 0 ? 0 : 1 - static_cast<double>(peak_bytes) / static_cast<double>(footprint_bytes);
  }
};

/// Replays into offsets; the footprint is the end of the highest block.
ReplayResult replay(TraceReader& trace, OffsetAllocator& allocator);

/// Replays into a resource, which touches nothing; `footprint` is asked after each allocation what the resource holds.
ReplayResult replay(TraceReader& trace, MemoryResource& resource, const std::function<std::uint64_t()>& footprint);

}  // namespace basalt
