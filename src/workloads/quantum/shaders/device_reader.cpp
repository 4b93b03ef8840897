#include "workloads/quantum/shaders/device_reader.h"

#include "workloads/quantum/shaders/device_results.h"

namespace basalt::quantum {

const BlockNorms& DeviceReader::norms() {
  if (!norms_) {
    norms_ = measure_block_norms(sweep_, resources_.memory);
  }
  return *norms_;
}

double DeviceReader::norm() {
  return norms().total();
}

double DeviceReader::norm_where(ControlMask keep) {
  return measure_norm_where(sweep_, keep);
}

Samples DeviceReader::sample(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) {
  return quantum::sample(sweep_, map_, norms(), shots, {.seed = seed, .stream = stream}, resources_);
}

std::vector<double> DeviceReader::marginal(std::span<const Qubit> qubits) {
  return quantum::marginal(sweep_, map_, qubits, resources_);
}

std::vector<double> DeviceReader::expectations(std::span<const Observable> observables) {
  return combine_strings(map_, observables, norm(),
                         [&](std::span<const PauliString> strings) { return string_sums(strings); });
}

std::vector<double> DeviceReader::string_sums(std::span<const PauliString> strings) {
  return measure_strings(sweep_, strings);
}

void DeviceReader::gather_amplitudes(std::uint64_t first, std::span<const std::uint64_t> places,
                                     std::complex<double> phase, std::byte* to) {
  gather(sweep_, first, places, phase, to);
}

std::vector<TopState> DeviceReader::top_states(std::uint64_t count) {
  return quantum::top_states(sweep_, map_, count, norm());
}

std::vector<Outcome> DeviceReader::draw_outcomes(std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                                 std::uint64_t stream) {
  return draw_outcomes_of(*this, resources_, qubits, shots, seed, stream);
}

void DeviceReader::save(double global_phase, const std::filesystem::path& path) {
  save_state(sweep_, map_, global_phase, path.string());
}

}  // namespace basalt::quantum
