#include "engine/arena_cache.h"

#include <new>

namespace basalt {

ArenaCache::Loan ArenaCache::lend(int threads) {
  std::unique_ptr<Arena> arena;
  {
    const std::scoped_lock lock(mutex_);
    if (!waiting_.empty()) {
      arena = std::move(waiting_.back());
      waiting_.pop_back();
    }
  }
  if (arena == nullptr) {
    arena = std::make_unique<Arena>(ArenaSettings{.threads = threads, .processors = processors_});
  } else {
    arena->set_limit(threads);
  }
  return {*this, std::move(arena)};
}

void ArenaCache::take_back(std::unique_ptr<Arena> arena) noexcept {
  const std::scoped_lock lock(mutex_);
  try {
    waiting_.push_back(std::move(arena));
  } catch (const std::bad_alloc&) {
    arena.reset();  // its threads end; the next job starts its own
  }
}

}  // namespace basalt
