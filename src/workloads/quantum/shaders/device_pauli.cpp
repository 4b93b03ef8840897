#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <tuple>

#include "workloads/quantum/shaders/device_results.h"

namespace basalt::quantum {
namespace {

constexpr std::uint64_t kMostGroups = std::uint64_t{1} << 13;

/// Strings of one sweep: variants of the shader.
constexpr std::array<std::uint32_t, 3> kStringCounts{1, 4, 16};

/// As pauli.comp has it.
struct PauliPush {
  SweepPush sweep;
  std::uint32_t inside_flip = 0;
  std::uint32_t block_flip = 0;
  std::uint32_t skip = 0;
  std::uint32_t visits = 0;
  std::uint32_t imaginary = 0;
};

struct Signs {
  std::uint32_t inside = 0;
  std::uint32_t block = 0;
};

/// Σ of each of a few strings with the same products.
void run_sweep(DeviceSweep& sweep, std::span<const PauliString> strings, std::span<const std::size_t> members,
               std::vector<double>& sums) {
  const PauliString& first = strings[members.front()];
  const auto split = [&](std::uint64_t mask) {
    return Signs{.inside = static_cast<std::uint32_t>(mask & (sweep.block_elements() - 1)),
                 .block = static_cast<std::uint32_t>(mask >> sweep.block_axes())};
  };
  const Signs flip = split(first.x_mask);
  // of two blocks that are each other's partner one is visited: the products of the other are the conjugates
  PauliPush push{.sweep = {},
                 .inside_flip = flip.inside,
                 .block_flip = flip.block,
                 .skip = std::bit_floor(flip.block),
                 .visits = 1,
                 .imaginary = is_imaginary(first) ? 1U : 0U};
  const std::uint64_t blocks = sweep.block_count() / (push.skip != 0 ? 2 : 1);
  const std::uint64_t groups = std::min(blocks, kMostGroups);
  push.visits = static_cast<std::uint32_t>(blocks / groups);

  const std::uint32_t count = *std::ranges::lower_bound(kStringCounts, members.size());
  std::vector<Signs> signs(count);
  for (std::size_t i = 0; i < members.size(); ++i) {
    signs[i] = split(strings[members[i]].z_mask);
  }
  const SweepWork work{.pipeline = pauli_pipeline(sweep.pipelines(), sweep.field(), count),
                       .push = bytes_of(push),
                       .groups = groups,
                       .group_elements = push.visits * sweep.block_elements(),
                       .result_bytes = count * kSumBytes,
                       .given = std::as_bytes(std::span(signs))};
  sweep.run(work, [&](std::uint64_t, std::span<const std::byte> results) {
    for (std::size_t group = 0; group < results.size() / work.result_bytes; ++group) {
      for (std::size_t i = 0; i < members.size(); ++i) {
        sums[members[i]] += sweep.sum_at(results, group * count + i);
      }
    }
  });
  for (const std::size_t member : members) {
    sums[member] *= factor_of(strings[member], push.skip != 0);
  }
}

}  // namespace

std::vector<double> measure_strings(DeviceSweep& sweep, std::span<const PauliString> strings) {
  std::vector<std::size_t> order(strings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto products = [&](std::size_t i) { return std::tuple(strings[i].x_mask, is_imaginary(strings[i])); };
  std::ranges::stable_sort(order, {}, products);
  std::vector<double> sums(strings.size(), 0.0);
  for (std::size_t first = 0; first < order.size();) {
    std::size_t count = 1;
    while (count < kStringCounts.back() && first + count < order.size() &&
           products(order[first + count]) == products(order[first])) {
      ++count;
    }
    run_sweep(sweep, strings, std::span(order).subspan(first, count), sums);
    first += count;
  }
  return sums;
}

}  // namespace basalt::quantum
