// Kernels for reading results off a state, a block of it at a time. Numbers are in f64, each the result of the same
// operations in the same order on every instruction set.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/memory/field.h"

namespace basalt::quantum {

/// Sums over a block are kept in this many parts, of the elements that agree in their three lowest axes.
inline constexpr std::uint64_t kFoldParts = 8;

/// Part of a field: `count` elements from `first`, both multiples of 16.
struct BlockOf {
  const void* data = nullptr;
  ElementType type = ElementType::c64;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// Σ |a_i|².
double block_norm(const BlockOf& block);

/// values[i] = |a_i|², i counted from the block's first.
void block_probabilities(const BlockOf& block, double* values);

/// What an amplitude is multiplied by: conj(a_i) · a_(i ^ x_mask), its real or its imaginary part.
struct PairProducts {
  std::uint64_t x_mask = 0;
  std::uint64_t skip = 0;  ///< One bit from kFoldParts on: only i without it are computed. 0: all are.
  bool imaginary = false;
};

/// values[i] = that part, i counted from the block's first; those skipped are left as they are.
void block_products(const BlockOf& block, const PairProducts& pairs, double* values);

/// Halves `values` from `offset` on: with u the first `half` of them and v those after, u becomes u + v if `sum`, and v
/// becomes u − v if `difference`. Both are multiples of kFoldParts.
struct FoldStep {
  std::uint32_t offset = 0;
  std::uint32_t half = 0;
  bool sum = false;
  bool difference = false;
};

void fold(double* values, std::span<const FoldStep> steps);

/// Where a fold leaves kFoldParts sums, and which bits of a block's number give them a sign.
struct FoldLeaf {
  std::uint32_t offset = 0;
  std::uint64_t signed_by = 0;
};

/// Adds leaf k to sums[k · kFoldParts ...], or takes it away where the block's number has an odd number of its bits.
void add_leaves(const double* values, std::span<const FoldLeaf> leaves, std::uint64_t block_number, double* sums);

/// Elements of a draw row: the columns of a row are what a draw chooses first, then one of the column's elements.
inline constexpr std::uint64_t kRowElements = 64;

/// sums[row · kFoldParts + column] = Σ |a_i|² over the elements of that column: row · kRowElements + column +
/// kFoldParts · k.
void column_sums(const BlockOf& block, double* sums);

/// values[i] = CounterRandom(seed, stream).uniform(first + i) · scale.
void fill_uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, double scale,
                  std::span<double> values);

}  // namespace basalt::quantum
