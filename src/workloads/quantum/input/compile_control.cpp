// Control flow: if, for, while, switch, break and continue.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

using syntax::kNone;

void Compiler::condition(ExpressionId id) {
  Typed typed = value_as(id, type_of(Kind::boolean), "the condition");
  place(typed, node(id).position);
}

void Compiler::if_else(const Statement& s) {
  condition(s.value);
  const std::uint32_t skip = emit(s.position, {.op = Opcode::jump_unless});
  scope(s.body);
  if (s.else_body.empty()) {
    land(skip);
    return;
  }
  const std::uint32_t done = emit(s.position, {.op = Opcode::jump});
  land(skip);
  scope(s.else_body);
  land(done);
}

// The body of a loop ends with a jump to `next`, which is where `continue` goes.
void Compiler::loop_body(const Statement& s, std::uint32_t next) {
  loops_.push_back({next, {}});
  block(s.body);
  emit(s.position, {.op = Opcode::jump, .a = next});
  for (const std::uint32_t exit : loops_.back().exits) {
    land(exit);
  }
  loops_.pop_back();
}

void Compiler::while_loop(const Statement& s) {
  if (gate_ != nullptr) {
    fail(s.position, "'while' in a gate definition", "only 'for' and 'if' are allowed there");
  }
  const std::uint32_t next = here();
  condition(s.value);
  const std::uint32_t exit = emit(s.position, {.op = Opcode::jump_unless});
  scopes_.open(false);
  loop_body(s, next);
  scopes_.close();
  land(exit);
}

void Compiler::for_in(const Statement& s) {
  const Type variable = type(s.type);
  const Position at = node(s.value).position;
  const Expression& values = node(s.value);
  const std::uint8_t order = reversed_ ? kReversed : std::uint8_t{0};
  if (variable.kind == Kind::array || is_qubit_like(variable.kind) || variable.kind == Kind::bits) {
    fail(s.position, fmt::format("a loop variable of type {}", describe(variable)),
         "use int, uint, float, angle, bool or bit");
  }
  Typed item;
  item.type = variable;
  Instruction next{.op = Opcode::each_next};
  std::uint32_t slot = 0;
  if (values.kind == Expression::Kind::range) {
    Range known;
    std::uint8_t parts = 0;
    if (values.children[0] == kNone || values.children[2] == kNone) {
      fail(at, "the range of a loop has no end", "give it a start and a stop");
    }
    if (values.children[1] == kNone) {  // the machine takes all three
      Typed start = value_as(values.children[0], type_of(Kind::integer, kDefaultWidth), "the start of the range");
      place(start, at);
      push(at, value_of(1));
      Typed stop = value_as(values.children[2], type_of(Kind::integer, kDefaultWidth), "the stop of the range");
      place(stop, at);
    } else {
      range_parts(values, known, parts);
    }
    slot = new_slots(at, 3);
    emit(at, {.op = Opcode::for_begin, .sub = order, .a = slot});
    next.op = Opcode::for_next;
    item.type = type_of(Kind::integer, kDefaultWidth);
  } else if (values.kind == Expression::Kind::set || values.kind == Expression::Kind::array_literal) {
    for (const ExpressionId id : values.children) {
      Typed element = value_as(id, variable, "the value");
      force(node(id).position, element.constant ? Type{} : element.type);
      place(element, at);
    }
    emit(at,
         {.op = Opcode::make_array, .kind = variable.kind, .a = static_cast<std::uint32_t>(values.children.size())});
    slot = new_slots(at, 2);
    emit(at, {.op = Opcode::each_begin, .sub = order, .a = slot});
    next.kind = variable.kind;
  } else {
    Typed sequence = value(s.value);
    if (sequence.type.kind == Kind::bits) {
      item.type = type_of(Kind::bit);
      next.kind = Kind::bits;
    } else if (sequence.type.kind == Kind::array && sequence.type.dimensions.size() == 1) {
      item.type = type_of(sequence.type.element, sequence.type.element_width);
      next.kind = sequence.type.element;
    } else {
      fail(at, fmt::format("a loop cannot go over {}", describe(sequence.type)),
           "use a range as in [0:3], a set as in {1, 2}, a bit register or an array of one dimension");
    }
    place(sequence, at);
    if (next.kind != Kind::bits) {
      emit(at, {.op = Opcode::load_array, .kind = next.kind});
    }
    slot = new_slots(at, 2);
    emit(at, {.op = Opcode::each_begin, .sub = order, .a = slot});
  }
  next.a = slot;
  next.sub = order;
  const std::uint32_t begin = emit(s.position, next);
  scopes_.open(false);
  const Place place = declare_variable(s.name, variable, s.name_position);
  if (place.on_stack != 0) {
    emit(s.position, {.op = Opcode::pick, .a = 1});
  }
  store(place, item, s.position, "the loop value");
  if (place.on_stack != 0) {
    emit(s.position, {.op = Opcode::drop});
  }
  loop_body(s, begin);
  scopes_.close();
  code_->instructions[begin].b = here();
}

void Compiler::leave_loop(const Statement& s) {
  const bool leaves = s.kind == Statement::Kind::break_loop;
  if (gate_ != nullptr) {
    fail(s.position, fmt::format("'{}' in a gate definition", leaves ? "break" : "continue"));
  }
  if (loops_.empty()) {
    fail(s.position, fmt::format("'{}' outside of a loop", leaves ? "break" : "continue"),
         "use it inside 'for' or 'while'");
  }
  if (leaves) {
    loops_.back().exits.push_back(emit(s.position, {.op = Opcode::jump}));
  } else {
    emit(s.position, {.op = Opcode::jump, .a = loops_.back().next});
  }
}

void Compiler::switch_case(const Statement& s) {
  const Position at = node(s.value).position;
  if (gate_ != nullptr) {
    fail(s.position, "'switch' in a gate definition", "only 'for' and 'if' are allowed there");
  }
  Typed control = value(s.value);
  if (!is_integer(control.type.kind)) {
    fail(at, fmt::format("a switch over {}", describe(control.type)), "cast it to an integer first, as in uint(c)");
  }
  const bool has_case = std::ranges::any_of(s.cases, [](const auto& c) { return !c.values.empty(); });
  if (!has_case) {
    fail(s.position, "a switch without a case", "add a case, or write what 'default' does without the switch");
  }
  place(control, at);
  const auto table = static_cast<std::uint32_t>(code_->switches.size());
  code_->switches.emplace_back();
  emit(s.position, {.op = Opcode::switch_on, .a = table});
  std::map<std::int64_t, std::uint32_t> labels;
  std::vector<std::uint32_t> exits;
  std::uint32_t otherwise = 0;
  bool has_default = false;
  for (const syntax::SwitchCase& branch : s.cases) {
    if (branch.values.empty()) {
      if (has_default) {
        fail(branch.position, "a second 'default'", "a switch has at most one");
      }
      has_default = true;
      otherwise = here();
    }
    for (const ExpressionId id : branch.values) {
      const std::int64_t label = constant_integer(id, "the label");
      if (!labels.emplace(label, here()).second) {
        fail(node(id).position, fmt::format("the label {} stands twice", label), "give every case its own labels");
      }
    }
    scope(branch.body);
    exits.push_back(emit(branch.position, {.op = Opcode::jump}));
  }
  for (const std::uint32_t exit : exits) {
    land(exit);
  }
  auto& entries = code_->switches[table];
  entries.assign(labels.begin(), labels.end());
  entries.emplace_back(0, has_default ? otherwise : here());
}

}  // namespace basalt::quantum
