// Reads results off a state of which only a part is in memory at one time. Sums have the order that they have where all
// of it is; those of Pauli strings alone have one that follows from the size of the parts.
#pragma once

#include <optional>

#include "workloads/quantum/results/pauli_strings.h"
#include "workloads/quantum/results/state_parts.h"
#include "workloads/quantum/results/state_reader.h"
#include "workloads/quantum/results/string_frame.h"

namespace basalt::quantum {

/// For one thread. References must outlive it.
class PartsReader final : public StateReader {
 public:
  /// `norms` are those of the state's blocks, where they are known; otherwise they are measured, and kept there.
  PartsReader(StateParts& parts, const QubitMap& map, const DrawResources& resources, std::optional<BlockNorms>& norms)
      : parts_(parts), map_(map), resources_(resources), norms_(norms) {}

  double norm() override;
  double norm_where(ControlMask keep) override;
  Samples sample(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) override;
  std::vector<double> marginal(std::span<const Qubit> qubits) override;
  std::vector<double> expectations(std::span<const Observable> observables) override;
  std::vector<TopState> top_states(std::uint64_t count) override;
  std::vector<Outcome> draw_outcomes(std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                     std::uint64_t stream) override;
  /// Throws Error(failed) where qubit q is not axis q: whoever saves plans without renaming.
  void save(double global_phase, const std::filesystem::path& path) override;

 private:
  [[nodiscard]] StateView view(const Field& part) const;
  [[nodiscard]] PartsLook in_order(std::function<void(std::uint64_t base, const Field& part)> see) const;
  const BlockNorms& norms();
  [[nodiscard]] std::vector<double> sums_of(std::span<const PauliString> strings);
  [[nodiscard]] std::vector<double> sums_in(const StringFrame& frame, std::span<const PauliString> strings);

  StateParts& parts_;
  const QubitMap& map_;
  DrawResources resources_;
  std::optional<BlockNorms>& norms_;
};

}  // namespace basalt::quantum
