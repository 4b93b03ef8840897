#include "plan/cut_search.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace basalt {

std::vector<TileChoice> TileSearch::choose(const CutQueue& queue, std::size_t seeds, std::size_t most) {
  std::vector<TileChoice> choices;
  const auto add = [&](TileChoice choice) {
    if (std::ranges::find(choices, choice.axes, &TileChoice::axes) == choices.end()) {
      choices.push_back(choice);
    }
  };
  const std::uint64_t first_come = queue.first_come(low_, most_axes_, looked_);
  if (seeds == 0) {
    return {{.axes = first_come, .mixers = 0}};
  }
  add(improve(queue, {.axes = first_come, .mixers = queue.count(first_come, looked_)}));
  add(improve(queue, grow(queue, low_)));
  queue.reach(low_, reach_, looked_);
  const std::vector<std::uint64_t> starts = reach_.wants;
  // Spread over all of them: neighbours in the list often lead to the same tile.
  const std::size_t count = std::min(seeds - 1, starts.size());
  for (std::size_t i = 0; i < count && looked_ < most_looks_; ++i) {
    const std::uint64_t seed = low_ | starts[i * starts.size() / count];
    if (std::popcount(seed) <= most_axes_) {
      add(improve(queue, grow(queue, seed)));
    }
  }
  std::ranges::stable_sort(choices, std::greater(), &TileChoice::mixers);
  choices.resize(std::min(choices.size(), most));
  return choices;
}

/// Adds the axes of one operation after another: of those that fit, the one with the most gained for an axis.
TileChoice TileSearch::grow(const CutQueue& queue, std::uint64_t tile) {
  for (;;) {
    queue.reach(tile, reach_, looked_);
    const std::size_t mixers = reach_.mixers;
    TileChoice best{.axes = tile, .mixers = mixers};
    for (const std::uint64_t want : reach_.wants) {
      const std::uint64_t wider = tile | want;
      if (std::popcount(wider) > most_axes_) {
        continue;
      }
      const std::size_t gained = queue.count(wider, looked_) - mixers;
      const auto cost = [&](std::uint64_t axes) { return static_cast<std::size_t>(std::popcount(axes & ~tile)); };
      if (best.axes == tile || gained * cost(best.axes) > (best.mixers - mixers) * cost(wider)) {
        best = {.axes = wider, .mixers = mixers + gained};
      }
    }
    if (best.axes == tile) {
      return best;
    }
    tile = best.axes;
  }
}

/// Forces one operation after another into the tile, at the expense of the axes that are missed least, for as long as
/// that does more.
TileChoice TileSearch::improve(const CutQueue& queue, TileChoice choice) {
  for (bool improved = true; improved && looked_ < most_looks_;) {
    improved = false;
    queue.reach(choice.axes, reach_, looked_);
    wants_ = reach_.wants;
    for (const std::uint64_t want : wants_) {
      const std::uint64_t keep = low_ | want;
      if (std::popcount(keep) > most_axes_ || looked_ >= most_looks_) {
        continue;
      }
      const TileChoice other = make_room(queue, choice.axes | want, keep);
      if (other.mixers > choice.mixers) {
        choice = other;
        improved = true;
        break;
      }
    }
  }
  return choice;
}

/// Drops the axes outside `keep` that are missed least, one after another, until the tile is no larger than it may be.
TileChoice TileSearch::make_room(const CutQueue& queue, std::uint64_t tile, std::uint64_t keep) {
  TileChoice choice{.axes = tile, .mixers = 0};
  while (std::popcount(choice.axes) > most_axes_) {
    TileChoice best;
    for (std::uint64_t rest = choice.axes & ~keep; rest != 0; rest &= rest - 1) {
      const std::uint64_t narrower = choice.axes & ~(rest & -rest);
      const std::size_t mixers = queue.count(narrower, looked_);
      if (best.axes == 0 || mixers > best.mixers) {
        best = {.axes = narrower, .mixers = mixers};
      }
    }
    choice = best;
  }
  return tile == choice.axes ? TileChoice{.axes = tile, .mixers = queue.count(tile, looked_)} : choice;
}

}  // namespace basalt
