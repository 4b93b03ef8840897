// The circuits of examples/ give what their comments promise.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "places.h"

namespace basalt::testing_cli {
namespace {

constexpr int kShots = 4096;

using Counts = std::map<std::string, int>;

Counts counts_of(const std::string& example) {
  const Workspace workspace;
  const Result result = workspace.run({"run", std::string(places::kSourceFolder) + "/examples/" + example, "--shots",
                                       std::to_string(kShots), "--seed", "1", "--json"});
  EXPECT_EQ(result.status, 0) << result.err;
  return result.status == 0 ? nlohmann::json::parse(result.out).at("counts").get<Counts>() : Counts{};
}

double share(const Counts& counts, const std::string& bits) {
  const auto found = counts.find(bits);
  return found == counts.end() ? 0 : static_cast<double>(found->second) / kShots;
}

// About five standard deviations of a share.
constexpr double kTolerance = 0.04;

TEST(Examples, AdderAddsBothNumbersAtOnce) {
  const Counts counts = counts_of("adder_8.qasm");
  EXPECT_EQ(counts.size(), 2U);
  EXPECT_NEAR(share(counts, "001111111"), 0.5, kTolerance);
  EXPECT_NEAR(share(counts, "011111111"), 0.5, kTolerance);
}

TEST(Examples, TeleportedQubitArrivesWhateverIsSent) {
  const Counts counts = counts_of("teleport.qasm");
  for (const char* sent : {"00", "01", "10", "11"}) {
    EXPECT_NEAR(share(counts, std::string("0 ") + sent), 0.75 / 4, kTolerance) << sent;
    EXPECT_NEAR(share(counts, std::string("1 ") + sent), 0.25 / 4, kTolerance) << sent;
  }
}

TEST(Examples, GhzIsAllOrNothing) {
  const Counts counts = counts_of("ghz_20.qasm");
  EXPECT_EQ(counts.size(), 2U);
  EXPECT_NEAR(share(counts, std::string(20, '0')), 0.5, kTolerance);
  EXPECT_NEAR(share(counts, std::string(20, '1')), 0.5, kTolerance);
}

TEST(Examples, RepetitionCodeFindsNoDifference) {
  const Counts counts = counts_of("repetition_999.qasm");
  const std::string no_difference(499, '0');
  EXPECT_EQ(counts.size(), 2U);
  EXPECT_NEAR(share(counts, std::string(500, '0') + ' ' + no_difference), 0.5, kTolerance);
  EXPECT_NEAR(share(counts, std::string(500, '1') + ' ' + no_difference), 0.5, kTolerance);
}

TEST(Examples, FourierTransformFindsTheFrequency) {
  const Counts counts = counts_of("qft_20.qasm");
  constexpr double kHalfWay = 0.405;  // (2/π)²
  EXPECT_NEAR(share(counts, "01001100101100101111"), kHalfWay, kTolerance);
  EXPECT_NEAR(share(counts, "01001100101100110000"), kHalfWay, kTolerance);
}

}  // namespace
}  // namespace basalt::testing_cli
