#include "workloads/quantum/results/marginal.h"

#include <array>
#include <bit>
#include <cassert>
#include <numeric>

#include "workloads/quantum/kernels/walk.h"
#include "workloads/quantum/results/bit_scatter.h"
#include "workloads/quantum/results/fold_buffer.h"
#include "workloads/quantum/results/fold_plan.h"

namespace basalt::quantum {
namespace {

/// So many axes above a block tell apart what is summed separately: enough pieces for many threads.
constexpr int kPieceAxes = 6;

constexpr std::uint64_t low_bits(int count) {
  return (std::uint64_t{1} << count) - 1;
}

/// Adds up pairs of `size` numbers that lie `stride` apart and moves the sums together.
template <std::size_t size, std::size_t stride>
void sum_axis(double* values) {
  std::size_t next = 0;
  for (std::size_t first = 0; first < size; first += 2 * stride) {
    for (std::size_t i = first; i < first + stride; ++i) {
      values[next++] = values[i] + values[i + stride];
    }
  }
}

/// Adds leaves to the entries, summed over the axes inside a leaf that `kept` does not have.
template <unsigned kept>
void add_kept(double* values, std::span<const std::uint32_t> leaves, double* entries) {
  static_assert(kLeafAxes == 3);
  constexpr std::size_t kAfterHighest = (kept & 4) != 0 ? 8 : 4;
  constexpr std::size_t kAfterMiddle = (kept & 2) != 0 ? kAfterHighest : kAfterHighest / 2;
  constexpr std::size_t kEntries = (kept & 1) != 0 ? kAfterMiddle : kAfterMiddle / 2;
  for (const std::uint32_t leaf : leaves) {
    double* const part = values + leaf;
    if constexpr ((kept & 4) == 0) {
      sum_axis<8, 4>(part);
    }
    if constexpr ((kept & 2) == 0) {
      sum_axis<kAfterHighest, 2>(part);
    }
    if constexpr ((kept & 1) == 0) {
      sum_axis<kAfterMiddle, 1>(part);
    }
    for (std::size_t i = 0; i < kEntries; ++i) {
      entries[i] += part[i];
    }
    entries += kEntries;
  }
}

/// Adds blocks to the entries of their piece.
class BlockAdder {
 public:
  BlockAdder(std::uint64_t wanted, int block_axes)
      : all_in_one_((wanted & low_bits(block_axes)) == 0),
        fold_(plan_sums(wanted & low_bits(block_axes) & ~(kFoldParts - 1), block_axes)),
        add_(kAdders[wanted % kFoldParts]) {}

  void operator()(const BlockOf& block, FoldBuffer& buffer, double* entries) const {
    if (all_in_one_) {
      *entries += block_norm(block);
      return;
    }
    block_probabilities(block, numbers(buffer));
    fold(numbers(buffer), fold_.steps);
    add_(numbers(buffer), fold_.leaves, entries);
  }

 private:
  using Adder = void (*)(double*, std::span<const std::uint32_t>, double*);
  static constexpr std::array<Adder, kFoldParts> kAdders{add_kept<0>, add_kept<1>, add_kept<2>, add_kept<3>,
                                                         add_kept<4>, add_kept<5>, add_kept<6>, add_kept<7>};
  bool all_in_one_;  ///< A block adds to one entry only: its norm.
  FoldPlan fold_;
  Adder add_;
};

}  // namespace

std::vector<double> distribution_of(const AxisTables& tables, const QubitMap& map, std::span<const Qubit> qubits,
                                    const Arena& arena, const CancelToken& cancel) {
  const std::uint64_t table_size = std::uint64_t{1} << qubits.size();
  // bit j of a result's index is qubits[j], which is bit place[j] of a table's
  std::array<std::uint64_t, kMaxMarginalQubits> place{};
  std::uint64_t flipped = 0;
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    const std::uint64_t axis = map.axis_of(qubits[j]);
    place[j] = std::uint64_t{1} << std::popcount(tables.wanted & ((std::uint64_t{1} << axis) - 1));
    flipped |= ((map.flipped >> axis) & 1) * place[j];
  }
  const BitScatter entry_of({place.data(), qubits.size()}, flipped);
  std::vector<double> result(table_size);
  constexpr std::uint64_t kPiece = std::uint64_t{1} << 14;
  const std::uint64_t pieces = (result.size() + kPiece - 1) / kPiece;
  std::vector<double> totals(pieces, 0.0);
  const auto for_each_entry = [&](const auto& body) {
    arena.for_each(pieces, cancel, [&](std::uint64_t piece) {
      for (std::uint64_t i = piece * kPiece; i < std::min<std::uint64_t>(result.size(), (piece + 1) * kPiece); ++i) {
        body(piece, i);
      }
    });
  };
  for_each_entry([&](std::uint64_t piece, std::uint64_t i) {
    for (std::uint64_t copy = 0, entry = entry_of(i); copy < tables.copies; ++copy) {
      result[i] += tables.entries[copy * table_size + entry];
    }
    totals[piece] += result[i];
  });
  const double total = std::accumulate(totals.begin(), totals.end(), 0.0);
  for_each_entry([&](std::uint64_t, std::uint64_t i) { result[i] /= total; });
  return result;
}

std::uint64_t marginal_scratch_bytes(int padded_axes, std::size_t qubit_count) {
  const int high_axes = padded_axes - std::min(kBlockAxes, padded_axes);
  const auto qubits = static_cast<int>(qubit_count);
  // the fewer of the qubits lie above a block, the more copies there are
  const int fewest_above = std::max(0, qubits - kBlockAxes);
  const int copy_axes = std::max(0, std::min(kPieceAxes - fewest_above, high_axes - fewest_above));
  return std::uint64_t{8} << (qubits + copy_axes);
}

std::vector<double> marginal(const StateView& state, std::span<const Qubit> qubits) {
  assert(qubits.size() <= kMaxMarginalQubits);
  std::uint64_t wanted = 0;
  for (const Qubit qubit : qubits) {
    wanted |= std::uint64_t{1} << state.qubit_map().axis_of(qubit);
  }
  AxisSums sums(state.field.padded_axes(), state.block_axes(), wanted, state.memory);
  sums.add(state, 0);
  return distribution_of(sums.tables(), state.qubit_map(), qubits, state.arena, state.cancel);
}

// A table has an entry for each value of the wanted axes, by their order in the field, and there are 2^copy_axes
// tables: each piece of the work has a part of one to itself. That depends on sizes alone, so that the rounding is the
// same on any number of threads.
AxisSums::AxisSums(int field_axes, int block_axes, std::uint64_t wanted_axes, MemoryResource& memory)
    : wanted_(wanted_axes),
      block_axes_(block_axes),
      wanted_blocks_(wanted_axes >> block_axes),
      run_axes_(std::popcount(wanted_axes & low_bits(block_axes))) {
  // the highest of the other axes
  std::uint64_t others = low_bits(field_axes - block_axes) & ~wanted_blocks_;
  for (int axes = std::popcount(wanted_blocks_); axes < kPieceAxes && others != 0; ++axes) {
    copy_blocks_ |= std::bit_floor(others);
    others &= ~std::bit_floor(others);
  }
  entries_ = Buffer(memory, std::uint64_t{8} << (std::popcount(copy_blocks_) + std::popcount(wanted_)));
  std::ranges::fill(entries_.view<double>(), 0.0);
}

void AxisSums::add(const StateView& piece, std::uint64_t first) {
  const BlockAdder add_block(wanted_, block_axes_);
  const std::uint64_t chosen = wanted_blocks_ | copy_blocks_;
  const std::uint64_t inside = piece.block_count() - 1;
  // those parts of the tables that blocks of this piece add to
  const std::uint64_t parts = std::uint64_t{1} << std::popcount(chosen & inside);
  piece.arena.for_each(parts, piece.cancel, [&](std::uint64_t part) {
    const std::uint64_t fixed = Walk(~(chosen & inside), part).index();
    const std::uint64_t number = first | fixed;
    const std::uint64_t copy = gather_bits(number, copy_blocks_);
    const std::uint64_t run = gather_bits(number, wanted_blocks_) << run_axes_;
    double* const entries = entries_.as<double>() + (copy << std::popcount(wanted_)) + run;
    FoldBuffer buffer = fold_buffer(piece.block_elements());
    Walk blocks(chosen & inside, 0);
    for (std::uint64_t left = piece.block_count() / parts; left != 0; --left) {
      add_block(piece.block(blocks.index() | fixed), buffer, entries);
      blocks.advance();
      if (left % 64 == 0) {
        piece.cancel.check();
      }
    }
  });
}

AxisTables AxisSums::tables() const noexcept {
  return {
      .wanted = wanted_, .copies = std::uint64_t{1} << std::popcount(copy_blocks_), .entries = entries_.as<double>()};
}

}  // namespace basalt::quantum
