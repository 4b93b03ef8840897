#include "workloads/quantum/results/outcomes.h"

#include <algorithm>

#include "workloads/quantum/results/host_reader.h"
#include "workloads/quantum/results/marginal.h"
#include "workloads/quantum/results/sample.h"
#include "workloads/quantum/results/sort_records.h"
#include "workloads/quantum/results/split_shots.h"

namespace basalt::quantum {
namespace {

constexpr std::size_t kMaxTableQubits = 16;

std::vector<std::uint8_t> bits_of(std::uint64_t value, std::size_t qubit_count) {
  std::vector<std::uint8_t> bits(qubit_count);
  for (std::size_t j = 0; j < qubit_count; ++j) {
    bits[j] = static_cast<std::uint8_t>((value >> j) & 1);
  }
  return bits;
}

std::vector<Outcome> draw_from_table(StateReader& reader, const DrawResources& resources, std::span<const Qubit> qubits,
                                     std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) {
  const std::vector<double> probabilities = reader.marginal(qubits);
  const ShotSplit split(probabilities, shots, seed, stream, resources.arena, resources.cancel, resources.memory);
  std::vector<Outcome> result;
  for (std::size_t value = 0; value < probabilities.size(); ++value) {
    if (const std::uint64_t drawn = split.shots()[value]; drawn > 0) {
      result.push_back({.bits = bits_of(value, qubits.size()), .shots = drawn, .probability = probabilities[value]});
    }
  }
  return result;
}

std::vector<Outcome> draw_by_sampling(StateReader& reader, std::span<const Qubit> qubits, std::uint64_t shots,
                                      std::uint64_t seed, std::uint64_t stream) {
  std::vector<std::uint64_t> records;
  const Samples samples = reader.sample(shots, seed, stream);
  for (const BasisCount& drawn : samples.counts()) {
    std::uint64_t value = 0;
    for (std::size_t j = 0; j < qubits.size(); ++j) {
      value |= ((drawn.index >> qubits[j]) & 1) << j;
    }
    records.insert(records.end(), {value, drawn.count});
  }
  sort_records(records, 2);
  merge_equal_records(records, 2);
  std::vector<Outcome> result;
  result.reserve(records.size() / 2);
  for (std::size_t i = 0; i < records.size(); i += 2) {
    result.push_back({.bits = bits_of(records[i], qubits.size()), .shots = records[i + 1], .probability = 0});
  }
  return result;
}

}  // namespace

std::uint64_t outcome_scratch_bytes(int padded_axes, std::uint64_t shots) {
  const auto axes = static_cast<std::size_t>(padded_axes);
  std::uint64_t most = axes > kMaxTableQubits ? sample_bytes(padded_axes, shots) : 0;
  for (std::size_t qubits = 0; qubits <= std::min(axes, kMaxTableQubits); ++qubits) {
    most = std::max(
        {most, marginal_scratch_bytes(padded_axes, qubits), ShotSplit::size_bytes(std::uint64_t{1} << qubits)});
  }
  return most;
}

std::vector<Outcome> draw_outcomes_of(StateReader& reader, const DrawResources& resources,
                                      std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                      std::uint64_t stream) {
  std::vector<Outcome> result = qubits.size() <= kMaxTableQubits
                                    ? draw_from_table(reader, resources, qubits, shots, seed, stream)
                                    : draw_by_sampling(reader, qubits, shots, seed, stream);
  std::ranges::stable_sort(result, {}, &Outcome::shots);
  return result;
}

std::vector<Outcome> draw_outcomes(const StateView& state, std::span<const Qubit> qubits, std::uint64_t shots,
                                   std::uint64_t seed, std::uint64_t stream) {
  return HostReader(state).draw_outcomes(qubits, shots, seed, stream);
}

}  // namespace basalt::quantum
