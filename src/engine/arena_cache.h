// Arenas that wait for their next job: starting threads costs more than a small circuit.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "basalt/arena.h"

namespace basalt {

class ArenaCache {
 public:
  /// With `processors`, threads are pinned to them in turn.
  explicit ArenaCache(std::vector<int> processors) : processors_(std::move(processors)) {}

  /// An arena while one job has it; goes back by itself. The cache must outlive it.
  class Loan {
   public:
    Loan(ArenaCache& cache, std::unique_ptr<Arena> arena) : cache_(cache), arena_(std::move(arena)) {}
    ~Loan() { cache_.take_back(std::move(arena_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    Arena& operator*() const noexcept { return *arena_; }

   private:
    ArenaCache& cache_;
    std::unique_ptr<Arena> arena_;
  };

  /// An arena of this many threads, one that waits where there is one. Throws Error(out_of_resources).
  Loan lend(int threads);

 private:
  void take_back(std::unique_ptr<Arena> arena) noexcept;

  const std::vector<int> processors_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Arena>> waiting_;
};

}  // namespace basalt
