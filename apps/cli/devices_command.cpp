// basalt devices: what there is to compute with.

#include "basalt/engine.h"
#include "command.h"
#include "output.h"

namespace basalt::cli {

void add_devices_command(CLI::App& app, Chosen& chosen) {
  CLI::App& command =
      *app.add_subcommand("devices", "Show what this process may use: cores, caches, memory, and what limits them.");
  command.add_flag("--json", chosen.json, "Print one JSON document");
  command.callback([&chosen] { chosen.act = [&chosen] { write_devices(devices(), chosen.json); }; });
}

}  // namespace basalt::cli
