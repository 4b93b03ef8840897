#include "run_circuit.h"

#include <iostream>

#include "basalt/engine.h"
#include "basalt/json.h"
#include "interrupt.h"
#include "ladder_output.h"
#include "output.h"
#include "pass_output.h"
#include "print.h"
#include "progress_bar.h"
#include "request_options.h"
#include "waiting.h"

namespace basalt::cli {
void add_view_options(CLI::App& command, RunView& view) {
  add_value(command, "--spill-limit", "LIMIT",
            "Most disk space for a state that does not fit in memory, and for states\nthat wait while others run; 0: "
            "none. Default: what basalt devices shows",
            [&view](const std::string& text) { view.spill_limit_bytes = parse_bytes(text, "--spill-limit"); });
  add_passes_flag(command, view.passes);
  view.observation.add_options(command);
  command.add_flag("--quiet", view.quiet, "Print results only: no notes, no summary, no progress");
}

void run_circuit(const Request& request, RunView& view, bool json, const std::vector<std::string>& notes) {
  ProgressBar bar(!view.quiet);
  RunHooks hooks;
  hooks.cancel = &interrupt_token();
  if (bar.visible()) {
    hooks.on_progress = [&](const Progress& progress) { bar.show(progress); };
  }
  if (!view.quiet) {
    hooks.on_ladder = [](const LadderReport& ladder) { print_notes({describe_ladder(ladder)}); };
    hooks.on_wait = [](const Waiting& waiting) { print_notes({describe_waiting(waiting)}); };
  }
  Report report;
  view.observation.around([&] {
    Engine engine({.threads = 0,
                   .memory_limit_bytes = std::nullopt,
                   .spill_limit_bytes = view.spill_limit_bytes,
                   .ledger = {},
                   .record_history = true});
    report = engine.run(request, hooks);
  });
  bar.clear();
  report.notes.insert(report.notes.begin(), notes.begin(), notes.end());
  if (json) {
    write_json(std::cout, report);
    std::cout << '\n';
  } else {
    write_text_report(view.file, report, view.quiet);
    if (view.passes) {
      print("");
      print_passes(report.passes);
    }
  }
}

}  // namespace basalt::cli
