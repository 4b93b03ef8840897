#include "workloads/quantum/results/top.h"

#include <algorithm>
#include <mutex>

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

  [[nodiscard]] std::vector<TopState> sorted() && {
    std::ranges::sort(states_, before);
    return std::move(states_);
  }
  [[nodiscard]] const std::vector<TopState>& states() const { return states_; }

 private:
  std::uint64_t limit_;
  std::vector<TopState> states_;
};

template <typename Real>
void offer_block(const std::complex<Real>* amplitudes, std::uint64_t first, std::uint64_t count, Best& best) {
  for (std::uint64_t i = first; i < first + count; ++i) {
    const std::complex<double> amplitude(amplitudes[i]);
    const double probability = std::norm(amplitude);
    if (probability > 0) {
      best.offer({i, probability, amplitude});
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
    for (std::uint64_t block = task * blocks / tasks; block < (task + 1) * blocks / tasks; ++block) {
      if (block % 64 == 0) {
        state.cancel.check();
      }
      const std::uint64_t first = block * state.block_elements();
      if (state.field.type == ElementType::c64) {
        offer_block(state.field.buffer.as<std::complex<float>>(), first, state.block_elements(), mine);
      } else {
        offer_block(state.field.buffer.as<std::complex<double>>(), first, state.block_elements(), mine);
      }
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
