// Catches the Error of an action that must fail, with a readable failure where it does not.
#pragma once

#include <gtest/gtest.h>

#include "basalt/error.h"

namespace basalt::quantum::test {

template <typename Action>
Error failure_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no Error was thrown";
  return Error(ErrorCode::failed, "no Error was thrown");
}

}  // namespace basalt::quantum::test
