// Expressions: literals, names, casts, measurements. Operators are in compile_operator.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <numbers>

#include "base/nearest.h"
#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

using syntax::Operator;

Typed Compiler::expression(ExpressionId id) {
  const Expression& e = node(id);
  switch (e.kind) {
    case Expression::Kind::integer:
    case Expression::Kind::real:
    case Expression::Kind::imaginary:
    case Expression::Kind::boolean:
    case Expression::Kind::bit_string:
      return literal(e);
    case Expression::Kind::name:
      return name(e);
    case Expression::Kind::hardware_qubit: {
      if (gate_ != nullptr) {
        fail(e.position, fmt::format("hardware qubit ${} in a gate definition", e.integer),
             "a gate acts on its operands only");
      }
      const auto place = std::ranges::lower_bound(hardware_qubits_, e.integer) - hardware_qubits_.begin();
      return {.type = type_of(Kind::qubit, 1),
              .constant = true,
              .reference = true,
              .readonly = false,
              .value = value_of(static_cast<std::uint64_t>(place))};
    }
    case Expression::Kind::unary:
      return unary(e);
    case Expression::Kind::binary:
      if (e.op == Operator::logical_and || e.op == Operator::logical_or) {
        return logical(e);
      }
      return e.op == Operator::concatenate ? concatenation(e) : binary(e);
    case Expression::Kind::call:
      return call(e);
    case Expression::Kind::cast:
      return cast(e);
    case Expression::Kind::index:
      return index(e);
    case Expression::Kind::measure:
      return measure(e);
    case Expression::Kind::range:
    case Expression::Kind::set:
      fail(e.position, "an index set stands where a value is needed", "use it between [ and ], or after 'in'");
    case Expression::Kind::array_literal:
      fail(e.position, "an array in braces stands where a value is needed",
           "braces can only initialise the declaration of an array");
    case Expression::Kind::duration:
      fail(e.position, fmt::format("'{}' is a duration, and timing is not supported", e.text),
           "Basalt runs gate-level programs: remove what depends on timing", ErrorCode::unsupported);
    case Expression::Kind::duration_of:
      fail(e.position, "'durationof' is not supported",
           "Basalt runs gate-level programs: remove what depends on timing", ErrorCode::unsupported);
  }
  fail(e.position, "this expression is not supported");
}

Typed Compiler::value(ExpressionId id) {
  Typed typed = expression(id);
  load_value(typed, node(id).position);
  return typed;
}

Typed Compiler::value_as(ExpressionId id, const Type& type, std::string_view what) {
  Typed typed = value(id);
  coerce(typed, type, Cast::automatic, node(id).position, what);
  return typed;
}

Value Compiler::constant_value(ExpressionId id, const Type& type, std::string_view what) {
  Typed typed = value(id);
  if (!typed.constant) {
    fail(node(id).position, fmt::format("{} is not known before the program runs", what),
         "use literals, 'const' declarations and built-in functions of them");
  }
  coerce(typed, type, Cast::automatic, node(id).position, what);
  return typed.value;
}

std::int64_t Compiler::constant_integer(ExpressionId id, std::string_view what) {
  Typed typed = value(id);
  const Position at = node(id).position;
  if (!typed.constant) {
    fail(at, fmt::format("{} is not known before the program runs", what),
         "use literals, 'const' declarations and built-in functions of them");
  }
  if (!is_integer(typed.type.kind)) {
    fail(at, fmt::format("{} has type {}, but an integer is needed", what, describe(typed.type)),
         typed.type.kind == Kind::floating ? "write the cast: int(…)" : "");
  }
  if (typed.type.kind == Kind::unsigned_integer && typed.value.integer() < 0) {
    fail(at, fmt::format("{} is {}, which is too large", what, typed.value.word));
  }
  return typed.value.integer();
}

Typed Compiler::literal(const Expression& e) {
  Typed typed;
  typed.constant = true;
  switch (e.kind) {
    case Expression::Kind::integer:
      if (!e.integer_fits) {
        fail(e.position, fmt::format("the integer {} does not fit 64 bits", e.text),
             "write it as a float if an approximation will do");
      }
      typed.type = type_of(e.integer >> 63 != 0 ? Kind::unsigned_integer : Kind::integer, kDefaultWidth);
      typed.value = value_of(e.integer);
      break;
    case Expression::Kind::real:
      typed.type = type_of(Kind::floating, kDefaultWidth);
      typed.value = value_of_real(e.real);
      break;
    case Expression::Kind::imaginary:
      typed.type = type_of(Kind::complex, kDefaultWidth);
      typed.value = value_of_real(0, e.real);
      break;
    case Expression::Kind::boolean:
      typed.type = type_of(Kind::boolean);
      typed.value = value_of(e.integer);
      break;
    default: {
      if (e.text.size() > kMaxBits) {
        fail(e.position, fmt::format("a bit string of {} bits", e.text.size()),
             fmt::format("use at most {} bits", kMaxBits), ErrorCode::unsupported);
      }
      std::vector<std::uint32_t> cells(e.text.size());
      std::transform(e.text.rbegin(), e.text.rend(), cells.begin(), [](char digit) { return digit == '1' ? 1U : 0U; });
      typed.type = type_of(Kind::bits, static_cast<std::uint32_t>(cells.size()));
      typed.value = value_of_list(std::move(cells));
      break;
    }
  }
  return typed;
}

Typed Compiler::name(const Expression& e) {
  if (scopes_.find(e.text).symbol == nullptr) {
    double known = 0;
    if (e.text == "pi" || e.text == "π") {
      known = std::numbers::pi;
    } else if (!is_qasm2() && (e.text == "tau" || e.text == "τ")) {
      known = 2 * std::numbers::pi;
    } else if (!is_qasm2() && (e.text == "euler" || e.text == "ℇ")) {
      known = std::numbers::e;
    }
    if (known != 0) {
      Typed typed;
      typed.type = type_of(Kind::floating, kDefaultWidth);
      typed.constant = true;
      typed.value = value_of_real(known);
      return typed;
    }
  }
  return symbol_value(symbol(e.text, e.position), e.position);
}

const Symbol& Compiler::symbol(const std::string& name, Position at) {
  const Scopes::Found found = scopes_.find(name);
  if (found.symbol == nullptr) {
    fail_unknown_name(name, at);
  }
  if (found.hidden) {
    const char* const inside = gate_ != nullptr ? "gate" : "def";
    fail(
        at, fmt::format("'{}' is declared outside of this {}, which cannot see it", name, inside),
        fmt::format("pass it as a parameter{}", is_qubit_like(found.symbol->type.kind) ? "" : ", or declare it const"));
  }
  return *found.symbol;
}

void Compiler::fail_unknown_name(const std::string& name, Position at) {
  if (gates_.contains(name) || natives_.contains(name)) {
    fail(at, fmt::format("'{}' is a gate, not a value", name), "apply it to qubits as a statement");
  }
  const std::string near = nearest_name(name, scopes_.names());
  fail(at, fmt::format("'{}' is not declared", name),
       near.empty() ? "declare it before it is used" : fmt::format("did you mean '{}'?", near));
}

Typed Compiler::symbol_value(const Symbol& symbol, Position at) {
  Typed typed;
  typed.type = symbol.type;
  typed.reference = symbol.reference;
  typed.readonly = symbol.readonly;
  switch (symbol.role) {
    case Symbol::Role::constant:
      typed.constant = true;
      typed.value = symbol.value;
      break;
    case Symbol::Role::slot:
      emit(at, {.op = Opcode::load, .a = symbol.index});
      break;
    case Symbol::Role::bits:
      emit(at, {.op = Opcode::local_bits,
                .sub = symbol.type.kind == Kind::bit ? kSingle : std::uint8_t{0},
                .a = symbol.index,
                .b = symbol.type.width});
      break;
    case Symbol::Role::array:
      emit(at, {.op = Opcode::view_array, .a = symbol.index});
      break;
    case Symbol::Role::def:
      fail(at, "a subroutine stands where a value is needed", "call it with its arguments in parentheses");
    case Symbol::Role::operand:
      fail(at, "an operand of the gate stands where a value is needed", "operands can only be given to other gates");
  }
  return typed;
}

Typed Compiler::cast(const Expression& e) {
  const Type to = type(e.type);
  if (to.kind == Kind::array || is_qubit_like(to.kind)) {
    fail(e.position, fmt::format("nothing can be cast to {}", describe(to)));
  }
  Typed typed = value(e.children[0]);
  coerce(typed, to, Cast::written, e.position, "the operand of the cast");
  return typed;
}

Typed Compiler::measure(const Expression& e) {
  if (gate_ != nullptr) {
    fail(e.position, "'measure' in a gate definition", "a gate is unitary: measure in the program or in a def");
  }
  Typed qubits = expression(e.children[0]);
  if (!is_qubit_like(qubits.type.kind)) {
    fail(e.position, fmt::format("'measure' needs qubits, not {}", describe(qubits.type)));
  }
  place(qubits, e.position);
  const bool single = qubits.type.kind == Kind::qubit;
  emit(e.position, {.op = Opcode::measure, .sub = single ? kSingle : std::uint8_t{0}});
  Typed cells;
  cells.type = type_of(single ? Kind::bit : Kind::bits, qubits.type.width);
  return cells;
}

}  // namespace basalt::quantum
