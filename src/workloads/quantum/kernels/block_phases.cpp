// Phases on blocks: they wait until a step mixes one of their axes. Then those that are needed become multiplications
// of the block's vectors, or, where there are many, all that wait become one table.
#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>

#include "workloads/quantum/kernels/block_encoder.h"

namespace basalt::quantum {
namespace {

using Complex = std::complex<double>;

// What multiplications cost, in picoseconds an amplitude of c64 on the machine they were measured on: only their
// ratios matter.
constexpr double kScaleCost = 28;
constexpr double kTurnCost = 50;
constexpr double kWholeCost = 75;
constexpr double kHalvesCost = 107;

/// Below this an imaginary part is what rounding leaves of a product of signs.
constexpr double kRealTolerance = 1e-15;

}  // namespace

/// Phases with the same condition outside of the block: one multiplication for all of them.
struct BlockEncoder::TurnGroup {
  struct Term {
    ControlMask lanes;
    ControlMask vectors;
    Complex turn;
    bool parity;
  };

  Split condition;         ///< Its lanes and vectors are empty.
  bool by_parity = false;  ///< The condition is a parity: its masks say of what.
  std::vector<Term> terms;

  [[nodiscard]] bool matches(const Split& other, bool other_by_parity) const {
    const auto same = [](const ControlMask& a, const ControlMask& b) { return a.mask == b.mask && a.value == b.value; };
    return by_parity == other_by_parity && same(condition.tile, other.tile) && same(condition.field, other.field);
  }

  /// The phase at a place of the block, where the parity outside is odd or not.
  [[nodiscard]] Complex phase_at(std::uint64_t vector, std::uint64_t lane, bool odd) const {
    Complex phase = 1;
    for (const Term& term : terms) {
      const bool acts =
          term.parity
              ? ((std::popcount(vector & term.vectors.mask) + std::popcount(lane & term.lanes.mask)) % 2 != 0) != odd
              : (vector & term.vectors.mask) == term.vectors.value && (lane & term.lanes.mask) == term.lanes.value;
      phase *= acts ? term.turn : 1;
    }
    return phase;
  }

  [[nodiscard]] bool is_real() const {
    return !by_parity &&
           std::ranges::all_of(terms, [](const Term& term) { return std::abs(term.turn.imag()) < kRealTolerance; });
  }

  [[nodiscard]] double cost() const {
    const int conditions = by_parity ? 0 : std::popcount(condition.tile.mask) + std::popcount(condition.field.mask);
    return (is_real() ? kScaleCost : kTurnCost) * std::ldexp(1.0, -conditions);
  }
};

void BlockEncoder::add_phase(const PhaseTerm& term) {
  const SplitControl parts = axes_.split({term.mask, term.value});
  waiting_.push_back({.tile = parts.tile, .field = parts.field, .angle = term.angle, .parity = term.parity});
}

std::vector<BlockEncoder::TurnGroup> BlockEncoder::group_turns(const std::vector<TilePhase>& phases) const {
  std::vector<TurnGroup> groups;
  for (const TilePhase& phase : phases) {
    Split parts = split_tile(phase.tile);
    parts.field = phase.field;
    const bool by_parity = phase.parity && (parts.tile.mask | parts.field.mask) != 0;
    auto group = std::ranges::find_if(groups, [&](const TurnGroup& g) { return g.matches(parts, by_parity); });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), TurnGroup{});
      group->condition.tile = parts.tile;
      group->condition.field = parts.field;
      group->by_parity = by_parity;
    }
    group->terms.push_back({parts.lanes, parts.vectors, std::polar(1.0, phase.angle), phase.parity});
  }
  return groups;
}

/// Phases that are not needed yet cost nothing where a multiplication is done anyway.
void BlockEncoder::join_groups(std::vector<TurnGroup>& groups, std::vector<TilePhase>& others) const {
  std::erase_if(others, [&](const TilePhase& phase) {
    const TurnGroup single = group_turns({phase}).front();
    const auto group =
        std::ranges::find_if(groups, [&](const TurnGroup& g) { return g.matches(single.condition, single.by_parity); });
    if (group == groups.end() || (group->is_real() && !single.is_real())) {
      return false;
    }
    group->terms.push_back(single.terms.front());
    return true;
  });
}

void BlockEncoder::flush(std::uint64_t mixed_tile_axes) {
  std::vector<TilePhase> needed;
  std::vector<TilePhase> others;
  for (const TilePhase& phase : waiting_) {
    const bool all = mixed_tile_axes == ~std::uint64_t{0};
    (all || (phase.tile.mask & mixed_tile_axes) != 0 ? needed : others).push_back(phase);
  }
  if (needed.empty()) {
    return;
  }
  // What fits no table is multiplied by itself in either case.
  const auto tabled = std::stable_partition(needed.begin(), needed.end(),
                                            [](const TilePhase& phase) { return !PhaseRecipe::fits(phase); });
  std::vector<TurnGroup> turns = group_turns({tabled, needed.end()});
  double turn_cost = 0;
  for (const TurnGroup& group : turns) {
    turn_cost += group.cost();
  }
  PhaseRecipe recipe(type_, lanes_, axes_.count());
  for (const TilePhase& phase : waiting_) {
    if (PhaseRecipe::fits(phase)) {
      recipe.add(phase);
    }
  }
  const double table_cost = (recipe.has_whole() ? kWholeCost : 0) + (recipe.has_halves() ? kHalvesCost : 0);
  if (turn_cost <= table_cost) {
    turns = group_turns(needed);
    join_groups(turns, others);
    push_turns(turns);
  } else {
    push_turns(group_turns({needed.begin(), tabled}));
    push_table();
    if (!counting_) {
      recipe.finish();
    }
    result_.recipes.push_back(std::move(recipe));
    std::erase_if(others, PhaseRecipe::fits);
  }
  waiting_ = std::move(others);
}

void BlockEncoder::push_table() {
  if (result_.passes.back().table_count == kMostPassTables) {
    begin_pass_again();
  }
  BlockOp& op = push(BlockCode::table, {});
  op.table = static_cast<std::uint8_t>(result_.passes.back().table_count++);
}

void BlockEncoder::push_turns(const std::vector<TurnGroup>& groups) {
  for (const TurnGroup& group : groups) {
    const bool real = group.is_real();
    BlockOp& op = push(real ? BlockCode::scale : BlockCode::turn, group.by_parity ? Split{} : group.condition);
    if (group.by_parity) {
      op.tile_parity = group.condition.tile.mask;
      op.field_parity = group.condition.field.mask;
    }
    const int vectors = 1 << result_.passes.back().high_count;
    for (int odd = 0; odd < (group.by_parity ? 2 : 1); ++odd) {
      for (int vector = 0; vector < vectors; ++vector) {
        const auto phase = [&](std::uint64_t lane) {
          return group.phase_at(static_cast<std::uint64_t>(vector), lane, odd != 0);
        };
        if (real) {
          result_.coefficients.add_real([&](std::uint64_t lane) { return std::round(phase(lane).real()); });
        } else {
          result_.coefficients.add_pair(phase);
        }
      }
    }
  }
}

}  // namespace basalt::quantum
