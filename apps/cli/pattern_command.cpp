// basalt pattern: reaction-diffusion and relatives on a grid.
#include "pattern_command.h"

#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "basalt/json.h"
#include "print.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription = "Reaction-diffusion and relatives on a grid of 1 to 3 axes.";

void print_model(const PatternModel& model) {
  print(heading(model.name) + "  " + model.title);
  for (const std::string& equation : model.equations) {
    print("  " + equation);
  }
  for (const PatternParameter& parameter : model.parameters) {
    print(fmt::format("    {:<8} {:<8g} {}", parameter.name, parameter.value, parameter.description));
  }
  print("  " + model.source);
  print("");
}

}  // namespace

void add_pattern_models_command(CLI::App& pattern, Chosen& chosen) {
  CLI::App& command =
      *pattern.add_subcommand("models", "Print the models: equations, parameters and where they come from.");
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([&chosen] {
    chosen.act = [&chosen] {
      if (chosen.json) {
        std::cout << json_of(pattern_models()) << '\n';
        return;
      }
      for (const PatternModel& model : pattern_models()) {
        print_model(model);
      }
    };
  });
}

void add_pattern_command(CLI::App& app, Chosen& chosen) {
  CLI::App& pattern = *app.add_subcommand("pattern", kDescription);
  pattern.require_subcommand(1);
  add_pattern_run_command(pattern, chosen);
  add_pattern_sweep_command(pattern, chosen);
  add_pattern_analyse_command(pattern, chosen);
  add_pattern_models_command(pattern, chosen);
}

}  // namespace basalt::cli
