// What a machine is made of, and the steps that change it. Private to the files machine*.cpp.
#pragma once

#include <optional>

#include "workloads/quantum/input/choose.h"
#include "workloads/quantum/input/code.h"
#include "workloads/quantum/input/live_qubits.h"
#include "workloads/quantum/input/machine.h"

namespace basalt::quantum {

inline constexpr std::uint8_t kUnknownOutcome = 2;

/// An activation of the program, of a def, or of a gate.
struct Frame {
  enum class Kind : std::uint8_t { program, def, gate } kind = Kind::program;
  std::uint32_t return_pc = 0;
  std::uint32_t slot_base = 0;
  std::uint32_t bit_base = 0;
  std::uint32_t stack_base = 0;

  // Gates only. The qubits of all instances of a broadcast lie one after the other: own controls, then operands.
  std::uint32_t call = 0;
  std::uint32_t qubit_base = 0;
  std::uint32_t stride = 0;
  std::uint32_t own_controls = 0;
  std::uint32_t instance = 0;
  std::uint32_t instance_count = 1;
  std::uint32_t control_base = 0;  ///< In State::controls: those of the caller, then the own.
  std::uint32_t control_count = 0;
  std::uint64_t repeats = 1;  ///< An integer power.
  std::uint64_t repeats_left = 1;
  std::uint32_t entry = 0;
  bool inverse = false;
  bool capture = false;  ///< Its gates go into the last of State::captures.
};

/// The unitary of a gate that is being computed because a power of it is wanted.
struct Capture {
  std::uint32_t qubit_count = 0;
  std::vector<Complex> matrix;
  std::vector<double> exponents;
};

/// Of a recorded run.
struct Records {
  bool in_use = false;
  std::vector<Qubit> qubits;          ///< Of each outcome.
  std::vector<std::uint32_t> latest;  ///< Of each qubit: the outcome that measuring it would give again, or kNone.

  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
};

struct Machine::State {
  std::shared_ptr<const Script> script;
  std::uint32_t pc = 0;
  std::vector<Value> stack;
  std::vector<Value> slots;
  std::vector<Cell> bits;
  std::vector<std::vector<std::uint64_t>> arrays;
  std::vector<Frame> frames;
  std::vector<Qubit> gate_qubits;
  std::vector<Control> controls;
  std::vector<Capture> captures;
  std::vector<std::uint8_t> outcomes;  ///< Of each qubit: 0 or 1 while it is known to be in that state.
  std::vector<bool> pending;           ///< Of each qubit: measured, the outcome not asked for yet.
  std::vector<Qubit> wanted;
  Records records;
  std::optional<LiveQubits> live;            ///< Of a run on a narrow state.
  std::optional<Machine::Status> live_stop;  ///< How what `live` has of the program ends; none: it has nothing yet.
  std::uint32_t def_depth = 0;
  bool measured = false;
};

/// One call of Machine::advance.
class Run {
 public:
  /// `recordings` is null in a run that is not recorded.
  Run(Machine::State& state, Circuit& circuit, std::vector<Recording>* recordings, const CancelToken& cancel);
  Machine::Status until_stop(std::size_t max_operations);

 private:
  enum class Next : std::uint8_t { step, stay, stop, finish };  // `stay`: the step set pc itself

  Next step(const Instruction& in);
  Next step_data(const Instruction& in);
  Next step_list(const Instruction& in);
  Next step_array(const Instruction& in);
  Next step_loop(const Instruction& in);

  Value pop();
  Value& top(std::size_t depth = 0) { return s_.stack[s_.stack.size() - 1 - depth]; }
  void push(Value value) { s_.stack.push_back(std::move(value)); }
  Next jump(std::uint32_t target);
  Value& slot(std::uint32_t index) { return s_.slots[s_.frames.back().slot_base + index]; }
  void poll();

  // machine_classical.cpp
  void load_bits(const Instruction& in);
  void store_bits(const Instruction& in);
  void extract(const Instruction& in);
  void insert(const Instruction& in);
  void check_room(std::size_t cells) const;
  Range pop_range(std::uint8_t parts);
  Next force(const Instruction& in);
  Next call(const Instruction& in);
  Next give_back(const Instruction& in);

  // machine_array.cpp
  [[nodiscard]] const std::uint64_t* words_of(const ArrayValue& array) const;
  ArrayValue contiguous(const ArrayValue& array, std::uint32_t words);
  void store_array(const ArrayValue& view, const ArrayValue& source, std::uint32_t words);
  void join_arrays(const Instruction& in);

  // machine_gate.cpp
  struct Call {
    const CallSite* site = nullptr;
    std::vector<Qubit> qubits;  ///< Of all instances.
    std::uint32_t own_controls = 0;
    std::size_t instances = 1;
    std::vector<double> exponents;  ///< Innermost first; none is the gate itself.
    std::span<const double> parameters;
    std::uint32_t on_stack = 0;
  };
  Next gate(const Instruction& in);
  void read_operands();
  void read_parameters();
  void read_modifiers();
  Next call_native();
  Next call_gate();
  Next begin_gate(std::uint64_t repeats, bool inverse, bool capture);
  [[nodiscard]] std::size_t caller_controls() const { return s_.frames.back().control_count; }
  void enter_instance(Frame& frame);
  Next gate_end();
  void set_own_controls(const CallSite& site, std::span<const Qubit> qubits, std::span<Control> controls) const;
  void want_pending(std::span<const Qubit> qubits);
  void record_pending(Qubit qubit);
  [[nodiscard]] Cell measured_cell(Qubit qubit);
  void disturb(Qubit qubit);
  void make_zero(Qubit qubit);
  Next stop_if_wanted();
  Next measure(const Instruction& in);
  Next reset(const Instruction& in);

  // machine_correction.cpp
  bool try_corrections();
  bool read_corrections(std::uint32_t end);
  bool read_correction(const CallSite& site);

  // machine_emit.cpp
  void emit_power(GateId gate, std::span<const double> parameters, std::span<const double> exponents,
                  std::span<const Control> controls, std::span<const Qubit> targets);
  void emit(GateId gate, std::span<const double> parameters, std::span<const Control> controls,
            std::span<const Qubit> targets);
  void emit_matrix(std::vector<Complex> matrix, std::span<const Control> controls, std::span<const Qubit> targets);
  void finish_capture(const Frame& frame);

  Machine::State& s_;
  Circuit& circuit_;
  std::vector<Recording>* recordings_;
  const CancelToken& cancel_;
  const Code& code_;
  Call call_;  // kept to reuse its memory
  std::vector<double> parameters_;
  std::vector<Control> control_list_;
  std::vector<std::pair<GateId, Qubit>> corrections_;
};

/// Adds an exponent outside of those that are there; integers merge with what is inside of them.
void append_exponent(std::vector<double>& exponents, double exponent);

/// Applies a gate to all columns of a matrix on `qubit_count` qubits.
void apply_to_matrix(std::vector<Complex>& matrix, std::uint32_t qubit_count, std::span<const Complex> gate,
                     std::span<const Control> controls, std::span<const Qubit> targets);

}  // namespace basalt::quantum
