// The notes of a program: what the parsers skipped. Bounded, whatever the program holds.
#pragma once

#include <string>
#include <string_view>

#include "workloads/quantum/input/syntax.h"

namespace basalt::quantum {

class Notes {
 public:
  /// Notes that `what` ("pragma", "annotation") with `text` at `position` has no effect.
  void ignored(syntax::Tree& tree, std::string_view what, std::string_view text, Position position);

  /// Adds how many more there were.
  void finish(syntax::Tree& tree) const;

 private:
  std::size_t count_ = 0;
};

}  // namespace basalt::quantum
