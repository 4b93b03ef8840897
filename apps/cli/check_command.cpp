// basalt check: is this circuit right?

#include <memory>
#include <string>

#include "basalt/engine.h"
#include "command.h"
#include "interrupt.h"
#include "output.h"

namespace basalt::cli {

void add_check_command(CLI::App& app, Chosen& chosen) {
  const auto file = std::make_shared<std::string>();
  CLI::App& command = *app.add_subcommand("check", "Parse and type-check a circuit without running it.");
  command.add_option("FILE", *file, "OpenQASM 2 or 3 program; - reads standard input")->required();
  command.add_flag("--json", chosen.json, "Print one JSON document");
  command.callback([file, &chosen] {
    chosen.act = [file, &chosen] {
      const CancelToken& cancel = interrupt_token();
      write_check(*file, check(read_program(*file, &cancel), &cancel), chosen.json);
    };
  });
}

}  // namespace basalt::cli
