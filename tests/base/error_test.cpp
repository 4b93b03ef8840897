// How an error reads, and what each code means to a shell.
#include "basalt/error.h"

#include <gtest/gtest.h>

#include "basalt/cancel.h"

namespace basalt {
namespace {

TEST(Error, IsItsMessageWhereNothingElseIsKnown) {
  EXPECT_STREQ(Error(ErrorCode::failed, "broken").what(), "broken");
}

TEST(Error, PointsAtThePlace) {
  const SourceLocation where{.file = "bell.qasm", .line = 3, .column = 5, .source_line = "h q[9];", .caret = 4};
  EXPECT_STREQ(Error(ErrorCode::bad_input, "index 9 is out of range", "q has 2 qubits", where).what(),
               "bell.qasm:3:5: index 9 is out of range\n"
               "  h q[9];\n"
               "      ^\n"
               "  q has 2 qubits");
}

TEST(Error, NamesTheFileAloneWhereTheLineIsUnknown) {
  const SourceLocation where{.file = "missing.qasm", .line = 0, .column = 0, .source_line = "", .caret = 0};
  EXPECT_STREQ(Error(ErrorCode::io, "no such file", "", where).what(), "missing.qasm: no such file");
}

TEST(Error, ExitStatusesAreTheContract) {
  EXPECT_EQ(exit_status_of(ErrorCode::bad_usage), 2);
  EXPECT_EQ(exit_status_of(ErrorCode::bad_input), 2);
  EXPECT_EQ(exit_status_of(ErrorCode::unsupported), 2);
  EXPECT_EQ(exit_status_of(ErrorCode::io), 1);
  EXPECT_EQ(exit_status_of(ErrorCode::failed), 1);
  EXPECT_EQ(exit_status_of(ErrorCode::device_lost), 1);
  EXPECT_EQ(exit_status_of(ErrorCode::out_of_resources), 3);
  EXPECT_EQ(exit_status_of(ErrorCode::cancelled), 130);
}

TEST(CancelToken, ThrowsOnceAskedTo) {
  CancelToken cancel;
  EXPECT_NO_THROW(cancel.check());
  cancel.request();
  EXPECT_TRUE(cancel.requested());
  EXPECT_THROW(cancel.check(), Error);
}

}  // namespace
}  // namespace basalt
