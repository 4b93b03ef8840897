// Draws shots from a state: how often each basis state came up.
#pragma once

#include <cstdint>
#include <span>

#include "workloads/quantum/results/blocks.h"
#include "workloads/quantum/results/draw_block.h"
#include "workloads/quantum/results/split_shots.h"

namespace basalt::quantum {

/// Counts of distinct basis states, in the order in which their amplitudes lie in the field.
class Samples {
 public:
  Samples(Buffer storage, std::uint64_t size) : storage_(std::move(storage)), size_(size) {}
  [[nodiscard]] std::span<const BasisCount> counts() const noexcept { return {storage_.as<BasisCount>(), size_}; }

 private:
  Buffer storage_;
  std::uint64_t size_;
};

/// `shots` independent draws. Shots are split over the blocks of the state by exact binomial draws; only blocks with
/// shots are read. Random numbers are keyed by (seed, stream, place in the state): the same on any number of threads.
/// `norms` are the state's.
Samples sample(const StateView& state, const BlockNorms& norms, std::uint64_t shots, std::uint64_t seed,
               std::uint64_t stream);

/// The same, measuring the norms first.
Samples sample(const StateView& state, std::uint64_t shots, std::uint64_t seed, std::uint64_t stream);

/// The same for a state that is not all in memory at one time: its blocks are shown in pieces, each once, in any order.
class ShotDraw {
 public:
  /// `norms` are those of all blocks of `block_elements`; `basis_of` an index in the whole field. References must
  /// outlive it.
  ShotDraw(std::span<const double> norms, std::uint64_t block_elements, const BitScatter& basis_of, std::uint64_t shots,
           DrawKey key, const Arena& arena, const CancelToken& cancel, MemoryResource& memory);

  /// Whether any of `count` blocks from `first` on has shots: others need not be shown.
  [[nodiscard]] bool wants(std::uint64_t first, std::uint64_t count) const;
  /// `piece` begins with block `first` of the whole.
  void draw(const StateView& piece, std::uint64_t first);
  /// Once all have been shown.
  Samples finish() &&;

 private:
  const BitScatter& basis_of_;
  std::uint64_t block_elements_;
  DrawKey key_;
  ShotSplit split_;
  Buffer storage_;  ///< Each block draws into its own part of it; afterwards the parts are moved together.
  Buffer parts_;    ///< Where the part of each block begins, and how much is in it.
};

/// Bytes of scratch and result that the latter takes from the state's memory, norms included.
std::uint64_t sample_bytes(int padded_axes, std::uint64_t shots);

}  // namespace basalt::quantum
