#include "workloads/quantum/results/top.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include "workloads/quantum/results/fold_buffer.h"

namespace basalt::quantum {
namespace {

bool before(const TopState& a, const TopState& b) {
  return a.probability != b.probability ? a.probability > b.probability : a.index < b.index;
}

/// Keeps the best `limit` states seen, as a heap whose front is the worst of them.
class Best {
 public:
  explicit Best(std::uint64_t limit) : limit_(limit) {}

  void offer(const TopState& candidate) {
    if (states_.size() < limit_) {
      states_.push_back(candidate);
      std::ranges::push_heap(states_, before);
    } else if (before(candidate, states_.front())) {
      std::ranges::pop_heap(states_, before);
      states_.back() = candidate;
      std::ranges::push_heap(states_, before);
    }
  }

  /// The least probability that an offer must have; then it also matters which state it is.
  [[nodiscard]] double threshold() const {
    return states_.size() < limit_ ? std::numeric_limits<double>::denorm_min() : states_.front().probability;
  }

  [[nodiscard]] std::vector<TopState> sorted() && {
    std::ranges::sort(states_, before);
    return std::move(states_);
  }
  [[nodiscard]] const std::vector<TopState>& states() const { return states_; }

 private:
  std::uint64_t limit_;
  std::vector<TopState> states_;
};

std::complex<double> amplitude_at(const Field& field, std::uint64_t index) {
  return field.type == ElementType::c64 ? std::complex<double>(field.buffer.as<std::complex<float>>()[index])
                                        : field.buffer.as<std::complex<double>>()[index];
}

void offer_block(const StateView& state, const BlockOf& block, FoldBuffer& buffer, Best& best) {
  constexpr std::uint64_t kGroup = 16;  // looked at together, as most hold nothing
  const double* const probabilities = numbers(buffer);
  block_probabilities(block, numbers(buffer));
  for (std::uint64_t group = 0; group < block.count; group += kGroup) {
    const double threshold = best.threshold();
    std::uint64_t good = 0;
    for (std::uint64_t i = group; i < group + kGroup; ++i) {
      good += probabilities[i] >= threshold ? 1 : 0;
    }
    for (std::uint64_t i = group; good != 0 && i < group + kGroup; ++i) {
      if (probabilities[i] >= best.threshold()) {
        const std::uint64_t index = block.first + i;
        best.offer({.index = state.basis_of(index),
                    .probability = probabilities[i],
                    .amplitude = amplitude_at(state.field, index)});
      }
    }
  }
}

}  // namespace

std::vector<TopState> top_states(const StateView& state, std::uint64_t count, double norm) {
  const std::uint64_t blocks = state.block_count();
  const std::uint64_t tasks = std::min<std::uint64_t>(blocks, 64);
  Best best(count);
  std::mutex merging;
  state.arena.for_each(tasks, state.cancel, [&](std::uint64_t task) {
    Best mine(count);
    FoldBuffer buffer = fold_buffer(state.block_elements());
    for (std::uint64_t block = task * blocks / tasks; block < (task + 1) * blocks / tasks; ++block) {
      if (block % 64 == 0) {
        state.cancel.check();
      }
      offer_block(state, state.block(block), buffer, mine);
    }
    // The order is total, so the order of merging does not show.
    const std::scoped_lock lock(merging);
    for (const TopState& candidate : mine.states()) {
      best.offer(candidate);
    }
  });
  std::vector<TopState> result = std::move(best).sorted();
  for (TopState& entry : result) {
    entry.probability /= norm;
  }
  return result;
}

}  // namespace basalt::quantum
