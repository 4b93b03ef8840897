// What is recorded about a command while it works: --trace, --metrics-file and --log.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace basalt::cli {

class Observation {
 public:
  /// This object must outlive the command.
  void add_options(CLI::App& command);

  /// Calls `work` and writes the files that were asked for, also when it throws.
  void around(const std::function<void()>& work) const;

 private:
  void write_files() const;

  std::string trace_file_;
  std::string metrics_file_;
  std::string log_file_;
};

}  // namespace basalt::cli
