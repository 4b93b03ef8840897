#include "workloads/quantum/results/marginal.h"

#include <array>
#include <cassert>
#include <complex>

#include "workloads/quantum/kernels/kernels.h"

namespace basalt::quantum {
namespace {

/// Blocks are summed into this many tables, which are then added in order: fixed by the sizes alone, so that the
/// rounding is the same on any number of threads.
std::uint64_t table_count(int padded_axes, std::size_t qubit_count) {
  const int block_axes = std::min(kBlockAxes, padded_axes);
  const std::uint64_t blocks = std::uint64_t{1} << (padded_axes - block_axes);
  const std::uint64_t by_memory = qubit_count >= 20 ? 2 : std::uint64_t{1} << (21 - qubit_count);
  return std::min<std::uint64_t>({blocks, by_memory, 64});
}

template <typename Real>
void add_block(const std::complex<Real>* amplitudes, std::uint64_t count, const std::uint32_t* bins, double* table) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const double re = amplitudes[i].real();
    const double im = amplitudes[i].imag();
    table[bins[i]] += re * re + im * im;
  }
}

}  // namespace

std::uint64_t marginal_scratch_bytes(int padded_axes, std::size_t qubit_count) {
  return table_count(padded_axes, qubit_count) * (std::uint64_t{8} << qubit_count);
}

std::vector<double> marginal(const StateView& state, std::span<const Qubit> qubits) {
  assert(qubits.size() <= kMaxMarginalQubits);
  const auto block_axes = static_cast<Qubit>(state.block_axes());
  const std::uint64_t elements = state.block_elements();
  const std::uint64_t bins = std::uint64_t{1} << qubits.size();

  // Bins of the elements of a block, from the qubits inside it; the qubits above select a part of the table per block.
  std::vector<std::uint32_t> bin_in_block(elements, 0);
  bool any_in_block = false;
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    if (qubits[j] < block_axes) {
      any_in_block = true;
      for (std::uint64_t i = 0; i < elements; ++i) {
        bin_in_block[i] |= static_cast<std::uint32_t>((i >> qubits[j]) & 1) << j;
      }
    }
  }

  const std::uint64_t tables = table_count(state.field.padded_axes(), qubits.size());
  const std::uint64_t blocks_per_table = state.block_count() / tables;
  const Buffer scratch(state.memory, marginal_scratch_bytes(state.field.padded_axes(), qubits.size()));
  state.arena.for_each(tables, state.cancel, [&](std::uint64_t t) {
    double* table = scratch.as<double>() + t * bins;
    std::fill_n(table, bins, 0.0);
    for (std::uint64_t block = t * blocks_per_table; block < (t + 1) * blocks_per_table; ++block) {
      if (block % 64 == 0) {
        state.cancel.check();
      }
      std::uint64_t base = 0;
      for (std::size_t j = 0; j < qubits.size(); ++j) {
        if (qubits[j] >= block_axes) {
          base |= ((block >> (qubits[j] - block_axes)) & 1) << j;
        }
      }
      const std::uint64_t first = block * elements;
      if (!any_in_block) {
        table[base] += block_norm(state.field.buffer.data(), state.field.type, first, elements);
      } else if (state.field.type == ElementType::c64) {
        add_block(state.field.buffer.as<std::complex<float>>() + first, elements, bin_in_block.data(), table + base);
      } else {
        add_block(state.field.buffer.as<std::complex<double>>() + first, elements, bin_in_block.data(), table + base);
      }
    }
  });

  std::vector<double> result(bins, 0.0);
  double total = 0;
  for (std::uint64_t bin = 0; bin < bins; ++bin) {
    for (std::uint64_t t = 0; t < tables; ++t) {
      result[bin] += scratch.as<double>()[t * bins + bin];
    }
    total += result[bin];
  }
  for (double& probability : result) {
    probability /= total;
  }
  return result;
}

}  // namespace basalt::quantum
