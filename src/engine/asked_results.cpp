#include "engine/asked_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "basalt/error.h"
#include "workloads/quantum/results/marginal.h"

namespace basalt {

std::vector<quantum::PauliSum> asked_observables(const Request& request, quantum::Qubit qubit_count) {
  std::vector<quantum::PauliSum> result;
  for (const std::string& text : request.observables) {
    // what a checkpoint kept may come from a file that has a line twice
    if (!request.checkpoint.resume && std::ranges::count(request.observables, text) > 1) {
      throw Error(ErrorCode::bad_usage, "--observable \"" + text + "\" is given more than once", "give each once");
    }
    if (text.starts_with('@')) {
      auto from_file = quantum::read_pauli_sums(text.substr(1), qubit_count);
      std::ranges::move(from_file, std::back_inserter(result));
    } else {
      result.push_back(quantum::parse_pauli_sum(text, qubit_count));
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

void check_top(const Request& request) {
  constexpr std::uint64_t kMaxTop = 1'000'000;
  if (request.top > kMaxTop) {
    throw Error(ErrorCode::bad_usage, fmt::format("--top {} is out of range", request.top),
                fmt::format("give at most {}, or use --save-state", kMaxTop));
  }
}

void report_expectation(Report& report, const std::string& name, double value) {
  if (!std::isfinite(value)) {
    throw Error(ErrorCode::bad_usage, "the value of --observable \"" + name + "\" is not finite",
                "use smaller coefficients");
  }
  report.expectation_values.emplace_back(name, value);
}

void note_unmeasured(Report& report, const quantum::Script& script) {
  if (!report.measured && !script.registers.empty()) {
    report.notes.emplace_back("the program measures nothing: its classical bits are what it set them to");
  }
}

}  // namespace basalt
