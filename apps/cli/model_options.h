// The options that say which model of patterns, with which parameters.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

namespace basalt::cli {

/// "-0.5" or "1e-5" → the number. Throws CLI::ValidationError naming `option` for anything else.
double number_of(const std::string& option, const std::string& text);

/// Whether number_of() would take it.
bool is_number(const std::string& text);

/// "1,0.5" → {1, 0.5}. Throws as number_of().
std::vector<double> numbers_of(const std::string& option, const std::string& text);

/// --model NAME, which is returned, and --param NAME=VALUE,...; both must outlive parsing.
CLI::Option* add_model_options(CLI::App& command, std::string& model, std::map<std::string, double>& parameters);

}  // namespace basalt::cli
