// Gates of circuits as Clifford steps.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "workloads/quantum/recorded_circuit.h"
#include "workloads/quantum/stabilizer/clifford_step.h"

namespace basalt::quantum {

/// Remembers what it recognised: circuits have many gates, and few that differ.
class CliffordReader {
 public:
  /// Appends the steps of operations from `first` on, with the recordings before them and, where the circuit ends,
  /// after them. Stops at the first operation that is no Clifford gate and returns its number; else their count.
  std::size_t append(const RecordedCircuit& recorded, std::vector<CliffordStep>& steps);

  /// Appends the steps of one gate; false, and nothing appended, where it is not Clifford.
  bool append(const Circuit& circuit, const Operation& op, std::vector<CliffordStep>& steps);

 private:
  struct Key {
    GateId gate;
    std::vector<bool> controls;   ///< Their values.
    std::vector<double> numbers;  ///< Parameters, or the entries of a matrix.
    friend bool operator<(const Key& a, const Key& b) {
      return std::tie(a.gate, a.controls, a.numbers) < std::tie(b.gate, b.controls, b.numbers);
    }
  };
  using Steps = std::optional<std::vector<CliffordStep>>;

  const Steps& recognised(const Circuit& circuit, const Operation& op);

  std::map<Key, Steps> known_;  ///< On controls, then targets, numbered from 0.
};

/// "rx(0.3)", "a matrix on 2 qubits", "x with 2 controls": for messages.
std::string name_of_operation(const Circuit& circuit, const Operation& op);

}  // namespace basalt::quantum
