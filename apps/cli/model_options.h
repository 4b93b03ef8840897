// The options that say which model of patterns, with which parameters.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

namespace basalt::cli {

/// "-0.5" or "1e-5" → the number. Throws CLI::ValidationError naming `option` for anything else.
double number_of(const std::string& option, const std::string& text);

/// --model NAME, which is returned, and --param NAME=VALUE,...; both must outlive parsing.
CLI::Option* add_model_options(CLI::App& command, std::string& model, std::map<std::string, double>& parameters);

}  // namespace basalt::cli
