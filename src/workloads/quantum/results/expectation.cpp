#include "workloads/quantum/results/expectation.h"

#include <algorithm>
#include <array>
#include <bit>

#include "workloads/quantum/kernels/walk.h"
#include "workloads/quantum/results/fold_buffer.h"
#include "workloads/quantum/results/pauli_plan.h"
#include "workloads/quantum/results/pauli_strings.h"

namespace basalt::quantum {
namespace {

double signed_sum(const FoldParts& leaf, std::uint64_t signed_parts) {
  std::array<double, kFoldParts> parts = leaf.parts;
  for (std::uint64_t part = 0; part < kFoldParts; ++part) {
    if ((std::popcount(part & signed_parts) & 1) != 0) {
      parts[part] = -parts[part];
    }
  }
  for (std::uint64_t width = kFoldParts / 2; width != 0; width /= 2) {
    for (std::uint64_t part = 0; part < width; ++part) {
      parts[part] += parts[part + width];
    }
  }
  return parts[0];
}

/// Adds what one block gives to the sums of all leaves of a sweep.
void read_block(const StateView& state, const PauliSweep& sweep, std::uint64_t block, FoldBuffer& values,
                FoldBuffer& sums) {
  const BlockOf place = state.block(block);
  double* const products = numbers(values);
  FoldParts* sum = sums.data();
  for (const StringGroup& group : sweep.groups) {
    if (group.reads(block)) {
      if (group.pairs.x_mask == 0) {
        block_probabilities(place, products);
      } else {
        block_products(place, group.pairs, products);
      }
      fold(products, group.steps);
      add_leaves(products, group.leaves, block, sum->parts.data());
    }
    sum += group.leaves.size();
  }
}

/// How many parts a sweep is cut into, each with sums of its own: by sizes alone, never by threads, as the order of
/// additions follows from it. No more than give the parts work and their sums little memory.
std::uint64_t part_count(std::uint64_t sets, std::uint64_t set_elements, std::uint64_t strings) {
  constexpr std::uint64_t kMostParts = 256;
  constexpr std::uint64_t kLeastElements = std::uint64_t{1} << 16;
  constexpr std::uint64_t kMostSums = std::uint64_t{1} << 19;
  const std::uint64_t by_work = sets * set_elements / kLeastElements;
  const std::uint64_t by_memory = std::bit_floor(kMostSums / strings + 1);
  return std::clamp<std::uint64_t>(std::min({by_work, by_memory, kMostParts}), 1, sets);
}

/// Puts the sums of the strings of one sweep into `result`.
void run_sweep(const StateView& state, const PauliSweep& sweep, std::vector<double>& result) {
  const std::uint64_t sets = state.block_count() / sweep.members.size();
  const std::uint64_t parts = part_count(sets, sweep.members.size() * state.block_elements(), result.size());
  std::vector<double> partial(parts * result.size(), 0.0);
  state.arena.for_each(parts, state.cancel, [&](std::uint64_t part) {
    FoldBuffer values = fold_buffer(state.block_elements());
    FoldBuffer sums = fold_buffer(sweep.leaf_count * kFoldParts);
    const Range range = range_of({part, parts}, sets);
    for (std::uint64_t set = range.begin; set < range.end; ++set) {
      const std::uint64_t base = Walk(sweep.leading, set).index();
      for (const std::uint64_t member : sweep.members) {
        read_block(state, sweep, base ^ member, values, sums);
      }
      state.cancel.check();
    }
    const FoldParts* leaves = sums.data();
    for (const StringGroup& group : sweep.groups) {
      for (const StringReading& reading : group.readings) {
        partial[part * result.size() + reading.string] =
            reading.factor * signed_sum(leaves[reading.leaf], reading.signed_parts);
      }
      leaves += group.leaves.size();
    }
  });
  for (std::uint64_t part = 0; part < parts; ++part) {
    for (std::size_t string = 0; string < result.size(); ++string) {
      result[string] += partial[part * result.size() + string];
    }
  }
}

}  // namespace

std::vector<double> string_sums(const StateView& state, std::span<const PauliString> strings) {
  std::vector<double> sums(strings.size(), 0.0);
  for (const PauliSweep& sweep : plan_pauli_sweeps(strings, state.block_axes(), state.field.type)) {
    run_sweep(state, sweep, sums);
  }
  return sums;
}

std::vector<double> expectations(const StateView& state, std::span<const Observable> observables, double norm) {
  return combine_strings(state.qubit_map(), observables, norm,
                         [&](std::span<const PauliString> strings) { return string_sums(state, strings); });
}

}  // namespace basalt::quantum
