#include <bit>

#include "workloads/quantum/shaders/device_results.h"

namespace basalt::quantum {
namespace {

/// As norms.comp has it.
struct NormsPush {
  SweepPush sweep;
  std::uint32_t inside_mask = 0;
  std::uint32_t inside_value = 0;
  std::uint32_t block_mask = 0;
  std::uint32_t block_value = 0;
};

/// Calls take(rank, norm) for the blocks in which elements with the wanted bits lie, in order.
template <typename Take>
void measure(DeviceSweep& sweep, ControlMask keep, const Take& take) {
  const auto inside = static_cast<std::uint32_t>(sweep.block_elements() - 1);
  NormsPush push{.sweep = {},
                 .inside_mask = static_cast<std::uint32_t>(keep.mask) & inside,
                 .inside_value = static_cast<std::uint32_t>(keep.value) & inside,
                 .block_mask = static_cast<std::uint32_t>(keep.mask >> sweep.block_axes()),
                 .block_value = static_cast<std::uint32_t>(keep.value >> sweep.block_axes())};
  const SweepWork work{.pipeline = sweep_pipeline(sweep.pipelines(), sweep.field(), Readout::norms),
                       .push = bytes_of(push),
                       .groups = sweep.block_count() >> std::popcount(push.block_mask),
                       .group_elements = sweep.block_elements(),
                       .result_bytes = kSumBytes};
  sweep.run(work, [&](std::uint64_t first, std::span<const std::byte> results) {
    for (std::size_t i = 0; i < results.size() / kSumBytes; ++i) {
      take(first + i, sweep.sum_at(results, i));
    }
  });
}

}  // namespace

BlockNorms measure_block_norms(DeviceSweep& sweep, MemoryResource& memory) {
  Buffer norms(memory, 8 * sweep.block_count());
  auto* const norm = norms.as<double>();
  double total = 0;
  measure(sweep, {}, [&](std::uint64_t block, double value) {
    norm[block] = value;
    total += value;
  });
  return BlockNorms(std::move(norms), total);
}

double measure_norm_where(DeviceSweep& sweep, ControlMask keep) {
  double total = 0;
  measure(sweep, keep, [&](std::uint64_t, double value) { total += value; });
  return total;
}

}  // namespace basalt::quantum
