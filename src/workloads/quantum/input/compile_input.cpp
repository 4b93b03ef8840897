// Values of `input` variables, given as text.
#include <fmt/format.h>

#include "workloads/quantum/input/compiler.h"
#include "workloads/quantum/input/nearest.h"
#include "workloads/quantum/input/parse.h"
#include "workloads/quantum/input/printable.h"

namespace basalt::quantum {

Value Compiler::evaluate_input(syntax::ExpressionId id, const Type& type) {
  Typed typed = value(id);
  const Position at = node(id).position;
  if (!typed.constant) {
    fail(at, "the value is not constant");
  }
  // 0 and 1 do for a register of one, and so does any number for a register of its size.
  if (type.kind == Kind::bits && is_integer(typed.type.kind)) {
    if (type.width < kDefaultWidth && typed.value.word >> type.width != 0) {
      fail(at, fmt::format("{} does not fit {}", typed.value.word, describe(type)));
    }
    return convert(typed.value, Kind::unsigned_integer, kDefaultWidth, Kind::bits, type.width);
  }
  if (is_integer(type.kind) && is_integer(typed.type.kind) &&
      wrap(type.kind, type.width, typed.value.word) != typed.value.word) {
    fail(at, fmt::format("{} does not fit {}", typed.value.integer(), describe(type)));
  }
  coerce(typed, type, Cast::automatic, at, "the value");
  return typed.value;
}

Value parse_input(const std::string& name, const std::string& text, const Type& type) {
  const auto refuse = [&](const std::string& reason) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} is no value for the input {}: {}", in_quotes(text), name, reason),
                fmt::format("give a constant of type {}, as in --set {}={}", describe(type), name,
                            type.kind == Kind::bits                                   ? std::string(type.width, '0')
                            : type.kind == Kind::floating || type.kind == Kind::angle ? "pi/2"
                            : type.kind == Kind::boolean                              ? "true"
                                                                                      : "1"));
  };
  if (text.size() > kMaxInputBytes) {
    refuse(fmt::format("it has {} bytes", text.size()));
  }
  // Bits may come without quotation marks.
  const bool plain_bits = type.kind == Kind::bits && text.size() == type.width &&
                          text.find_first_not_of("01") == std::string::npos && type.width > 0;
  try {
    const syntax::Tree tree = parse_qasm3(name, (plain_bits ? '"' + text + '"' : text) + ";\n");
    if (tree.program.size() != 1 || tree.statements[tree.program[0]].kind != syntax::Statement::Kind::expression) {
      refuse("it is no expression");
    }
    const std::map<std::string, std::string> no_inputs;
    return Compiler(tree, no_inputs, false, nullptr).evaluate_input(tree.statements[tree.program[0]].value, type);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::bad_usage) {
      throw;
    }
    refuse(error.message());
  }
  return {};
}

Value Compiler::input_value(const Statement& s, const Type& type) {
  script_.inputs.push_back(s.name);
  const auto given = inputs_.find(s.name);
  if (given != inputs_.end()) {
    return parse_input(s.name, given->second, type);
  }
  if (require_inputs_) {
    fail(s.position, fmt::format("the input '{}' has no value", s.name),
         fmt::format("give it with --set {}=VALUE", s.name), ErrorCode::bad_usage);
  }
  return type.kind == Kind::bits ? value_of_list(std::vector<std::uint32_t>(type.width, 0)) : Value{};
}

void Compiler::check_inputs_used() const {
  for (const auto& [name, text] : inputs_) {
    bool known = false;
    std::vector<std::string_view> names;
    for (const std::string& input : script_.inputs) {
      known = known || input == name;
      names.emplace_back(input);
    }
    if (!known) {
      const std::string near = nearest_name(name, names);
      throw Error(ErrorCode::bad_usage, fmt::format("the program has no input {}", in_quotes(name)),
                  !near.empty()   ? fmt::format("did you mean '{}'?", near)
                  : names.empty() ? "it declares no inputs: remove --set"
                                  : fmt::format("its inputs are: {}", fmt::join(names, ", ")));
    }
  }
}

}  // namespace basalt::quantum
