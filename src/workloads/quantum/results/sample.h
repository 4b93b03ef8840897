// Draws shots from a state: how often each basis state came up.
#pragma once

#include <cstdint>
#include <span>

#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

struct BasisCount {
  std::uint64_t index = 0;  ///< Basis state: bit k is qubit k.
  std::uint64_t count = 0;
};

/// Counts of distinct basis states, by increasing index.
class Samples {
 public:
  Samples(Buffer storage, std::uint64_t size) : storage_(std::move(storage)), size_(size) {}
  [[nodiscard]] std::span<const BasisCount> counts() const noexcept { return {storage_.as<BasisCount>(), size_}; }

 private:
  Buffer storage_;
  std::uint64_t size_;
};

/// `shots` independent draws. Shots are split between halves
/// of the state by exact binomial draws, down to blocks, so the cost does not grow with the shots beyond the size of
/// the state. Random numbers are keyed by (seed, stream, place in the state): the same on any number of threads.
Samples sample(const StateView& state, std::uint64_t shots, std::uint64_t seed, std::uint64_t stream);

/// Bytes of scratch and result that `sample` takes from the state's memory.
std::uint64_t sample_bytes(int padded_axes, std::uint64_t shots);

}  // namespace basalt::quantum
