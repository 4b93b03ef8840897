// Indexing: items of registers, bits of numbers, elements and slices of arrays.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

using syntax::kNone;

namespace {

/// How many items a range has, when that is known although the range itself may not be.
std::uint32_t chosen_count(const Range& range, std::uint32_t count, bool known) {
  if (!known || count == kUnknownCount) {
    return kUnknownCount;
  }
  return static_cast<std::uint32_t>(checked_range(range, count).count);
}

std::span<const std::uint32_t> items_of(const Typed& list) {
  return *list.value.list;
}

}  // namespace

Typed Compiler::index(const Expression& e) {
  const Mark start = mark();
  if (node(e.children[0]).kind == Expression::Kind::name && gate_ != nullptr) {
    const Scopes::Found found = scopes_.find(node(e.children[0]).text);
    if (found.symbol != nullptr && found.symbol->role == Symbol::Role::operand) {
      fail(e.position,
           fmt::format("'{}' is one qubit, the operand of a gate, and cannot be indexed", node(e.children[0]).text),
           "give the gate one operand for every qubit, or write a 'def' with a register");
    }
  }
  Typed base = expression(e.children[0]);
  return index_into(std::move(base), e, start);
}

Typed Compiler::index_into(Typed base, const Expression& e, const Mark& start) {
  switch (base.type.kind) {
    case Kind::array:
      return index_array(std::move(base), e);
    case Kind::qubits:
    case Kind::bits:
      if (e.children.size() != 2) {
        fail(e.position,
             fmt::format("{} has one dimension, but {} indices are given", describe(base.type), e.children.size() - 1));
      }
      return index_items(std::move(base), e, e.children[1], start);
    case Kind::integer:
    case Kind::unsigned_integer:
    case Kind::angle:
      return index_number(std::move(base), e, start);
    default:
      fail(e.position, fmt::format("{} cannot be indexed", describe(base.type)),
           is_qubit_like(base.type.kind) || is_bit_like(base.type.kind)
               ? "it is a single one: use it without the brackets, or declare a register"
               : "");
  }
}

// Leaves the parts on the stack; returns how many of them are not constant.
std::uint32_t Compiler::range_parts(const Expression& range, Range& known, std::uint8_t& parts) {
  std::uint32_t computed = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    if (range.children[i] == kNone) {
      continue;
    }
    parts |= static_cast<std::uint8_t>(1U << i);
    const Position at = node(range.children[i]).position;
    Typed part = value(range.children[i]);
    if (!is_integer(part.type.kind)) {
      fail(at, fmt::format("the bound of a range has type {}, but an integer is needed", describe(part.type)));
    }
    if (!part.constant) {
      ++computed;
      continue;
    }
    const std::int64_t bound = part.value.integer();
    if (i == 1) {
      known.step = bound;
    } else {
      (i == 0 ? known.start : known.stop) = bound;
    }
    place(part, at);
  }
  return computed;
}

// A constant base is not on the stack yet: it is pushed under the indices only when one of them is computed.
Typed Compiler::index_items(Typed base, const Expression& e, ExpressionId item, const Mark& start) {
  const Expression& chosen = node(item);
  const Position at = chosen.position;
  const bool known_base = base.constant;
  if (chosen.kind != Expression::Kind::range && chosen.kind != Expression::Kind::set) {
    return index_item(std::move(base), value(item), at);
  }
  const Value constant = base.value;
  place(base, e.position);
  if (chosen.kind == Expression::Kind::range) {
    Range known;
    std::uint8_t parts = 0;
    const bool known_range = range_parts(chosen, known, parts) == 0;
    base.type.width = guarded(at, [&] { return chosen_count(known, base.type.width, known_range); });
    if (known_base && known_range) {
      roll_back(start);
      base.constant = true;
      base.value = value_of_list(choose(*constant.list, known));
    } else {
      emit(at, {.op = Opcode::choose_range, .sub = parts});
    }
    return base;
  }
  return index_set(std::move(base), chosen, constant, known_base, start);
}

Typed Compiler::index_set(Typed base, const Expression& set, const Value& known_items, bool known_base,
                          const Mark& start) {
  const Position at = set.position;
  if (set.children.empty()) {
    fail(at, "an empty index set chooses nothing", "name at least one index");
  }
  std::vector<std::int64_t> known;
  for (const ExpressionId id : set.children) {
    Typed index = value(id);
    if (!is_integer(index.type.kind)) {
      fail(node(id).position, fmt::format("an index has type {}, but an integer is needed", describe(index.type)));
    }
    if (index.constant) {
      known.push_back(index.value.integer());
      if (base.type.width != kUnknownCount) {
        guarded(node(id).position, [&] { return checked_index(known.back(), base.type.width); });
      }
    }
    place(index, at);
  }
  base.type.width = static_cast<std::uint32_t>(set.children.size());
  if (known_base && known.size() == set.children.size()) {
    roll_back(start);
    base.constant = true;
    base.value = guarded(at, [&] { return value_of_list(choose(*known_items.list, known)); });
    if (base.reference) {
      guarded(at, [&] { check_distinct(items_of(base), base.type.kind == Kind::qubits ? "qubit" : "bit"); });
    }
  } else {
    emit(at, {.op = Opcode::choose_set,
              .sub = base.reference ? kDistinct : std::uint8_t{0},
              .a = static_cast<std::uint32_t>(set.children.size())});
  }
  return base;
}

// A constant base is pushed after the computed index, to which `kReversed` tells the machine.
Typed Compiler::index_item(Typed base, Typed index, Position at) {
  if (!is_integer(index.type.kind)) {
    fail(at, fmt::format("an index has type {}, but an integer is needed", describe(index.type)),
         is_bit_like(index.type.kind) ? "cast it to a number first, as in uint[4](c)" : "");
  }
  const Kind kind = base.type.kind == Kind::qubits ? Kind::qubit : Kind::bit;
  if (index.constant && base.type.width != kUnknownCount) {
    const std::size_t position = guarded(at, [&] { return checked_index(index.value.integer(), base.type.width); });
    if (base.constant) {
      base.value = value_of(items_of(base)[position]);
      base.type = type_of(kind);
      return base;
    }
  }
  const std::uint8_t order = base.constant ? kReversed : std::uint8_t{0};
  place(index, at);
  place(base, at);
  emit(at, {.op = Opcode::choose_one, .sub = order});
  base.type = type_of(kind);
  return base;
}

Typed Compiler::positions(const Expression& e, std::uint32_t width) {
  if (e.children.size() != 2) {
    fail(e.position,
         fmt::format("the bits of a number have one dimension, but {} indices are given", e.children.size() - 1));
  }
  std::vector<std::uint32_t> all(width);
  std::iota(all.begin(), all.end(), 0U);
  Typed base;
  base.type = type_of(Kind::bits, width);
  base.constant = true;
  base.reference = true;
  base.value = value_of_list(std::move(all));
  const Mark start = mark();
  Typed chosen = index_items(std::move(base), e, e.children[1], start);
  chosen.reference = false;
  return chosen;
}

Typed Compiler::index_number(Typed base, const Expression& e, const Mark& start) {
  const Type number = base.type;
  const Value constant = base.value;
  const bool known_base = base.constant;
  place(base, e.position);
  Typed chosen = positions(e, number.width);
  const bool single = chosen.type.kind == Kind::bit;
  if (known_base && chosen.constant) {
    roll_back(start);
    const auto bit = [&](std::uint64_t position) { return static_cast<std::uint32_t>(constant.word >> position & 1); };
    if (single) {
      chosen.value = value_of(bit(chosen.value.word));
    } else {
      std::vector<std::uint32_t> cells;
      std::ranges::transform(items_of(chosen), std::back_inserter(cells), bit);
      chosen.value = value_of_list(std::move(cells));
    }
    return chosen;
  }
  place(chosen, e.position);
  emit(e.position, {.op = Opcode::extract_bits,
                    .sub = single ? kSingle : std::uint8_t{0},
                    .kind = number.kind,
                    .width = static_cast<std::uint8_t>(number.width)});
  return chosen;
}

Typed Compiler::index_array(Typed base, const Expression& e) {
  std::uint32_t dimension = 0;
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    const ExpressionId id = e.children[i];
    const Expression& chosen = node(id);
    auto& dimensions = base.type.dimensions;
    if (dimension >= dimensions.size()) {
      fail(chosen.position,
           fmt::format("too many indices: {} has {} dimension{}", describe(base.type), dimensions.size(),
                       dimensions.size() == 1 ? "" : "s"),
           "use a second pair of brackets for the bits of an element");
    }
    if (chosen.kind == Expression::Kind::set) {
      fail(chosen.position, "an array cannot be indexed by a set", "use an integer or a range");
    }
    if (chosen.kind == Expression::Kind::range) {
      Range known;
      std::uint8_t parts = 0;
      const bool known_range = range_parts(chosen, known, parts) == 0;
      dimensions[dimension] =
          guarded(chosen.position, [&] { return chosen_count(known, dimensions[dimension], known_range); });
      emit(chosen.position, {.op = Opcode::view_range, .sub = parts, .a = dimension});
      ++dimension;
      continue;
    }
    Typed index = value(id);
    if (!is_integer(index.type.kind)) {
      fail(chosen.position, fmt::format("an index has type {}, but an integer is needed", describe(index.type)));
    }
    if (index.constant && dimensions[dimension] != kUnknownCount) {
      guarded(chosen.position, [&] { return checked_index(index.value.integer(), dimensions[dimension]); });
    }
    place(index, chosen.position);
    emit(chosen.position, {.op = Opcode::view_one, .a = dimension});
    dimensions.erase(dimensions.begin() + dimension);
  }
  if (base.type.dimensions.empty()) {
    emit(e.position, {.op = Opcode::load_element, .kind = base.type.element});
    Typed element;
    element.type = type_of(base.type.element, base.type.element_width);
    return element;
  }
  return base;
}

}  // namespace basalt::quantum
