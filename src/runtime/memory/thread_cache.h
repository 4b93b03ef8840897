// Small blocks that one thread keeps at hand: allocating and releasing them takes no lock.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "runtime/memory/size_class.h"
#include "runtime/memory/slab_store.h"

namespace basalt {

/// Of one thread and one store; used by its thread only.
class ThreadCache {
 public:
  explicit ThreadCache(std::shared_ptr<SlabStore> store);
  ~ThreadCache();
  ThreadCache(const ThreadCache&) = delete;
  ThreadCache& operator=(const ThreadCache&) = delete;

  /// The cache of this thread for `store`; nullptr where there can be none: a thread that is ending, no memory for it.
  static ThreadCache* of(const std::shared_ptr<SlabStore>& store) noexcept {
    return recent_ != nullptr && recent_->store_ == store ? recent_ : find_or_create(store);
  }

  /// Throws Error(out_of_resources).
  std::byte* take(std::size_t size_class) {
    Magazine& magazine = magazines_[size_class];
    if (magazine.count == 0 || epoch_ != store_->epoch()) {
      refill(size_class);
    }
    ++hits_;
    held_bytes_ -= size_class::kBytes[size_class];
    return magazine.blocks[--magazine.count];
  }

  void give(std::size_t size_class, std::byte* block) noexcept {
    Magazine& magazine = magazines_[size_class];
    if (magazine.count == kDepth || held_bytes_ > kMaxHeldBytes || epoch_ != store_->epoch()) {
      make_room(size_class);
    }
    held_bytes_ += size_class::kBytes[size_class];
    magazine.blocks[magazine.count++] = block;
  }

  /// Gives every block back to the store.
  void flush() noexcept;

 private:
  /// So many blocks of one class, and so many bytes in all, are kept at most.
  static constexpr std::uint32_t kDepth = 64;
  static constexpr std::uint64_t kMaxHeldBytes = std::uint64_t{2} << 20;
  /// A class is filled with about this much at a time.
  static constexpr std::uint64_t kBatchBytes = std::uint64_t{64} << 10;

  struct Magazine {
    std::uint32_t count = 0;
    std::array<std::byte*, kDepth> blocks;
  };
  friend struct CachesOfThread;

  static ThreadCache* find_or_create(const std::shared_ptr<SlabStore>& store) noexcept;
  void refill(std::size_t size_class);
  void make_room(std::size_t size_class) noexcept;
  void keep(std::size_t size_class, std::uint32_t count) noexcept;
  void report_hits() noexcept;

  static thread_local constinit ThreadCache* recent_;

  std::shared_ptr<SlabStore> store_;
  std::uint64_t epoch_;
  std::uint64_t held_bytes_ = 0;
  std::uint64_t hits_ = 0;  ///< Not yet reported.
  std::array<Magazine, size_class::kCount> magazines_;
};

}  // namespace basalt
