#include "model_options.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "number.h"

namespace basalt::cli {
namespace {

std::optional<double> parse_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// "a=0.1,b=0.9"
void set_parameters(const std::string& text, std::map<std::string, double>& parameters) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw CLI::ValidationError("--param", "'" + part + "' is not NAME=VALUE");
    }
    parameters[part.substr(0, equals)] = number_of("--param", part.substr(equals + 1));
    begin = end + 1;
  }
}

}  // namespace

double number_of(const std::string& option, const std::string& text) {
  const auto value = parse_number(text);
  if (!value) {
    throw CLI::ValidationError(option, "'" + text + "' is not a number");
  }
  return *value;
}

bool is_number(const std::string& text) {
  return parse_number(text).has_value();
}

std::vector<double> numbers_of(const std::string& option, const std::string& text) {
  std::vector<double> values;
  for (const std::string& part : split(text, ',')) {
    values.push_back(number_of(option, part));
  }
  return values;
}

CLI::Option* add_model_options(CLI::App& command, std::string& model, std::map<std::string, double>& parameters) {
  CLI::Option* const option = command.add_option("--model", model, "One of basalt pattern models")->type_name("NAME");
  command
      .add_option_function<std::vector<std::string>>(
          "--param",
          [&parameters](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              set_parameters(text, parameters);
            }
          },
          "Parameters of the model; the others keep the model's values")
      ->type_name("NAME=VALUE,...");
  return option;
}

}  // namespace basalt::cli
