#include "engine/arena_cache.h"

#include <algorithm>
#include <new>

namespace basalt {

ArenaCache::Loan ArenaCache::lend(int threads) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const std::unique_ptr<Arena>& arena) { return arena->threads() == threads; });
  if (found == waiting_.end()) {
    return {*this, std::make_unique<Arena>(threads)};
  }
  std::unique_ptr<Arena> arena = std::move(*found);
  waiting_.erase(found);
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
