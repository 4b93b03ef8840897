// The text of an error that is expected.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "basalt/error.h"

namespace basalt::test {

/// The text of the error that `action` throws; fails the test where it throws none, or one of another code.
template <typename Action>
std::string refusal(const Action& action, ErrorCode code = ErrorCode::out_of_resources) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

}  // namespace basalt::test
