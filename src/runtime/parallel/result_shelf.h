// Results between the end of their tasks and whoever takes them, in the order of ending or of submission.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_set>

#include "basalt/process_pool.h"

namespace basalt {

class ResultShelf {
 public:
  /// Makes room for the result of task `id`; gives its place in the order of submission, or nothing if the id is in
  /// use.
  std::optional<std::uint64_t> reserve(std::uint64_t id);
  /// Puts the result for a place; once for each.
  void put(std::uint64_t sequence, TaskResult result);

  /// The result that was put first, if any is there.
  std::optional<TaskResult> take_first();
  /// The result of the task submitted first of those not taken, if it is there.
  std::optional<TaskResult> take_in_order();

  /// Places reserved and not taken.
  [[nodiscard]] std::uint64_t outstanding() const noexcept { return places_.size(); }

 private:
  using Places = std::map<std::uint64_t, std::optional<TaskResult>>;  ///< By sequence.
  TaskResult take(Places::iterator place);

  Places places_;
  std::deque<std::uint64_t> by_end_;  ///< Sequences, some of them perhaps taken already.
  std::unordered_set<std::uint64_t> ids_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace basalt
