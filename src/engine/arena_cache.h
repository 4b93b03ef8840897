// Arenas that wait for their next job: starting threads costs more than a small circuit.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "basalt/arena.h"

namespace basalt {

class ArenaCache {
 public:
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

  /// An arena of this many threads, a waiting one where there is one. Throws Error(out_of_resources).
  Loan lend(int threads);

 private:
  void take_back(std::unique_ptr<Arena> arena) noexcept;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Arena>> waiting_;
};

}  // namespace basalt
