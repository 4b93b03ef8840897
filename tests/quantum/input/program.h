// Runs a program text through parser, compiler and machine, with chosen measurement outcomes, and shows what came out.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "quantum/input/failure.h"
#include "reference/state.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/input/machine.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum::test {

using Inputs = std::map<std::string, std::string>;

inline std::shared_ptr<const Script> script_of(const std::string& text, const Inputs& inputs = {},
                                               bool require_inputs = true) {
  return std::make_shared<const Script>(compile(parse("test.qasm", text), inputs, require_inputs));
}

/// "cx"-like lines: the row of the table, parameters with six digits, controls (! for 0) before a bar, targets.
inline std::string text_of(const Circuit& circuit, const Operation& op) {
  std::string text{gate_row(op.gate).name};
  char number[40];
  const char* separator = "(";
  for (const double parameter : circuit.parameters(op)) {
    std::snprintf(number, sizeof number, "%s%.6g", separator, parameter);
    text += number;
    separator = ",";
  }
  text += circuit.parameters(op).empty() ? "" : ")";
  for (const Control& control : circuit.controls(op)) {
    text += (control.value ? " " : " !") + std::to_string(control.qubit);
  }
  text += circuit.controls(op).empty() ? "" : " |";
  for (const Qubit target : circuit.targets(op)) {
    text += " " + std::to_string(target);
  }
  return text;
}

struct Ran {
  std::shared_ptr<const Script> script;
  Circuit circuit;
  std::vector<std::string> gates;                ///< Of the whole run.
  std::vector<std::vector<Qubit>> stops;         ///< What each stop wanted.
  std::map<std::string, std::string> registers;  ///< As Qiskit prints them, "q3" for a bit still in qubit 3.
  std::map<std::string, std::string> outputs;
  bool measured = false;
};

/// Outcomes are taken from `outcomes` in turn, and are 0 after its end.
inline Ran run(const std::string& text, const std::vector<int>& outcomes = {}, const Inputs& inputs = {}) {
  Ran ran;
  ran.script = script_of(text, inputs);
  ran.circuit = Circuit(ran.script->qubit_count);
  Machine machine(ran.script);
  const CancelToken cancel;
  std::size_t next = 0;
  for (;;) {
    const Machine::Status status = machine.advance(ran.circuit, cancel, std::size_t{1} << 22);
    if (status != Machine::Status::needs_outcomes) {
      EXPECT_EQ(status, Machine::Status::finished);
      break;
    }
    ran.stops.emplace_back(machine.wanted().begin(), machine.wanted().end());
    std::vector<std::uint8_t> given;
    for (std::size_t i = 0; i < machine.wanted().size(); ++i, ++next) {
      given.push_back(next < outcomes.size() && outcomes[next] != 0 ? 1 : 0);
    }
    machine.provide(given);
  }
  for (const Operation& op : ran.circuit.operations()) {
    ran.gates.push_back(text_of(ran.circuit, op));
  }
  const auto registers = machine.registers();
  for (std::size_t r = 0; r < registers.size(); ++r) {
    std::string& bits = ran.registers[ran.script->registers[r].name];
    for (auto bit = registers[r].rbegin(); bit != registers[r].rend(); ++bit) {
      bits += bit->is_qubit ? "q" + std::to_string(bit->qubit) : (bit->value ? "1" : "0");
    }
  }
  const auto outputs = machine.outputs();
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    ran.outputs[ran.script->outputs[o]] = outputs[o];
  }
  ran.measured = machine.measured();
  return ran;
}

/// Runs `body` with an output of the given declaration ("int x") and returns the output's text.
inline std::string result_of(const std::string& declaration, const std::string& body) {
  const Ran ran = run("output " + declaration + ";\n" + body);
  return ran.outputs.size() == 1 ? ran.outputs.begin()->second : "not one output";
}

/// The value of an expression as that type.
inline std::string evaluated(const std::string& type, const std::string& expression) {
  return result_of(type + " result", "result = " + expression + ";");
}

/// The error of a program: compiling it, or running it with outcomes 0.
inline Error error_of(const std::string& text, const Inputs& inputs = {}) {
  return failure_of([&] { run(text, {}, inputs); });
}

/// Expects an error whose message contains `message` on that line and column.
inline void expect_error(const std::string& text, const std::string& message, std::uint32_t line = 0,
                         std::uint32_t column = 0) {
  const Error error = error_of(text);
  EXPECT_NE(error.message().find(message), std::string::npos) << text << "\n" << error.what();
  EXPECT_NE(error.where().line, 0U) << error.what();
  if (line != 0) {
    EXPECT_EQ(error.where().line, line) << error.what();
    EXPECT_EQ(error.where().column, column) << error.what();
  }
}

}  // namespace basalt::quantum::test
