// Draws shots from a state: how often each basis state came up.
#pragma once

#include <cstdint>
#include <span>

#include "workloads/quantum/results/blocks.h"
#include "workloads/quantum/results/draw_block.h"

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

/// Bytes of scratch and result that the latter takes from the state's memory, norms included.
std::uint64_t sample_bytes(int padded_axes, std::uint64_t shots);

}  // namespace basalt::quantum
