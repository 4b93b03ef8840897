#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "basalt/error.h"
#include "basalt/worker.h"
#include "runtime/parallel/worker_process.h"

namespace basalt {
namespace {

void set_variable(std::vector<std::string>& environment, const std::string& name, const std::string& value) {
  const std::string prefix = name + '=';
  std::erase_if(environment, [&](const std::string& entry) { return entry.starts_with(prefix); });
  environment.push_back(prefix + value);
}

[[noreturn]] void reject(const std::string& what, const std::string& advice) {
  throw Error(ErrorCode::bad_usage, what, advice);
}

bool has_zero(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

}  // namespace

LaunchPlan::LaunchPlan(const PoolSettings& settings) : arguments_(settings.command) {
  if (arguments_.empty() || arguments_.front().empty() || std::ranges::any_of(arguments_, has_zero)) {
    reject("the command of a worker is empty or has a zero byte", "name a program and its arguments");
  }
  for (char** entry = environ; *entry != nullptr; ++entry) {
    environment_.emplace_back(*entry);
  }
  for (const auto& [name, value] : settings.environment) {
    if (name.empty() || name.find('=') != std::string::npos || has_zero(name) || has_zero(value)) {
      reject("a worker cannot have the environment variable \"" + name + '"', "give a name without \"=\"");
    }
    set_variable(environment_, name, value);
  }
  set_variable(environment_, kWorkerFdVariable, std::to_string(kWorkerSocket));
}

}  // namespace basalt
