// The compiler: one pass over the syntax tree that resolves names, checks types, folds constants and writes code.
// Its methods are in the files compile_*.cpp, by what they compile.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "workloads/quantum/input/choose.h"
#include "workloads/quantum/input/code.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/input/convert.h"
#include "workloads/quantum/input/scope.h"
#include "workloads/quantum/input/syntax.h"

namespace basalt::quantum {

/// The most qubits and the most classical bits that a program may declare, and the most bytes of all arrays.
inline constexpr std::uint32_t kMaxQubits = 1U << 20;
inline constexpr std::uint32_t kMaxBits = 1U << 20;
inline constexpr std::uint64_t kMaxArrayBytes = std::uint64_t{64} << 20;
inline constexpr std::uint32_t kMaxSlots = 1U << 20;

/// What compiling an expression gave: a constant (no code was written), or code that leaves a value on the stack.
struct Typed {
  Type type;
  bool constant = false;
  bool reference = false;  ///< The value is the address of qubits or bits, or an array that can be assigned to.
  bool readonly = false;   ///< An array that must not be changed.
  Value value;             ///< If constant.
};

class Compiler {
 public:
  Compiler(const syntax::Tree& tree, const CancelToken* cancel);
  Script run();

  /// The value of an expression that must be constant, as `type`; for the text of inputs.
  Value evaluate_input(syntax::ExpressionId id, const Type& type);

 private:
  using Expression = syntax::Expression;
  using Statement = syntax::Statement;
  using ExpressionId = syntax::ExpressionId;
  using StatementId = syntax::StatementId;

  // compile.cpp: the frame of it all
  [[noreturn]] void fail(Position at, std::string message, std::string advice = {},
                         ErrorCode code = ErrorCode::bad_input) const;
  template <typename Function>
  auto guarded(Position at, const Function& function) const {
    try {
      return function();
    } catch (const Fault& fault) {
      fail(at, fault.message, fault.advice);
    }
  }
  void note(Position at, const std::string& text);
  [[nodiscard]] bool is_qasm2() const { return tree_.language == syntax::Language::openqasm2; }
  const Expression& node(ExpressionId id) const { return tree_.expressions[id]; }
  void number_hardware_qubits();
  void collect_gate_names();
  void finish_registers();

  // compile_emit.cpp: instructions
  struct Mark {
    std::size_t instructions, constants;
  };
  Mark mark() const { return {code_->instructions.size(), code_->constants.size()}; }
  void roll_back(const Mark& mark);
  std::uint32_t here() const { return static_cast<std::uint32_t>(code_->instructions.size()); }
  std::uint32_t emit(Position at, Instruction instruction);
  void push(Position at, Value value);
  void land(std::uint32_t jump) { code_->instructions[jump].a = here(); }
  void place(Typed& typed, Position at);
  void load_value(Typed& typed, Position at);
  void force(Position at, const Type& top, const Type& next = {});
  void coerce(Typed& typed, const Type& to, Cast cast, Position at, std::string_view what, std::uint8_t depth = 0);
  std::uint32_t new_slots(Position at, std::uint32_t count);
  std::uint32_t new_bits(Position at, std::uint32_t count);

  // compile_expression.cpp
  Typed expression(ExpressionId id);
  Typed value(ExpressionId id);
  Typed value_as(ExpressionId id, const Type& type, std::string_view what);
  Value constant_value(ExpressionId id, const Type& type, std::string_view what);
  std::int64_t constant_integer(ExpressionId id, std::string_view what);
  Typed literal(const Expression& e);
  Typed name(const Expression& e);
  Typed symbol_value(const Symbol& symbol, Position at);
  const Symbol& symbol(const std::string& name, Position at);
  [[noreturn]] void fail_unknown_name(const std::string& name, Position at);
  Typed unary(const Expression& e);
  Typed binary(const Expression& e);
  Typed logical(const Expression& e);
  Typed concatenation(const Expression& e);
  Typed apply_to(syntax::Operator op, Typed left, Typed right, const Mark& start, Position at);
  void note_inexact_division(syntax::Operator op, const Typed& left, const Typed& right, Position at);
  void note_impossible(syntax::Operator op, const Typed& left, const Typed& right, Position at);
  Typed cast(const Expression& e);
  Typed measure(const Expression& e);

  // compile_call.cpp: functions
  Typed call(const Expression& e);
  Typed call_builtin(const Expression& e);
  Typed call_sizeof(const Expression& e);
  Typed call_def(const Symbol& def, std::span<const ExpressionId> arguments, const std::string& name, Position at);
  void argument(ExpressionId id, std::uint32_t def, std::size_t number, std::vector<std::uint32_t>& known_qubits);

  // compile_index.cpp: a[…]
  Typed index(const Expression& e);
  Typed index_into(Typed base, const Expression& e, const Mark& start);
  Typed index_items(Typed base, const Expression& e, ExpressionId item, const Mark& start);
  Typed index_item(Typed base, Typed index, Position at);
  Typed index_set(Typed base, const Expression& set, const Value& known_items, bool known_base, const Mark& start);
  Typed index_number(Typed base, const Expression& e, const Mark& start);
  Typed index_array(Typed base, const Expression& e);
  Typed positions(const Expression& e, std::uint32_t width);
  std::uint32_t range_parts(const Expression& range, Range& known, std::uint8_t& parts);

  // compile_place.cpp: what can be assigned to
  struct Place {
    enum class Kind : std::uint8_t { slot, bits, number_bits, element, array } kind = Kind::slot;
    Type type;                ///< Of the value it takes.
    Type number;              ///< number_bits: the type of the number, ...
    bool in_element = false;  ///< ... which is an element of an array, else in `slot`.
    std::uint32_t slot = 0;
    std::uint32_t on_stack = 0;  ///< How many values name it.
  };
  Place target(ExpressionId id);
  Place name_target(const Expression& e);
  Place index_target(const Expression& e);
  void load(const Place& place, Position at);
  void store(const Place& place, Typed value, Position at, std::string_view what);

  // compile_type.cpp
  Type type(std::uint32_t id);
  Type element_type(syntax::TypeKind kind, ExpressionId width, Position at);
  std::uint32_t width_of(ExpressionId id, Position at, std::uint32_t fallback, std::uint32_t most);

  // compile_declaration.cpp
  void declaration(const Statement& s);
  void declare(const std::string& name, Symbol symbol, Position at);
  void declare_qubits(const Statement& s, const Type& type);
  void declare_constant(const Statement& s, const Type& type);
  void declare_array(const Statement& s, const Type& type);
  void fill_array(const Statement& s, const Symbol& array, ExpressionId id, std::vector<std::uint32_t>& at);
  Place declare_variable(const std::string& name, const Type& type, Position at);
  void set_default(const Place& place, Position at);
  void alias(const Statement& s);

  void declare_input(const Statement& s, const Type& type);

  // compile_statement.cpp
  void statement(StatementId id);
  void block(const std::vector<StatementId>& body);
  void scope(const std::vector<StatementId>& body);
  void assignment(const Statement& s);
  void measurement(const Statement& s);
  void reset(const Statement& s);
  void check_qubits(const Statement& s);
  [[noreturn]] void refuse(const Statement& s);

  // compile_control.cpp
  void if_else(const Statement& s);
  void for_in(const Statement& s);
  void while_loop(const Statement& s);
  void switch_case(const Statement& s);
  void leave_loop(const Statement& s);
  void loop_body(const Statement& s, std::uint32_t next);
  void condition(ExpressionId id);

  // compile_definition.cpp
  void gate_definition(const Statement& s);
  void def(const Statement& s);
  void parameter(const syntax::Parameter& p, const Type& type, std::uint32_t slot);
  void give_back(const Statement& s);

  // compile_gate.cpp
  void gate_call(const Statement& s);
  CallSite find_callee(const Statement& s, std::uint32_t& parameters, std::uint32_t& operands);
  const GateName* find_native(const std::string& name) const;
  [[noreturn]] void fail_unknown_gate(const Statement& s) const;
  void gate_parameters(const Statement& s, CallSite& site, std::uint32_t count);
  std::uint32_t gate_modifiers(const Statement& s, CallSite& site);
  void formal_operands(const Statement& s, CallSite& site);
  void qubit_operands(const Statement& s, CallSite& site);
  void check_known_operands(const Statement& s, const std::vector<Typed>& operands);

  struct DefSignature {
    std::vector<Type> arguments;
    std::vector<bool> mutable_array;
    Type result;
  };
  struct Loop {
    std::uint32_t next;
    std::vector<std::uint32_t> exits;
  };

  const syntax::Tree& tree_;
  const CancelToken* cancel_;  ///< May be null.
  Script script_;
  std::shared_ptr<Code> code_;
  Scopes scopes_;
  std::vector<DefSignature> def_signatures_;
  std::unordered_map<std::string, std::uint32_t> gates_;
  std::unordered_set<std::string> opaque_gates_;
  std::unordered_set<std::string> gate_names_;  ///< All that the program defines, also later.
  std::unordered_map<std::string, const GateName*> natives_;
  std::vector<std::uint64_t> hardware_qubits_;
  std::vector<Loop> loops_;
  const Statement* gate_ = nullptr;  ///< The gate being defined.
  int def_ = -1;                     ///< The def being defined.
  bool reversed_ = false;            ///< Writing the reversed body of a gate.
  std::uint32_t slots_ = 0;          ///< Of the frame being compiled.
  std::uint32_t bits_ = 0;
  std::uint64_t array_bytes_ = 0;
  struct Output {
    std::string name;
    Symbol symbol;
    bool is_output;
  };
  std::vector<Output> results_;  ///< Global bit variables and outputs, in order of declaration.
};

}  // namespace basalt::quantum
