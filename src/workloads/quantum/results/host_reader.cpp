#include "workloads/quantum/results/host_reader.h"

#include "workloads/quantum/results/expectation.h"
#include "workloads/quantum/results/marginal.h"
#include "workloads/quantum/results/state_file.h"

namespace basalt::quantum {

const BlockNorms& HostReader::norms() {
  if (!norms_) {
    norms_ = measure_block_norms(state_);
  }
  return *norms_;
}

double HostReader::norm() {
  return norms().total();
}

double HostReader::norm_where(ControlMask keep) {
  return measure_norm_where(state_, keep);
}

Samples HostReader::sample(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) {
  return quantum::sample(state_, norms(), shots, seed, stream);
}

std::vector<double> HostReader::marginal(std::span<const Qubit> qubits) {
  return quantum::marginal(state_, qubits);
}

std::vector<double> HostReader::expectations(std::span<const Observable> observables) {
  return quantum::expectations(state_, observables, norm());
}

std::vector<TopState> HostReader::top_states(std::uint64_t count) {
  return quantum::top_states(state_, count, norm());
}

std::vector<Outcome> HostReader::draw_outcomes(std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                               std::uint64_t stream) {
  const DrawResources resources{.arena = state_.arena, .cancel = state_.cancel, .memory = state_.memory};
  return draw_outcomes_of(*this, resources, qubits, shots, seed, stream);
}

void HostReader::save(double global_phase, const std::filesystem::path& path) {
  save_state(state_, global_phase, path.string());
}

}  // namespace basalt::quantum
