// Operations of well-known circuits as the planner sees them, and lists drawn at random.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "plan/program.h"

namespace basalt {

inline Access mixing(std::uint64_t mixes, std::uint64_t reads = 0) {
  return {.mixes = mixes, .reads = reads, .fixed = reads};
}

inline Access phase(std::uint64_t reads) {
  return {.mixes = 0, .reads = reads, .fixed = 0};
}

inline std::uint64_t axis(int index) {
  return std::uint64_t{1} << index;
}

/// H and controlled phases; no swaps at the end.
inline std::vector<Access> qft_operations(int axes) {
  std::vector<Access> list;
  for (int target = axes - 1; target >= 0; --target) {
    list.push_back(mixing(axis(target)));
    for (int other = target - 1; other >= 0; --other) {
      list.push_back(phase(axis(target) | axis(other)));
    }
  }
  return list;
}

inline std::vector<int> shuffled_axes(int axes, std::mt19937_64& random) {
  std::vector<int> order(static_cast<std::size_t>(axes));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) {  // not std::shuffle: the same on every standard library
    std::swap(order[i - 1], order[random() % i]);
  }
  return order;
}

/// As many layers as axes; in each, a dense operation on each of random pairs.
inline std::vector<Access> quantum_volume_operations(int axes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Access> list;
  for (int layer = 0; layer < axes; ++layer) {
    const std::vector<int> order = shuffled_axes(axes, random);
    for (std::size_t i = 0; i + 1 < order.size(); i += 2) {
      list.push_back(mixing(axis(order[i]) | axis(order[i + 1])));
    }
  }
  return list;
}

/// H everywhere, then layers of phases on the edges of a random graph, with `edges_per_axis` edges at every axis (one
/// of them in a ring), and a rotation everywhere.
inline std::vector<Access> qaoa_operations(int axes, int layers, int edges_per_axis, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> edges;
  for (int axis_index = 0; edges_per_axis >= 2 && axis_index < axes; ++axis_index) {
    edges.push_back(axis(axis_index) | axis((axis_index + 1) % axes));
  }
  for (int matching = 2; matching < edges_per_axis; ++matching) {
    const std::vector<int> order = shuffled_axes(axes, random);
    for (std::size_t i = 0; i + 1 < order.size(); i += 2) {
      edges.push_back(axis(order[i]) | axis(order[i + 1]));
    }
  }
  std::vector<Access> list;
  for (int layer = 0; layer <= layers; ++layer) {
    for (const std::uint64_t edge : edges) {
      if (layer > 0) {
        list.push_back(phase(edge));
      }
    }
    for (int target = 0; target < axes; ++target) {
      list.push_back(mixing(axis(target)));
    }
  }
  return list;
}

/// Layers of rotations and a ring of CX.
inline std::vector<Access> ansatz_operations(int axes, int layers) {
  std::vector<Access> list;
  for (int layer = 0; layer < layers; ++layer) {
    for (int target = 0; target < axes; ++target) {
      list.push_back(mixing(axis(target)));
      list.push_back(phase(axis(target)));
    }
    for (int control = 0; control < axes; ++control) {
      list.push_back(mixing(axis((control + 1) % axes), axis(control)));
    }
  }
  return list;
}

/// Operations on up to `most_mixed` axes with up to two controls, and phases on up to five axes.
inline std::vector<Access> random_operations(int axes, int count, int most_mixed, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto draw = [&](int most) {
    std::uint64_t drawn = 0;
    for (auto left = random() % (static_cast<std::uint64_t>(most) + 1); left > 0; --left) {
      drawn |= axis(static_cast<int>(random() % static_cast<std::uint64_t>(axes)));
    }
    return drawn;
  };
  std::vector<Access> list;
  for (int i = 0; i < count; ++i) {
    if (random() % 3 == 0) {
      list.push_back(phase(draw(5)));
    } else {
      const std::uint64_t mixes = draw(most_mixed - 1) | axis(static_cast<int>(random() % axes));
      list.push_back(mixing(mixes, random() % 2 == 0 ? draw(2) & ~mixes : 0));
    }
  }
  return list;
}

}  // namespace basalt
