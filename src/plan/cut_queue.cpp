#include "plan/cut_queue.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "base/hash.h"

namespace basalt {
namespace {

/// A look gives up when it has passed over this many: what comes then is most likely out of reach, and a cut of a long
/// program stays linear in its length.
constexpr std::size_t kMostPassedOver = 4096;

/// The axes of the operations that a look has passed over.
struct Blocked {
  std::uint64_t mixes = 0;
  std::uint64_t reads = 0;

  [[nodiscard]] bool stops(std::uint64_t mixed, std::uint64_t read) const noexcept {
    return ((mixed & (mixes | reads)) | (read & mixes)) != 0;
  }
  void add(std::uint64_t mixed, std::uint64_t read) noexcept {
    mixes |= mixed;
    reads |= read;
  }
};

}  // namespace

OperationMasks::OperationMasks(std::span<const Access> operations)
    : mixes(operations.size()), reads(operations.size()), later_mixes(operations.size() + 1) {
  for (std::size_t i = operations.size(); i-- > 0;) {
    mixes[i] = operations[i].mixes;
    reads[i] = operations[i].reads & ~operations[i].mixes;
    later_mixes[i] = later_mixes[i + 1] | mixes[i];
    mixers += mixes[i] != 0 ? 1 : 0;
  }
}

/// Calls, for each operation within reach of the tile, visitor.done(operation), visitor.lacks_axes(operation) (true:
/// count it as done from now on, as its axes were added to visitor.tile) or visitor.passed_over(operation). A phase
/// that nothing stops is `done`: it can be done at any time and stands in nobody's way.
template <typename Visitor>
void CutQueue::visit(std::uint64_t tile, std::uint64_t& looked, Visitor&& visitor) const {
  visitor.tile = tile;
  Blocked blocked;
  std::size_t passed_over = 0;
  // False: the tile can do nothing any more.
  const auto look = [&](std::uint32_t operation, std::uint64_t later_mixes) {
    const std::uint64_t mixes = masks_->mixes[operation];
    const std::uint64_t reads = masks_->reads[operation];
    if (!blocked.stops(mixes, reads) && ((mixes & ~visitor.tile) == 0 || visitor.lacks_axes(operation))) {
      visitor.done(operation);
      return true;
    }
    visitor.passed_over(operation);
    blocked.add(mixes, reads);
    ++passed_over;
    return (visitor.tile & later_mixes & ~(blocked.mixes | blocked.reads)) != 0 && passed_over < kMostPassedOver;
  };
  const std::uint64_t all = masks_->later_mixes.front();
  for (const std::uint32_t operation : passed_over_) {
    ++looked;
    if (!look(operation, all)) {
      return;
    }
  }
  const auto count = static_cast<std::uint32_t>(masks_->mixes.size());
  for (std::uint32_t operation = next_; operation < count; ++operation) {
    ++looked;
    if (!look(operation, masks_->later_mixes[operation + 1])) {
      return;
    }
  }
}

std::size_t CutQueue::count(std::uint64_t tile, std::uint64_t& looked) const {
  struct Counter {
    const OperationMasks& masks;
    std::uint64_t tile = 0;
    std::size_t mixers = 0;
    void done(std::uint32_t operation) { mixers += masks.is_phase(operation) ? 0 : 1; }
    static bool lacks_axes(std::uint32_t /*operation*/) { return false; }
    void passed_over(std::uint32_t /*operation*/) {}
  };
  Counter counter{.masks = *masks_};
  visit(tile, looked, counter);
  return counter.mixers;
}

void CutQueue::reach(std::uint64_t tile, Reach& reach, std::uint64_t& looked) const {
  struct Collector {
    const OperationMasks& masks;
    Reach& reach;
    std::uint64_t tile = 0;
    void done(std::uint32_t operation) { reach.mixers += masks.is_phase(operation) ? 0 : 1; }
    bool lacks_axes(std::uint32_t operation) {
      // Nothing else that nobody stops mixes the same axes: this one would stop it.
      reach.wants.push_back(masks.mixes[operation]);
      return false;
    }
    void passed_over(std::uint32_t /*operation*/) {}
  };
  reach.mixers = 0;
  reach.wants.clear();
  visit(tile, looked, Collector{.masks = *masks_, .reach = reach});
}

std::uint64_t CutQueue::first_come(std::uint64_t tile, int most_axes, std::uint64_t& looked) const {
  struct Widener {
    const OperationMasks& masks;
    int most_axes;
    std::uint64_t tile = 0;
    void done(std::uint32_t /*operation*/) {}
    bool lacks_axes(std::uint32_t operation) {
      const std::uint64_t wider = tile | masks.mixes[operation];
      const bool fits = std::popcount(wider) <= most_axes;
      tile = fits ? wider : tile;
      return fits;
    }
    void passed_over(std::uint32_t /*operation*/) {}
  };
  Widener widener{.masks = *masks_, .most_axes = most_axes};
  visit(tile, looked, widener);
  return widener.tile;
}

std::vector<std::uint32_t> CutQueue::take(std::uint64_t tile, std::uint64_t& looked) {
  struct Sorter {
    std::vector<std::uint32_t> able;
    std::vector<std::uint32_t> not_yet;
    std::uint64_t tile = 0;
    void done(std::uint32_t operation) { able.push_back(operation); }
    static bool lacks_axes(std::uint32_t /*operation*/) { return false; }
    void passed_over(std::uint32_t operation) { not_yet.push_back(operation); }
  };
  Sorter sorter;
  const std::uint64_t looked_before = looked;
  visit(tile, looked, sorter);
  if (const std::uint64_t seen = looked - looked_before; seen < passed_over_.size()) {
    sorter.not_yet.insert(sorter.not_yet.end(), passed_over_.begin() + static_cast<std::ptrdiff_t>(seen),
                          passed_over_.end());
  } else {
    next_ += static_cast<std::uint32_t>(seen - passed_over_.size());
  }
  std::uint64_t mixed_after = masks_->later_mixes[next_];
  for (const std::uint32_t operation : sorter.not_yet) {
    mixed_after |= masks_->mixes[operation];
  }

  // From the back: a phase is needed if something that is done after it mixes an axis that it reads.
  std::vector<std::uint32_t>& taken = sorter.able;
  std::vector<std::uint32_t> put_off;
  std::uint64_t mixed_now = 0;
  std::size_t kept = taken.size();
  for (std::size_t i = taken.size(); i-- > 0;) {
    const std::uint32_t operation = taken[i];
    mixed_now |= masks_->mixes[operation];
    if (!masks_->is_phase(operation)) {
      --mixers_left_;
      taken_hash_ += mix(0, operation);
    } else if ((masks_->reads[operation] & mixed_now) == 0) {
      if ((masks_->reads[operation] & mixed_after) != 0) {
        put_off.push_back(operation);
      }
      continue;
    }
    taken[--kept] = operation;
  }
  taken.erase(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(kept));
  std::ranges::reverse(put_off);
  passed_over_.clear();
  std::ranges::merge(put_off, sorter.not_yet, std::back_inserter(passed_over_));
  return std::move(taken);
}

}  // namespace basalt
