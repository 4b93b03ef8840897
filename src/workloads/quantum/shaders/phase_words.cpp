#include "workloads/quantum/shaders/phase_words.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "workloads/quantum/shaders/stage_words.h"

namespace basalt::quantum {
namespace {

/// A term as stage_words.h has it.
struct Term {
  std::uint32_t kind = 0;
  ControlMask tile;   ///< By the tile's numbers of its axes ...
  ControlMask outer;  ///< ... and by axes of the field, for those outside of it.
  double angle = 0;
};

/// Of several register axes, and of threads or tiles.
struct Selection {
  Term term;
  std::uint32_t where_met = 0;
  std::uint32_t where_not = 0;
};

/// What comes before the angle.
void write_condition(const Term& term, bool has_outer, WordList& words) {
  words.add(term.kind | (has_outer ? kTermOuter : 0));
  words.add(static_cast<std::uint32_t>(term.tile.mask | term.tile.value << 16));
}

}  // namespace

struct WaitingPhases::Sorted {
  std::vector<Term> outer;                                      ///< Of at most one axis of the tile.
  std::array<std::vector<Term>, kRegisterAxes + 1> of_threads;  ///< By the register axis; last, of none.
  std::vector<Selection> selections;
  std::vector<PhaseTerm> constants;  ///< Of register axes alone, by the tile's numbers of them.
  std::uint32_t flags = 0;
};

bool WaitingPhases::reads(std::uint64_t axes) const noexcept {
  return std::ranges::any_of(terms_, [&](const PhaseTerm& term) { return (term.mask & axes) != 0; });
}

void WaitingPhases::sort(const PhaseTerm& term, const RegisterMap& map, Sorted& sorted) const {
  const ControlMask tile{axes_.inside(term.mask), axes_.inside(term.value)};
  const std::uint64_t outside = axes_.outside(term.mask);
  const std::uint64_t in_registers = tile.mask & map.registers();
  const std::uint32_t parity = term.parity ? kTermParity : 0;

  if (outside == 0 && in_registers == tile.mask) {
    sorted.constants.push_back({tile.mask, tile.value, term.angle, term.parity});
    return;
  }

  const ControlMask outer{outside, term.value & outside};
  // what is left of the condition on the tile once some of its axes are taken out of it
  const auto without = [&](std::uint64_t taken) { return ControlMask{tile.mask & ~taken, tile.value & ~taken}; };
  const auto kind_with = [&](int axis) {
    const std::uint32_t where_one = !term.parity && ((tile.value >> axis) & 1) != 0 ? kTermWhereOne : 0;
    return parity | kTermHasAxis | where_one;
  };

  const auto note_flags = [&](int position, bool linear) {
    sorted.flags |= linear ? kPhaseAxis << position : kPhaseAll | (position < 0 ? 0 : kPhaseAxis << position);
  };
  if (outside != 0 && std::popcount(tile.mask) <= 1) {
    if (tile.mask == 0) {
      note_flags(-1, false);
      sorted.outer.push_back({parity, {}, outer, term.angle});
      return;
    }
    const int axis = std::countr_zero(tile.mask);
    const std::uint32_t kind = kind_with(axis);
    const int position = map.position_of(axis);
    note_flags(position, position >= 0 && (kind & kTermWhereOne) != 0);
    sorted.outer.push_back({kind | static_cast<std::uint32_t>(axis) << 8, {}, outer, term.angle});
    return;
  }
  if (in_registers == 0) {
    note_flags(-1, false);
    sorted.of_threads.back().push_back({parity, tile, outer, term.angle});
    return;
  }
  if (std::popcount(in_registers) == 1) {
    const int axis = std::countr_zero(in_registers);
    const std::uint32_t kind = kind_with(axis);
    const int position = map.position_of(axis);
    note_flags(position, (kind & kTermWhereOne) != 0);
    sorted.of_threads[static_cast<std::size_t>(position)].push_back({kind, without(in_registers), outer, term.angle});
    return;
  }
  Selection selection;
  selection.term = {parity, without(in_registers), outer, term.angle};
  if (term.parity) {
    for (std::uint32_t r = 0; r < kRegisters; ++r) {
      const bool odd = std::popcount(map.index_of(r) & in_registers) % 2 != 0;
      (odd ? selection.where_not : selection.where_met) |= 1U << r;
    }
  } else {
    selection.where_met = map.registers_where({in_registers, tile.value & in_registers});
  }
  sorted.selections.push_back(selection);
}

EncodedPhases WaitingPhases::flush(const RegisterMap& map) {
  EncodedPhases result;
  if (terms_.empty()) {
    return result;
  }
  Sorted sorted;
  for (const PhaseTerm& term : std::exchange(terms_, {})) {
    sort(term, map, sorted);
  }
  std::array<double, kRegisterAxes> axis_angles{};  // where an axis is 1 that others turn anyway
  for (const PhaseTerm& term : sorted.constants) {
    const int first = map.position_of(std::countr_zero(term.mask));
    if (std::has_single_bit(term.mask) && (sorted.flags & kPhaseAxis << first) != 0) {
      const bool where_one = term.parity || term.value != 0;
      axis_angles[static_cast<std::size_t>(first)] += where_one ? term.angle : -term.angle;
      result.angle += where_one ? 0 : term.angle;
      continue;
    }
    auto& [factors, reads] = result.factors.emplace_back();
    for (std::uint32_t r = 0; r < kRegisters; ++r) {
      const std::uint64_t bits = map.index_of(r) & term.mask;
      const bool met = term.parity ? std::popcount(bits) % 2 != 0 : bits == term.value;
      factors[r] = met ? std::polar(1.0, term.angle) : 1;
    }
    for (std::uint64_t rest = term.mask; rest != 0; rest &= rest - 1) {
      reads |= 1U << map.position_of(std::countr_zero(rest));
    }
  }
  for (const Selection& selection : sorted.selections) {
    data_->align();
    result.selections.push_back({.code = kSelect, .data = data_->size(), .flops_per_element = 6});
    write_condition(selection.term, true, *data_);
    data_->add(selection.where_met | selection.where_not << 16);
    data_->align();
    data_->add_control(selection.term.outer);
    data_->add_complex(std::polar(1.0, selection.term.angle));
    data_->add_complex(0);
  }
  for (bool more = sorted.flags != 0; more;) {
    data_->align();
    EncodedPhases::Turns& turns = result.turns.emplace_back(EncodedPhases::Turns{.data = data_->size()});
    std::uint32_t counts = 0;
    std::size_t longest = 0;
    for (std::size_t k = 0; k < sorted.of_threads.size(); ++k) {
      const auto count =
          static_cast<std::uint32_t>(std::min<std::size_t>(sorted.of_threads[k].size(), kMostThreadTerms));
      counts |= count << (6 * k);
      longest = std::max(longest, sorted.of_threads[k].size());
    }
    data_->add(sorted.flags);
    data_->add(static_cast<std::uint32_t>(sorted.outer.size()));
    data_->add(counts);
    data_->align();
    for (double& angle : axis_angles) {
      data_->add_angle(std::exchange(angle, 0));
    }
    std::size_t terms = sorted.outer.size();
    const auto write = [&](const Term& term, bool has_outer) {
      write_condition(term, has_outer, *data_);
      data_->add_angle(term.angle);
      if (has_outer) {
        data_->add_control(term.outer);
      }
    };
    for (const Term& term : std::exchange(sorted.outer, {})) {
      write(term, true);
    }
    for (auto& list : sorted.of_threads) {
      const auto end = list.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(list.size(), kMostThreadTerms));
      terms += static_cast<std::size_t>(end - list.begin());
      std::for_each(list.begin(), end, [&](const Term& term) { write(term, term.outer.mask != 0); });
      list.erase(list.begin(), end);
    }
    turns.flops_per_element = 8 + 4.0 * std::popcount(sorted.flags) + 1.0 * static_cast<double>(terms);
    more = longest > kMostThreadTerms;
  }
  return result;
}

}  // namespace basalt::quantum
