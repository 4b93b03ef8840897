#include "checkpoint_options.h"

#include <fmt/format.h>

#include "basalt/inventory.h"
#include "number.h"
#include "print.h"
#include "request_options.h"

namespace basalt::cli {

void add_checkpoint_options(CLI::App& command, CheckpointRequest& request) {
  CLI::Option* const folder = add_value(
      command, "--checkpoint", "FOLDER",
      "Keep the run on disk while it goes on: basalt resume FOLDER goes on after\nCtrl-C, a kill or a crash, to the "
      "same result. The folder must be empty or new;\nthe disk needs room for the state twice",
      [&request](const std::string& text) { request.folder = text; });
  add_checkpoint_interval(command, request.every_seconds);
  command.get_option("--checkpoint-every")->needs(folder);
}

void add_checkpoint_interval(CLI::App& command, std::optional<double>& every_seconds) {
  add_value(command, "--checkpoint-every", "TIME",
            "From one checkpoint to the next, such as 30s, 10m or 2h. Default: 60s, or so\nmuch longer that they take "
            "at most 5% of the time of the run",
            [&every_seconds](const std::string& text) { every_seconds = duration_of("--checkpoint-every", text); });
}

std::string describe_checkpoints(const CheckpointReport& checkpoints, double total_seconds) {
  return fmt::format("{} checkpoint{} written in {} ({:.1f}% of the run), {} of files", checkpoints.written,
                     checkpoints.written == 1 ? "" : "s", format_seconds(checkpoints.seconds),
                     100 * checkpoints.seconds / total_seconds, format_bytes(checkpoints.file_bytes));
}

}  // namespace basalt::cli
