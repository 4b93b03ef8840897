// A pool: memory that one job gives back serves the next one without asking the system, with its pages in place.
#pragma once

#include <memory>

#include "basalt/memory.h"

namespace basalt {

struct PoolOptions {
  /// Whole blocks and slabs that are idle beyond this go back upstream at once, longest idle first.
  std::uint64_t max_idle_bytes = MemoryState::kUnlimited;
};

struct PoolStatistics {
  std::uint64_t upstream_bytes = 0;  ///< Taken from upstream and not given back: used, idle and lost to rounding.
  std::uint64_t idle_bytes = 0;      ///< In whole blocks and in the free parts of slabs.
  std::uint64_t hits = 0;            ///< Blocks given out of what the pool had. Threads add small ones in batches.
  std::uint64_t misses = 0;          ///< Times that upstream was asked.
};

/// Three ranges of sizes: up to 32 KiB in size classes with a cache for each thread (which keeps at most 6 MiB);
/// below 1 MiB carved out of slabs; from there on whole blocks of upstream, an idle one serving what is at most 1/16
/// smaller. When upstream refuses, idle memory is given back to it and it is asked again. Freed blocks are poisoned for
/// the address sanitizer, and filled with a pattern in debug builds.
/// All blocks must be back when it is destroyed.
class PoolResource final : public MemoryResource {
 public:
  explicit PoolResource(MemoryResource& upstream, PoolOptions options = {});
  ~PoolResource() override;
  PoolResource(const PoolResource&) = delete;
  PoolResource& operator=(const PoolResource&) = delete;

  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
  void describe(MemoryState& state) const override;

  /// Gives idle memory back to upstream until at most `keep_bytes` are left; returns the bytes given back. What other
  /// threads have in their caches follows when they next come for more.
  std::uint64_t trim(std::uint64_t keep_bytes = 0) noexcept;

  [[nodiscard]] PoolStatistics statistics() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace basalt
