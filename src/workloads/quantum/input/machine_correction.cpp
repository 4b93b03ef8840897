// Pauli gates that one outcome decides on, as teleportation and codes have them. In a recorded run they go into the
// circuit as what they are, and the program goes on without knowing the outcome: who runs the circuit for many shots
// at a time need not part them.
#include "workloads/quantum/input/machine_state.h"

namespace basalt::quantum {
namespace {

constexpr std::uint32_t kBodyAfterForce = 3;  // convert, jump_unless

Pauli pauli_of(GateId gate) {
  return gate == GateId::x ? Pauli::x : gate == GateId::y ? Pauli::y : gate == GateId::z ? Pauli::z : Pauli::none;
}

}  // namespace

/// At the `force` of a bit that waits. True where what it decides on was nothing but Pauli gates: they are in the
/// circuit, and the program is behind them.
bool Run::try_corrections() {
  if (recordings_ == nullptr || s_.live || s_.frames.back().kind == Frame::Kind::gate || top().word < kPending ||
      s_.pc + kBodyAfterForce > code_.instructions.size()) {
    return false;
  }
  const Instruction& to_bool = code_.instructions[s_.pc + 1];
  const Instruction& skip = code_.instructions[s_.pc + 2];
  if (to_bool.op != Opcode::convert || to_bool.sub != 0 || static_cast<Kind>(to_bool.a) != Kind::boolean ||
      skip.op != Opcode::jump_unless || !read_corrections(skip.a)) {
    return false;
  }
  const auto record = static_cast<std::uint32_t>(top().word - kPending);
  if (const Qubit measured = s_.records.qubits[record]; s_.records.latest[measured] == record) {
    record_pending(measured);
  }
  for (const auto& [gate, qubit] : corrections_) {
    if (gate != GateId::z) {
      record_pending(qubit);
    }
    recordings_->push_back(
        {.before = circuit_.operations().size(), .qubit = qubit, .record = record, .correction = pauli_of(gate)});
    if (gate != GateId::z) {
      disturb(qubit);
    }
  }
  s_.stack.pop_back();
  s_.pc = skip.a;
  return true;
}

/// Reads what stands up to `end` into corrections_, and changes nothing else. False where there is more than Pauli
/// gates, and where it cannot be: that is for those shots to find that come to it.
bool Run::read_corrections(std::uint32_t end) {
  const std::uint32_t start = s_.pc;
  const std::size_t depth = s_.stack.size();
  corrections_.clear();
  bool only_paulis = true;
  try {
    for (s_.pc = start + kBodyAfterForce; only_paulis && s_.pc < end; ++s_.pc) {
      const Instruction& in = code_.instructions[s_.pc];
      switch (in.op) {
        case Opcode::push:
        case Opcode::push_input:
        case Opcode::duplicate:
        case Opcode::pick:
        case Opcode::load:
        case Opcode::convert:
        case Opcode::apply:
        case Opcode::apply_one:
          step_data(in);
          break;
        case Opcode::choose_one:
        case Opcode::choose_range:
        case Opcode::choose_set:
        case Opcode::to_list:
        case Opcode::join:
        case Opcode::check_count:
          step_list(in);
          break;
        case Opcode::gate:
          only_paulis = read_correction(code_.calls[in.a]);
          break;
        default:
          only_paulis = false;
      }
    }
  } catch (const Fault&) {
    only_paulis = false;
  }
  s_.stack.resize(depth);
  s_.pc = start;
  return only_paulis && !corrections_.empty();
}

bool Run::read_correction(const CallSite& site) {
  if (!site.native || site.control_count > 0 || site.modifier_count > 0 || pauli_of(site.gate) == Pauli::none) {
    return false;
  }
  call_.site = &site;
  call_.on_stack = 0;
  read_operands();
  for (const Qubit qubit : call_.qubits) {
    corrections_.emplace_back(site.gate, qubit);
  }
  s_.stack.resize(s_.stack.size() - call_.on_stack);
  return true;
}

}  // namespace basalt::quantum
