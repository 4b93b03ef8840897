#include "runtime/parallel/result_shelf.h"

#include <utility>

namespace basalt {

std::optional<std::uint64_t> ResultShelf::reserve(std::uint64_t id) {
  if (!ids_.insert(id).second) {
    return std::nullopt;
  }
  places_.emplace(next_sequence_, std::nullopt);
  return next_sequence_++;
}

void ResultShelf::put(std::uint64_t sequence, TaskResult result) {
  places_.at(sequence) = std::move(result);
  by_end_.push_back(sequence);
}

std::optional<TaskResult> ResultShelf::take_first() {
  while (!by_end_.empty()) {
    const auto place = places_.find(by_end_.front());
    by_end_.pop_front();
    if (place != places_.end()) {
      return take(place);
    }
  }
  return std::nullopt;
}

std::optional<TaskResult> ResultShelf::take_in_order() {
  const auto place = places_.begin();
  if (place == places_.end() || !place->second) {
    return std::nullopt;
  }
  // Forgets those at the front that went this way, so that the list does not grow with every task ever run.
  while (!by_end_.empty() && (by_end_.front() == place->first || !places_.contains(by_end_.front()))) {
    by_end_.pop_front();
  }
  return take(place);
}

TaskResult ResultShelf::take(Places::iterator place) {
  TaskResult result = std::move(*place->second);
  places_.erase(place);
  ids_.erase(result.id);
  return result;
}

}  // namespace basalt
