// What all threads of a pool share below 1 MiB: spans of small blocks of one size class, and blocks of middle size,
// both carved out of slabs.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "basalt/memory.h"
#include "runtime/memory/size_class.h"
#include "runtime/memory/slab_heap.h"

namespace basalt {

/// Thread-safe. It may outlive its pool, held by the caches of threads; after close() it takes blocks and forgets them.
class SlabStore {
 public:
  explicit SlabStore(MemoryResource& upstream);
  ~SlabStore();
  SlabStore(const SlabStore&) = delete;
  SlabStore& operator=(const SlabStore&) = delete;

  /// Fills `blocks` with small blocks of one class, at least one; returns how many. Throws Error(out_of_resources).
  std::size_t take(std::size_t size_class, std::span<std::byte*> blocks);
  void give(std::size_t size_class, std::span<std::byte* const> blocks) noexcept;

  /// Blocks above the small sizes. Throws Error(out_of_resources).
  std::byte* allocate(std::uint64_t bytes);
  void release(std::byte* block) noexcept;

  /// Gives back slabs that hold nothing while more than `keep_free_bytes` are free; returns the bytes given back.
  std::uint64_t trim(std::uint64_t keep_free_bytes) noexcept;
  /// Gives all slabs back to upstream, which may be gone afterwards.
  void close() noexcept;

  /// Changes when threads are to empty their caches.
  [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_.load(std::memory_order_relaxed); }
  void next_epoch() noexcept { epoch_.fetch_add(1, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t free_bytes() const noexcept { return free_bytes_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t largest_free_bytes() const;
  [[nodiscard]] bool closed() const noexcept { return closed_.load(); }

  void add_hits(std::uint64_t count) noexcept;
  [[nodiscard]] std::uint64_t hits() const noexcept { return hits_.load(std::memory_order_relaxed); }

 private:
  struct Span;
  /// The spans of one class that have free blocks; the last one is used first.
  struct Class {
    std::vector<Span*> open;
    std::size_t spans = 0;
  };

  Span& open_span(std::size_t size_class);
  void close_span(Span& span) noexcept;
  std::byte* carve(std::uint64_t bytes);
  void publish_free_bytes() noexcept;

  mutable std::mutex mutex_;
  std::unique_ptr<SlabHeap> heap_;  ///< Gone after close().
  std::array<Class, size_class::kCount> classes_;
  std::unordered_map<Span*, std::unique_ptr<Span>> spans_;
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::uint64_t> free_bytes_{0};
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<bool> closed_{false};
};

}  // namespace basalt
