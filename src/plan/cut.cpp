#include "plan/cut.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

#include "plan/cluster.h"
#include "plan/cut_queue.h"
#include "plan/cut_search.h"
#include "plan/order_stage.h"

namespace basalt {
namespace {

constexpr std::uint64_t lowest_axes(int count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

/// How hard one search tries.
struct Breadth {
  std::size_t states;   ///< Kept from one stage to the next.
  std::size_t choices;  ///< Of tiles for each of them.
  std::size_t seeds;
};

/// Each looks at about four times as many operations as the one before.
constexpr Breadth kBreadths[] = {{1, 1, 0}, {1, 1, 1}, {2, 2, 2}, {4, 3, 4}, {8, 4, 8}, {16, 6, 12}, {32, 8, 24}};
constexpr std::uint64_t kGrowth = 4;

/// The last tile of a way to have begun, and the one before it.
struct TileLink {
  static constexpr std::size_t kNone = ~std::size_t{0};
  std::uint64_t tile = 0;
  std::size_t before = kNone;
};

/// One way to have begun.
struct State {
  CutQueue queue;
  std::uint64_t touched = 0;
  double cost = 0;  ///< Of the stages so far, in visits of the whole field.
  std::size_t stages = 0;
  std::size_t last = TileLink::kNone;
};

/// Visits of the whole field that one visit of every tile comes to.
double cost_of(std::uint64_t visited_axes, int field_axes) {
  // A visit of next to nothing is not for nothing: threads meet once more.
  constexpr double kLeast = 1e-3;
  return std::max(std::exp2(std::popcount(visited_axes) - field_axes), kLeast);
}

class Cutter {
 public:
  Cutter(std::span<const Access> operations, const CutSettings& settings)
      : operations_(operations),
        settings_(settings),
        masks_(operations),
        all_(lowest_axes(settings.field_axes)),
        low_(lowest_axes(settings.low_axes)),
        search_(settings, low_) {}

  std::vector<StageCut> operator()() {
    State best = run(kBreadths[0], 0);
    const std::uint64_t least_stages = fewest_stages();
    std::uint64_t last_run = search_.looked();
    for (const Breadth& breadth : std::span(kBreadths).subspan(1)) {
      if (best.stages <= least_stages || search_.looked() + kGrowth * last_run > settings_.effort) {
        break;
      }
      const std::uint64_t before = search_.looked();
      State other = run(breadth, best.cost / static_cast<double>(std::max<std::size_t>(masks_.mixers, 1)));
      last_run = search_.looked() - before;
      if (other.cost < best.cost) {
        best = std::move(other);
      }
    }
    return replay(tiles_of(best));
  }

 private:
  /// No cut has fewer: every axis that is mixed is in some tile, beside the low ones.
  [[nodiscard]] std::uint64_t fewest_stages() const {
    const int others = std::popcount(masks_.later_mixes.front() & ~low_);
    const int room = std::max(settings_.tile_axes - settings_.low_axes, 1);
    return static_cast<std::uint64_t>(std::max((others + room - 1) / room, 1));
  }

  /// A beam: from stage to stage the most promising states are kept. `cost_of_mixer` is what an operation that is left
  /// will cost by experience.
  State run(const Breadth& breadth, double cost_of_mixer) {
    // One that is done is as good as it looks; the others may turn out worse.
    const auto promise = [&](const State& state) {
      const std::size_t left = state.queue.mixers_left();
      return std::pair(left != 0, state.cost + cost_of_mixer * static_cast<double>(left));
    };
    std::vector<State> states{{.queue = CutQueue(masks_), .touched = settings_.touched_axes & all_}};
    while (states.front().queue.mixers_left() != 0) {
      std::vector<State> next;
      for (State& state : states) {
        const std::size_t seeds = search_.looked() < settings_.effort ? breadth.seeds : 0;
        const std::vector<TileChoice> choices = search_.choose(state.queue, seeds, breadth.choices);
        for (const TileChoice& choice : std::span(choices).subspan(1)) {
          add(next, after(state, choice.axes));
        }
        add(next, after(std::move(state), choices.front().axes));
      }
      std::ranges::stable_sort(next, {}, promise);
      if (next.size() > breadth.states) {
        next.erase(next.begin() + static_cast<std::ptrdiff_t>(breadth.states), next.end());
      }
      states = std::move(next);
    }
    return std::move(states.front());
  }

  [[nodiscard]] State after(State state, std::uint64_t tile) {
    tile = fill(tile, state.touched);
    links_.push_back({.tile = tile, .before = state.last});
    state.last = links_.size() - 1;
    state.cost += cost_of(state.touched | tile, settings_.field_axes);
    ++state.stages;
    for (const std::uint32_t step : state.queue.take(tile, search_.looked())) {
      state.touched |= masks_.mixes[step];
    }
    return state;
  }

  /// Keeps the cheapest of those that have done the same.
  static void add(std::vector<State>& states, State state) {
    const auto same = std::ranges::find_if(
        states, [&](const State& other) { return other.queue.taken_hash() == state.queue.taken_hash(); });
    if (same == states.end()) {
      states.push_back(std::move(state));
    } else if (state.cost < same->cost) {
      *same = std::move(state);
    }
  }

  /// Adds axes for which there is room: touched ones, as others would have zeros visited; the lowest, as they lengthen
  /// the runs in which a tile lies in memory.
  [[nodiscard]] std::uint64_t fill(std::uint64_t tile, std::uint64_t touched) const {
    for (const std::uint64_t candidates : {touched & all_, all_}) {
      for (std::uint64_t rest = candidates & ~tile; rest != 0 && std::popcount(tile) < settings_.tile_axes;
           rest &= rest - 1) {
        tile |= rest & -rest;
      }
    }
    return tile;
  }

  [[nodiscard]] std::vector<std::uint64_t> tiles_of(const State& state) const {
    std::vector<std::uint64_t> tiles;
    for (std::size_t link = state.last; link != TileLink::kNone; link = links_[link].before) {
      tiles.push_back(links_[link].tile);
    }
    std::ranges::reverse(tiles);
    if (tiles.empty()) {  // nothing mixes
      tiles.push_back(fill(low_, settings_.touched_axes & all_));
    }
    return tiles;
  }

  std::vector<StageCut> replay(const std::vector<std::uint64_t>& tiles) {
    std::vector<StageCut> stages;
    stages.reserve(tiles.size());
    CutQueue queue(masks_);
    std::uint64_t touched = settings_.touched_axes & all_;
    std::vector<bool> taken(operations_.size());
    for (const std::uint64_t tile : tiles) {
      StageCut& stage = stages.emplace_back(
          StageCut{.tile_axes = tile, .outer_axes = touched & ~tile, .steps = queue.take(tile, search_.looked())});
      for (const std::uint32_t step : stage.steps) {
        touched |= masks_.mixes[step];
        taken[step] = true;
      }
    }
    // Phases that nothing needed; those that came first may go last.
    for (std::uint32_t step = 0; step < operations_.size(); ++step) {
      if (!taken[step]) {
        stages.back().steps.push_back(step);
      }
    }
    return stages;
  }

  std::span<const Access> operations_;
  const CutSettings& settings_;
  OperationMasks masks_;
  std::uint64_t all_;
  std::uint64_t low_;
  TileSearch search_;
  std::vector<TileLink> links_;
};

std::vector<StageCut> cut_clusters(std::span<const Access> operations, const CutSettings& settings) {
  const auto mixes_several = [](const Access& access) { return std::popcount(access.mixes) > 1; };
  if (std::ranges::none_of(operations, mixes_several)) {
    return Cutter(operations, settings)();  // nothing to cluster around
  }
  const std::vector<Cluster> clusters = cluster_operations(operations);
  std::vector<Access> accesses;
  accesses.reserve(clusters.size());
  for (const Cluster& cluster : clusters) {
    accesses.push_back(cluster.access);
  }
  std::vector<StageCut> stages = Cutter(accesses, settings)();
  for (StageCut& stage : stages) {
    const std::vector<std::uint32_t> of_stage = std::exchange(stage.steps, {});
    for (const std::uint32_t cluster : of_stage) {
      stage.steps.insert(stage.steps.end(), clusters[cluster].operations.begin(), clusters[cluster].operations.end());
    }
  }
  return stages;
}

}  // namespace

std::vector<StageCut> cut_stages(std::span<const Access> operations, const CutSettings& settings) {
  if (operations.empty()) {
    return {};
  }
  std::vector<StageCut> stages;
  if (settings.tile_axes >= settings.field_axes) {
    stages.push_back({.tile_axes = lowest_axes(settings.field_axes), .outer_axes = 0, .steps = {}});
    stages.back().steps.resize(operations.size());
    std::iota(stages.back().steps.begin(), stages.back().steps.end(), 0);
  } else {
    assert(settings.low_axes <= settings.tile_axes);
    stages = cut_clusters(operations, settings);
  }
  for (StageCut& stage : stages) {
    order_stage(operations, stage.steps);
  }
  return stages;
}

}  // namespace basalt
