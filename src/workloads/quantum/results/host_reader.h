// Reads results off a state in the host's memory.
#pragma once

#include <optional>

#include "workloads/quantum/results/blocks.h"
#include "workloads/quantum/results/state_reader.h"

namespace basalt::quantum {

/// What a StateView refers to must outlive its reader. For one thread; the norms of the blocks are measured once.
class HostReader final : public StateReader {
 public:
  explicit HostReader(const StateView& state) : state_(state) {}

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
  const BlockNorms& norms();

  StateView state_;
  std::optional<BlockNorms> norms_;
};

}  // namespace basalt::quantum
