// basalt pattern sweep as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace basalt::testing_cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::vector<std::string> kSweep = {"pattern", "sweep",         "--model",   "gray-scott", "--size",
                                         "24x16",   "--steps",       "50",        "--sweep",    "F=0.02:0.04:3",
                                         "--sweep", "k=0.05:0.06:2", "--workers", "2"};

std::vector<std::string> sweep(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = kSweep;
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(PatternSweepCommand, PrintsATable) {
  const Workspace here;
  const Result result = here.run(sweep({}));
  ASSERT_EQ(result.status, 0) << result.err;
  for (const char* part : {"gray-scott  6 points", "class", "wavelength", "0.03", "6 jobs: 6 done; 2 workers"}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
}

TEST(PatternSweepCommand, RunsInProcessesAndGoesOn) {
  const Workspace here;
  const Result first = here.run(sweep({"--output", here.path("map"), "--json"}));
  ASSERT_EQ(first.status, 0) << first.err;
  const json document = json::parse(first.out);
  EXPECT_EQ(document["points"].size(), 6);
  EXPECT_EQ(document["workers"], 2);
  EXPECT_EQ(document["done"], 6);
  EXPECT_FALSE(Workspace::read(here.path("map/phases.png")).empty());
  const Result again = here.run({"pattern", "sweep", here.path("map/sweep.toml"), "--workers", "2", "--resume",
                                 "--output", here.path("map"), "--json"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(json::parse(again.out)["kept"], 6);
  EXPECT_EQ(json::parse(again.out)["points"], document["points"]);
  const Result over = here.run(sweep({"--output", here.path("map")}));
  EXPECT_EQ(over.status, 2);
  EXPECT_THAT(over.err, HasSubstr("--resume"));
}

TEST(PatternSweepCommand, SaysWhichPointsFailed) {
  const Workspace here;
  const Result result = here.run({"pattern", "sweep", "--model", "brusselator", "--size", "40", "--steps", "60",
                                  "--values", "1e6,1e6", "--sweep", "b=1:9:2"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("blew up between steps"));
}

TEST(PatternSweepCommand, RefusesWhatIsWrongWithAWayOut) {
  const Workspace here;
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases = {
      {{"--sweep", "F"}, "'F' is not PARAMETER=FROM:TO:POINTS"},
      {{"--sweep", "F=1:2"}, "is not PARAMETER=FROM:TO:POINTS"},
      {{"--sweep", "F=1:x:3"}, "'x' is not a number"},
      {{"--sweep", "Fu=1:2:3"}, "its parameters are F, k, Du, Dv"},
      {{"--sweep", "Du=0:2:3", "--show", "clas"}, "did you mean class?"},
      {{"--resume"}, "--output"},
  };
  for (const auto& [arguments, message] : cases) {
    const Result result = here.run(sweep(arguments));
    EXPECT_EQ(result.status, 2) << message;
    EXPECT_THAT(result.err, HasSubstr(message));
  }
  EXPECT_THAT(here.run({"pattern", "sweep", "--model", "gray-scott"}).err, HasSubstr("nothing varies in this sweep"));
}

}  // namespace
}  // namespace basalt::testing_cli
