// Steps of the machine on classical values: variables, bits, lists, loops, subroutine calls.
#include <fmt/format.h>

#include <algorithm>

#include "workloads/quantum/input/arithmetic.h"
#include "workloads/quantum/input/convert.h"
#include "workloads/quantum/input/machine_state.h"

namespace basalt::quantum {
namespace {

constexpr std::uint32_t kMaxDefDepth = 1000;
constexpr std::size_t kMaxFrameSlots = std::size_t{1} << 20;
constexpr std::size_t kMaxFrameBits = std::size_t{1} << 22;
constexpr std::size_t kManyCells = 4096;
constexpr std::size_t kMaxStackCells = std::size_t{1} << 24;

}  // namespace

Run::Next Run::step_data(const Instruction& in) {
  switch (in.op) {
    case Opcode::push:
      push(code_.constants[in.a]);
      break;
    case Opcode::push_input:
      push((*s_.script->input_values)[in.a]);
      break;
    case Opcode::drop:
      s_.stack.pop_back();
      break;
    case Opcode::duplicate:
      for (std::uint32_t i = 0; i < in.a; ++i) {
        push(Value(top(in.a - 1)));
      }
      break;
    case Opcode::pick:
      push(Value(top(in.a)));
      break;
    case Opcode::load:
      push(slot(in.a));
      break;
    case Opcode::store:
      slot(in.a) = pop();
      break;
    case Opcode::local_bits: {
      const std::uint32_t first = s_.frames.back().bit_base + in.a;
      if (in.sub == kSingle) {
        push(value_of(first));
        break;
      }
      check_room(in.b);
      std::vector<std::uint32_t> addresses(in.b);
      for (std::uint32_t i = 0; i < in.b; ++i) {
        addresses[i] = first + i;
      }
      push(value_of_list(std::move(addresses)));
      break;
    }
    case Opcode::load_bits:
      load_bits(in);
      break;
    case Opcode::store_bits:
      store_bits(in);
      break;
    case Opcode::convert: {
      Value& value = top(in.sub);
      value = convert(value, in.kind, in.width, static_cast<Kind>(in.a), in.b);
      break;
    }
    case Opcode::apply: {
      const Value right = pop();
      top() = apply(static_cast<syntax::Operator>(in.sub), in.kind, in.width, top(), right);
      break;
    }
    case Opcode::apply_one:
      top() = apply(static_cast<syntax::Operator>(in.sub), in.kind, in.width, top());
      break;
    case Opcode::call_builtin: {
      const Value right = in.a == 2 ? pop() : Value{};
      top() = quantum::call(static_cast<Builtin>(in.sub), in.kind, in.width, top(), right);
      break;
    }
    default:
      break;
  }
  return Next::step;
}

// The lists of one statement stay within memory, whatever its expressions are.
void Run::check_room(std::size_t cells) const {
  if (cells < kManyCells) {
    return;
  }
  std::size_t held = cells;
  for (const Value& value : s_.stack) {
    held += value.list ? value.list->size() : 0;
  }
  if (held > kMaxStackCells) {
    throw Fault{"an expression needs more than 64 MiB of bits", "use smaller registers or fewer at a time"};
  }
}

void Run::load_bits(const Instruction& in) {
  if (in.sub == kSingle) {
    const Cell cell = s_.bits[top().word];
    top() = value_of(cell);
    top().lazy = cell >= kPending;
    return;
  }
  const auto& addresses = *top().list;
  check_room(addresses.size());
  std::vector<Cell> cells(addresses.size());
  bool lazy = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = s_.bits[addresses[i]];
    lazy = lazy || cells[i] >= kPending;
  }
  top() = value_of_list(std::move(cells), lazy);
}

void Run::store_bits(const Instruction& in) {
  const Value cells = pop();
  const Value address = pop();
  if (in.sub == kSingle) {
    s_.bits[address.word] = static_cast<Cell>(cells.word);
    return;
  }
  if (address.list->size() != cells.list->size()) {
    throw Fault{fmt::format("{} bits are assigned to {}", cells.list->size(), address.list->size()),
                "assign registers and slices of the same size"};
  }
  for (std::size_t i = 0; i < cells.list->size(); ++i) {
    s_.bits[(*address.list)[i]] = (*cells.list)[i];
  }
}

Run::Next Run::force(const Instruction& in) {
  s_.wanted.clear();
  if (in.kind == Kind::bit && static_cast<Kind>(in.a) == Kind::none && try_corrections()) {
    return Next::stay;
  }
  const auto look = [&](const Value& value, Kind kind) {
    if (kind == Kind::bit && value.word >= kPending) {
      s_.wanted.push_back(static_cast<Qubit>(value.word - kPending));
    }
    if (kind == Kind::bits) {
      for (const Cell cell : *value.list) {
        if (cell >= kPending) {
          s_.wanted.push_back(cell - kPending);
        }
      }
    }
  };
  look(top(), in.kind);
  if (static_cast<Kind>(in.a) != Kind::none) {
    look(top(1), static_cast<Kind>(in.a));
  }
  if (recordings_ != nullptr) {
    for (const std::uint32_t record : s_.wanted) {
      const Qubit qubit = s_.records.qubits[record];
      if (s_.records.latest[qubit] == record) {
        record_pending(qubit);
      }
    }
  }
  return stop_if_wanted();
}

Range Run::pop_range(std::uint8_t parts) {
  Range range;
  if ((parts & kHasStop) != 0) {
    range.stop = pop().integer();
  }
  if ((parts & kHasStep) != 0) {
    range.step = pop().integer();
  }
  if ((parts & kHasStart) != 0) {
    range.start = pop().integer();
  }
  return range;
}

Run::Next Run::step_list(const Instruction& in) {
  switch (in.op) {
    case Opcode::choose_one: {
      Value list = pop();
      Value index = pop();
      if (in.sub != kReversed) {
        std::swap(list, index);
      }
      Value item = value_of((*list.list)[checked_index(index.integer(), list.list->size())]);
      item.lazy = list.lazy;
      push(std::move(item));
      break;
    }
    case Opcode::choose_range: {
      const Range range = pop_range(in.sub);
      const Value list = pop();
      check_room(list.list->size());
      push(value_of_list(choose(*list.list, range), list.lazy));
      break;
    }
    case Opcode::choose_set: {
      std::vector<std::int64_t> indices(in.a);
      for (std::uint32_t i = in.a; i-- > 0;) {
        indices[i] = pop().integer();
      }
      const Value list = pop();
      std::vector<std::uint32_t> chosen = choose(*list.list, indices);
      if (in.sub == kDistinct) {
        check_distinct(chosen, "item");
      }
      push(value_of_list(std::move(chosen), list.lazy));
      break;
    }
    case Opcode::to_list: {
      const Value item = pop();
      push(value_of_list({static_cast<std::uint32_t>(item.word)}, item.lazy));
      break;
    }
    case Opcode::join: {
      const Value right = pop();
      const Value left = pop();
      std::vector<std::uint32_t> items;
      const auto add = [&](const Value& value, bool single) {
        if (single) {
          items.push_back(static_cast<std::uint32_t>(value.word));
        } else {
          check_room(items.size() + value.list->size());
          items.insert(items.end(), value.list->begin(), value.list->end());
        }
      };
      add(left, (in.sub & kLeftSingle) != 0);
      add(right, (in.sub & kRightSingle) != 0);
      if ((in.sub & kDistinct) != 0) {
        check_distinct(items, in.kind == Kind::qubits ? "qubit" : "bit");
      }
      push(value_of_list(std::move(items), left.lazy || right.lazy));
      break;
    }
    case Opcode::check_count: {
      const std::uint64_t count = in.sub == kSingle ? top().word : top().list->size();
      if (count != in.a) {
        throw Fault{fmt::format("size {} where size {} is needed", count, in.a), "use a register of that size"};
      }
      if (in.sub == kSingle) {
        s_.stack.pop_back();
      }
      break;
    }
    case Opcode::extract_bits:
      extract(in);
      break;
    default:
      insert(in);
      break;
  }
  return Next::step;
}

void Run::extract(const Instruction& in) {
  const Value chosen = pop();
  const std::uint64_t number = pop().word;
  if (in.sub == kSingle) {
    push(value_of(number >> chosen.word & 1));
    return;
  }
  std::vector<Cell> cells;
  cells.reserve(chosen.list->size());
  for (const std::uint32_t position : *chosen.list) {
    cells.push_back(static_cast<Cell>(number >> position & 1));
  }
  push(value_of_list(std::move(cells)));
}

void Run::insert(const Instruction& in) {
  std::uint64_t number = pop().word;
  const Value cells = pop();
  const Value chosen = pop();
  const auto set = [&](std::uint64_t position, std::uint64_t bit) {
    number = (number & ~(std::uint64_t{1} << position)) | bit << position;
  };
  if (in.sub == kSingle) {
    set(chosen.word, cells.word);
  } else {
    if (chosen.list->size() != cells.list->size()) {
      throw Fault{fmt::format("{} bits are assigned to {}", cells.list->size(), chosen.list->size()),
                  "assign slices of the same size"};
    }
    for (std::size_t i = 0; i < cells.list->size(); ++i) {
      set((*chosen.list)[i], (*cells.list)[i]);
    }
  }
  push(value_of(wrap(in.kind, in.width, number)));
}

Run::Next Run::step_loop(const Instruction& in) {
  const bool reversed = (in.sub & kReversed) != 0;
  switch (in.op) {
    case Opcode::for_begin: {
      const std::int64_t stop = pop().integer();
      const std::int64_t step = pop().integer();
      const std::int64_t start = pop().integer();
      const std::uint64_t count = range_count(start, step, stop);
      const auto first = static_cast<std::uint64_t>(start);
      const auto stride = static_cast<std::uint64_t>(step);
      slot(in.a) = value_of(reversed ? first + (count - 1) * stride : first);
      slot(in.a + 1) = value_of(reversed ? 0 - stride : stride);
      slot(in.a + 2) = value_of(count);
      break;
    }
    case Opcode::for_next: {
      Value& current = slot(in.a);
      Value& remaining = slot(in.a + 2);
      if (remaining.word == 0) {
        return jump(in.b);
      }
      push(current);
      current.word += slot(in.a + 1).word;
      --remaining.word;
      break;
    }
    case Opcode::each_begin:
      slot(in.a + 1) = value_of(0);
      slot(in.a) = pop();
      break;
    default: {
      const Value& sequence = slot(in.a);
      const bool bits = in.kind == Kind::bits;
      const std::size_t count = bits ? sequence.list->size() : sequence.array->dimensions[0].count;
      const std::size_t passed = slot(in.a + 1).word++;
      if (passed >= count) {
        return jump(in.b);
      }
      const std::size_t i = reversed ? count - 1 - passed : passed;
      if (bits) {
        Value item = value_of((*sequence.list)[i]);
        item.lazy = sequence.lazy;
        push(std::move(item));
        break;
      }
      const std::uint32_t words = words_per_element(in.kind);
      Value item = value_of(sequence.array->words[i * words]);
      if (words == 2) {
        item.imaginary = std::bit_cast<double>(sequence.array->words[i * words + 1]);
      }
      push(std::move(item));
      break;
    }
  }
  return Next::step;
}

Run::Next Run::call(const Instruction& in) {
  const DefCode& def = code_.defs[in.a];
  if (s_.def_depth >= kMaxDefDepth) {
    throw Fault{fmt::format("calls of '{}' nest deeper than {}", def.name, kMaxDefDepth),
                "it may call itself without end: check what ends the recursion"};
  }
  if (s_.slots.size() + def.slot_count > kMaxFrameSlots || s_.bits.size() + def.bit_count > kMaxFrameBits) {
    throw Fault{fmt::format("the variables of nested calls of '{}' need too much memory", def.name),
                "use fewer or smaller variables, or less recursion"};
  }
  const std::size_t first = s_.stack.size() - def.argument_count;
  if (def.qubit_arguments.size() > 1) {
    std::vector<Qubit> qubits;
    for (const std::uint32_t i : def.qubit_arguments) {
      const Value& argument = s_.stack[first + i];
      if (argument.list) {
        qubits.insert(qubits.end(), argument.list->begin(), argument.list->end());
      } else {
        qubits.push_back(static_cast<Qubit>(argument.word));
      }
    }
    check_distinct(qubits, "qubit");
  }
  Frame frame;
  frame.kind = Frame::Kind::def;
  frame.return_pc = s_.pc + 1;
  frame.slot_base = static_cast<std::uint32_t>(s_.slots.size());
  frame.bit_base = static_cast<std::uint32_t>(s_.bits.size());
  frame.stack_base = static_cast<std::uint32_t>(first);
  s_.slots.resize(s_.slots.size() + def.slot_count);
  s_.bits.resize(s_.bits.size() + def.bit_count, 0);
  std::move(s_.stack.begin() + static_cast<std::ptrdiff_t>(first), s_.stack.end(), s_.slots.begin() + frame.slot_base);
  s_.stack.resize(first);
  s_.frames.push_back(frame);
  ++s_.def_depth;
  return jump(def.entry);
}

Run::Next Run::give_back(const Instruction& in) {
  const Frame frame = s_.frames.back();
  Value result = in.sub != 0 ? pop() : Value{};
  s_.slots.resize(frame.slot_base);
  s_.bits.resize(frame.bit_base);
  s_.stack.resize(frame.stack_base);
  s_.frames.pop_back();
  --s_.def_depth;
  if (in.sub != 0) {
    push(std::move(result));
  }
  return jump(frame.return_pc);
}

}  // namespace basalt::quantum
