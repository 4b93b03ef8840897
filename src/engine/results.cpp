#include "engine/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "basalt/error.h"
#include "base/hash.h"
#include "workloads/quantum/results/marginal.h"

namespace basalt {
namespace {

constexpr std::uint64_t kMaxTop = 1'000'000;

std::vector<quantum::Observable> read_all_observables(const Request& request, quantum::Qubit qubit_count) {
  std::vector<quantum::Observable> result;
  for (const std::string& text : request.observables) {
    if (std::ranges::count(request.observables, text) > 1) {
      throw Error(ErrorCode::bad_usage, "--observable \"" + text + "\" is given more than once", "give each once");
    }
    if (text.starts_with('@')) {
      auto from_file = quantum::read_observables(text.substr(1), qubit_count);
      std::ranges::move(from_file, std::back_inserter(result));
    } else {
      result.push_back(quantum::parse_observable(text, qubit_count));
    }
  }
  return result;
}

void check_probability_qubits(const Request& request, quantum::Qubit qubit_count) {
  std::set<std::uint32_t> seen;
  for (const std::uint32_t qubit : request.probability_qubits) {
    if (qubit >= qubit_count) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("--probabilities: qubit {} is outside the circuit, which has {}", qubit, qubit_count),
                  fmt::format("give qubits from 0 to {}", qubit_count - 1));
    }
    if (!seen.insert(qubit).second) {
      throw Error(ErrorCode::bad_usage, fmt::format("--probabilities: qubit {} is given twice", qubit),
                  "name each qubit once");
    }
  }
  if (seen.size() > quantum::kMaxMarginalQubits) {
    throw Error(ErrorCode::bad_usage, fmt::format("--probabilities: {} qubits are too many", seen.size()),
                fmt::format("give at most {}, or use --top or --save-state", quantum::kMaxMarginalQubits));
  }
}

}  // namespace

Results::Results(const Request& request, const quantum::Script& script, Report& report)
    : request_(request),
      script_(script),
      report_(report),
      observables_(read_all_observables(request, script.qubit_count)),
      expectation_values_(observables_.size(), 0.0) {
  check_probability_qubits(request, script.qubit_count);
  if (request.top > kMaxTop) {
    throw Error(ErrorCode::bad_usage, fmt::format("--top {} is out of range", request.top),
                fmt::format("give at most {}, or use --save-state", kMaxTop));
  }
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
    if (!std::isfinite(expectation_values_[i])) {
      throw Error(ErrorCode::bad_usage, "the value of --observable \"" + observables_[i].name + "\" is not finite",
                  "use smaller coefficients");
    }
    report_.expectation_values.emplace_back(observables_[i].name, expectation_values_[i]);
  }
  report_.probability_qubits = request_.probability_qubits;
  if (!report_.measured && !script_.registers.empty()) {
    report_.notes.emplace_back("the program measures nothing: its classical bits are what it set them to");
  }
}

std::string Results::bits_of(std::uint64_t index) const {
  std::string text(script_.qubit_count, '0');
  for (quantum::Qubit qubit = 0; qubit < script_.qubit_count; ++qubit) {
    text[script_.qubit_count - 1 - qubit] = static_cast<char>('0' + ((index >> qubit) & 1));
  }
  return text;
}

}  // namespace basalt
