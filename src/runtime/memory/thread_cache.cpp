#include "runtime/memory/thread_cache.h"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

namespace basalt {

/// The caches of a thread, one for each pool that it uses, emptied when it ends.
struct CachesOfThread {
  std::vector<std::unique_ptr<ThreadCache>> caches;

  ~CachesOfThread() {
    ended = true;
    ThreadCache::recent_ = nullptr;
  }

  /// Objects that are destroyed later than this may still use a pool.
  static thread_local constinit bool ended;
};

thread_local constinit bool CachesOfThread::ended = false;
thread_local constinit ThreadCache* ThreadCache::recent_ = nullptr;

ThreadCache* ThreadCache::find_or_create(const std::shared_ptr<SlabStore>& store) noexcept {
  if (CachesOfThread::ended) {
    return nullptr;
  }
  thread_local CachesOfThread own;
  for (const auto& cache : own.caches) {
    if (cache->store_ == store) {
      return recent_ = cache.get();
    }
  }
  try {
    recent_ = nullptr;
    std::erase_if(own.caches, [](const auto& cache) { return cache->store_->closed(); });
    own.caches.push_back(std::make_unique<ThreadCache>(store));
    return recent_ = own.caches.back().get();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

ThreadCache::ThreadCache(std::shared_ptr<SlabStore> store) : store_(std::move(store)), epoch_(store_->epoch()) {}

ThreadCache::~ThreadCache() {
  flush();
}

void ThreadCache::flush() noexcept {
  for (std::size_t i = 0; i < magazines_.size(); ++i) {
    keep(i, 0);
  }
  epoch_ = store_->epoch();
  report_hits();
}

/// Called where the class has nothing, or others want what is idle.
void ThreadCache::refill(std::size_t size_class) {
  if (epoch_ != store_->epoch()) {
    flush();
  }
  report_hits();
  const std::uint64_t batch = std::clamp<std::uint64_t>(kBatchBytes / size_class::kBytes[size_class], 1, kDepth / 2);
  Magazine& magazine = magazines_[size_class];
  magazine.count = static_cast<std::uint32_t>(store_->take(size_class, {magazine.blocks.data(), batch}));
  held_bytes_ += std::uint64_t{magazine.count} * size_class::kBytes[size_class];
}

void ThreadCache::make_room(std::size_t size_class) noexcept {
  if (epoch_ != store_->epoch()) {
    flush();
  }
  if (magazines_[size_class].count == kDepth) {
    keep(size_class, kDepth / 2);
  }
  if (held_bytes_ > kMaxHeldBytes) {
    for (std::size_t i = 0; i < magazines_.size(); ++i) {
      keep(i, magazines_[i].count / 2);
    }
  }
  report_hits();
}

/// Gives all but `count` blocks of a class back to the store: those that were released first.
void ThreadCache::keep(std::size_t size_class, std::uint32_t count) noexcept {
  Magazine& magazine = magazines_[size_class];
  if (magazine.count <= count) {
    return;
  }
  const std::uint32_t given = magazine.count - count;
  store_->give(size_class, {magazine.blocks.data(), given});
  std::copy(magazine.blocks.begin() + given, magazine.blocks.begin() + magazine.count, magazine.blocks.begin());
  magazine.count = count;
  held_bytes_ -= std::uint64_t{given} * size_class::kBytes[size_class];
}

void ThreadCache::report_hits() noexcept {
  if (hits_ != 0) {
    store_->add_hits(std::exchange(hits_, 0));
  }
}

}  // namespace basalt
