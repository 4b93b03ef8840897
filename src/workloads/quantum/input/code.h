// The instructions that compile writes and the machine runs. A stack machine: operands are pushed in the order in
// which the program writes them, and every instruction knows the types of what it takes.
//
// Addresses are absolute numbers of qubits and of bits; slots (variables that are no bits) are relative to the frame.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "workloads/quantum/gates.h"
#include "workloads/quantum/input/source.h"
#include "workloads/quantum/input/value.h"

namespace basalt::quantum {

// Operands: `sub`, `kind`, `width`, `a`, `b` of the instruction. In stack effects, the top is on the right; "ref" is
// the address of one bit or a list of them, "chosen" a position or a list of them, according to kSingle in `sub`.
enum class Opcode : std::uint8_t {
  push,           // a: constant                              -> value
  push_input,     // a: input                                 -> value
  drop,           //                                    value ->
  duplicate,      // a: how many                     values... -> values... values...
  pick,           // a: depth                               -> copy of the value at that depth
  load,           // a: slot                                  -> value
  store,          // a: slot                            value ->
  local_bits,     // a: first, b: count; of the frame         -> ref
  load_bits,      //                                      ref -> cells
  store_bits,     //                               ref, cells ->
  force,          // kind: type of the top, a: Kind of the next; stops until their bits are known
  convert,        // kind, width: from; a: Kind, b: width to; sub: depth of the value
  apply,          // sub: Operator                left, right -> value
  apply_one,      // sub: Operator                    operand -> value
  call_builtin,   // sub: Builtin, a: arguments     arguments -> value
  choose_one,     // list, index (kReversed: index, list)       -> item
  choose_range,   // sub: RangePart...   list, start, step, stop -> list
  choose_set,     // a: count                   list, indices -> list
  to_list,        //                                     item -> list
  join,           // sub: kLeftSingle, kRightSingle, kDistinct   a, b -> list
  check_count,    // a: count                            list -> list
  extract_bits,   // kind, width                number, chosen -> cells
  insert_bits,    // kind, width         chosen, cells, number -> number
  view_array,     // a: storage                               -> view
  view_one,       // a: dimension                 view, index -> view
  view_range,     // a: dimension, sub   view, start, step, stop -> view
  load_element,   // kind                                view -> value
  store_element,  // kind                         view, value ->
  load_array,     // kind: element                       view -> array with elements of its own
  store_array,    // kind: element                 view, array ->
  join_arrays,    // kind: element                     a, b   -> array
  array_size,     //                          view, dimension -> count
  make_array,     // kind: element, a: count         elements -> array
  jump,           // a: target
  jump_if,        // a: target                           bool ->
  jump_unless,    // a: target                           bool ->
  switch_on,      // a: table                         integer ->
  for_begin,      // a: first of three slots    start, step, stop ->
  for_next,       // a: slot, b: exit                         -> value
  each_begin,     // a: first of two slots           sequence ->
  each_next,      // a: slot, b: exit, kind: element          -> value
  call,           // a: def                         arguments -> result
  give_back,      // sub: 1 with a value
  missing_value,  // a def that gives a value ended without one
  end,
  gate,  // a: call site       parameters, exponents, operands ->
  gate_end,
  measure,  //                                   qubits -> cells
  reset,    //                                   qubits ->
};

/// Bits of Instruction::sub.
inline constexpr std::uint8_t kSingle = 1;    ///< One item, in Value::word, in place of a list.
inline constexpr std::uint8_t kReversed = 2;  ///< A loop that runs from its last value to its first.
inline constexpr std::uint8_t kLeftSingle = 1;
inline constexpr std::uint8_t kRightSingle = 2;
inline constexpr std::uint8_t kDistinct = 4;  ///< Addresses: an item may not be in both.
inline constexpr std::uint8_t kHasStart = 1;  ///< RangePart: which parts are on the stack.
inline constexpr std::uint8_t kHasStep = 2;
inline constexpr std::uint8_t kHasStop = 4;

struct Instruction {
  Opcode op;
  std::uint8_t sub = 0;
  Kind kind = Kind::none;
  std::uint8_t width = 0;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};

struct GateCode {
  std::string name;
  std::uint32_t parameter_count = 0;  ///< In slots 0 ... of the frame.
  std::uint32_t operand_count = 0;
  std::uint32_t slot_count = 0;
  std::uint32_t entry = 0;
  std::uint32_t reversed_entry = 0;  ///< The same statements in reverse order, for the inverse.
};

struct DefCode {
  std::string name;
  std::uint32_t argument_count = 0;  ///< In slots 0 ... of the frame.
  std::uint32_t slot_count = 0;
  std::uint32_t bit_count = 0;
  std::uint32_t entry = 0;
  std::vector<std::uint32_t> qubit_arguments;
};

/// A modifier of a gate call; outermost first.
struct ModifierCode {
  enum class Kind : std::uint8_t { control, negative_control, inverse, power } kind;
  std::uint32_t count = 1;  ///< Of controls.
};

struct CallSite {
  enum class Operands : std::uint8_t {
    qubits,    ///< Single qubits, known: Code::operands holds them.
    formal,    ///< In a gate body: Code::operands holds which operands of the gate they are.
    on_stack,  ///< Computed, or registers to broadcast over.
  };
  bool native = true;
  GateId gate = GateId::id;        ///< When native, ...
  std::uint8_t control_count = 0;  ///< ... with the controls that belong to the name.
  std::uint32_t callee = 0;        ///< Else index of the GateCode.
  Operands operands = Operands::qubits;
  bool constant_parameters = true;    ///< Code::parameters holds them, else the stack.
  std::uint32_t parameter_count = 0;  ///< As called; u0 ignores its one.
  std::uint32_t first_parameter = 0;
  std::uint32_t operand_count = 0;  ///< All: controls of modifiers, of the name, targets.
  std::uint32_t first_operand = 0;  ///< In Code::operands, or, on the stack, in Code::singles: one flag each.
  std::uint32_t modifier_count = 0;
  std::uint32_t first_modifier = 0;
  std::uint32_t power_count = 0;
};

struct OutputCode {
  Type type;
  std::uint32_t slot = 0;  ///< Of the first frame, or the storage of an array.
};

struct InputCode {
  std::string name;
  Type type;
  Position position;
};

struct Code {
  SourceMap sources;
  std::vector<Instruction> instructions;
  std::vector<Position> positions;  ///< One for each instruction.
  std::vector<Value> constants;
  std::vector<GateCode> gates;
  std::vector<DefCode> defs;
  std::vector<CallSite> calls;
  std::vector<double> parameters;
  std::vector<std::uint32_t> operands;
  std::vector<std::uint8_t> singles;
  std::vector<ModifierCode> modifiers;
  /// Switches: sorted pairs of label and target; the target of no label comes last.
  std::vector<std::vector<std::pair<std::int64_t, std::uint32_t>>> switches;
  std::vector<ArrayValue> arrays;  ///< Shapes of the storages; `words` is empty.
  std::vector<std::uint32_t> array_words;
  std::vector<std::vector<std::uint32_t>> registers;  ///< Bit addresses of Script::registers.
  std::vector<InputCode> inputs;
  std::vector<OutputCode> outputs;
  std::uint32_t qubit_count = 0;
  std::uint32_t slot_count = 0;  ///< Of the first frame.
  std::uint32_t bit_count = 0;
};

}  // namespace basalt::quantum
