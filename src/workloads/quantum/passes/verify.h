// Debug builds check every pass on small lists: the list before and the list after must give the same results.
#pragma once

#include <string_view>

#include "workloads/quantum/passes/passes.h"

namespace basalt::quantum {

#ifdef NDEBUG

/// Nothing, in release builds.
struct Verification {
  Verification(const GateList& /*before*/, const PassOptions& /*options*/) noexcept {}
  void expect_same(const GateList& /*after*/, std::string_view /*pass*/) const noexcept {}
};

#else

/// What a list did to a random state, before a pass changed it.
class Verification {
 public:
  Verification(const GateList& before, PassOptions options);

  /// Throws Error(failed) naming the pass where `after` gives other results than the list before. Lists of more than
  /// a few qubits or thousands of gates are let by.
  void expect_same(const GateList& after, std::string_view pass) const;

 private:
  PassOptions options_;
  std::vector<Complex> results_;  ///< Empty where the list is too large.
};

#endif

}  // namespace basalt::quantum
