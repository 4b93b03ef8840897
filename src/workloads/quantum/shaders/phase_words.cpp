#include "workloads/quantum/shaders/phase_words.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "workloads/quantum/shaders/stage_words.h"

namespace basalt::quantum {
namespace {

constexpr std::uint32_t kRegisters = 1U << kRegisterAxes;

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
  std::array<double, kRegisters> constants{};
  bool has_constants = false;
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
    for (std::uint32_t r = 0; r < kRegisters; ++r) {
      const std::uint64_t index = map.index_of(r);
      const bool met = term.parity ? std::popcount(index & tile.mask) % 2 != 0 : (index & tile.mask) == tile.value;
      sorted.constants[r] += met ? term.angle : 0;
    }
    sorted.has_constants = true;
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

std::vector<EncodedPhases> WaitingPhases::flush(const RegisterMap& map) {
  std::vector<EncodedPhases> result;
  if (terms_.empty()) {
    return result;
  }
  Sorted sorted;
  for (const PhaseTerm& term : std::exchange(terms_, {})) {
    sort(term, map, sorted);
  }
  for (const Selection& selection : sorted.selections) {
    data_->align();
    result.push_back({kSelect, data_->size(), 6});
    write_condition(selection.term, true, *data_);
    data_->add(selection.where_met | selection.where_not << 16);
    data_->align();
    data_->add_control(selection.term.outer);
    data_->add_complex(std::polar(1.0, selection.term.angle));
    data_->add_complex(0);
  }
  for (bool more = sorted.flags != 0; more;) {
    data_->align();
    EncodedPhases& phases = result.emplace_back(EncodedPhases{kPhases, data_->size(), 0});
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
    phases.flops_per_element = 3.0 * std::popcount(sorted.flags) + 0.5 * static_cast<double>(terms);
    more = longest > kMostThreadTerms;
  }
  if (sorted.has_constants) {
    data_->align();
    result.push_back({kConstants, data_->size(), 6});
    for (const double angle : sorted.constants) {
      data_->add_complex(std::polar(1.0, angle));
    }
  }
  return result;
}

std::uint32_t WaitingPhases::add_factor(std::complex<double> factor) {
  data_->align();
  const std::uint32_t data = data_->size();
  for (std::uint32_t r = 0; r < kRegisters; ++r) {
    data_->add_complex(factor);
  }
  return data;
}

}  // namespace basalt::quantum
