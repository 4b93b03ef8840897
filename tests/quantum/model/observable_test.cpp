#include "workloads/quantum/observable.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "basalt/error.h"

namespace basalt::quantum {
namespace {

TEST(Observable, ReadsSumsOfPauliStrings) {
  const Observable o = parse_observable("0.5*Z0*Z1 + X3 - 2e-1 Y2*X0 - 3", 4);
  ASSERT_EQ(o.terms.size(), 4U);
  EXPECT_EQ(o.terms[0].coefficient, 0.5);
  EXPECT_EQ(o.terms[0].x_mask, 0U);
  EXPECT_EQ(o.terms[0].z_mask, 3U);
  EXPECT_EQ(o.terms[1].coefficient, 1);
  EXPECT_EQ(o.terms[1].x_mask, 8U);
  EXPECT_EQ(o.terms[1].z_mask, 0U);
  EXPECT_EQ(o.terms[2].coefficient, -0.2);
  EXPECT_EQ(o.terms[2].x_mask, 5U);
  EXPECT_EQ(o.terms[2].z_mask, 4U);
  EXPECT_EQ(o.terms[3].coefficient, -3);
  EXPECT_EQ(o.terms[3].x_mask | o.terms[3].z_mask, 0U);
}

TEST(Observable, AcceptsSignsBlanksAndIdentities) {
  EXPECT_EQ(parse_observable("-Z0", 1).terms[0].coefficient, -1);
  EXPECT_EQ(parse_observable("  + 2 * I * Z0  ", 1).terms[0].coefficient, 2);
  EXPECT_EQ(parse_observable("I", 1).terms.size(), 1U);
  EXPECT_EQ(parse_observable("Z0 Z1", 2).terms[0].z_mask, 3U);
  EXPECT_EQ(parse_observable(".5 I0", 1).terms[0].coefficient, 0.5);
}

TEST(Observable, KeepsItsTextAsItsName) {
  EXPECT_EQ(parse_observable("0.5*Z0 + X1", 2).name, "0.5*Z0 + X1");
}

struct Bad {
  const char* text;
  const char* part;      // of the message
  std::uint32_t column;  // of the caret
};

TEST(Observable, RefusesWhatIsNoObservable) {
  for (const Bad& bad : {Bad{"", "empty", 1}, Bad{"   ", "empty", 4}, Bad{"Z", "needs a qubit number", 2},
                         Bad{"Z4", "Z4 is outside the circuit", 1}, Bad{"Z99999999999999999999999", "outside", 1},
                         Bad{"Z0*X0", "stands twice", 4}, Bad{"Z0 +", "missing at the end", 5},
                         Bad{"Q0", "found 'Q'", 1}, Bad{"Z0 * 2", "after '*'", 6}, Bad{"2 3 Z0", "expected '+'", 3},
                         Bad{"1e999*Z0", "number", 1}, Bad{"Z0 ++ X1", "found '+'", 5}}) {
    try {
      (void)parse_observable(bad.text, 4);
      ADD_FAILURE() << "accepted: " << bad.text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_usage);
      EXPECT_NE(error.message().find(bad.part), std::string::npos) << bad.text << ": " << error.message();
      EXPECT_EQ(error.where().column, bad.column) << bad.text;
    }
  }
}

class ObservableFile : public testing::Test {
 protected:
  std::vector<PauliSum> read(const std::string& text) {
    const std::string path = testing::TempDir() + "/observables_" + std::to_string(getpid()) + ".txt";
    std::ofstream(path) << text;
    return read_pauli_sums(path, 4);
  }
};

TEST_F(ObservableFile, HoldsOneALineAndContinuations) {
  const auto observables = read("# energies\n0.5*Z0*Z1\n  + X3  # field\n- Y2\n\nZ0\r\n");
  ASSERT_EQ(observables.size(), 2U);
  EXPECT_EQ(observables[0].terms.size(), 3U);
  EXPECT_EQ(observables[0].terms[2].coefficient, -1);
  EXPECT_EQ(observables[0].name, "0.5*Z0*Z1 + X3 - Y2");
  EXPECT_EQ(observables[1].name, "Z0");
}

TEST_F(ObservableFile, NamesTheLineOfAMistake) {
  try {
    read("Z0\n\nZ0*Q\n");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_EQ(error.where().line, 3U);
  }
}

TEST_F(ObservableFile, RefusesEmptyAndMissingFiles) {
  EXPECT_THROW(read("# nothing\n"), Error);
  EXPECT_THROW(read_pauli_sums("/no/such/file", 4), Error);
}

}  // namespace
}  // namespace basalt::quantum
