// Small circuits, many times: parsed once, planned once, then run with nothing in between.
//
//   Engine engine;
//   const auto program = prepare({.name = "ansatz", .text = "..."});
//   CompiledCircuit circuit(engine, program, Precision::single_precision, {{"angle", "0.5"}});
//   std::vector<std::complex<float>> state(circuit.amplitudes());
//   circuit.run(state);
//   circuit.bind({{"angle", "0.6"}});  // the plan is kept
//   circuit.run(state);
#pragma once

#include <complex>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "basalt/engine.h"
#include "basalt/request.h"

namespace basalt {

/// A circuit without measurements, ready to run from |0...0⟩. A run takes place on the calling thread and in the
/// caller's memory alone: it wakes no thread, allocates nothing, asks the ledger for nothing, and writes no report.
/// From about 17 qubits on Engine::run, which uses all threads, is faster.
///
/// One thread at a time may use an object; each thread may have its own. It may outlive its engine and its program.
class CompiledCircuit {
 public:
  static constexpr std::uint32_t kMostQubits = 20;

  /// `inputs` are values of OpenQASM 3 `input` variables, as in Request. Throws Error: bad_usage for inputs that are
  /// missing, unknown or of the wrong type; unsupported for programs that measure or reset qubits, or have more than
  /// kMostQubits of them: those are for Engine::run.
  CompiledCircuit(Engine& engine, std::shared_ptr<const PreparedProgram> program, Precision precision,
                  const std::map<std::string, std::string>& inputs = {});
  ~CompiledCircuit();
  CompiledCircuit(CompiledCircuit&& other) noexcept;
  CompiledCircuit& operator=(CompiledCircuit&& other) noexcept;

  [[nodiscard]] std::uint32_t qubits() const noexcept;
  [[nodiscard]] std::uint64_t gates() const noexcept;       ///< As the program has them.
  [[nodiscard]] std::uint64_t amplitudes() const noexcept;  ///< 2^qubits.

  /// Gives all inputs values, in place of those before. The plan is kept where the circuit has the same shape: where
  /// only angles are others, and none of them makes a gate vanish. Throws as the constructor; the circuit is then as it
  /// was.
  void bind(const std::map<std::string, std::string>& inputs);

  /// Writes the final state: amplitude i is that of the basis state in which qubit q is bit q of i, with its global
  /// phase, as in a state file. What was in `state`, of amplitudes() elements, is lost. Memory that is not aligned to
  /// 64 bytes, or of fewer than 4 qubits, costs one copy of the state. Throws Error(bad_usage) for another size or
  /// another precision than the circuit's.
  void run(std::span<std::complex<float>> state);
  void run(std::span<std::complex<double>> state);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace basalt
