#include "runtime/parallel/turns.h"

namespace basalt {

void Turns::take(int priority) {
  std::unique_lock lock(mutex_);
  if (taken_ || !waiting_.empty()) {
    const Key mine{static_cast<std::int64_t>(turns_) - priority, arrivals_++};
    waiting_.insert(mine);
    changed_.wait(lock, [&] { return !taken_ && *waiting_.begin() == mine; });
    waiting_.erase(mine);
  }
  taken_ = true;
  ++turns_;
}

void Turns::give() {
  bool others = false;
  {
    const std::scoped_lock lock(mutex_);
    taken_ = false;
    others = !waiting_.empty();
  }
  if (others) {
    changed_.notify_all();
  }
}

std::size_t Turns::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

}  // namespace basalt
