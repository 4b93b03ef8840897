// The options that say what a pattern is and how it is computed; of every command that runs patterns.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "basalt/pattern.h"

namespace basalt::cli {

/// The value of that name. Throws CLI::ValidationError that lists the names.
template <typename Value>
Value choice_of(const std::string& option, const std::string& text,
                const std::vector<std::pair<std::string, Value>>& choices) {
  std::string names;
  for (const auto& [name, value] : choices) {
    if (name == text) {
      return value;
    }
    names += (names.empty() ? "" : ", ") + name;
  }
  throw CLI::ValidationError(option, "'" + text + "' is none of " + names);
}

/// Grid, sides, steps, initial state, precision, threads, memory and priority, all writing into `request`, which must
/// outlive the command.
void add_pattern_options(CLI::App& command, PatternRequest& request);

}  // namespace basalt::cli
