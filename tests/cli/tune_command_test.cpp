// basalt tune as a user meets it. How quiet the machine of the tests is, nobody knows: both endings are right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace basalt::testing_cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class TuneCommand : public testing::Test {
 protected:
  void SetUp() override { ::setenv("BASALT_WISDOM", wisdom().c_str(), 1); }
  void TearDown() override { ::unsetenv("BASALT_WISDOM"); }
  [[nodiscard]] std::string wisdom() const { return here_.path("wisdom.sqlite"); }

  Workspace here_;
};

TEST_F(TuneCommand, ShowsEverythingAndSaysWhetherItWasRecorded) {
  const Result result = here_.run({"tune"});
  for (const char* part : {"bandwidth", "arithmetic", "planes of patterns", "prefetch distance", "noise"}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
  if (result.status == 0) {
    EXPECT_THAT(result.out, HasSubstr("recorded in " + wisdom()));
    EXPECT_TRUE(fs::exists(wisdom()));
  } else {
    EXPECT_EQ(result.status, 3);
    EXPECT_THAT(result.err, HasSubstr("too noisy"));
    EXPECT_THAT(result.err, HasSubstr("--force"));
    EXPECT_FALSE(fs::exists(wisdom()));
  }
}

TEST_F(TuneCommand, ForcedFiguresGoFromMachineToMachine) {
  const Result tuned = here_.run({"tune", "--force", "--json"});
  ASSERT_EQ(tuned.status, 0) << tuned.err;
  const json report = json::parse(tuned.out);
  EXPECT_EQ(report.at("recorded"), true);
  EXPECT_EQ(report.at("wisdom"), wisdom());
  EXPECT_GE(report.at("figures").at("plane_visits").at("steps"), 1);

  ASSERT_EQ(here_.run({"tune", "--export", "all.json"}).status, 0);
  const json exported = json::parse(Workspace::read(here_.path("all.json")));
  EXPECT_EQ(exported.at("machines").at(0).at("fingerprint"), report.at("fingerprint"));
  EXPECT_EQ(exported.at("machines").at(0).at("figures"), report.at("figures"));

  EXPECT_THAT(here_.run({"tune", "--forget"}).out, HasSubstr("forgot"));
  EXPECT_THAT(here_.run({"tune", "--forget"}).out, HasSubstr("nothing was known"));
  EXPECT_THAT(here_.run({"tune", "--import", "all.json"}).out, HasSubstr("1 machine"));
  EXPECT_THAT(here_.run({"tune", "--forget"}).out, HasSubstr("forgot"));
}

TEST_F(TuneCommand, DryRunRecordsNothing) {
  const Result result = here_.run({"tune", "--dry-run", "--json"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(json::parse(result.out).at("recorded"), false);
  EXPECT_FALSE(fs::exists(wisdom()));
}

TEST_F(TuneCommand, AWisdomThatCannotBeWrittenIsAnErrorAfterTheFigures) {
  here_.write("wisdom.sqlite", "somebody's notes, which must not be lost, and which are no database at all");
  const Result result = here_.run({"tune", "--force"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("bandwidth"));
  EXPECT_THAT(result.err, HasSubstr("wisdom.sqlite cannot be written"));
  EXPECT_THAT(Workspace::read(wisdom()), HasSubstr("somebody's notes"));
}

TEST_F(TuneCommand, RefusesWhatIsNoExport) {
  here_.write("not.json", "{}");
  EXPECT_EQ(here_.run({"tune", "--import", "not.json"}).status, 2);
  EXPECT_EQ(here_.run({"tune", "--import", "absent.json"}).status, 1);
  EXPECT_EQ(here_.run({"tune", "--export", "all.json"}).status, 1) << "there is no wisdom yet";
  EXPECT_EQ(here_.run({"tune", "--force", "--dry-run"}).status, 2);
}

TEST_F(TuneCommand, DevicesAreMeasuredAndRecordedBesideTheProcessor) {
  const json devices = json::parse(here_.run({"devices", "--json"}).out);
  if (devices.at("devices").size() == 1) {
    GTEST_SKIP() << "no Vulkan device: " << devices.at("no_vulkan_reason");
  }
  const Result tuned = here_.run({"tune", "--device", "0", "--force", "--json"});
  ASSERT_EQ(tuned.status, 0) << tuned.err;
  const json report = json::parse(tuned.out);
  EXPECT_EQ(report.at("device"), devices.at("devices").at(1).at("name"));
  EXPECT_EQ(report.at("recorded"), true);
  const json& single = report.at("figures").at("single");
  for (const char* figure : {"bytes_per_second", "flops_per_second", "stage_seconds"}) {
    EXPECT_GT(single.at(figure).at("median").get<double>(), 0) << figure;
  }
  EXPECT_GE(single.at("transposition_sweeps").at("median").get<double>(), 0) << "may be lost in noise";

  ASSERT_EQ(here_.run({"tune", "--export", "all.json"}).status, 0);
  const json exported = json::parse(Workspace::read(here_.path("all.json")));
  EXPECT_EQ(exported.at("devices").at(0).at("fingerprint"), report.at("fingerprint"));
  EXPECT_EQ(exported.at("devices").at(0).at("figures"), report.at("figures"));
  EXPECT_THAT(here_.run({"tune", "--forget"}).out, HasSubstr("nothing was known"));
  EXPECT_THAT(here_.run({"tune", "--device", "0", "--forget"}).out, HasSubstr("forgot the figures of this device"));
  EXPECT_THAT(here_.run({"tune", "--device", "0", "--forget"}).out, HasSubstr("nothing was known"));

  const Result shown = here_.run({"tune", "--device", "0", "--dry-run"});
  for (const char* part :
       {"one visit of the state", "matrices on registers", "fixed cost of a stage", "not recorded"}) {
    EXPECT_THAT(shown.out, HasSubstr(part));
  }
}

TEST_F(TuneCommand, RefusesDevicesThatThereAreNot) {
  EXPECT_EQ(here_.run({"tune", "--device", "no card has such a name"}).status, 2);
  EXPECT_EQ(here_.run({"tune", "--device", ""}).status, 2);
  EXPECT_EQ(here_.run({"tune", "--device", "0", "--export", "all.json"}).status, 2);
}

}  // namespace
}  // namespace basalt::testing_cli
