// Runs a script's classical side and cuts its quantum side into straight circuits.
//
// The machine is a value: copying it copies the whole classical state (variables, call stack, position), which is how
// the tree of branches continues one program with different measurement outcomes.
//
// Measurements are lazy. `measure` only notes that a bit is the outcome of a qubit; the machine stops for outcomes
// when one is needed: a classical expression reads the bit, a later gate would disturb the measured qubit (anything
// but a control or a diagonal gate on it), or the qubit is reset. What is never needed is sampled at the end, all at
// once.
//
// For methods that measure as cheaply as they apply gates, the same run can be recorded: measurements whose qubit is
// disturbed, and resets, become part of the circuit, their outcomes numbered, as do Pauli gates that one outcome
// decides on; other expressions stop the machine.
//
// A script with a narrowing is run on a state of fewer qubits (live_qubits.h): circuits, wanted() and registers() then
// have its axes for qubits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "basalt/cancel.h"
#include "workloads/quantum/circuit.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/recorded_circuit.h"

namespace basalt::quantum {

/// Where a reported bit comes from once the program has ended.
struct BitSource {
  bool is_qubit = false;  ///< Still to be sampled from `qubit`, else `value` is known.
  bool value = false;
  Qubit qubit = 0;  ///< In a recorded run the number of an outcome.
};

class LiveQubits;

class Machine {
 public:
  enum class Status : std::uint8_t {
    finished,
    needs_outcomes,  ///< Apply the circuit, measure wanted(), give the outcomes to provide(), and advance again.
    circuit_full,    ///< The circuit reached `max_operations`: apply it and advance again.
  };

  explicit Machine(std::shared_ptr<const Script> script);
  Machine(const Machine&);
  Machine& operator=(const Machine&);
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;
  ~Machine();

  /// Runs until a stop, appending gates to `circuit`. Throws Error with location for what only running can find
  /// (index out of range, division by zero, recursion too deep, repeated qubits); polls `cancel` at least every ms.
  Status advance(Circuit& circuit, const CancelToken& cancel, std::size_t max_operations = std::size_t{1} << 20);

  /// The same, with measurements and resets left in. A machine is recorded from its first advance() on, or never.
  Status advance(RecordedCircuit& recorded, const CancelToken& cancel,
                 std::size_t max_operations = std::size_t{1} << 20);

  /// Distinct qubits, increasing, whose joint outcome is needed; in a recorded run, numbers of outcomes. Valid after
  /// needs_outcomes.
  [[nodiscard]] std::span<const Qubit> wanted() const;

  /// One outcome for each of wanted().
  void provide(std::span<const std::uint8_t> outcomes);

  /// After finished: for each of Script::registers, its bits, index 0 first.
  [[nodiscard]] std::vector<std::vector<BitSource>> registers() const;

  /// After finished: value of each of Script::outputs, as text.
  [[nodiscard]] std::vector<std::string> outputs() const;

  /// In a recorded run: how many outcomes are numbered, and the measurements among them that nothing came after, which
  /// are in no circuit yet.
  [[nodiscard]] std::uint32_t record_count() const;
  [[nodiscard]] std::vector<Recording> open_recordings() const;

  /// Whether any measurement statement was executed so far.
  [[nodiscard]] bool measured() const;

  /// Of a script with a narrowing; else null.
  [[nodiscard]] const LiveQubits* live() const;

 private:
  friend class Run;
  struct State;
  Status advance_live(Circuit& circuit, const CancelToken& cancel, std::size_t max_operations);
  void record();
  void settle(std::span<const std::uint8_t> outcomes);
  [[nodiscard]] BitSource source_of(std::uint32_t waiting) const;
  Status advance(Circuit& circuit, std::vector<Recording>* recordings, const CancelToken& cancel,
                 std::size_t max_operations);
  std::unique_ptr<State> state_;
};

}  // namespace basalt::quantum
