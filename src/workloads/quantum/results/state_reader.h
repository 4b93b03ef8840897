// Reading results off a state, wherever it lies.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/observable.h"
#include "workloads/quantum/results/outcomes.h"
#include "workloads/quantum/results/sample.h"
#include "workloads/quantum/results/top.h"

namespace basalt::quantum {

/// Of one state, which must not change while there is a reader of it. What the functions give is defined with their
/// namesakes over StateView.
class StateReader {
 public:
  virtual ~StateReader() = default;

  /// ⟨ψ|ψ⟩; measured at the first call.
  virtual double norm() = 0;
  virtual double norm_where(ControlMask keep) = 0;
  virtual Samples sample(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) = 0;
  virtual std::vector<double> marginal(std::span<const Qubit> qubits) = 0;
  virtual std::vector<double> expectations(std::span<const Observable> observables) = 0;
  virtual std::vector<TopState> top_states(std::uint64_t count) = 0;
  virtual std::vector<Outcome> draw_outcomes(std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                             std::uint64_t stream) = 0;
  /// Writes a .npy file, as save_state() of state_file.h does.
  virtual void save(double global_phase, const std::filesystem::path& path) = 0;
};

}  // namespace basalt::quantum
