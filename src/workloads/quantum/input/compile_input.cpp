// Values of `input` variables, given as text.
#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "base/printable.h"
#include "workloads/quantum/input/compiler.h"
#include "workloads/quantum/input/parse.h"

namespace basalt::quantum {
namespace {

/// The longest text of an input value.
constexpr std::size_t kMaxInputBytes = 65536;

/// The value that a text gives as `type`. Throws Error(bad_usage).
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
    return Compiler(tree, nullptr).evaluate_input(tree.statements[tree.program[0]].value, type);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::bad_usage) {
      throw;
    }
    refuse(error.message());
  }
  return {};
}

void check_known(const std::vector<std::string>& inputs, const std::map<std::string, std::string>& values) {
  const std::vector<std::string_view> names(inputs.begin(), inputs.end());
  for (const auto& [name, text] : values) {
    if (std::ranges::find(names, name) == names.end()) {
      const std::string near = nearest_name(name, names);
      throw Error(ErrorCode::bad_usage, fmt::format("the program has no input {}", in_quotes(name)),
                  !near.empty()   ? fmt::format("did you mean '{}'?", near)
                  : names.empty() ? "it declares no inputs: remove --set"
                                  : fmt::format("its inputs are: {}", fmt::join(names, ", ")));
    }
  }
}

Value zero_of(const Type& type) {
  return type.kind == Kind::bits ? value_of_list(std::vector<std::uint32_t>(type.width, 0)) : Value{};
}

}  // namespace

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

Script bind_inputs(Script script, const std::map<std::string, std::string>& input_values, bool require_inputs) {
  std::vector<Value> values;
  for (const InputCode& input : script.code->inputs) {
    const auto given = input_values.find(input.name);
    if (given != input_values.end()) {
      values.push_back(parse_input(input.name, given->second, input.type));
    } else if (require_inputs) {
      fail_at(script.code->sources, input.position, fmt::format("the input '{}' has no value", input.name),
              fmt::format("give it with --set {}=VALUE", input.name), ErrorCode::bad_usage);
    } else {
      values.push_back(zero_of(input.type));
    }
  }
  check_known(script.inputs, input_values);
  script.input_values = std::make_shared<const std::vector<Value>>(std::move(values));
  return script;
}

}  // namespace basalt::quantum
