#include <cstring>

#include "workloads/quantum/kernels/walk.h"
#include "workloads/quantum/results/basis_map.h"
#include "workloads/quantum/shaders/device_results.h"

namespace basalt::quantum {
namespace {

/// As peaks.comp has them.
struct PeaksPush {
  SweepPush sweep;
  std::uint32_t flipped = 0;
  std::uint32_t unused = 0;
  std::uint64_t ranks = 0;
};
constexpr std::size_t kPeakBytes = 16;
constexpr std::size_t kRankAt = 8;

/// The order of basis states in a block: by the qubits that lie on its axes.
struct BlockOrder {
  std::uint64_t qubits = 0;  ///< Those.
  std::uint64_t ranks = 0;   ///< Four bits for each axis: how many of them are below its qubit.

  BlockOrder(const QubitMap& map, int axes, int block_axes) {
    std::uint64_t rank = 0;
    for (int qubit = 0; qubit < axes; ++qubit) {
      if (const std::uint64_t axis = map.axis_of(static_cast<std::uint64_t>(qubit));
          axis < static_cast<std::uint64_t>(block_axes)) {
        qubits |= std::uint64_t{1} << qubit;
        ranks |= rank++ << (4 * axis);
      }
    }
    for (int axis = axes; axis < block_axes; ++axis) {
      ranks |= rank++ << (4 * axis);  // of padding
    }
  }
};

}  // namespace

std::vector<TopState> top_states(DeviceSweep& sweep, const QubitMap& map, std::uint64_t count, double norm) {
  const vulkan::DeviceField& field = sweep.field();
  const BlockOrder order(map, field.axes(), sweep.block_axes());
  const BitScatter basis_of = basis_of_index(map, field.axes());
  const std::uint64_t inside = sweep.block_elements() - 1;
  PeaksPush push{.sweep = {}, .flipped = static_cast<std::uint32_t>(map.flipped & inside), .ranks = order.ranks};
  const SweepWork work{.pipeline = sweep_pipeline(sweep.pipelines(), field, Readout::peaks),
                       .push = bytes_of(push),
                       .groups = sweep.block_count(),
                       .group_elements = sweep.block_elements(),
                       .result_bytes = kPeakBytes};
  // Each block's best: whatever is among the first `count` of all lies in a block whose best is among the first `count`
  // of these.
  BestStates peaks(count);
  sweep.run(work, [&](std::uint64_t first, std::span<const std::byte> results) {
    for (std::size_t i = 0; i < results.size() / kPeakBytes; ++i) {
      const double value = sweep.sum_at(results.subspan(i * kPeakBytes), 0);
      if (value >= peaks.threshold()) {
        std::uint32_t rank = 0;
        std::memcpy(&rank, results.data() + i * kPeakBytes + kRankAt, sizeof(rank));
        const std::uint64_t outside = basis_of((first + i) << sweep.block_axes()) & ~order.qubits;
        peaks.offer({.index = outside | Walk(~order.qubits, rank).index(), .probability = value, .amplitude = {}});
      }
    }
  });
  const BitScatter index_of = index_of_basis(map, field.axes());
  std::vector<std::uint64_t> blocks;
  for (const TopState& peak : peaks.states()) {
    blocks.push_back(index_of(peak.index) >> sweep.block_axes());
  }
  std::ranges::sort(blocks);
  BestStates best(count);
  FoldBuffer buffer = fold_buffer(sweep.block_elements());
  sweep.read_blocks(blocks, [&](std::uint64_t block, const std::byte* elements) {
    best.offer_block({.data = elements, .type = field.type(), .first = 0, .count = sweep.block_elements()},
                     block << sweep.block_axes(), basis_of, buffer);
  });
  return std::move(best).sorted(norm);
}

}  // namespace basalt::quantum
