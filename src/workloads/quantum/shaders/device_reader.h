// Reads results off a state in a device's memory, on the device: only results come to the host.
#pragma once

#include <complex>
#include <cstddef>
#include <optional>

#include "workloads/quantum/results/blocks.h"
#include "workloads/quantum/results/pauli_strings.h"
#include "workloads/quantum/results/state_reader.h"
#include "workloads/quantum/shaders/device_sweep.h"

namespace basalt::quantum {

/// For one thread; the norms of the blocks are measured once. References must outlive it. What the device has not
/// written yet is waited for if it was submitted to the compute queue. Sums have a fixed order: the same state gives
/// the same results on the same device, whatever else runs. Where the device has no f64, sums have 48 bits, and states
/// whose probabilities agree to as many may come in either order among the top ones.
class DeviceReader final : public StateReader {
 public:
  /// `map` may be null: qubit q is axis q.
  DeviceReader(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, const QubitMap* map,
               const DrawResources& resources)
      : map_(QubitMap::or_identity(map)), resources_(resources), sweep_(field, pipelines, resources.cancel) {}

  double norm() override;
  double norm_where(ControlMask keep) override;
  Samples sample(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) override;
  std::vector<double> marginal(std::span<const Qubit> qubits) override;
  std::vector<double> expectations(std::span<const Observable> observables) override;
  std::vector<TopState> top_states(std::uint64_t count) override;
  std::vector<Outcome> draw_outcomes(std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                     std::uint64_t stream) override;
  void save(double global_phase, const std::filesystem::path& path) override;

  /// ⟨ψ|P|ψ⟩ of strings over the axes of the field; none of them all I.
  std::vector<double> string_sums(std::span<const PauliString> strings);
  /// As gather() of device_results.h.
  void gather_amplitudes(std::uint64_t first, std::span<const std::uint64_t> places, std::complex<double> phase,
                         std::byte* to);
  [[nodiscard]] std::uint64_t window_bytes() const noexcept { return sweep_.window_bytes(); }

 private:
  const BlockNorms& norms();

  const QubitMap& map_;
  DrawResources resources_;
  DeviceSweep sweep_;
  std::optional<BlockNorms> norms_;
};

}  // namespace basalt::quantum
