// Places: what can stand on the left of an assignment.
#include <fmt/format.h>

#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

Compiler::Place Compiler::target(ExpressionId id) {
  const Expression& e = node(id);
  if (e.kind == Expression::Kind::name) {
    return name_target(e);
  }
  if (e.kind == Expression::Kind::index) {
    return index_target(e);
  }
  fail(e.position, "this cannot be assigned to", "assign to a variable, or to items of one");
}

Compiler::Place Compiler::name_target(const Expression& e) {
  const Symbol& named = symbol(e.text, e.position);
  if (is_qubit_like(named.type.kind)) {
    fail(e.position, fmt::format("'{}' is {}, which cannot be assigned to", e.text, describe(named.type)),
         "apply gates, or reset it");
  }
  Place place;
  place.type = named.type;
  if (named.role == Symbol::Role::constant && !named.reference) {
    fail(e.position, fmt::format("'{}' is a constant", e.text), "declare it without 'const' to change it");
  }
  if (gate_ != nullptr) {
    fail(e.position, "an assignment in a gate definition", "a gate can only apply other gates");
  }
  if (named.role == Symbol::Role::slot && !named.reference) {
    place.kind = Place::Kind::slot;
    place.slot = named.index;
    return place;
  }
  Typed address = symbol_value(named, e.position);
  if (address.readonly) {
    fail(e.position, fmt::format("'{}' is readonly", e.text), "declare the parameter 'mutable' to change it");
  }
  this->place(address, e.position);
  place.kind = is_bit_like(named.type.kind) ? Place::Kind::bits : Place::Kind::array;
  place.on_stack = 1;
  return place;
}

Compiler::Place Compiler::index_target(const Expression& e) {
  const Mark start = mark();
  Place base = target(e.children[0]);
  switch (base.kind) {
    case Place::Kind::slot:
    case Place::Kind::element: {
      if (!is_integer(base.type.kind) && base.type.kind != Kind::angle) {
        fail(e.position, fmt::format("{} cannot be indexed", describe(base.type)));
      }
      Typed chosen = positions(e, base.type.width);
      place(chosen, e.position);
      base.in_element = base.kind == Place::Kind::element;
      base.kind = Place::Kind::number_bits;
      base.number = base.type;
      base.type = chosen.type;
      ++base.on_stack;
      return base;
    }
    case Place::Kind::number_bits:
      fail(e.position, "bits of a number are indexed twice", "name the bits with one index");
    case Place::Kind::bits: {
      if (base.type.kind == Kind::bit) {
        fail(e.position, "a single bit cannot be indexed", "use it without the brackets, or declare a register");
      }
      roll_back(start);
      Typed chosen = expression(e.children[0]);
      chosen = index_into(std::move(chosen), e, start);
      place(chosen, e.position);
      base.type = chosen.type;
      return base;
    }
    case Place::Kind::array: {
      Typed array;
      array.type = base.type;
      const Typed element = index_array(std::move(array), e);
      base.type = element.type;
      if (element.type.kind != Kind::array) {
        // The view of the element is wanted, not its value: index_array ended with the load.
        code_->instructions.pop_back();
        code_->positions.pop_back();
        base.kind = Place::Kind::element;
      }
      return base;
    }
  }
  return base;
}

// Leaves the places on the stack and pushes the value that is there now.
void Compiler::load(const Place& place, Position at) {
  const std::uint8_t single = place.type.kind == Kind::bit ? kSingle : std::uint8_t{0};
  switch (place.kind) {
    case Place::Kind::slot:
      emit(at, {.op = Opcode::load, .a = place.slot});
      break;
    case Place::Kind::bits:
      emit(at, {.op = Opcode::duplicate, .a = 1});
      emit(at, {.op = Opcode::load_bits, .sub = single});
      break;
    case Place::Kind::number_bits:
      if (place.in_element) {
        emit(at, {.op = Opcode::pick, .a = 1});
        emit(at, {.op = Opcode::load_element, .kind = place.number.kind});
      } else {
        emit(at, {.op = Opcode::load, .a = place.slot});
      }
      emit(at, {.op = Opcode::pick, .a = 1});
      emit(at, {.op = Opcode::extract_bits,
                .sub = single,
                .kind = place.number.kind,
                .width = static_cast<std::uint8_t>(place.number.width)});
      break;
    case Place::Kind::element:
      emit(at, {.op = Opcode::duplicate, .a = 1});
      emit(at, {.op = Opcode::load_element, .kind = place.type.kind});
      break;
    case Place::Kind::array:
      fail(at, "whole arrays cannot be changed by an operator", "loop over the elements");
  }
}

void Compiler::store(const Place& place, Typed value, Position at, std::string_view what) {
  if (place.kind == Place::Kind::array) {
    const Type& to = place.type;
    bool fits = value.type.kind == Kind::array && value.type.element == to.element &&
                value.type.element_width == to.element_width && value.type.dimensions.size() == to.dimensions.size();
    for (std::size_t d = 0; fits && d < to.dimensions.size(); ++d) {
      const std::uint32_t a = value.type.dimensions[d];
      fits = a == to.dimensions[d] || a == kUnknownCount || to.dimensions[d] == kUnknownCount;
    }
    if (!fits) {
      fail(at, fmt::format("{} has type {}, but {} is needed", what, describe(value.type), describe(to)),
           "arrays are assigned element by element: types and shapes must be equal");
    }
    emit(at, {.op = Opcode::load_array, .kind = to.element});
    emit(at, {.op = Opcode::store_array, .kind = to.element});
    return;
  }
  coerce(value, place.type, Cast::automatic, at, what);
  this->place(value, at);
  switch (place.kind) {
    case Place::Kind::slot:
      emit(at, {.op = Opcode::store, .a = place.slot});
      break;
    case Place::Kind::bits:
      emit(at, {.op = Opcode::store_bits, .sub = place.type.kind == Kind::bit ? kSingle : std::uint8_t{0}});
      break;
    case Place::Kind::number_bits:
      force(at, place.type);
      if (place.in_element) {
        emit(at, {.op = Opcode::pick, .a = 2});
        emit(at, {.op = Opcode::load_element, .kind = place.number.kind});
      } else {
        emit(at, {.op = Opcode::load, .a = place.slot});
      }
      emit(at, {.op = Opcode::insert_bits,
                .sub = place.type.kind == Kind::bit ? kSingle : std::uint8_t{0},
                .kind = place.number.kind,
                .width = static_cast<std::uint8_t>(place.number.width)});
      if (place.in_element) {
        emit(at, {.op = Opcode::store_element, .kind = place.number.kind});
      } else {
        emit(at, {.op = Opcode::store, .a = place.slot});
      }
      break;
    default:
      emit(at, {.op = Opcode::store_element, .kind = place.type.kind});
      break;
  }
}

}  // namespace basalt::quantum
