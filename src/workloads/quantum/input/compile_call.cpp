// Calls in expressions: built-in functions, sizeof, subroutines.
#include <fmt/format.h>

#include "workloads/quantum/input/arithmetic.h"
#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

Typed Compiler::call(const Expression& e) {
  const Scopes::Found found = scopes_.find(e.text);
  if (found.symbol != nullptr && found.symbol->role == Symbol::Role::def) {
    if (def_signatures_[found.symbol->index].result.kind == Kind::none) {
      fail(e.position, fmt::format("'{}' gives no value", e.text), "call it as a statement of its own");
    }
    return call_def(*found.symbol, e.children, e.text, e.position);
  }
  if (found.symbol != nullptr) {
    fail(e.position, fmt::format("'{}' is no function", e.text));
  }
  if (e.text == "sizeof" && !is_qasm2()) {
    return call_sizeof(e);
  }
  return call_builtin(e);
}

Typed Compiler::call_builtin(const Expression& e) {
  const std::optional<Builtin> function = find_builtin(e.text, tree_.language);
  if (!function) {
    fail(e.position, fmt::format("there is no function '{}'", e.text),
         is_qasm2() ? "the functions of OpenQASM 2 are sin, cos, tan, exp, ln and sqrt"
                    : "define it with 'def' before it is used, or use a built-in function");
  }
  const std::size_t count = argument_count(*function);
  if (e.children.size() != count) {
    fail(e.position,
         fmt::format("'{}' takes {} argument{}, not {}", e.text, count, count == 1 ? "" : "s", e.children.size()));
  }
  const Mark start = mark();
  Typed left = value(e.children[0]);
  Typed on_stack = left;
  place(on_stack, e.position);
  Typed right = left;
  if (count == 2) {
    right = value(e.children[1]);
  }
  const std::optional<Signature> signature = find_signature(*function, left.type, right.type);
  if (!signature) {
    fail(e.position, count == 2 ? fmt::format("'{}' is not defined for {} and {}", e.text, describe(left.type),
                                              describe(right.type))
                                : fmt::format("'{}' is not defined for {}", e.text, describe(left.type)));
  }
  const Type& type = signature->left;
  const auto width = type.kind == Kind::bits ? std::uint8_t{0} : static_cast<std::uint8_t>(type.width);
  Typed result;
  result.type = signature->result;
  if (left.constant && right.constant) {
    roll_back(start);
    coerce(left, signature->left, Cast::automatic, e.position, "the argument");
    coerce(right, signature->right, Cast::automatic, e.position, "the second argument");
    result.constant = true;
    result.value = guarded(e.position,
                           [&] { return basalt::quantum::call(*function, type.kind, width, left.value, right.value); });
    return result;
  }
  if (count == 2) {
    place(right, e.position);
    force(e.position, right.type, type.kind == Kind::bits && *function != Builtin::popcount ? Type{} : left.type);
    coerce(on_stack, signature->left, Cast::automatic, e.position, "the argument", 1);
    coerce(right, signature->right, Cast::automatic, e.position, "the second argument");
  } else {
    force(e.position, left.type);
    coerce(on_stack, signature->left, Cast::automatic, e.position, "the argument");
  }
  emit(e.position, {.op = Opcode::call_builtin,
                    .sub = static_cast<std::uint8_t>(*function),
                    .kind = type.kind,
                    .width = width,
                    .a = static_cast<std::uint32_t>(count)});
  return result;
}

Typed Compiler::call_sizeof(const Expression& e) {
  if (e.children.empty() || e.children.size() > 2) {
    fail(e.position, fmt::format("'sizeof' takes 1 or 2 arguments, not {}", e.children.size()));
  }
  const Mark start = mark();
  const Typed array = expression(e.children[0]);
  if (array.type.kind != Kind::array) {
    fail(e.position, fmt::format("'sizeof' needs an array, not {}", describe(array.type)));
  }
  const auto& dimensions = array.type.dimensions;
  Typed result;
  result.type = type_of(Kind::unsigned_integer, kDefaultWidth);
  Typed dimension;
  dimension.type = type_of(Kind::integer, kDefaultWidth);
  dimension.constant = true;
  if (e.children.size() == 2) {
    dimension = value(e.children[1]);
    if (!is_integer(dimension.type.kind)) {
      fail(node(e.children[1]).position, "the dimension must be an integer");
    }
  }
  if (dimension.constant) {
    const std::uint64_t d = dimension.value.word;
    if (d >= dimensions.size()) {
      fail(e.position, fmt::format("{} has no dimension {}", describe(array.type), dimension.value.integer()),
           fmt::format("dimensions go from 0 to {}", dimensions.size() - 1));
    }
    if (dimensions[d] != kUnknownCount) {
      roll_back(start);
      result.constant = true;
      result.value = value_of(dimensions[d]);
      return result;
    }
    place(dimension, e.position);
  }
  emit(e.position, {.op = Opcode::array_size});
  return result;
}

void Compiler::argument(ExpressionId id, std::uint32_t def, std::size_t number,
                        std::vector<std::uint32_t>& known_qubits) {
  const Position at = node(id).position;
  const Type wanted = def_signatures_[def].arguments[number];
  const bool must_change = def_signatures_[def].mutable_array[number];
  const std::string what = fmt::format("argument {} of '{}'", number + 1, code_->defs[def].name);
  if (!is_qubit_like(wanted.kind) && wanted.kind != Kind::array) {
    Typed typed = value_as(id, wanted, what);
    place(typed, at);
    return;
  }
  Typed typed = expression(id);
  const auto mismatch = [&](const char* advice) {
    fail(at, fmt::format("{} has type {}, but {} is needed", what, describe(typed.type), describe(wanted)), advice);
  };
  if (wanted.kind == Kind::array) {
    if (typed.type.kind != Kind::array || typed.type.element != wanted.element ||
        typed.type.element_width != wanted.element_width || typed.type.dimensions.size() != wanted.dimensions.size()) {
      mismatch("pass an array, or a slice of one, with that element type and number of dimensions");
    }
    if (!typed.reference) {
      fail(at, fmt::format("{} is a computed array, which cannot be passed", what),
           "declare an array, assign it, and pass that");
    }
    if (must_change && typed.readonly) {
      fail(at, fmt::format("{} is readonly here, but '{}' may change it", what, code_->defs[def].name),
           "declare the parameter 'mutable'");
    }
    for (std::size_t d = 0; d < wanted.dimensions.size(); ++d) {
      const std::uint32_t count = typed.type.dimensions[d];
      if (wanted.dimensions[d] == kUnknownCount) {
        continue;
      }
      if (count == kUnknownCount) {
        emit(at, {.op = Opcode::duplicate, .a = 1});
        push(at, value_of(d));
        emit(at, {.op = Opcode::array_size});
        emit(at, {.op = Opcode::check_count, .sub = kSingle, .a = wanted.dimensions[d]});
      } else if (count != wanted.dimensions[d]) {
        mismatch("the dimensions must be equal, or the parameter declared with #dim");
      }
    }
    return;
  }
  if (typed.type.kind != wanted.kind) {
    mismatch(wanted.kind == Kind::qubit ? "pass one qubit, as in q[0]" : "pass a register of that size");
  }
  if (typed.type.kind == Kind::qubits && typed.type.width != wanted.width && typed.type.width != kUnknownCount) {
    mismatch("pass a register of that size");
  }
  if (typed.constant) {
    if (typed.value.list) {
      known_qubits.insert(known_qubits.end(), typed.value.list->begin(), typed.value.list->end());
    } else {
      known_qubits.push_back(static_cast<std::uint32_t>(typed.value.word));
    }
    guarded(at, [&] { check_distinct(known_qubits, "qubit"); });
  }
  place(typed, at);
  if (typed.type.kind == Kind::qubits && typed.type.width == kUnknownCount) {
    emit(at, {.op = Opcode::check_count, .a = wanted.width});
  }
}

Typed Compiler::call_def(const Symbol& def, std::span<const ExpressionId> arguments, const std::string& name,
                         Position at) {
  const std::uint32_t index = def.index;
  const std::size_t count = def_signatures_[index].arguments.size();
  if (arguments.size() != count) {
    fail(at, fmt::format("'{}' takes {} argument{}, not {}", name, count, count == 1 ? "" : "s", arguments.size()));
  }
  if (gate_ != nullptr) {
    fail(at, fmt::format("the subroutine '{}' in a gate definition", name), "a gate can only apply other gates");
  }
  std::vector<std::uint32_t> known_qubits;
  for (std::size_t i = 0; i < count; ++i) {
    argument(arguments[i], index, i, known_qubits);
  }
  emit(at, {.op = Opcode::call, .a = index});
  Typed result;
  result.type = def_signatures_[index].result;
  return result;
}

}  // namespace basalt::quantum
