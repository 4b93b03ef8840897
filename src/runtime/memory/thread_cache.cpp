#include "runtime/memory/thread_cache.h"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

namespace basalt {
namespace {

/// What a thread keeps of one class: so many bytes, within bounds for the number of blocks. All classes full: 6 MiB.
constexpr std::uint32_t kDepthBytes = std::uint32_t{128} << 10;
constexpr std::uint32_t kMinDepth = 8;

}  // namespace

/// The caches of a thread, one for each pool that it uses, emptied when it ends.
struct CachesOfThread {
  std::vector<std::unique_ptr<ThreadCache>> caches;

  ~CachesOfThread() {
    ended = true;
    ThreadCache::recent = nullptr;
  }

  /// Objects that are destroyed later than this may still use a pool.
  static thread_local constinit bool ended;
};

thread_local constinit bool CachesOfThread::ended = false;
thread_local constinit ThreadCache* ThreadCache::recent = nullptr;

ThreadCache* ThreadCache::of(const std::shared_ptr<SlabStore>& store) noexcept {
  if (CachesOfThread::ended) {
    return nullptr;
  }
  thread_local CachesOfThread own;
  for (const auto& cache : own.caches) {
    if (cache->store_ == store) {
      return recent = cache.get();
    }
  }
  try {
    recent = nullptr;
    std::erase_if(own.caches, [](const auto& cache) { return cache->store_->closed(); });
    own.caches.push_back(std::make_unique<ThreadCache>(store));
    return recent = own.caches.back().get();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

ThreadCache::ThreadCache(std::shared_ptr<SlabStore> store) : store_(std::move(store)), epoch_(store_->epoch()) {
  for (std::size_t i = 0; i < size_class::kCount; ++i) {
    magazines_[i].depth = std::clamp<std::uint32_t>(kDepthBytes / size_class::kBytes[i], kMinDepth, kMaxDepth);
  }
}

ThreadCache::~ThreadCache() {
  flush();
}

void ThreadCache::flush() noexcept {
  for (std::size_t i = 0; i < size_class::kCount; ++i) {
    shrink(i, 0);
  }
  if (hits_ != 0) {
    store_->add_hits(std::exchange(hits_, 0));
  }
}

std::byte* ThreadCache::take(std::size_t size_class) {
  follow_store();
  Magazine& magazine = magazines_[size_class];
  if (magazine.count == 0) {
    magazine.count = static_cast<std::uint32_t>(store_->take(size_class, {magazine.blocks.data(), magazine.depth / 2}));
  }
  return take_one(size_class);
}

void ThreadCache::give(std::size_t size_class, std::byte* block) noexcept {
  follow_store();
  Magazine& magazine = magazines_[size_class];
  if (magazine.count == magazine.depth) {
    shrink(size_class, magazine.depth / 2);
  }
  magazine.blocks[magazine.count++] = block;
}

/// Gives all but `count` blocks of a class back to the store: those that were released first.
void ThreadCache::shrink(std::size_t size_class, std::uint32_t count) noexcept {
  Magazine& magazine = magazines_[size_class];
  const std::uint32_t given = magazine.count - count;
  if (given == 0) {
    return;
  }
  store_->give(size_class, {magazine.blocks.data(), given});
  std::copy(magazine.blocks.begin() + given, magazine.blocks.begin() + magazine.count, magazine.blocks.begin());
  magazine.count = count;
}

/// What need not be done for every block: reports hits, and empties the cache when others want what is idle.
void ThreadCache::follow_store() noexcept {
  if (epoch_ != store_->epoch()) {
    epoch_ = store_->epoch();
    flush();
  } else if (hits_ != 0) {
    store_->add_hits(std::exchange(hits_, 0));
  }
}

}  // namespace basalt
