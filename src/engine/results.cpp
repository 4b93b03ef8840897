#include "engine/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <complex>
#include <iterator>

#include "basalt/error.h"
#include "base/hash.h"
#include "engine/asked_results.h"
#include "engine/memory_budget.h"
#include "engine/norm_watch.h"

namespace basalt {
namespace {

std::vector<quantum::Observable> with_masks(const std::vector<quantum::PauliSum>& sums) {
  std::vector<quantum::Observable> result;
  result.reserve(sums.size());
  std::ranges::transform(sums, std::back_inserter(result), quantum::masks_of);
  return result;
}

}  // namespace

Results::Results(const Request& request, const quantum::Script& script, Report& report)
    : request_(request),
      script_(script),
      report_(report),
      observables_(with_masks(asked_observables(request, script.qubit_count))),
      expectation_values_(observables_.size(), 0.0) {
  check_probability_qubits(request, script.qubit_count);
  check_top(request);
  report_.branches = 0;
}

void Results::branching() const {
  const char* option = request_.top > 0 ? "--top" : "--save-state";
  if (request_.top > 0 || !request_.save_state.empty()) {
    throw Error(
        ErrorCode::bad_usage,
        fmt::format("{} needs one final state, and measurement in the middle of this circuit leads to several", option),
        "use --shots 1 for one of them, or --probabilities or --observable, which average over all");
  }
}

void Results::add(quantum::StateReader& state, const Branch& branch) {
  const double weight = static_cast<double>(branch.shots) / static_cast<double>(request_.shots);
  report_.measured = report_.measured || branch.machine.measured();
  ++report_.branches;
  report_.norm = state.norm();
  expect_norm(report_.norm, element_type_of(request_.precision), branch.loss.norm_slack(), "at the end");
  if (request_.lossy_storage > 0) {
    report_.fidelity_bound = std::min(report_.fidelity_bound.value_or(1), branch.loss.fidelity());
  }
  add_counts(state, branch);
  const std::vector<double> values = state.expectations(observables_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    expectation_values_[i] += weight * values[i];
  }
  if (!request_.probability_qubits.empty()) {
    const std::vector<double> probabilities = state.marginal(request_.probability_qubits);
    report_.probabilities.resize(probabilities.size(), 0.0);
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      report_.probabilities[i] += weight * probabilities[i];
    }
  }
  if (request_.top > 0) {
    for (const quantum::TopState& entry : state.top_states(request_.top)) {
      report_.top.push_back(
          {bits_of(entry.index), entry.probability, entry.amplitude * std::polar(1.0, branch.global_phase)});
    }
  }
  if (!request_.save_state.empty()) {
    state.save(branch.global_phase, request_.save_state);
    report_.saved_state = request_.save_state;
  }
}

void Results::add_counts(quantum::StateReader& state, const Branch& branch) {
  const std::vector<std::string> values = branch.machine.outputs();
  for (std::size_t i = 0; i < values.size(); ++i) {
    report_.outputs[script_.outputs[i]][values[i]] += branch.shots;
  }
  if (script_.registers.empty()) {
    return;
  }
  const auto registers = branch.machine.registers();
  const bool any_qubit = std::ranges::any_of(registers, [](const auto& bits) {
    return std::ranges::any_of(bits, [](const quantum::BitSource& bit) { return bit.is_qubit; });
  });
  if (any_qubit) {
    const quantum::Samples samples = state.sample(branch.shots, report_.seed, mix(branch.key, 2));
    tally_.add(registers, samples.counts());
  } else {
    tally_.add(registers, branch.shots);
  }
}

void Results::finish() {
  report_.counts = std::move(tally_).sorted();
  for (std::size_t i = 0; i < observables_.size(); ++i) {
    report_expectation(report_, observables_[i].name, expectation_values_[i]);
  }
  report_.probability_qubits = request_.probability_qubits;
  note_unmeasured(report_, script_);
}

std::string Results::bits_of(std::uint64_t index) const {
  std::string text(script_.qubit_count, '0');
  for (quantum::Qubit qubit = 0; qubit < script_.qubit_count; ++qubit) {
    text[script_.qubit_count - 1 - qubit] = static_cast<char>('0' + ((index >> qubit) & 1));
  }
  return text;
}

}  // namespace basalt
