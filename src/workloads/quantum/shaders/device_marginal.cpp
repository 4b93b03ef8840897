#include <algorithm>
#include <bit>
#include <cassert>

#include "workloads/quantum/results/marginal.h"
#include "workloads/quantum/shaders/device_results.h"

namespace basalt::quantum {
namespace {

/// Pieces that the work is cut into, so that a device has enough to do, where the tables of all of them stay small.
constexpr int kPieceAxes = 12;
constexpr int kMostTableAxes = 20;

/// Entries that a thread of the host adds up at a time.
constexpr std::uint64_t kPieceEntries = std::uint64_t{1} << 14;

/// As marginal.comp has it.
struct MarginalPush {
  SweepPush sweep;
  std::uint32_t inside = 0;
  std::uint32_t wanted_blocks = 0;
  std::uint32_t copy_blocks = 0;
  std::uint32_t all_blocks = 0;
  std::uint32_t visits = 0;
};

/// The highest axes above a block that are not wanted, as many as the work shall be cut along.
std::uint32_t choose_copies(std::uint32_t all_blocks, std::uint32_t wanted_blocks, int wanted_count) {
  std::uint32_t copies = 0;
  std::uint32_t others = all_blocks & ~wanted_blocks;
  int axes = std::min(kPieceAxes - std::popcount(wanted_blocks), kMostTableAxes - wanted_count);
  for (; axes > 0 && others != 0; --axes) {
    copies |= std::bit_floor(others);
    others &= ~std::bit_floor(others);
  }
  return copies;
}

}  // namespace

std::vector<double> marginal(DeviceSweep& sweep, const QubitMap& map, std::span<const Qubit> qubits,
                             const DrawResources& resources) {
  assert(qubits.size() <= kMaxMarginalQubits);
  std::uint64_t wanted = 0;
  for (const Qubit qubit : qubits) {
    wanted |= std::uint64_t{1} << map.axis_of(qubit);
  }
  MarginalPush push;
  push.inside = static_cast<std::uint32_t>(wanted & (sweep.block_elements() - 1));
  push.wanted_blocks = static_cast<std::uint32_t>(wanted >> sweep.block_axes());
  push.all_blocks = static_cast<std::uint32_t>(sweep.block_count() - 1);
  push.copy_blocks = choose_copies(push.all_blocks, push.wanted_blocks, static_cast<int>(qubits.size()));
  const std::uint64_t groups = std::uint64_t{1} << std::popcount(push.wanted_blocks | push.copy_blocks);
  push.visits = static_cast<std::uint32_t>(sweep.block_count() / groups);
  const std::uint64_t group_entries = std::uint64_t{1} << std::popcount(push.inside);

  const std::uint64_t size = std::uint64_t{1} << qubits.size();
  const Buffer table(resources.memory, 8 * size);
  auto* const entries = table.as<double>();
  const std::uint64_t cleared = std::min(size, kPieceEntries);
  resources.arena.for_each(size / cleared, resources.cancel,
                           [&](std::uint64_t part) { std::fill_n(entries + part * cleared, cleared, 0.0); });
  const SweepWork work{.pipeline = sweep_pipeline(sweep.pipelines(), sweep.field(), Readout::marginal),
                       .push = bytes_of(push),
                       .groups = groups,
                       .group_elements = push.visits * sweep.block_elements(),
                       .result_bytes = group_entries * kSumBytes};
  sweep.run(work, [&](std::uint64_t first, std::span<const std::byte> results) {
    const std::uint64_t first_entry = first * group_entries;
    const std::uint64_t count = results.size() / kSumBytes;
    // in parts that hold the same entries of several tables at most, so that each is added to in the order of these
    const std::uint64_t own = std::min(size, count);
    const std::uint64_t piece = std::min(own, kPieceEntries);
    resources.arena.for_each(own / piece, resources.cancel, [&](std::uint64_t part) {
      for (std::uint64_t table_at = 0; table_at < count; table_at += own) {
        const std::uint64_t at = table_at + part * piece;
        double* const to = entries + (first_entry + at) % size;
        for (std::uint64_t i = 0; i < piece; ++i) {
          to[i] += sweep.sum_at(results, at + i);
        }
      }
    });
  });
  return distribution_of({.wanted = wanted, .copies = 1, .entries = entries}, map, qubits, resources.arena,
                         resources.cancel);
}

}  // namespace basalt::quantum
