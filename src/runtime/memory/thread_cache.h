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

  /// A block that this thread has at hand for `store`; nullptr where it has none.
  static std::byte* take_at_hand(const SlabStore& store, std::size_t size_class) noexcept {
    ThreadCache* const cache = recent;
    if (cache == nullptr || cache->store_.get() != &store || cache->magazines_[size_class].count == 0) {
      return nullptr;
    }
    return cache->take_one(size_class);
  }

  /// Keeps a block of `store`, unless this thread has no room for it.
  static bool keep_at_hand(const SlabStore& store, std::size_t size_class, std::byte* block) noexcept {
    ThreadCache* const cache = recent;
    if (cache == nullptr || cache->store_.get() != &store) {
      return false;
    }
    Magazine& magazine = cache->magazines_[size_class];
    if (magazine.count == magazine.depth) {
      return false;
    }
    magazine.blocks[magazine.count++] = block;
    return true;
  }

  /// The cache of this thread for `store`; nullptr where there can be none: a thread that is ending, no memory for it.
  static ThreadCache* of(const std::shared_ptr<SlabStore>& store) noexcept;

  /// Fetches more where there is none. Throws Error(out_of_resources).
  std::byte* take(std::size_t size_class);
  /// Makes room where there is none.
  void give(std::size_t size_class, std::byte* block) noexcept;

  /// Gives every block back to the store.
  void flush() noexcept;

 private:
  static constexpr std::uint32_t kMaxDepth = 64;

  struct Magazine {
    std::uint32_t count = 0;
    std::uint32_t depth = 0;  ///< So many blocks are kept at most.
    std::array<std::byte*, kMaxDepth> blocks;
  };
  friend struct CachesOfThread;

  std::byte* take_one(std::size_t size_class) noexcept {
    Magazine& magazine = magazines_[size_class];
    ++hits_;
    return magazine.blocks[--magazine.count];
  }
  void shrink(std::size_t size_class, std::uint32_t count) noexcept;
  void follow_store() noexcept;

  static thread_local constinit ThreadCache* recent;

  std::shared_ptr<SlabStore> store_;
  std::uint64_t epoch_;
  std::uint64_t hits_ = 0;  ///< Not yet reported.
  std::array<Magazine, size_class::kCount> magazines_;
};

}  // namespace basalt
