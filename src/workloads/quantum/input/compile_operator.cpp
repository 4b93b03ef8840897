// Operators: arithmetic, comparison, logic, concatenation, and notes on those that may surprise.
#include <fmt/format.h>

#include "workloads/quantum/input/arithmetic.h"
#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

using syntax::Operator;

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

}  // namespace basalt::quantum
