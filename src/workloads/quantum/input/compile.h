// Syntax tree to script: resolves names, checks types, refuses what Basalt does not run, and writes flat code for
// the machine.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "workloads/quantum/circuit.h"
#include "workloads/quantum/input/syntax.h"

namespace basalt::quantum {

/// A classical register whose bits the counts show, in order of declaration.
struct Register {
  std::string name;
  std::uint32_t width = 1;
};

struct Code;   // the instructions; private to compile*.cpp and machine*.cpp
struct Value;  // the same

/// How machines run a program on a state of fewer qubits than it has: see live_qubits.h.
struct Narrowing {
  Qubit width = 0;       ///< Qubits of the state; 0: all of the program, as they are.
  bool surveys = false;  ///< Only to see how many are needed: qubits leave as soon as they can.
};

/// A checked program. Immutable; shared by all machines that run it.
struct Script {
  Qubit qubit_count = 0;             ///< Declared qubits, plus hardware qubits ($0 …) where those are used.
  std::vector<Register> registers;   ///< Bits reported in counts: all global bit variables, or the outputs if any.
  std::vector<std::string> outputs;  ///< `output` variables of other types, reported by value.
  std::vector<std::string> inputs;   ///< Names that --set may give.
  std::vector<std::string> notes;    ///< Things ignored, and questionable but legal things, with file:line.
  std::shared_ptr<const std::vector<Value>> input_values;  ///< One for each of `inputs`.
  std::shared_ptr<const Code> code;
  Narrowing narrowing{};  ///< With a width, that is qubit_count.
};

/// Throws Error(bad_input | unsupported) with location, and what `bind_inputs` throws.
Script compile(const syntax::Tree& tree, const std::map<std::string, std::string>& input_values = {},
               bool require_inputs = true, const CancelToken* cancel = nullptr);

/// The program with other values of its inputs (name → text as given to --set), at no cost but reading them: nothing is
/// compiled again. Unknown names, missing values and values of the wrong type are errors (bad_usage); with
/// `require_inputs` false, what has no value is zero.
Script bind_inputs(Script script, const std::map<std::string, std::string>& input_values, bool require_inputs = true);

}  // namespace basalt::quantum
