// Runs code that may crash or hang, such as a driver's, where it does no harm.
#pragma once

#include <functional>
#include <string>

namespace basalt {

struct Answer {
  std::string text;
  std::string failure;  ///< What became of it instead of an answer, e.g. "it crashed (SIGSEGV)"; empty if there is one.
};

/// The result of `ask`, called in a copy of this process (a fork) that ends then. What it prints goes nowhere. Of this
/// process's threads the copy has only the caller's: `ask` must need no other. It is killed after `most_seconds`.
Answer ask_apart(const std::function<std::string()>& ask, double most_seconds);

}  // namespace basalt
