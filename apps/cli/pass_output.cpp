#include "pass_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "print.h"

namespace basalt::cli {

void add_passes_flag(CLI::App& command, bool& passes) {
  command.add_flag("--passes", passes, "Print what each pass over the circuit did (--json always has it)");
}

void print_passes(const std::vector<PassEntry>& passes) {
  std::size_t name_width = 0;
  double seconds = 0;
  for (const PassEntry& pass : passes) {
    name_width = std::max(name_width, pass.name.size());
    seconds += pass.seconds;
  }
  print(heading("passes") + "  in the order in which they ran");
  for (const PassEntry& pass : passes) {
    print(fmt::format("  {:<{}}  {:>9} → {:>9} gates  {:>10}  {}", pass.name, name_width, pass.gates_before,
                      pass.gates_after, format_seconds(pass.seconds), pass.summary));
  }
  if (!passes.empty()) {
    print(fmt::format("  {:<{}}  {:>9} → {:>9} gates  {:>10}", "total", name_width, passes.front().gates_before,
                      passes.back().gates_after, format_seconds(seconds)));
  }
  print("");
}

}  // namespace basalt::cli
