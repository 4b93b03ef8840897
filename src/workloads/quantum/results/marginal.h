// The probability distribution of some of the qubits.
#pragma once

#include <span>
#include <vector>

#include "workloads/quantum/circuit.h"
#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

/// The most qubits that a distribution may have: its table has 2^k entries of 8 bytes, and there are two of it.
inline constexpr std::size_t kMaxMarginalQubits = 24;

/// Probabilities of the 2^k joint outcomes of `qubits` (distinct, k ≤ kMaxMarginalQubits); bit j of the index is
/// qubits[j]. Normalised: they sum to 1. One pass over the state. Identical for any number of threads.
std::vector<double> marginal(const StateView& state, std::span<const Qubit> qubits);

/// Sums of probabilities by the values of some axes of a field, in the order of these axes.
struct AxisTables {
  std::uint64_t wanted = 0;         ///< The axes.
  std::uint64_t copies = 1;         ///< So many tables, to be added up.
  const double* entries = nullptr;  ///< One table after another.
};

/// From the order of axes to that of `qubits`, which lie on the wanted axes; normalised.
std::vector<double> distribution_of(const AxisTables& tables, const QubitMap& map, std::span<const Qubit> qubits,
                                    const Arena& arena, const CancelToken& cancel);

/// Sums of probabilities over a field that is not all in memory at one time: its blocks are shown in pieces of one
/// size, each once, by ascending index. The same to the last bit however large the pieces are.
class AxisSums {
 public:
  /// Of 2^field_axes elements in blocks of 2^block_axes. Takes marginal_scratch_bytes().
  AxisSums(int field_axes, int block_axes, std::uint64_t wanted_axes, MemoryResource& memory);

  /// `piece` begins with block `first` of the whole, a multiple of its blocks.
  void add(const StateView& piece, std::uint64_t first);
  [[nodiscard]] AxisTables tables() const noexcept;

 private:
  std::uint64_t wanted_;  ///< Axes.
  int block_axes_;
  std::uint64_t wanted_blocks_;    ///< Those above a block, as bits of a block's number.
  std::uint64_t copy_blocks_ = 0;  ///< Bits of a block's number that choose the table.
  int run_axes_;                   ///< Wanted axes inside a block: entries that a block adds to.
  Buffer entries_;
};

/// The most bytes of scratch that `marginal` takes from the state's memory.
std::uint64_t marginal_scratch_bytes(int padded_axes, std::size_t qubit_count);

}  // namespace basalt::quantum
