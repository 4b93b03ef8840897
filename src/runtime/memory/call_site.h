// Which line of code asks for memory: told to the tracking adaptor past the resources between, which do not need it.
#pragma once

#include <source_location>

namespace basalt {

/// While it lives, allocations of this thread are by `where`.
class CallSite {
 public:
  explicit CallSite(std::source_location where) noexcept : outer_(current_) { current_ = where; }
  ~CallSite() { current_ = outer_; }
  CallSite(const CallSite&) = delete;
  CallSite& operator=(const CallSite&) = delete;

  /// line() is 0 outside of every scope.
  static const std::source_location& current() noexcept { return current_; }

 private:
  inline static thread_local std::source_location current_{};
  std::source_location outer_;
};

}  // namespace basalt
