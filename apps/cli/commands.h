// The subcommands and their options.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "basalt/engine.h"

namespace basalt::cli {

/// Registers every subcommand on an application; after parsing, runs the chosen one.
class Commands {
 public:
  explicit Commands(CLI::App& app);

  /// Runs what was chosen. Throws Error.
  void run() const;

  [[nodiscard]] bool json() const noexcept { return json_; }

 private:
  void add_run(CLI::App& app);
  void add_check(CLI::App& app);
  void add_devices(CLI::App& app);
  void add_version(CLI::App& app);
  void run_circuit() const;
  [[nodiscard]] Report run_observed(const Request& request, const RunHooks& hooks) const;

  std::function<void()> chosen_;
  std::string file_;
  Request request_;
  std::string memory_;
  std::string trace_file_;
  std::string metrics_file_;
  std::vector<std::string> assignments_;
  bool json_ = false;
  bool quiet_ = false;
};

}  // namespace basalt::cli
