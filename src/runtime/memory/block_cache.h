// Whole blocks of upstream that wait to be used again.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>

namespace basalt {

struct UpstreamBlock {
  std::byte* base;
  std::uint64_t bytes;
};

/// Knows every large block of a pool, used or idle. Thread-safe; calls nobody.
class BlockCache {
 public:
  ~BlockCache();

  /// The smallest idle block of at least `bytes` and at most 1/16 more; nullptr where there is none.
  std::byte* reuse(std::uint64_t bytes) noexcept;
  /// Enters a new block, as used. Throws std::bad_alloc with nothing changed.
  void adopt(UpstreamBlock block);
  /// A used block becomes idle.
  void release(std::byte* base) noexcept;
  /// Takes out the blocks that have been idle longest, until at least `bytes` are out or none is idle.
  std::list<UpstreamBlock> evict(std::uint64_t bytes) noexcept;

  [[nodiscard]] std::uint64_t idle_bytes() const noexcept { return idle_bytes_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t largest_idle_bytes() const noexcept;

 private:
  using Blocks = std::list<UpstreamBlock>;

  void count_idle(std::int64_t change) noexcept;

  mutable std::mutex mutex_;
  Blocks used_;
  Blocks idle_;                                              ///< Last used first.
  std::unordered_map<std::byte*, Blocks::iterator> places_;  ///< Of all blocks, in either list.
  std::atomic<std::uint64_t> idle_bytes_{0};
};

}  // namespace basalt
