// Statements, but for declarations, control flow, definitions and gate calls, which have files of their own.
#include <fmt/format.h>

#include <algorithm>

#include "workloads/quantum/input/arithmetic.h"
#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

using syntax::kNone;
using syntax::Operator;

void Compiler::block(const std::vector<StatementId>& body) {
  if (reversed_) {
    std::for_each(body.rbegin(), body.rend(), [this](StatementId id) { statement(id); });
    return;
  }
  for (const StatementId id : body) {
    statement(id);
  }
}

void Compiler::scope(const std::vector<StatementId>& body) {
  scopes_.open(false);
  block(body);
  scopes_.close();
}

void Compiler::statement(StatementId id) {
  if (cancel_ != nullptr) {
    cancel_->check();
  }
  const Statement& s = tree_.statements[id];
  switch (s.kind) {
    case Statement::Kind::declaration:
      return declaration(s);
    case Statement::Kind::alias:
      return alias(s);
    case Statement::Kind::gate:
      return gate_definition(s);
    case Statement::Kind::opaque:
      opaque_gates_.insert(s.name);
      return;
    case Statement::Kind::def:
      return def(s);
    case Statement::Kind::gate_call:
      return gate_call(s);
    case Statement::Kind::measure:
      return measurement(s);
    case Statement::Kind::assign:
      return assignment(s);
    case Statement::Kind::expression: {
      const Expression& e = node(s.value);
      const Symbol* const def = e.kind == Expression::Kind::call ? scopes_.find(e.text).symbol : nullptr;
      const bool is_def = def != nullptr && def->role == Symbol::Role::def;
      const Typed unused = is_def ? call_def(*def, e.children, e.text, e.position) : expression(s.value);
      if (!unused.constant && unused.type.kind != Kind::none) {
        emit(s.position, {.op = Opcode::drop});
      }
      return;
    }
    case Statement::Kind::reset:
      return reset(s);
    case Statement::Kind::barrier:
    case Statement::Kind::nop:
      return check_qubits(s);
    case Statement::Kind::if_else:
      return if_else(s);
    case Statement::Kind::for_in:
      return for_in(s);
    case Statement::Kind::while_loop:
      return while_loop(s);
    case Statement::Kind::switch_case:
      return switch_case(s);
    case Statement::Kind::break_loop:
    case Statement::Kind::continue_loop:
      return leave_loop(s);
    case Statement::Kind::end:
      if (gate_ != nullptr) {
        fail(s.position, "'end' in a gate definition", "a gate can only apply other gates");
      }
      emit(s.position, {.op = Opcode::end});
      return;
    case Statement::Kind::return_value:
      return give_back(s);
    case Statement::Kind::scope:
      return scope(s.body);
    default:
      refuse(s);
  }
}

void Compiler::assignment(const Statement& s) {
  if (s.op == Operator::none && node(s.value).kind == Expression::Kind::measure) {
    return measurement(s);
  }
  const Place place = target(s.target);
  if (s.op == Operator::none) {
    // Arrays stay views until they are stored.
    Typed assigned = place.kind == Place::Kind::array ? expression(s.value) : value(s.value);
    store(place, std::move(assigned), node(s.value).position, "the assigned value");
    return;
  }
  load(place, s.position);
  Typed left;
  left.type = place.type;
  const Typed right = value(s.value);
  store(place, apply_to(s.op, std::move(left), right, mark(), s.position), s.position, "the result");
}

void Compiler::measurement(const Statement& s) {
  if (s.target == kNone) {
    const Typed unused = expression(s.value);
    if (!unused.constant) {
      emit(s.position, {.op = Opcode::drop});
    }
    return;
  }
  const Place place = target(s.target);
  const Typed cells = expression(s.value);
  if (place.kind != Place::Kind::array && place.type.kind == Kind::bits && cells.type.kind == Kind::bits &&
      place.type.width != cells.type.width && place.type.width != kUnknownCount && cells.type.width != kUnknownCount) {
    fail(s.position, fmt::format("{} qubits are measured into {} bits", cells.type.width, place.type.width),
         "measure a register into one of the same size");
  }
  store(place, cells, s.position, "the measurement");
}

void Compiler::reset(const Statement& s) {
  if (gate_ != nullptr) {
    fail(s.position, "'reset' in a gate definition", "a gate is unitary: reset in the program or in a def");
  }
  for (const ExpressionId id : s.operands) {
    Typed qubits = expression(id);
    if (!is_qubit_like(qubits.type.kind)) {
      fail(node(id).position, fmt::format("'reset' needs qubits, not {}", describe(qubits.type)));
    }
    place(qubits, s.position);
    emit(s.position, {.op = Opcode::reset, .sub = qubits.type.kind == Kind::qubit ? kSingle : std::uint8_t{0}});
  }
}

// A barrier and a nop do nothing here, but what they name must be there.
void Compiler::check_qubits(const Statement& s) {
  const Mark start = mark();
  for (const ExpressionId id : s.operands) {
    if (gate_ != nullptr && node(id).kind == Expression::Kind::name) {
      if (symbol(node(id).text, node(id).position).role == Symbol::Role::operand) {
        continue;
      }
    }
    const Typed qubits = expression(id);
    if (!is_qubit_like(qubits.type.kind)) {
      fail(node(id).position, fmt::format("this needs qubits, not {}", describe(qubits.type)));
    }
  }
  roll_back(start);
}

void Compiler::refuse(const Statement& s) {
  const char* name = "extern";
  switch (s.kind) {
    case Statement::Kind::box:
      name = "box";
      break;
    case Statement::Kind::delay:
      name = "delay";
      break;
    case Statement::Kind::cal:
      name = "cal";
      break;
    case Statement::Kind::defcal:
      name = "defcal";
      break;
    case Statement::Kind::defcal_grammar:
      name = "defcalgrammar";
      break;
    default:
      break;
  }
  const bool is_extern = s.kind == Statement::Kind::extern_function;
  fail(s.position, fmt::format("'{}' is not supported", name),
       is_extern ? "Basalt runs gate-level programs: write the function as a 'def'"
                 : "Basalt runs gate-level programs: remove pulses and timing",
       ErrorCode::unsupported);
}

}  // namespace basalt::quantum
