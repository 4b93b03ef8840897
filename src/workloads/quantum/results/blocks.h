// How results are read off a state: block by block, each block in a fixed order, so that no sum depends on threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "basalt/arena.h"
#include "runtime/memory/field.h"
#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/kernels/readout.h"
#include "workloads/quantum/qubit_map.h"

namespace basalt::quantum {

inline constexpr int kBlockAxes = 12;

/// Where a state lies and with what it may be read.
struct StateView {
  const Field& field;
  const Arena& arena;
  const CancelToken& cancel;
  MemoryResource& memory;         ///< For scratch that grows with the state.
  const QubitMap* map = nullptr;  ///< Which axis each qubit is; null: qubit q is axis q.

  [[nodiscard]] int block_axes() const noexcept { return std::min(kBlockAxes, field.padded_axes()); }
  [[nodiscard]] std::uint64_t block_elements() const noexcept { return std::uint64_t{1} << block_axes(); }
  [[nodiscard]] std::uint64_t block_count() const noexcept {
    return std::uint64_t{1} << (field.padded_axes() - block_axes());
  }

  [[nodiscard]] BlockOf block(std::uint64_t number) const noexcept {
    return {
        .data = field.buffer.data(), .type = field.type, .first = number * block_elements(), .count = block_elements()};
  }

  [[nodiscard]] const QubitMap& qubit_map() const noexcept { return QubitMap::or_identity(map); }

  /// Calls body(first, end) for runs of blocks that make up all of them, several at a time.
  template <typename Body>
  void for_each_run(const Body& body) const {
    constexpr std::uint64_t kLeastBlocks = 8;  // worth a thread
    constexpr std::uint64_t kMostBlocks = 64;
    const std::uint64_t blocks = block_count();
    const std::uint64_t run = std::clamp(blocks / 64, kLeastBlocks, kMostBlocks);
    arena.for_each((blocks + run - 1) / run, cancel,
                   [&](std::uint64_t i) { body(i * run, std::min(blocks, (i + 1) * run)); });
  }
};

/// Σ |a|² of every block, and of all of them, added in order of index.
class BlockNorms {
 public:
  explicit BlockNorms(Buffer norms, double total) : norms_(std::move(norms)), total_(total) {}
  [[nodiscard]] const double* norms() const noexcept { return norms_.as<double>(); }
  [[nodiscard]] double total() const noexcept { return total_; }

 private:
  Buffer norms_;
  double total_;
};

BlockNorms measure_block_norms(const StateView& state);

/// The norms of all blocks of a state, in their order, added up.
BlockNorms total_norms(Buffer norms);

/// Σ |a|² over the elements whose index has the value `keep.value` where it has `keep.mask`; reads hardly more.
double measure_norm_where(const StateView& state, ControlMask keep);

/// The elements of a state in which the qubits are what a measurement gave, as masks of its axes.
ControlMask where_measured(const QubitMap& map, std::span<const std::uint32_t> qubits,
                           std::span<const std::uint8_t> bits);

}  // namespace basalt::quantum
