// Reads results off a state that is split over several devices: off each part on its device, put together here.
#pragma once

#include <memory>
#include <vector>

#include "workloads/quantum/results/bit_scatter.h"
#include "workloads/quantum/results/pauli_strings.h"
#include "workloads/quantum/results/state_reader.h"
#include "workloads/quantum/shaders/device_reader.h"
#include "workloads/quantum/shaders/part_exchange.h"

namespace basalt::quantum {

/// For one thread. References must outlive it. Strings that flip a bit of the part's number are measured while halves
/// of the state lie elsewhere; afterwards every amplitude is where it was, unchanged.
class SplitReader final : public StateReader {
 public:
  /// `map` says which bit of an element's index each qubit is; parts are numbered by the highest bits.
  SplitReader(const std::vector<StatePart>& parts, PartExchange& exchange, const QubitMap& map,
              const DrawResources& resources);

  double norm() override;
  double norm_where(ControlMask keep) override;
  Samples sample(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) override;
  std::vector<double> marginal(std::span<const Qubit> qubits) override;
  std::vector<double> expectations(std::span<const Observable> observables) override;
  std::vector<TopState> top_states(std::uint64_t count) override;
  std::vector<Outcome> draw_outcomes(std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                     std::uint64_t stream) override;
  void save(double global_phase, const std::filesystem::path& path) override;

 private:
  const std::vector<double>& part_norms();
  [[nodiscard]] BitScatter basis_of_part(std::size_t part) const;
  [[nodiscard]] bool holds(std::size_t part, ControlMask keep) const noexcept;
  std::vector<double> string_sums(std::span<const PauliString> strings);
  std::vector<double> sums_inside(std::span<const PauliString> strings);
  void gather_amplitudes(std::uint64_t first, std::span<const std::uint64_t> places, std::complex<double> phase,
                         std::byte* to);

  const QubitMap& map_;
  PartExchange& exchange_;
  DrawResources resources_;
  ElementType type_;
  int part_axes_;
  int axes_;
  std::vector<std::uint32_t> inside_;  ///< The qubits that lie on axes of the parts, ascending.
  QubitMap part_map_;                  ///< Of these, by their place in that list.
  std::vector<std::unique_ptr<DeviceReader>> readers_;
  std::vector<double> norms_;  ///< Of the parts; empty until measured.
};

}  // namespace basalt::quantum
