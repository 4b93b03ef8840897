// basalt worker: what a batch starts for its jobs. Not for people.

#include "basalt/batch.h"
#include "command.h"

namespace basalt::cli {

void add_worker_command(CLI::App& app, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("worker", "Run jobs for the basalt that started this process.");
  command.group("");  // not in the help
  command.callback([&chosen] { chosen.act = [&chosen] { chosen.status = serve_batch_worker(); }; });
}

}  // namespace basalt::cli
