// Syntax trees as short text, so that tests compare what they expect with what they read at a glance.
// Expressions print in prefix form: 1 + 2 * x is (+ 1 (* 2 x)).
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "workloads/quantum/input/syntax.h"

namespace basalt::quantum::test {

inline std::string operator_text(syntax::Operator op) {
  static const char* const kNames[] = {"",   "+",  "-", "*",  "/",  "%", "**", "&", "|",  "^",      "~",    "<<", ">>",
                                       "&&", "||", "!", "==", "!=", "<", "<=", ">", ">=", "negate", "plus", "++"};
  return kNames[static_cast<int>(op)];
}

inline std::string enclosed(char open, const std::string& text, char close) {
  std::string result(1, open);
  result += text;
  return result += close;
}

inline std::string expression_text(const syntax::Tree& tree, syntax::ExpressionId id);

inline std::string type_text(const syntax::Tree& tree, std::uint32_t id) {
  if (id == syntax::kNone) {
    return "void";
  }
  static const char* const kNames[] = {"?",     "bit",     "bool",  "int",   "uint",     "float",
                                       "angle", "complex", "qubit", "array", "duration", "stretch"};
  const syntax::Type& type = tree.types[id];
  const auto name = [](syntax::TypeKind kind) { return std::string(kNames[static_cast<int>(kind)]); };
  std::string text = type.old_style ? "old " : "";
  text += name(type.kind);
  if (type.kind == syntax::TypeKind::array) {
    text += '<' + name(type.element);
    if (type.element_width != syntax::kNone) {
      text += enclosed('[', expression_text(tree, type.element_width), ']');
    }
    for (const syntax::ExpressionId dimension : type.dimensions) {
      text += ',' + expression_text(tree, dimension);
    }
    if (type.dimension_count != syntax::kNone) {
      text += ",#";
      text += expression_text(tree, type.dimension_count);
    }
    return text + ">";
  }
  if (type.kind == syntax::TypeKind::complex && type.float_written) {
    text += "[float]";
  }
  if (type.width != syntax::kNone) {
    text += enclosed('[', expression_text(tree, type.width), ']');
  }
  return text;
}

inline std::string expression_text(const syntax::Tree& tree, syntax::ExpressionId id) {
  using Kind = syntax::Expression::Kind;
  if (id == syntax::kNone) {
    return "_";
  }
  const syntax::Expression& e = tree.expressions[id];
  const auto children = [&](std::string head) {
    for (const syntax::ExpressionId child : e.children) {
      head += ' ' + expression_text(tree, child);
    }
    return enclosed('(', head, ')');
  };
  std::ostringstream number;
  number.precision(17);
  number << e.real;
  switch (e.kind) {
    case Kind::integer:
      return e.integer_fits ? std::to_string(e.integer) : "big:" + e.text;
    case Kind::real:
      return 'r' + number.str();
    case Kind::imaginary:
      return 'i' + number.str();
    case Kind::boolean:
      return e.integer != 0 ? "true" : "false";
    case Kind::bit_string:
      return enclosed('"', e.text, '"');
    case Kind::duration:
    case Kind::name:
      return e.text;
    case Kind::hardware_qubit:
      return '$' + std::to_string(e.integer);
    case Kind::unary:
    case Kind::binary:
      return children(operator_text(e.op));
    case Kind::call:
      return children("call " + e.text);
    case Kind::cast:
      return children("cast " + type_text(tree, e.type));
    case Kind::index:
      return children("at");
    case Kind::range:
      return children("range");
    case Kind::set:
      return children("set");
    case Kind::array_literal:
      return children("array");
    case Kind::measure:
      return children("measure");
    case Kind::duration_of:
      return "(durationof)";
  }
  return "?";
}

inline std::string statement_text(const syntax::Tree& tree, syntax::StatementId id);

inline std::string body_text(const syntax::Tree& tree, const std::vector<syntax::StatementId>& body) {
  std::string text = "{";
  for (const syntax::StatementId id : body) {
    text += ' ' + statement_text(tree, id);
  }
  return text + " }";
}

inline std::string statement_text(const syntax::Tree& tree, syntax::StatementId id) {
  static const char* const kKinds[] = {
      "declare",    "alias", "gate",    "opaque", "def", "extern", "call",  "measure", "assign",
      "expression", "reset", "barrier", "nop",    "if",  "for",    "while", "switch",  "break",
      "continue",   "end",   "return",  "scope",  "box", "delay",  "cal",   "defcal",  "defcalgrammar"};
  static const char* const kStorage[] = {"", " const", " input", " output"};
  static const char* const kModifiers[] = {"ctrl", "negctrl", "inv", "pow"};
  static const char* const kAccess[] = {"", "readonly ", "mutable "};
  using Kind = syntax::Statement::Kind;
  const syntax::Statement& s = tree.statements[id];
  std::string text = kKinds[static_cast<int>(s.kind)];
  text += kStorage[static_cast<int>(s.storage)];
  for (const syntax::Modifier& modifier : s.modifiers) {
    text += std::string(" ") + kModifiers[static_cast<int>(modifier.kind)];
    if (modifier.argument != syntax::kNone) {
      text += enclosed('(', expression_text(tree, modifier.argument), ')');
    }
    text += " @";
  }
  if (s.type != syntax::kNone) {
    text += ' ' + type_text(tree, s.type);
  }
  text += s.name.empty() ? "" : ' ' + s.name;
  if (s.has_parameter_list) {
    text += "(";
    for (const syntax::ExpressionId argument : s.arguments) {
      text += ' ' + expression_text(tree, argument);
    }
    for (const std::string& name : s.parameter_names) {
      text += ' ' + name;
    }
    text += " )";
  }
  if (s.kind == Kind::def || s.kind == Kind::extern_function || s.kind == Kind::defcal) {
    for (const syntax::Parameter& p : s.parameters) {
      const std::string type = kAccess[static_cast<int>(p.access)] + type_text(tree, p.type);
      text += ' ' + enclosed('<', p.name.empty() ? type : type + ' ' + p.name, '>');
    }
    text += " -> ";
    text += type_text(tree, s.return_type);
  }
  for (const std::string& name : s.operand_names) {
    text += ' ' + name;
  }
  for (const syntax::ExpressionId operand : s.operands) {
    text += ' ' + expression_text(tree, operand);
  }
  if (s.target != syntax::kNone) {
    text += s.old_style_measure ? " -> " : " ";
    text += expression_text(tree, s.target);
  }
  if (s.kind == Kind::assign) {
    text += ' ' + operator_text(s.op) + "=";
  }
  if (s.value != syntax::kNone) {
    text += s.kind == Kind::declaration ? " = " : " ";
    text += expression_text(tree, s.value);
  }
  if (!s.body.empty() || s.kind == Kind::gate || s.kind == Kind::def || s.kind == Kind::scope) {
    text += ' ' + body_text(tree, s.body);
  }
  if (!s.else_body.empty()) {
    text += " else ";
    text += body_text(tree, s.else_body);
  }
  for (const syntax::SwitchCase& item : s.cases) {
    text += item.values.empty() ? " default" : " case";
    for (const syntax::ExpressionId value : item.values) {
      text += ' ' + expression_text(tree, value);
    }
    text += ' ' + body_text(tree, item.body);
  }
  return text;
}

/// All statements of a program, one in each line.
inline std::string program_text(const syntax::Tree& tree) {
  std::string text;
  for (const syntax::StatementId id : tree.program) {
    text += statement_text(tree, id) + "\n";
  }
  return text;
}

}  // namespace basalt::quantum::test
