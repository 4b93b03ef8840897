// Gate calls, and calls of subroutines in the form of gate calls.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/nearest.h"
#include "workloads/quantum/input/broadcast.h"
#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

using syntax::kNone;
using syntax::Modifier;

const GateName* Compiler::find_native(const std::string& name) const {
  const auto entry = natives_.find(name);
  return entry == natives_.end() ? nullptr : entry->second;
}

void Compiler::fail_unknown_gate(const Statement& s) const {
  const std::string& name = s.name;
  if (opaque_gates_.contains(name)) {
    fail(s.name_position, fmt::format("the gate '{}' is opaque: it has no definition to run", name),
         "replace its declaration by a definition", ErrorCode::unsupported);
  }
  if (gate_ != nullptr && gate_->name == name) {
    fail(s.name_position, fmt::format("the gate '{}' applies itself: infinite recursion", name),
         "a gate can only use gates that are defined before it");
  }
  if (gate_names_.contains(name)) {
    fail(s.name_position, fmt::format("the gate '{}' is used before its definition", name),
         "move its definition up: a gate can only use gates defined before it, so that no recursion is infinite");
  }
  if (!is_qasm2() && !tree_.uses_stdgates && find_gate(name, GateLibrary::stdgates) != nullptr) {
    fail(s.name_position, fmt::format("the gate '{}' is not defined", name), "add: include \"stdgates.inc\";");
  }
  if (is_qasm2() && !tree_.uses_qelib1 &&
      (find_gate(name, GateLibrary::qelib1) != nullptr || find_gate(name, GateLibrary::qelib1_extended) != nullptr)) {
    fail(s.name_position, fmt::format("the gate '{}' is not defined", name), "add: include \"qelib1.inc\";");
  }
  std::vector<std::string_view> known;
  for (const auto& entry : natives_) {
    known.emplace_back(entry.first);
  }
  for (const auto& entry : gates_) {
    known.emplace_back(entry.first);
  }
  std::ranges::sort(known);
  const std::string near = nearest_name(name, known);
  fail(s.name_position, fmt::format("the gate '{}' is not defined", name),
       near.empty() ? "define it with 'gate' before it is used" : fmt::format("did you mean '{}'?", near));
}

// `parameters` and `operands`: how many the gate itself takes.
CallSite Compiler::find_callee(const Statement& s, std::uint32_t& parameters, std::uint32_t& operands) {
  CallSite site;
  if (const auto own = gates_.find(s.name); own != gates_.end()) {
    site.native = false;
    site.callee = own->second;
    parameters = code_->gates[own->second].parameter_count;
    operands = code_->gates[own->second].operand_count;
    return site;
  }
  const GateName* const native = find_native(s.name);
  if (native == nullptr || opaque_gates_.contains(s.name)) {
    fail_unknown_gate(s);
  }
  site.gate = native->gate;
  site.control_count = native->control_count;
  parameters = native->parameter_count;
  operands = native->control_count + gate_row(native->gate).target_count;
  return site;
}

void Compiler::gate_call(const Statement& s) {
  const Scopes::Found found = is_qasm2() ? Scopes::Found{} : scopes_.find(s.name);
  if (found.symbol != nullptr) {
    if (found.symbol->role != Symbol::Role::def) {
      fail(s.name_position, fmt::format("'{}' is no gate here, but {}", s.name, describe(found.symbol->type)),
           "choose another name for it");
    }
    if (!s.modifiers.empty()) {
      fail(s.modifiers[0].position, fmt::format("a modifier of '{}', which is a subroutine", s.name),
           "define a gate to modify it");
    }
    std::vector<ExpressionId> arguments = s.arguments;
    arguments.insert(arguments.end(), s.operands.begin(), s.operands.end());
    if (call_def(*found.symbol, arguments, s.name, s.position).type.kind != Kind::none) {
      emit(s.position, {.op = Opcode::drop});
    }
    return;
  }
  std::uint32_t parameters = 0;
  std::uint32_t operands = 0;
  CallSite site = find_callee(s, parameters, operands);
  gate_parameters(s, site, parameters);
  operands += gate_modifiers(s, site);
  site.operand_count = static_cast<std::uint32_t>(s.operands.size());
  if (s.operands.size() != operands) {
    fail(s.position,
         fmt::format("'{}' acts on {} qubit{} here, not {}", s.name, operands, operands == 1 ? "" : "s",
                     s.operands.size()),
         s.modifiers.empty() ? "" : "every ctrl and negctrl adds its controls in front");
  }
  if (gate_ != nullptr) {
    formal_operands(s, site);
  } else {
    qubit_operands(s, site);
  }
  emit(s.position, {.op = Opcode::gate, .a = static_cast<std::uint32_t>(code_->calls.size())});
  code_->calls.push_back(site);
}

void Compiler::gate_parameters(const Statement& s, CallSite& site, std::uint32_t count) {
  if (s.arguments.size() != count) {
    fail(s.position,
         fmt::format("'{}' takes {} parameter{}, not {}", s.name, count, count == 1 ? "" : "s", s.arguments.size()));
  }
  const Type radians = type_of(Kind::floating, kDefaultWidth);
  site.parameter_count = count;
  site.first_parameter = static_cast<std::uint32_t>(code_->parameters.size());
  const Mark start = mark();
  for (const ExpressionId id : s.arguments) {
    Typed angle = value_as(id, radians, "the parameter");
    if (angle.constant) {
      const double real = angle.value.real();
      if (!std::isfinite(real)) {
        fail(node(id).position, fmt::format("the parameter is {}, which is no angle", real));
      }
      code_->parameters.push_back(real);
    }
    place(angle, node(id).position);
  }
  site.constant_parameters = code_->parameters.size() == site.first_parameter + count;
  if (site.constant_parameters) {
    roll_back(start);
  } else {
    code_->parameters.resize(site.first_parameter);
  }
}

// Returns how many operands the modifiers add.
std::uint32_t Compiler::gate_modifiers(const Statement& s, CallSite& site) {
  std::uint32_t controls = 0;
  site.first_modifier = static_cast<std::uint32_t>(code_->modifiers.size());
  site.modifier_count = static_cast<std::uint32_t>(s.modifiers.size());
  for (const Modifier& modifier : s.modifiers) {
    ModifierCode code{ModifierCode::Kind::inverse};
    switch (modifier.kind) {
      case Modifier::Kind::control:
      case Modifier::Kind::negative_control: {
        code.kind = modifier.kind == Modifier::Kind::control ? ModifierCode::Kind::control
                                                             : ModifierCode::Kind::negative_control;
        const std::int64_t count =
            modifier.argument == kNone ? 1 : constant_integer(modifier.argument, "the number of controls");
        if (count < 1 || count > kMaxQubits || controls + count > kMaxQubits) {
          fail(modifier.position, fmt::format("{} controls", count), "use a positive number of controls");
        }
        code.count = static_cast<std::uint32_t>(count);
        controls += code.count;
        break;
      }
      case Modifier::Kind::inverse:
        break;
      case Modifier::Kind::power: {
        code.kind = ModifierCode::Kind::power;
        Typed exponent = value_as(modifier.argument, type_of(Kind::floating, kDefaultWidth), "the exponent");
        place(exponent, modifier.position);
        ++site.power_count;
        break;
      }
    }
    code_->modifiers.push_back(code);
  }
  return controls;
}

void Compiler::formal_operands(const Statement& s, CallSite& site) {
  site.operands = CallSite::Operands::formal;
  site.first_operand = static_cast<std::uint32_t>(code_->operands.size());
  for (const ExpressionId id : s.operands) {
    const Expression& e = node(id);
    if (e.kind != Expression::Kind::name) {
      static_cast<void>(expression(id));  // says what is wrong with it, if it is wrong anywhere
      fail(e.position, "a gate in a gate definition acts on something that is no operand",
           "use the operands of the definition by their names");
    }
    const Symbol& operand = symbol(e.text, e.position);
    if (operand.role != Symbol::Role::operand) {
      fail(e.position, fmt::format("'{}' is no operand of the gate", e.text),
           "use the operands of the definition by their names");
    }
    code_->operands.push_back(operand.index);
  }
  const auto used = std::span(code_->operands).subspan(site.first_operand);
  guarded(s.position, [&] { check_distinct(used, "qubit"); });
}

void Compiler::qubit_operands(const Statement& s, CallSite& site) {
  const Mark start = mark();
  std::vector<Typed> operands;
  bool known = true;
  bool registers = false;
  for (const ExpressionId id : s.operands) {
    Typed operand = expression(id);
    if (!is_qubit_like(operand.type.kind)) {
      fail(node(id).position, fmt::format("a gate acts on qubits, not on {}", describe(operand.type)));
    }
    known = known && operand.constant;
    registers = registers || operand.type.kind == Kind::qubits;
    operands.push_back(operand);
    place(operand, node(id).position);
  }
  check_known_operands(s, operands);
  if (known && !registers) {
    roll_back(start);
    site.operands = CallSite::Operands::qubits;
    site.first_operand = static_cast<std::uint32_t>(code_->operands.size());
    for (const Typed& operand : operands) {
      code_->operands.push_back(static_cast<std::uint32_t>(operand.value.word));
    }
    return;
  }
  site.operands = CallSite::Operands::on_stack;
  site.first_operand = static_cast<std::uint32_t>(code_->singles.size());
  for (const Typed& operand : operands) {
    code_->singles.push_back(operand.type.kind == Kind::qubit ? 1 : 0);
  }
}

void Compiler::check_known_operands(const Statement& s, const std::vector<Typed>& operands) {
  std::uint32_t size = kUnknownCount;
  bool known = true;
  std::vector<Operand> lists;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Typed& operand = operands[i];
    known = known && operand.constant;
    lists.push_back({operand.type.kind == Kind::qubit, &operand.value});
    if (operand.type.kind != Kind::qubits || operand.type.width == kUnknownCount) {
      continue;
    }
    if (size != kUnknownCount && size != operand.type.width) {
      fail(node(s.operands[i]).position,
           fmt::format("'{}' on registers of different sizes: {} and {}", s.name, size, operand.type.width),
           "registers in one gate must have the same size, single qubits are repeated");
    }
    size = operand.type.width;
  }
  if (known) {
    guarded(s.position, [&] { static_cast<void>(broadcast(lists)); });
  }
}

}  // namespace basalt::quantum
