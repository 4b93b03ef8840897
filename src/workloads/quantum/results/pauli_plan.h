// Which Pauli strings are read off a state together. Strings with the same flips share the products of amplitudes; in
// one sweep of the state go as many products as find their amplitudes in blocks that a cache holds together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/memory/field.h"
#include "workloads/quantum/results/fold_plan.h"
#include "workloads/quantum/results/pauli_strings.h"

namespace basalt::quantum {

/// How one string is put together: factor · the leaf's numbers, those whose place meets `signed_parts` an odd number of
/// times taken negative.
struct StringReading {
  std::size_t string = 0;
  std::size_t leaf = 0;
  std::uint64_t signed_parts = 0;
  double factor = 1;
};

/// Strings that are signed sums of the same products.
struct StringGroup {
  PairProducts pairs;
  std::uint64_t partner = 0;  ///< What is between the number of a block and that of its partner.
  std::vector<FoldStep> steps;
  std::vector<FoldLeaf> leaves;
  std::vector<StringReading> readings;

  /// Of two blocks that are each other's partner only one is read: the products of the other are the conjugates.
  [[nodiscard]] bool reads(std::uint64_t block) const noexcept;
};

/// One visit of all blocks, a set of 2^rank of them at a time.
struct PauliSweep {
  std::uint64_t leading = 0;           ///< Bits of a block's number by which the sets are told apart: those without.
  std::vector<std::uint64_t> members;  ///< The set of block b: b ^ each of these.
  std::vector<StringGroup> groups;
  std::size_t leaf_count = 0;
};

/// For distinct strings, none of them all I, on a field of 2^axes elements read in blocks of 2^block_axes.
std::vector<PauliSweep> plan_pauli_sweeps(std::span<const PauliString> strings, int block_axes, ElementType type);

}  // namespace basalt::quantum
