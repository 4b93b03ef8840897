// The entry of the compiler, and what it does before and after the statements.
#include "workloads/quantum/input/compile.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

Script compile(const syntax::Tree& tree, const std::map<std::string, std::string>& input_values, bool require_inputs,
               const CancelToken* cancel) {
  return bind_inputs(Compiler(tree, cancel).run(), input_values, require_inputs);
}

Compiler::Compiler(const syntax::Tree& tree, const CancelToken* cancel)
    : tree_(tree), cancel_(cancel), code_(std::make_shared<Code>()) {
  const auto add = [&](GateLibrary library) {
    for (const GateName& entry : gate_names()) {
      if (entry.library == library) {
        natives_.emplace(std::string(entry.name), &entry);
      }
    }
  };
  add(is_qasm2() ? GateLibrary::builtin2 : GateLibrary::builtin3);
  if (tree.uses_stdgates) {
    add(GateLibrary::stdgates);
  }
  if (tree.uses_qelib1) {
    add(GateLibrary::qelib1);
    add(GateLibrary::qelib1_extended);
  }
}

Script Compiler::run() {
  script_.notes = tree_.notes;
  number_hardware_qubits();
  collect_gate_names();
  block(tree_.program);
  emit({}, {.op = Opcode::end});
  finish_registers();
  code_->slot_count = slots_;
  code_->bit_count = bits_;
  code_->qubit_count = script_.qubit_count;
  code_->sources = tree_.sources;
  script_.code = code_;
  return std::move(script_);
}

void Compiler::fail(Position at, std::string message, std::string advice, ErrorCode code) const {
  fail_at(tree_.sources, at, std::move(message), std::move(advice), code);
}

void Compiler::note(Position at, const std::string& text) {
  if (!reversed_) {  // the reversed body of a gate repeats what was said of the body
    script_.notes.push_back(fmt::format("{}: {}", tree_.sources.describe(at), text));
  }
}

void Compiler::number_hardware_qubits() {
  for (const Expression& e : tree_.expressions) {
    if (e.kind == Expression::Kind::hardware_qubit) {
      hardware_qubits_.push_back(e.integer);
    }
  }
  std::ranges::sort(hardware_qubits_);
  hardware_qubits_.erase(std::unique(hardware_qubits_.begin(), hardware_qubits_.end()), hardware_qubits_.end());
  script_.qubit_count = static_cast<Qubit>(hardware_qubits_.size());
}

void Compiler::collect_gate_names() {
  for (const StatementId id : tree_.program) {
    if (tree_.statements[id].kind == Statement::Kind::gate) {
      gate_names_.insert(tree_.statements[id].name);
    }
  }
}

void Compiler::finish_registers() {
  const bool chosen = std::ranges::any_of(results_, &Output::is_output);
  for (const Output& result : results_) {
    if (chosen && !result.is_output) {
      continue;
    }
    if (!is_bit_like(result.symbol.type.kind)) {
      script_.outputs.push_back(result.name);
      code_->outputs.push_back({result.symbol.type, result.symbol.index});
      continue;
    }
    const Value& address = result.symbol.value;
    code_->registers.push_back(address.list ? *address.list : std::vector{static_cast<std::uint32_t>(address.word)});
    script_.registers.push_back({result.name, static_cast<std::uint32_t>(code_->registers.back().size())});
  }
}

}  // namespace basalt::quantum
