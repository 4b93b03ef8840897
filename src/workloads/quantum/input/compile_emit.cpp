// Writing instructions: constants, conversions, and room for variables.
#include <fmt/format.h>

#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

std::uint32_t Compiler::emit(Position at, Instruction instruction) {
  code_->instructions.push_back(instruction);
  code_->positions.push_back(at);
  return here() - 1;
}

void Compiler::roll_back(const Mark& mark) {
  code_->instructions.resize(mark.instructions, Instruction{Opcode::end});
  code_->positions.resize(mark.instructions);
  code_->constants.resize(mark.constants);
}

void Compiler::push(Position at, Value value) {
  emit(at, {.op = Opcode::push, .a = static_cast<std::uint32_t>(code_->constants.size())});
  code_->constants.push_back(std::move(value));
}

void Compiler::place(Typed& typed, Position at) {
  if (typed.constant) {
    push(at, typed.value);
    typed.constant = false;
  }
}

void Compiler::load_value(Typed& typed, Position at) {
  if (typed.reference && is_bit_like(typed.type.kind)) {
    place(typed, at);
    emit(at, {.op = Opcode::load_bits, .sub = typed.type.kind == Kind::bit ? kSingle : std::uint8_t{0}});
    typed.reference = false;
  }
}

void Compiler::force(Position at, const Type& top, const Type& next) {
  if (is_bit_like(top.kind) || is_bit_like(next.kind)) {
    emit(at, {.op = Opcode::force, .kind = top.kind, .a = static_cast<std::uint32_t>(next.kind)});
  }
}

void Compiler::coerce(Typed& typed, const Type& to, Cast cast, Position at, std::string_view what, std::uint8_t depth) {
  const Type& from = typed.type;
  if (from.kind == Kind::array || to.kind == Kind::array || !can_convert(from, to, cast)) {
    std::string advice;
    if (cast == Cast::automatic && can_convert(from, to, Cast::written)) {
      advice = fmt::format("write the cast: {}(…)", describe(to));
    } else if (from.kind == Kind::bits && is_integer(to.kind)) {
      advice = fmt::format("use a number of {} bits, or a slice of {}", from.width, to.width);
    } else if (is_qubit_like(from.kind)) {
      advice = "measure the qubits to get bits";
    }
    fail(at, fmt::format("{} has type {}, but {} is needed", what, describe(from), describe(to)), advice);
  }
  if (from.kind == to.kind && (from.width == to.width || to.width == kUnknownCount)) {
    return;
  }
  if (typed.constant) {
    typed.value = guarded(at, [&] { return convert(typed.value, from.kind, from.width, to.kind, to.width); });
  } else if (from.kind == Kind::bits && to.kind == Kind::bits) {
    emit(at, {.op = Opcode::check_count, .a = to.width});
  } else if (!(from.kind == Kind::bit && to.kind == Kind::bits) && !(from.kind == Kind::bits && to.kind == Kind::bit)) {
    if (is_bit_like(from.kind)) {
      if (depth == 0) {
        force(at, from);
      } else {
        force(at, {}, from);
      }
    }
    emit(at, {.op = Opcode::convert,
              .sub = depth,
              .kind = from.kind,
              .width = from.kind == Kind::bits ? std::uint8_t{0} : static_cast<std::uint8_t>(from.width),
              .a = static_cast<std::uint32_t>(to.kind),
              .b = to.width});
  } else if (to.width == 1 && to.kind == Kind::bits) {  // these two keep the outcome pending
    emit(at, {.op = Opcode::to_list});
  } else if (to.kind == Kind::bit && from.width == 1) {
    push(at, value_of(0));
    emit(at, {.op = Opcode::choose_one});
  } else {
    force(at, from);
    emit(at, {.op = Opcode::convert, .kind = from.kind, .a = static_cast<std::uint32_t>(to.kind), .b = to.width});
  }
  typed.type = to;
}

std::uint32_t Compiler::new_slots(Position at, std::uint32_t count) {
  if (count > kMaxSlots - slots_) {
    fail(at, fmt::format("the program has more than {} variables", kMaxSlots), "use arrays or fewer variables",
         ErrorCode::unsupported);
  }
  slots_ += count;
  return slots_ - count;
}

std::uint32_t Compiler::new_bits(Position at, std::uint32_t count) {
  if (count > kMaxBits - bits_) {
    fail(at, fmt::format("the program has more than {} classical bits", kMaxBits), "declare smaller registers",
         ErrorCode::unsupported);
  }
  bits_ += count;
  return bits_ - count;
}

}  // namespace basalt::quantum
