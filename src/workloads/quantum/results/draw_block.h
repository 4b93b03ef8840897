// Draws shots inside one block of a state.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/quantum/kernels/readout.h"
#include "workloads/quantum/results/bit_scatter.h"
#include "workloads/quantum/results/fold_buffer.h"

namespace basalt::quantum {

struct BasisCount {
  std::uint64_t index = 0;  ///< Basis state: bit k is qubit k.
  std::uint64_t count = 0;
};

/// Where the numbers of a draw come from.
struct DrawKey {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
};

/// Draws block after block, in memory of its own. For one thread.
class BlockDrawer {
 public:
  /// For blocks of so many elements.
  BlockDrawer(const BitScatter& basis_of, std::uint64_t block_elements);

  /// From so many shots an element on, one binomial for each element is cheaper than one mark for each shot.
  static constexpr std::uint64_t kManyShotsPerElement = 8;

  /// Draws `shots` elements of a block whose norm is above 0 and whose first element is the `first`-th of the field,
  /// whatever block.first is. Appends at `out` how often each element came up, by increasing index in the field, at
  /// most min(shots, elements) entries; returns the end.
  BasisCount* draw(const BlockOf& block, std::uint64_t first, std::uint64_t shots, DrawKey key, BasisCount* out);

 private:
  void draw_each(const BlockOf& block, std::uint64_t shots, DrawKey key);
  void draw_counts(const BlockOf& block, std::uint64_t shots, DrawKey key);
  template <typename Real>
  void place(const BlockOf& block, std::span<const double> marks, std::span<const double> sums);
  void note(std::uint64_t element, std::uint64_t shots);

  const BitScatter& basis_of_;           ///< Of an index in the field.
  FoldBuffer sums_;                      ///< Σ |a|² of all columns up to each, or |a|² of each element.
  std::vector<std::uint64_t> counts_;    ///< Of each element; all 0 between draws.
  std::vector<std::uint64_t> occupied_;  ///< One bit for each element with a count.
};

}  // namespace basalt::quantum
