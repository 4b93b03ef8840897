// The options that say how a circuit is run and what is wanted of it; of every command that runs circuits.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "basalt/request.h"

namespace basalt::cli {

/// Adds an option that takes one value. The value is read from its text by `set`: strictly, and with messages of our
/// own; an empty one is refused.
CLI::Option* add_value(CLI::App& command, const std::string& name, const std::string& type, const std::string& help,
                       const std::function<void(const std::string&)>& set);

/// "4" → 4 threads or workers. Throws CLI::ValidationError naming `option` unless it is 1 or more.
int count_of(const std::string& option, const std::string& text);

/// "cpu" or "vulkan", and "auto" where `may_choose`. Throws CLI::ValidationError otherwise.
Backend backend_of(const std::string& name, bool may_choose);

/// Adds --shots, --seed, --precision, --threads, --memory, --observable, --probabilities, --without-pass
/// and --top, all writing into `request`, which must outlive the command.
void add_request_options(CLI::App& command, Request& request);

/// --method, which writes into `method`; it must outlive the command.
void add_method_option(CLI::App& command, Method& method);

/// Where a circuit runs: --backend and --device. What they write into must outlive the command.
/// `backend` holds the default; where that is to choose, so may the user say.
void add_backend_options(CLI::App& command, Backend& backend, std::string& device);

/// Adds --set, which collects NAME=VALUE in `assignments`; they must outlive the command.
void add_input_option(CLI::App& command, std::vector<std::string>& assignments);

/// Puts the values of --set into the request. Throws Error(bad_usage).
void assign_inputs(const std::vector<std::string>& assignments, Request& request);

}  // namespace basalt::cli
