// The syntax tree that both parsers produce and `compile` reads. It says what was written, not what it means.
//
// Nodes live in arenas and refer to each other by index, so that a tree of any shape is freed without recursion.
// The parsers bound the depth of every node by kMaxSyntaxDepth, so that recursion over a tree is safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/quantum/input/source.h"

namespace basalt::quantum::syntax {

inline constexpr int kMaxSyntaxDepth = 500;

/// Index of an expression; kNone where the program wrote none.
using ExpressionId = std::uint32_t;
using StatementId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

enum class Operator : std::uint8_t {
  none,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  power,
  bit_and,
  bit_or,
  bit_xor,
  bit_not,
  shift_left,
  shift_right,
  logical_and,
  logical_or,
  logical_not,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  negate,
  plus,
  concatenate,  // ++
};

enum class TypeKind : std::uint8_t {
  none,
  bit,
  boolean,
  integer,
  unsigned_integer,
  floating,
  angle,
  complex,
  qubit,
  array,
  duration,
  stretch,  // timing: compile refuses them by name
};

/// A type as written. `width` is the designator in brackets, an expression, or kNone.
struct Type {
  TypeKind kind = TypeKind::none;
  Position position;
  ExpressionId width = kNone;            ///< For complex: the width of its float.
  TypeKind element = TypeKind::none;     ///< For array: its element type, and ...
  ExpressionId element_width = kNone;    ///< ... that type's designator.
  std::vector<ExpressionId> dimensions;  ///< For array.
  ExpressionId dimension_count = kNone;  ///< For array parameters: the expression of `#dim = n`.
  bool old_style = false;                ///< Declared with qreg or creg.
  bool float_written = true;             ///< complex without [float...]: false.
};

struct Expression {
  enum class Kind : std::uint8_t {
    integer,  // `text` holds the digits as written (0x, 0o, 0b, underscores); `integer` if it fits 64 bits
    real,
    imaginary,       // `real`
    boolean,         // `integer` 0 or 1
    bit_string,      // `text`: only 0 and 1, most significant first
    duration,        // `text` as written
    name,            // `text`
    hardware_qubit,  // `integer`: n of $n
    unary,
    binary,         // `op`, `children`
    call,           // `text` is the function; `children` the arguments (built-in function, def, or extern)
    cast,           // `type`, one child
    index,          // children[0] indexed by children[1..], comma-separated; each is an expression, range or set
    range,          // children: start, step, end; kNone where omitted
    set,            // {a, b, c}
    array_literal,  // {…} as an initialiser
    measure,        // one child: the qubits
    duration_of,    // refused by compile
  };
  Kind kind = Kind::integer;
  Operator op = Operator::none;
  Position position;
  std::uint64_t integer = 0;
  bool integer_fits = true;
  double real = 0;
  std::string text;
  std::vector<ExpressionId> children;
  std::uint32_t type = kNone;  ///< Index into Tree::types, for cast.
  std::uint16_t depth = 0;
};

/// ctrl, negctrl, inv, pow: outermost first, as written.
struct Modifier {
  enum class Kind : std::uint8_t { control, negative_control, inverse, power };
  Kind kind;
  Position position;
  ExpressionId argument = kNone;  ///< Control count or exponent.
};

struct Parameter {  // of a def
  std::string name;
  Position position;
  std::uint32_t type = kNone;
  enum class Access : std::uint8_t { by_value, readonly, mutable_reference } access = Access::by_value;
};

struct SwitchCase {
  std::vector<ExpressionId> values;  ///< Empty for default.
  std::vector<StatementId> body;
  Position position;
};

struct Statement {
  enum class Kind : std::uint8_t {
    declaration,      // `type` `name` = `value`; qubits and classical; see `storage`
    alias,            // let name = value
    gate,             // gate name(parameter_names) operand_names { body }
    opaque,           // OpenQASM 2
    def,              // def name(parameters) -> return_type { body }
    extern_function,  // refused by compile
    gate_call,        // modifiers, name, arguments (parameters), operands. gphase and U are calls, too
    measure,          // value (Expression::measure), target kNone or an lvalue
    assign,           // target op= value; value may be an Expression::measure or a call
    expression,       // value;
    reset,            // operands
    barrier,          // operands (empty: all)
    nop,              // operands
    if_else,          // value, body, else_body
    for_in,           // type name in value (range, set, or an expression of array or bit type) body
    while_loop,       // value, body
    switch_case,      // value, cases
    break_loop,
    continue_loop,
    end,
    return_value,  // value or kNone
    scope,         // { body }
    box,
    delay,
    cal,
    defcal,
    defcal_grammar,  // pulse and timing: refused by compile, by name
  };
  enum class Storage : std::uint8_t { variable, constant, input, output };

  Kind kind = Kind::end;
  Storage storage = Storage::variable;
  syntax::Operator op = syntax::Operator::none;  ///< For assign: the operator of `+=` and friends.
  bool old_style_measure = false;                ///< `measure q -> c;`
  bool has_parameter_list = false;               ///< gate_call: parentheses were written.
  Position position;
  Position name_position;
  std::string name;
  std::uint32_t type = kNone;         ///< Index into Tree::types.
  std::uint32_t return_type = kNone;  ///< def
  ExpressionId value = kNone;
  ExpressionId target = kNone;
  std::vector<ExpressionId> arguments;
  std::vector<ExpressionId> operands;
  std::vector<std::string> parameter_names;
  std::vector<std::string> operand_names;
  std::vector<Parameter> parameters;
  std::vector<Modifier> modifiers;
  std::vector<StatementId> body;
  std::vector<StatementId> else_body;
  std::vector<SwitchCase> cases;
  std::uint16_t depth = 0;
};

enum class Language : std::uint8_t { openqasm2, openqasm3 };

/// One program with its includes.
struct Tree {
  Language language = Language::openqasm3;
  SourceMap sources;
  std::vector<Expression> expressions;
  std::vector<Statement> statements;
  std::vector<Type> types;
  std::vector<StatementId> program;  ///< Top level, in order, included files spliced in.
  bool uses_qelib1 = false;          ///< The built-in qelib1.inc was included.
  bool uses_stdgates = false;        ///< The built-in stdgates.inc was included.
  std::vector<std::string> notes;    ///< What was ignored: pragmas, annotations.
};

}  // namespace basalt::quantum::syntax
