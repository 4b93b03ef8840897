// Definitions of gates and subroutines.
#include <fmt/format.h>

#include <utility>

#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

using syntax::kNone;

namespace {

/// Whether a file may give a name of its include file another meaning.
bool is_replaceable(const GateName& native) {
  return native.library == GateLibrary::qelib1_extended;
}

}  // namespace

void Compiler::gate_definition(const Statement& s) {
  if (!scopes_.global()) {
    fail(s.position, "a gate definition inside of braces", "define gates at the top of the program");
  }
  if (gates_.contains(s.name) || opaque_gates_.contains(s.name)) {
    fail(s.name_position, fmt::format("the gate '{}' is already defined", s.name), "choose another name");
  }
  if (const GateName* const native = find_native(s.name); native != nullptr && !is_replaceable(*native)) {
    fail(s.name_position, fmt::format("the gate '{}' is already defined by the language or by an include", s.name),
         "choose another name, or remove the definition");
  }
  if (const Symbol* const other = scopes_.innermost(s.name); other != nullptr && !is_qasm2()) {
    fail(s.name_position,
         fmt::format("'{}' is already declared at {}", s.name, tree_.sources.describe(other->position)),
         "choose another name");
  }
  const std::uint32_t over = emit(s.position, {.op = Opcode::jump});
  const std::uint32_t outer_slots = std::exchange(slots_, 0);
  GateCode code;
  code.name = s.name;
  code.parameter_count = static_cast<std::uint32_t>(s.parameter_names.size());
  code.operand_count = static_cast<std::uint32_t>(s.operand_names.size());
  gate_ = &s;
  scopes_.open(true);
  for (const std::string& name : s.parameter_names) {
    Symbol symbol;
    symbol.role = Symbol::Role::slot;
    symbol.type = type_of(Kind::floating, kDefaultWidth);
    symbol.index = new_slots(s.position, 1);
    declare(name, std::move(symbol), s.name_position);
  }
  for (std::uint32_t i = 0; i < code.operand_count; ++i) {
    Symbol symbol;
    symbol.role = Symbol::Role::operand;
    symbol.type = type_of(Kind::qubit);
    symbol.index = i;
    declare(s.operand_names[i], std::move(symbol), s.name_position);
  }
  code.entry = here();
  scope(s.body);
  emit(s.position, {.op = Opcode::gate_end});
  reversed_ = true;
  code.reversed_entry = here();
  scope(s.body);
  emit(s.position, {.op = Opcode::gate_end});
  reversed_ = false;
  scopes_.close();
  gate_ = nullptr;
  code.slot_count = std::exchange(slots_, outer_slots);
  gates_.emplace(s.name, static_cast<std::uint32_t>(code_->gates.size()));
  code_->gates.push_back(std::move(code));
  land(over);
}

void Compiler::def(const Statement& s) {
  if (!scopes_.global()) {
    fail(s.position, "a subroutine definition inside of braces", "define subroutines at the top of the program");
  }
  DefSignature signature;
  DefCode code;
  code.name = s.name;
  code.argument_count = static_cast<std::uint32_t>(s.parameters.size());
  if (s.return_type != kNone) {
    signature.result = type(s.return_type);
    if (signature.result.kind == Kind::array || is_qubit_like(signature.result.kind)) {
      fail(tree_.types[s.return_type].position, fmt::format("a def cannot return {}", describe(signature.result)),
           "return a value of a classical scalar type, or change a 'mutable' array parameter");
    }
  }
  for (std::uint32_t i = 0; i < s.parameters.size(); ++i) {
    const syntax::Parameter& p = s.parameters[i];
    signature.arguments.push_back(type(p.type));
    signature.mutable_array.push_back(p.access == syntax::Parameter::Access::mutable_reference);
    if (is_qubit_like(signature.arguments.back().kind)) {
      code.qubit_arguments.push_back(i);
    }
    if (signature.arguments.back().kind == Kind::array && p.access == syntax::Parameter::Access::by_value) {
      fail(p.position, fmt::format("the array parameter '{}' is neither readonly nor mutable", p.name),
           "write 'readonly' or 'mutable' in front of it");
    }
  }
  // The name is known in its own body: a def may call itself.
  Symbol symbol;
  symbol.role = Symbol::Role::def;
  symbol.index = static_cast<std::uint32_t>(code_->defs.size());
  const std::uint32_t index = symbol.index;
  declare(s.name, std::move(symbol), s.name_position);
  const std::vector<Type> arguments = signature.arguments;
  const Type result = signature.result;
  def_signatures_.push_back(std::move(signature));
  const std::uint32_t over = emit(s.position, {.op = Opcode::jump});
  code.entry = here();
  code_->defs.push_back(code);

  const std::uint32_t outer_slots = std::exchange(slots_, 0);
  const std::uint32_t outer_bits = std::exchange(bits_, 0);
  def_ = static_cast<int>(index);
  scopes_.open(true);
  new_slots(s.position, code.argument_count);
  for (std::uint32_t i = 0; i < s.parameters.size(); ++i) {
    parameter(s.parameters[i], arguments[i], i);
  }
  block(s.body);
  emit(s.position, {.op = result.kind == Kind::none ? Opcode::give_back : Opcode::missing_value, .a = index});
  scopes_.close();
  def_ = -1;
  code_->defs[index].slot_count = std::exchange(slots_, outer_slots);
  code_->defs[index].bit_count = std::exchange(bits_, outer_bits);
  land(over);
}

// The argument is in slot `slot`; bits move to the bits of the frame, where they can be indexed and assigned.
void Compiler::parameter(const syntax::Parameter& p, const Type& type, std::uint32_t slot) {
  if (is_bit_like(type.kind)) {
    const Place bits = declare_variable(p.name, type, p.position);
    emit(p.position, {.op = Opcode::load, .a = slot});
    Typed argument;
    argument.type = type;
    store(bits, std::move(argument), p.position, "the argument");
    return;
  }
  Symbol symbol;
  symbol.role = Symbol::Role::slot;
  symbol.type = type;
  symbol.index = slot;
  symbol.reference = is_qubit_like(type.kind) || type.kind == Kind::array;
  symbol.readonly = p.access == syntax::Parameter::Access::readonly;
  declare(p.name, std::move(symbol), p.position);
}

void Compiler::give_back(const Statement& s) {
  if (def_ < 0) {
    fail(s.position, "'return' outside of a def", "use 'end' to end the program");
  }
  const Type& wanted = def_signatures_[static_cast<std::size_t>(def_)].result;
  const std::string& name = code_->defs[static_cast<std::size_t>(def_)].name;
  if (s.value == kNone) {
    if (wanted.kind != Kind::none) {
      fail(s.position, fmt::format("'{}' must return {}", name, describe(wanted)), "write the value after 'return'");
    }
    emit(s.position, {.op = Opcode::give_back});
    return;
  }
  if (wanted.kind == Kind::none) {
    fail(s.position, fmt::format("'{}' returns a value, but declares none", name),
         "write its type after the parameters, as in -> bit");
  }
  Typed result = value_as(s.value, wanted, "the returned value");
  place(result, s.position);
  emit(s.position, {.op = Opcode::give_back, .sub = 1});
}

}  // namespace basalt::quantum
