#include "basalt/compiled_circuit.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#include "engine/memory_budget.h"
#include "engine/prepared_program.h"
#include "engine/resources.h"
#include "engine/run.h"
#include "engine/straight_run.h"
#include "workloads/quantum/input/machine.h"

namespace basalt {
namespace {

/// The program's gates, all of them, with these values of its inputs.
quantum::Circuit circuit_of(const PreparedProgram& program, const std::map<std::string, std::string>& inputs) {
  const auto script = std::make_shared<const quantum::Script>(bind_inputs(program.script, inputs));
  if (script->qubit_count > CompiledCircuit::kMostQubits) {
    throw Error(ErrorCode::unsupported,
                fmt::format("a circuit of {} qubits is not small: at most {} are run in one piece", script->qubit_count,
                            CompiledCircuit::kMostQubits),
                "run it with Engine::run");
  }
  quantum::Machine machine(script);
  quantum::Circuit circuit(script->qubit_count);
  const CancelToken never;
  const auto status = machine.advance(circuit, never, std::numeric_limits<std::size_t>::max());
  if (status != quantum::Machine::Status::finished || machine.measured()) {
    throw Error(ErrorCode::unsupported, "the program measures or resets qubits: it has no single final state",
                "run it with Engine::run, or leave the measurements out for the state before them");
  }
  return circuit;
}

template <typename Function>
auto without_bad_alloc(const Function& function) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    throw out_of_memory();
  }
}

}  // namespace

struct CompiledCircuit::State {
  State(Engine& engine, std::shared_ptr<const PreparedProgram> prepared, Precision asked_precision,
        const quantum::Circuit& circuit)
      : program(std::move(prepared)),
        precision(asked_precision),
        qubits(circuit.qubit_count()),
        gates(circuit.operations().size()),
        run(circuit, element_type_of(precision), engine.resources_->plan_limits(1)),
        copy(run.bytes() / sizeof(StraightRun::Line)) {}

  template <typename Amplitude>
  void fill(std::span<Amplitude> state, Precision given) {
    if (given != precision || state.size() != std::uint64_t{1} << qubits) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("{} amplitudes in {} precision were given to a circuit of {} in {} precision",
                              state.size(), name_of(given), std::uint64_t{1} << qubits, name_of(precision)),
                  "give as many as amplitudes() says, of the precision that the circuit was made with");
    }
    auto* const bytes = reinterpret_cast<std::byte*>(state.data());
    if (state.size_bytes() == run.bytes() &&
        reinterpret_cast<std::uintptr_t>(bytes) % alignof(StraightRun::Line) == 0) {
      run.run(bytes);
    } else {
      run.run(copy.data()->bytes);
      std::memcpy(bytes, copy.data(), state.size_bytes());
    }
  }

  static const char* name_of(Precision precision) {
    return precision == Precision::single_precision ? "single" : "double";
  }

  std::shared_ptr<const PreparedProgram> program;
  Precision precision;
  std::uint32_t qubits;
  std::uint64_t gates;
  StraightRun run;
  std::vector<StraightRun::Line> copy;  ///< For a caller whose memory kernels cannot work in.
};

CompiledCircuit::CompiledCircuit(Engine& engine, std::shared_ptr<const PreparedProgram> program, Precision precision,
                                 const std::map<std::string, std::string>& inputs)
    : state_(without_bad_alloc([&] {
        const quantum::Circuit circuit = circuit_of(*program, inputs);
        return std::make_unique<State>(engine, program, precision, circuit);
      })) {}

CompiledCircuit::~CompiledCircuit() = default;
CompiledCircuit::CompiledCircuit(CompiledCircuit&& other) noexcept = default;
CompiledCircuit& CompiledCircuit::operator=(CompiledCircuit&& other) noexcept = default;

std::uint32_t CompiledCircuit::qubits() const noexcept {
  return state_->qubits;
}

std::uint64_t CompiledCircuit::gates() const noexcept {
  return state_->gates;
}

std::uint64_t CompiledCircuit::amplitudes() const noexcept {
  return std::uint64_t{1} << state_->qubits;
}

void CompiledCircuit::bind(const std::map<std::string, std::string>& inputs) {
  without_bad_alloc([&] {
    const quantum::Circuit circuit = circuit_of(*state_->program, inputs);
    state_->run.change(circuit);
    state_->gates = circuit.operations().size();
  });
}

void CompiledCircuit::run(std::span<std::complex<float>> state) {
  state_->fill(state, Precision::single_precision);
}

void CompiledCircuit::run(std::span<std::complex<double>> state) {
  state_->fill(state, Precision::double_precision);
}

}  // namespace basalt
