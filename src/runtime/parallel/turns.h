// Callers that take turns, the higher priority first. A lock that is fair: the system's mutexes hand over to whoever
// comes by.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <utility>

namespace basalt {

class Turns {
 public:
  /// Waits until nobody has the turn and nobody who waits comes before.
  void take(int priority);
  /// Ends the turn.
  void give();
  /// How many callers wait.
  [[nodiscard]] std::size_t waiting() const;

 private:
  /// The turns begun before the arrival, less the priority; the smallest goes first. So whoever was passed over p times
  /// has caught up with callers that arrive then with a priority p higher, although no key ever changes. Equals go in
  /// order of arrival.
  using Key = std::pair<std::int64_t, std::uint64_t>;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<Key> waiting_;
  std::uint64_t turns_ = 0;
  std::uint64_t arrivals_ = 0;
  bool taken_ = false;
};

/// Takes a turn for its own lifetime.
class Turn {
 public:
  Turn(Turns& turns, int priority) : turns_(turns) { turns_.take(priority); }
  ~Turn() { turns_.give(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Turns& turns_;
};

}  // namespace basalt
