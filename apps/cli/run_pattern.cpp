#include "run_pattern.h"

#include <fmt/format.h>

#include <iostream>

#include "basalt/engine.h"
#include "basalt/json.h"
#include "interrupt.h"
#include "pattern_output.h"
#include "print.h"
#include "progress_bar.h"
#include "waiting.h"

namespace basalt::cli {

void run_pattern(const PatternRequest& request, const PatternView& view, bool json) {
  ProgressBar bar(!view.quiet);
  PatternHooks hooks{.cancel = &interrupt_token(), .on_progress = {}, .on_wait = {}};
  const std::uint64_t steps = request.steps;
  if (bar.visible()) {
    hooks.on_progress = [&](std::uint64_t done) {
      bar.show(static_cast<double>(done) / static_cast<double>(steps), fmt::format("{}/{} steps", done, steps));
    };
  }
  if (!view.quiet) {
    hooks.on_wait = [](const Waiting& waiting) { print_notes({describe_waiting(waiting)}); };
  }
  PatternReport report;
  view.observation.around([&] {
    Engine engine;
    report = engine.run_pattern(request, hooks);
  });
  bar.clear();
  if (json) {
    std::cout << json_of(report) << '\n';
    return;
  }
  if (!view.quiet) {
    print_notes(report.notes);
  }
  print_pattern(report, view.quiet);
}

}  // namespace basalt::cli
