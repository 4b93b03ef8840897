// Which line of code asks for memory: told to the tracking adaptor past the resources between, which do not need it.
#pragma once

#include "basalt/memory.h"

namespace basalt {

/// While it lives, allocations of this thread are by `where`.
class CallSiteScope {
 public:
  explicit CallSiteScope(CallSite where) noexcept : outer_(now) { now = where; }
  ~CallSiteScope() { now = outer_; }
  CallSiteScope(const CallSiteScope&) = delete;
  CallSiteScope& operator=(const CallSiteScope&) = delete;

  /// Unknown outside of every scope.
  static const CallSite& current() noexcept { return now; }

 private:
  inline static thread_local CallSite now{};
  CallSite outer_;
};

}  // namespace basalt
