// Expressions: literals, names, operators, casts, measurements.
#include <fmt/format.h>

#include <algorithm>
#include <numbers>

#include "workloads/quantum/input/arithmetic.h"
#include "workloads/quantum/input/compiler.h"
#include "workloads/quantum/input/nearest.h"

namespace basalt::quantum {

using syntax::kNone;
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
      std::vector<std::uint32_t> cells;
      cells.reserve(e.text.size());
      for (auto digit = e.text.rbegin(); digit != e.text.rend(); ++digit) {
        cells.push_back(*digit == '1' ? 1 : 0);
      }
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

Typed Compiler::unary(const Expression& e) {
  Typed operand = value(e.children[0]);
  const std::optional<Signature> signature = find_signature(e.op, operand.type);
  if (!signature) {
    fail(e.position, fmt::format("'{}' is not defined for {}", text_of(e.op), describe(operand.type)),
         is_qubit_like(operand.type.kind) ? "measure the qubits to get bits" : "cast the operand first");
  }
  coerce(operand, signature->left, Cast::automatic, e.position, "the operand");
  const Type& type = signature->left;
  const auto width = type.kind == Kind::bits ? std::uint8_t{0} : static_cast<std::uint8_t>(type.width);
  if (operand.constant) {
    operand.value = guarded(e.position, [&] { return apply(e.op, type.kind, width, operand.value); });
  } else {
    force(e.position, operand.type);
    emit(e.position,
         {.op = Opcode::apply_one, .sub = static_cast<std::uint8_t>(e.op), .kind = type.kind, .width = width});
  }
  operand.type = signature->result;
  return operand;
}

Typed Compiler::binary(const Expression& e) {
  const Mark start = mark();
  Typed left = value(e.children[0]);
  Typed placed = left;
  place(placed, node(e.children[0]).position);
  placed.constant = left.constant;
  placed.value = left.value;
  const Typed right = value(e.children[1]);
  return apply_to(e.op, std::move(placed), right, start, e.position);
}

// Here `left` is on the stack, also when it is constant; `right` only when it is not.
Typed Compiler::apply_to(Operator op, Typed left, Typed right, const Mark& start, Position at) {
  const std::optional<Signature> signature = find_signature(op, left.type, right.type);
  if (!signature) {
    const bool bits = left.type.kind == Kind::bits || right.type.kind == Kind::bits;
    fail(at, fmt::format("'{}' is not defined for {} and {}", text_of(op), describe(left.type), describe(right.type)),
         bits ? "cast the register to a number of its size first, as in uint[4](c)" : "cast one of them first");
  }
  const Kind kind = signature->left.kind;
  const auto width_of = [](const Type& type) {
    return type.kind == Kind::bits ? std::uint8_t{0} : static_cast<std::uint8_t>(type.width);
  };
  const bool is_shift = op == Operator::shift_left || op == Operator::shift_right;
  note_impossible(op, left, right, at);
  if (left.constant && right.constant) {
    roll_back(start);
    note_inexact_division(op, left, right, at);
    coerce(left, signature->left, Cast::automatic, at, "the left operand");
    coerce(right, signature->right, Cast::automatic, at, "the right operand");
    left.value = guarded(at, [&] { return apply(op, kind, width_of(signature->left), left.value, right.value); });
  } else {
    left.constant = false;
    place(right, at);
    if (!is_shift) {
      force(at, right.type, left.type);
    }
    if (signature->left.kind != Kind::bits) {
      coerce(left, signature->left, Cast::automatic, at, "the left operand", 1);
    }
    if (signature->right.kind != Kind::bits) {
      coerce(right, signature->right, Cast::automatic, at, "the right operand");
    }
    emit(at,
         {.op = Opcode::apply, .sub = static_cast<std::uint8_t>(op), .kind = kind, .width = width_of(signature->left)});
  }
  left.type = signature->result;
  left.reference = false;
  return left;
}

void Compiler::note_inexact_division(Operator op, const Typed& left, const Typed& right, Position at) {
  if (op != Operator::divide || !is_integer(left.type.kind) || !is_integer(right.type.kind) || right.value.word == 0 ||
      right.value.integer() == -1) {
    return;
  }
  const std::int64_t a = left.value.integer();
  const std::int64_t b = right.value.integer();
  if (a % b != 0) {
    note(at, fmt::format("{}/{} is an integer division and gives {}; write {}.0/{} for {:.6g}", a, b, a / b, a, b,
                         static_cast<double>(a) / static_cast<double>(b)));
  }
}

void Compiler::note_impossible(Operator op, const Typed& left, const Typed& right, Position at) {
  if (op != Operator::equal && op != Operator::not_equal) {
    return;
  }
  const Typed& variable = left.constant ? right : left;
  const Typed& constant = left.constant ? left : right;
  if (variable.constant || !constant.constant || constant.type.kind != Kind::integer ||
      !is_integer(variable.type.kind) || variable.type.width >= kDefaultWidth) {
    return;
  }
  if (wrap(variable.type.kind, variable.type.width, constant.value.word) != constant.value.word) {
    note(at, fmt::format("a value of type {} is never {}{}", describe(variable.type), constant.value.integer(),
                         variable.type.kind == Kind::integer
                             ? fmt::format("; its highest bit is the sign: use uint[{}]", variable.type.width)
                             : ""));
  }
}

Typed Compiler::logical(const Expression& e) {
  const bool is_and = e.op == Operator::logical_and;
  const Type boolean = type_of(Kind::boolean);
  const Position at = e.position;
  const std::string what = fmt::format("an operand of '{}'", text_of(e.op));
  Typed left = value_as(e.children[0], boolean, what);
  if (left.constant) {
    const bool decided = (left.value.word != 0) != is_and;
    const Mark unused = mark();
    Typed right = value_as(e.children[1], boolean, what);
    if (decided) {
      roll_back(unused);
      return left;
    }
    return right;
  }
  emit(at, {.op = Opcode::duplicate, .a = 1});
  const std::uint32_t skip = emit(at, {.op = is_and ? Opcode::jump_unless : Opcode::jump_if});
  emit(at, {.op = Opcode::drop});
  Typed right = value_as(e.children[1], boolean, what);
  place(right, at);
  land(skip);
  return left;
}

Typed Compiler::concatenation(const Expression& e) {
  const Position at = e.position;
  const Mark start = mark();
  Typed left = expression(e.children[0]);
  Typed on_stack = left;
  place(on_stack, at);
  Typed right = expression(e.children[1]);
  const Type a = left.type;
  const Type b = right.type;
  const bool qubits = is_qubit_like(a.kind) && is_qubit_like(b.kind);
  const bool bits = is_bit_like(a.kind) && is_bit_like(b.kind);
  if (a.kind == Kind::array && b.kind == Kind::array && a.element == b.element && a.element_width == b.element_width &&
      a.dimensions.size() == b.dimensions.size()) {
    emit(at, {.op = Opcode::join_arrays, .kind = a.element});
    Typed joined = left;
    joined.reference = false;
    std::uint32_t& first = joined.type.dimensions[0];
    const std::uint64_t count = std::uint64_t{first} + b.dimensions[0];
    if (first == kUnknownCount || b.dimensions[0] == kUnknownCount || count >= kUnknownCount) {
      first = kUnknownCount;
    } else {
      first = static_cast<std::uint32_t>(count);
    }
    return joined;
  }
  if (!qubits && !bits) {
    fail(at, fmt::format("'++' cannot join {} and {}", describe(a), describe(b)),
         "join registers of qubits, registers of bits, or arrays of one type");
  }
  Typed joined;
  joined.reference = left.reference && right.reference;
  joined.type.kind = qubits ? Kind::qubits : Kind::bits;
  const bool unknown = a.width == kUnknownCount || b.width == kUnknownCount;
  joined.type.width = unknown ? kUnknownCount : a.width + b.width;
  if (!unknown && joined.type.width > kMaxBits) {
    fail(at, fmt::format("'++' gives {} items", joined.type.width), fmt::format("join at most {}", kMaxBits),
         ErrorCode::unsupported);
  }
  if (left.constant && right.constant && left.reference == right.reference) {
    roll_back(start);
    std::vector<std::uint32_t> items;
    for (const Typed* part : {&left, &right}) {
      if (part->value.list) {
        items.insert(items.end(), part->value.list->begin(), part->value.list->end());
      } else {
        items.push_back(static_cast<std::uint32_t>(part->value.word));
      }
    }
    if (joined.reference) {
      guarded(at, [&] { check_distinct(items, qubits ? "qubit" : "bit"); });
    }
    joined.constant = true;
    joined.value = value_of_list(std::move(items));
    return joined;
  }
  if (!joined.reference && left.reference) {
    // The left register is under nothing yet: read it before the right one is pushed.
    if (!right.constant) {
      fail(at, "'++' cannot join a register and a computed value", "assign the computed value to a register first");
    }
    load_value(on_stack, at);
  }
  place(right, at);
  if (!joined.reference) {
    load_value(right, at);
  }
  std::uint8_t sub = joined.reference ? kDistinct : std::uint8_t{0};
  sub |= a.kind == Kind::qubit || a.kind == Kind::bit ? kLeftSingle : std::uint8_t{0};
  sub |= b.kind == Kind::qubit || b.kind == Kind::bit ? kRightSingle : std::uint8_t{0};
  emit(at, {.op = Opcode::join, .sub = sub, .kind = joined.type.kind});
  return joined;
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
