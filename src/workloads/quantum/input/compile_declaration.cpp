// Declarations: qubits, constants, variables, arrays, inputs and outputs, aliases.
#include <fmt/format.h>

#include <numeric>

#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

using syntax::kNone;

void Compiler::declare(const std::string& name, Symbol symbol, Position at) {
  symbol.position = at;
  if (!is_qasm2() && scopes_.global() && (gates_.contains(name) || natives_.contains(name))) {
    fail(at, fmt::format("'{}' is already the name of a gate", name), "choose another name");
  }
  if (!scopes_.declare(name, std::move(symbol))) {
    fail(at,
         fmt::format("'{}' is already declared at {}", name, tree_.sources.describe(scopes_.innermost(name)->position)),
         "choose another name");
  }
}

void Compiler::declaration(const Statement& s) {
  if (gate_ != nullptr) {
    fail(s.position, "a declaration in a gate definition", "a gate can only apply other gates");
  }
  const Type declared = type(s.type);
  switch (declared.kind) {
    case Kind::qubit:
    case Kind::qubits:
      declare_qubits(s, declared);
      return;
    case Kind::array:
      declare_array(s, declared);
      return;
    default:
      break;
  }
  if (s.storage == Statement::Storage::constant) {
    declare_constant(s, declared);
    return;
  }
  const bool is_input = s.storage == Statement::Storage::input;
  const bool is_output = s.storage == Statement::Storage::output;
  if ((is_input || is_output) && !scopes_.global()) {
    fail(s.position, fmt::format("'{}' inside of a block", is_input ? "input" : "output"),
         "inputs and outputs are declared outside of all braces");
  }
  if (is_input) {
    declare_input(s, declared);
    return;
  }
  const bool global = scopes_.global();
  if (s.value == kNone) {
    set_default(declare_variable(s.name, declared, s.name_position), s.position);
  } else {
    // The value is computed before the name exists: `int x = x;` reads an outer x.
    Typed initial = value(s.value);
    coerce(initial, declared, Cast::automatic, node(s.value).position, "the initial value");
    place(initial, s.position);
    const Place variable = declare_variable(s.name, declared, s.name_position);
    if (variable.on_stack != 0) {
      emit(s.position, {.op = Opcode::pick, .a = 1});
      store(variable, initial, s.position, "the initial value");
      emit(s.position, {.op = Opcode::drop});
    } else {
      store(variable, initial, s.position, "the initial value");
    }
  }
  if (global && (is_output || is_bit_like(declared.kind))) {
    results_.push_back({s.name, *scopes_.find(s.name).symbol, is_output});
  }
}

void Compiler::declare_qubits(const Statement& s, const Type& type) {
  if (!scopes_.global()) {
    fail(s.position, "qubits can only be declared outside of all braces",
         "declare them at the top of the program, or pass them as parameters");
  }
  if (s.storage != Statement::Storage::variable || s.value != kNone) {
    fail(s.position, "qubits have no value and are neither constants nor inputs", "declare them as in qubit[2] q;");
  }
  if (type.width > kMaxQubits - std::min(script_.qubit_count, kMaxQubits)) {
    fail(s.position, fmt::format("the program declares more than {} qubits", kMaxQubits), "declare smaller registers",
         ErrorCode::unsupported);
  }
  Symbol symbol;
  symbol.type = type;
  symbol.reference = true;
  if (type.kind == Kind::qubit) {
    symbol.value = value_of(script_.qubit_count);
  } else {
    std::vector<std::uint32_t> numbers(type.width);
    std::iota(numbers.begin(), numbers.end(), script_.qubit_count);
    symbol.value = value_of_list(std::move(numbers));
  }
  script_.qubit_count += type.width;
  declare(s.name, std::move(symbol), s.name_position);
}

void Compiler::declare_constant(const Statement& s, const Type& type) {
  if (s.value == kNone) {
    fail(s.position, fmt::format("the constant '{}' has no value", s.name), "write = and its value");
  }
  const Position at = node(s.value).position;
  Typed initial = value(s.value);
  if (!initial.constant) {
    fail(at, fmt::format("the value of the constant '{}' is not known before the program runs", s.name),
         "use literals, other constants and built-in functions of them, or remove 'const'");
  }
  coerce(initial, type, Cast::automatic, at, "the value");
  Symbol symbol;
  symbol.type = type;
  symbol.value = initial.value;
  declare(s.name, std::move(symbol), s.name_position);
}

Compiler::Place Compiler::declare_variable(const std::string& name, const Type& type, Position at) {
  Place variable;
  variable.type = type;
  Symbol symbol;
  symbol.type = type;
  if (!is_bit_like(type.kind)) {
    symbol.role = Symbol::Role::slot;
    symbol.index = new_slots(at, 1);
    variable.slot = symbol.index;
    declare(name, std::move(symbol), at);
    return variable;
  }
  variable.kind = Place::Kind::bits;
  variable.on_stack = 1;
  const std::uint32_t first = new_bits(at, type.width);
  symbol.reference = true;
  if (def_ < 0) {
    if (type.kind == Kind::bit) {
      symbol.value = value_of(first);
    } else {
      std::vector<std::uint32_t> addresses(type.width);
      std::iota(addresses.begin(), addresses.end(), first);
      symbol.value = value_of_list(std::move(addresses));
    }
  } else {
    symbol.role = Symbol::Role::bits;
    symbol.index = first;
  }
  Typed address = symbol_value(symbol, at);
  declare(name, std::move(symbol), at);
  place(address, at);
  return variable;
}

void Compiler::set_default(const Place& place, Position at) {
  Typed zero;
  zero.constant = true;
  zero.type = place.type;
  if (place.type.kind == Kind::bits) {
    zero.value = value_of_list(std::vector<std::uint32_t>(place.type.width, 0));
  }
  store(place, std::move(zero), at, "the initial value");
}

/// Inputs are variables: their values come when the program is bound, and no code depends on them.
void Compiler::declare_input(const Statement& s, const Type& type) {
  const Place variable = declare_variable(s.name, type, s.name_position);
  emit(s.position, {.op = Opcode::push_input, .a = static_cast<std::uint32_t>(code_->inputs.size())});
  code_->inputs.push_back({s.name, type, s.position});
  script_.inputs.push_back(s.name);
  Typed given;
  given.type = type;
  store(variable, std::move(given), s.position, "the input");
}

void Compiler::declare_array(const Statement& s, const Type& type) {
  if (!scopes_.global()) {
    fail(s.position, "arrays can only be declared outside of all braces",
         "declare the array at the top of the program, or pass it as a parameter");
  }
  if (s.storage == Statement::Storage::constant || s.storage == Statement::Storage::input) {
    fail(s.position,
         fmt::format("'{}' is an array, which cannot be {}", s.name,
                     s.storage == Statement::Storage::input ? "an input" : "a constant"),
         "declare the elements one by one, or a variable", ErrorCode::unsupported);
  }
  ArrayValue shape;
  std::uint64_t elements = 1;
  shape.dimensions.resize(type.dimensions.size());
  for (std::size_t d = type.dimensions.size(); d-- > 0;) {
    if (type.dimensions[d] == kUnknownCount) {
      fail(s.position, "an array declared with #dim", "give the size of every dimension");
    }
    shape.dimensions[d] = {type.dimensions[d], static_cast<std::int64_t>(elements)};
    elements *= type.dimensions[d];
  }
  const std::uint64_t words = elements * words_per_element(type.element);
  array_bytes_ += words * sizeof(std::uint64_t);
  if (array_bytes_ > kMaxArrayBytes) {
    fail(s.position, "the arrays of the program are too large",
         fmt::format("all arrays together may have {} MiB", kMaxArrayBytes >> 20), ErrorCode::unsupported);
  }
  Symbol symbol;
  symbol.role = Symbol::Role::array;
  symbol.type = type;
  symbol.reference = true;
  symbol.index = static_cast<std::uint32_t>(code_->arrays.size());
  shape.storage = symbol.index;
  code_->arrays.push_back(std::move(shape));
  code_->array_words.push_back(static_cast<std::uint32_t>(words));
  if (s.value != kNone) {
    std::vector<std::uint32_t> at;
    fill_array(s, symbol, s.value, at);
  }
  if (s.storage == Statement::Storage::output) {
    results_.push_back({s.name, symbol, true});
  }
  declare(s.name, std::move(symbol), s.name_position);
}

// Stores a literal, or any array expression, into the part of the array that the indices `at` name.
void Compiler::fill_array(const Statement& s, const Symbol& array, ExpressionId id, std::vector<std::uint32_t>& at) {
  const Expression& e = node(id);
  const auto& dimensions = array.type.dimensions;
  if (e.kind == Expression::Kind::array_literal) {
    if (at.size() >= dimensions.size()) {
      fail(e.position, fmt::format("the braces are nested deeper than the {} dimension{} of '{}'", dimensions.size(),
                                   dimensions.size() == 1 ? "" : "s", s.name));
    }
    const std::uint32_t count = dimensions[at.size()];
    if (e.children.size() != count) {
      fail(e.position,
           fmt::format("{} values for dimension {} of '{}', which has size {}", e.children.size(), at.size(), s.name,
                       count),
           "give as many values as the array has");
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      at.push_back(i);
      fill_array(s, array, e.children[i], at);
      at.pop_back();
    }
    return;
  }
  Place part;
  part.on_stack = 1;
  part.type = array.type;
  part.type.dimensions.erase(part.type.dimensions.begin(),
                             part.type.dimensions.begin() + static_cast<std::ptrdiff_t>(at.size()));
  emit(e.position, {.op = Opcode::view_array, .a = array.index});
  for (const std::uint32_t index : at) {
    push(e.position, value_of(index));
    emit(e.position, {.op = Opcode::view_one, .a = 0});
  }
  part.kind = Place::Kind::array;
  if (part.type.dimensions.empty()) {
    part.kind = Place::Kind::element;
    part.type = type_of(array.type.element, array.type.element_width);
  }
  store(part, value(id), e.position, "the value");
}

void Compiler::alias(const Statement& s) {
  if (gate_ != nullptr) {
    fail(s.position, "'let' in a gate definition", "use the operands by their names");
  }
  Typed typed = expression(s.value);
  if (!typed.reference || typed.type.kind == Kind::array) {
    fail(node(s.value).position, fmt::format("'{}' would be an alias of {}", s.name, describe(typed.type)),
         "'let' names qubits or bits that are declared: use a variable for values");
  }
  Symbol symbol;
  symbol.type = typed.type;
  symbol.reference = true;
  if (typed.constant) {
    symbol.value = typed.value;
  } else {
    symbol.role = Symbol::Role::slot;
    symbol.index = new_slots(s.position, 1);
    emit(s.position, {.op = Opcode::store, .a = symbol.index});
  }
  declare(s.name, std::move(symbol), s.name_position);
}

}  // namespace basalt::quantum
