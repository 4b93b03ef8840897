// The machine: its life as a value, and the loop over instructions.
#include "workloads/quantum/input/machine.h"

#include <algorithm>
#include <cassert>

#include "workloads/quantum/input/arithmetic.h"
#include "workloads/quantum/input/convert.h"
#include "workloads/quantum/input/machine_state.h"

namespace basalt::quantum {
namespace {

constexpr std::uint32_t kStepsPerPoll = 1024;

}  // namespace

Machine::Machine(std::shared_ptr<const Script> script) : state_(std::make_unique<State>()) {
  const Code& code = *script->code;
  state_->slots.resize(code.slot_count);
  state_->bits.resize(code.bit_count);
  for (const std::uint32_t words : code.array_words) {
    state_->arrays.emplace_back(words, 0);
  }
  state_->frames.emplace_back();
  state_->outcomes.resize(code.qubit_count, 0);
  state_->pending.resize(code.qubit_count, false);
  if (script->narrowing.width > 0) {
    state_->live.emplace(code.qubit_count, script->narrowing);
    record();
  }
  state_->script = std::move(script);
}

/// From now on.
void Machine::record() {
  Records& records = state_->records;
  records.in_use = true;
  records.latest.resize(state_->outcomes.size(), Records::kNone);
}

Machine::Machine(const Machine& other) : state_(std::make_unique<State>(*other.state_)) {}

Machine& Machine::operator=(const Machine& other) {
  if (this != &other) {
    state_ = std::make_unique<State>(*other.state_);
  }
  return *this;
}

Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;
Machine::~Machine() = default;

Machine::Status Machine::advance(Circuit& circuit, const CancelToken& cancel, std::size_t max_operations) {
  if (state_->live) {
    return advance_live(circuit, cancel, max_operations);
  }
  assert(!state_->records.in_use);
  return advance(circuit, nullptr, cancel, max_operations);
}

Machine::Status Machine::advance(RecordedCircuit& recorded, const CancelToken& cancel, std::size_t max_operations) {
  if (!state_->records.in_use) {
    assert(!state_->measured);
    record();
  }
  return advance(recorded.circuit, &recorded.recordings, cancel, max_operations);
}

Machine::Status Machine::advance(Circuit& circuit, std::vector<Recording>* recordings, const CancelToken& cancel,
                                 std::size_t max_operations) {
  const Code& code = *state_->script->code;
  try {
    return Run(*state_, circuit, recordings, cancel).until_stop(max_operations);
  } catch (const Fault& fault) {
    fail_at(code.sources, code.positions[state_->pc], fault.message, fault.advice);
  }
}

std::span<const Qubit> Machine::wanted() const {
  return state_->live ? state_->live->wanted() : state_->wanted;
}

void Machine::provide(std::span<const std::uint8_t> outcomes) {
  state_->live ? state_->live->provide(outcomes) : settle(outcomes);
}

/// Puts the outcomes of what the program wants where they are waited for.
void Machine::settle(std::span<const std::uint8_t> outcomes) {
  State& s = *state_;
  assert(outcomes.size() == s.wanted.size());
  std::vector<std::uint8_t> known(outcomes.begin(), outcomes.end());
  for (std::size_t i = 0; i < s.wanted.size(); ++i) {
    known[i] = outcomes[i] != 0 ? 1 : 0;
    const Qubit qubit = s.records.in_use ? s.records.qubits[s.wanted[i]] : s.wanted[i];
    if (!s.records.in_use || s.records.latest[qubit] == s.wanted[i]) {
      s.outcomes[qubit] = known[i];
      s.pending[qubit] = false;
    }
  }
  // A cell is settled by what it waits for: a qubit was not disturbed since.
  const auto settle = [&](Cell cell) {
    if (cell < kPending) {
      return cell;
    }
    const auto found = std::ranges::lower_bound(s.wanted, cell - kPending);
    const bool is_known = found != s.wanted.end() && *found == cell - kPending;
    return is_known ? Cell{known[static_cast<std::size_t>(found - s.wanted.begin())]} : cell;
  };
  std::ranges::transform(s.bits, s.bits.begin(), settle);
  for (std::vector<Value>* values : {&s.stack, &s.slots}) {
    for (Value& value : *values) {
      if (!value.lazy) {
        continue;
      }
      if (value.list) {
        std::vector<std::uint32_t> cells(*value.list);
        std::ranges::transform(cells, cells.begin(), settle);
        value.lazy = std::ranges::any_of(cells, [](Cell cell) { return cell >= kPending; });
        value.list = std::make_shared<const std::vector<std::uint32_t>>(std::move(cells));
      } else {
        value.word = settle(static_cast<Cell>(value.word));
        value.lazy = value.word >= kPending;
      }
    }
  }
  s.wanted.clear();
}

std::vector<std::vector<BitSource>> Machine::registers() const {
  std::vector<std::vector<BitSource>> result;
  for (const auto& addresses : state_->script->code->registers) {
    std::vector<BitSource>& bits = result.emplace_back();
    for (const std::uint32_t address : addresses) {
      const Cell cell = state_->bits[address];
      bits.push_back(cell >= kPending ? source_of(cell - kPending)
                                      : BitSource{.is_qubit = false, .value = cell != 0, .qubit = 0});
    }
  }
  return result;
}

std::vector<std::string> Machine::outputs() const {
  std::vector<std::string> texts;
  for (const OutputCode& output : state_->script->code->outputs) {
    if (output.type.kind == Kind::array) {
      ArrayValue whole = state_->script->code->arrays[output.slot];
      whole.words = state_->arrays[output.slot];
      Value value;
      value.array = std::make_shared<const ArrayValue>(std::move(whole));
      texts.push_back(text_of(value, output.type));
    } else {
      texts.push_back(text_of(state_->slots[output.slot], output.type));
    }
  }
  return texts;
}

std::uint32_t Machine::record_count() const {
  return static_cast<std::uint32_t>(state_->records.qubits.size());
}

std::vector<Recording> Machine::open_recordings() const {
  const State& s = *state_;
  std::vector<Recording> result;
  for (Qubit qubit = 0; s.records.in_use && qubit < s.pending.size(); ++qubit) {
    if (s.pending[qubit]) {
      result.push_back({.before = 0, .qubit = qubit, .record = s.records.latest[qubit]});
    }
  }
  return result;
}

bool Machine::measured() const {
  return state_->measured;
}

Run::Run(Machine::State& state, Circuit& circuit, std::vector<Recording>* recordings, const CancelToken& cancel)
    : s_(state), circuit_(circuit), recordings_(recordings), cancel_(cancel), code_(*state.script->code) {}

void Run::poll() {
  cancel_.check();
}

Value Run::pop() {
  Value value = std::move(s_.stack.back());
  s_.stack.pop_back();
  return value;
}

Run::Next Run::jump(std::uint32_t target) {
  s_.pc = target;
  return Next::stay;
}

Machine::Status Run::until_stop(std::size_t max_operations) {
  poll();
  for (std::uint32_t steps = 1;; ++steps) {
    if (steps % kStepsPerPoll == 0) {
      poll();
    }
    switch (step(code_.instructions[s_.pc])) {
      case Next::step:
        ++s_.pc;
        break;
      case Next::stay:
        break;
      case Next::stop:
        return Machine::Status::needs_outcomes;
      case Next::finish:
        return Machine::Status::finished;
    }
    const std::size_t recordings = recordings_ != nullptr ? recordings_->size() : 0;
    if (circuit_.operations().size() + recordings >= max_operations && max_operations != 0) {
      return Machine::Status::circuit_full;
    }
  }
}

Run::Next Run::step(const Instruction& in) {
  switch (in.op) {
    case Opcode::jump:
      return jump(in.a);
    case Opcode::jump_if:
      return pop().word != 0 ? jump(in.a) : Next::step;
    case Opcode::jump_unless:
      return pop().word == 0 ? jump(in.a) : Next::step;
    case Opcode::switch_on: {
      const auto& table = code_.switches[in.a];
      const std::int64_t label = pop().integer();
      const auto last = table.end() - 1;
      const auto entry =
          std::ranges::lower_bound(table.begin(), last, label, {}, &std::pair<std::int64_t, std::uint32_t>::first);
      return jump(entry != last && entry->first == label ? entry->second : last->second);
    }
    case Opcode::call:
      return call(in);
    case Opcode::give_back:
      return give_back(in);
    case Opcode::missing_value:
      throw Fault{"'" + code_.defs[in.a].name + "' ended without returning a value",
                  "end every path through it with 'return'"};
    case Opcode::end:
      return Next::finish;
    case Opcode::gate:
      return gate(in);
    case Opcode::gate_end:
      return gate_end();
    case Opcode::measure:
      return measure(in);
    case Opcode::reset:
      return reset(in);
    case Opcode::force:
      return force(in);
    case Opcode::for_begin:
    case Opcode::for_next:
    case Opcode::each_begin:
    case Opcode::each_next:
      return step_loop(in);
    case Opcode::view_array:
    case Opcode::view_one:
    case Opcode::view_range:
    case Opcode::load_element:
    case Opcode::store_element:
    case Opcode::load_array:
    case Opcode::store_array:
    case Opcode::join_arrays:
    case Opcode::array_size:
    case Opcode::make_array:
      return step_array(in);
    case Opcode::choose_one:
    case Opcode::choose_range:
    case Opcode::choose_set:
    case Opcode::to_list:
    case Opcode::join:
    case Opcode::check_count:
    case Opcode::extract_bits:
    case Opcode::insert_bits:
      return step_list(in);
    default:
      return step_data(in);
  }
}

}  // namespace basalt::quantum
