// basalt pattern as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/program.h"

namespace basalt::testing_cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(PatternCommand, RunsAndPrintsForPeople) {
  const Workspace here;
  const Result result = here.run({"pattern", "run", "--model", "gray-scott", "--param", "F=0.062,k=0.0609", "--size",
                                  "48x32", "--steps", "100", "--side", "x=neumann:0"});
  ASSERT_EQ(result.status, 0) << result.err;
  for (const char* part :
       {"gray-scott  48 x 32 cells, 100 steps", "deviation", "largest stable", "cells updated a second", "memory"}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
}

TEST(PatternCommand, PrintsJson) {
  const Workspace here;
  const Result result = here.run({"pattern", "run", "--model", "nonlinear-schrodinger", "--integrator", "rk4", "--size",
                                  "64", "--steps", "50", "--precision", "double", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json document = json::parse(result.out);
  EXPECT_EQ(document["integrator"], "rk4");
  EXPECT_EQ(document["species"].size(), 2);
  EXPECT_EQ(document["visits"], 200);
}

TEST(PatternCommand, WritesATraceAndMetrics) {
  const Workspace here;
  const Result result = here.run({"pattern", "run", "--model", "gray-scott", "--size", "48x32", "--steps", "10",
                                  "--trace", "trace.json", "--metrics-file", "metrics.prom", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const std::string text = Workspace::read(here.path("trace.json"));
  std::map<std::string, int> spans;
  const json trace = json::parse(text);
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == "X") {
      ++spans[event["cat"].get<std::string>()];
    }
  }
  EXPECT_EQ(spans["job"], 1) << text;
  EXPECT_EQ(spans["wait"], 1) << text;
  EXPECT_EQ(spans["stage"], 1) << text;
  const std::string metrics = Workspace::read(here.path("metrics.prom"));
  EXPECT_THAT(metrics, HasSubstr("\nbasalt_jobs_total 1\n"));
  EXPECT_THAT(metrics, HasSubstr("\nbasalt_memory_held_bytes 0\n"));
}

TEST(PatternCommand, RunsWhereItIsTold) {
  const Workspace here;
  const std::vector<std::string> run = {"pattern", "run", "--model", "gray-scott", "--size", "32x20", "--steps", "30"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), run.begin(), run.end());
    return here.run(more);
  };
  EXPECT_EQ(json::parse(with({"--backend", "cpu", "--json"}).out)["backend"], "cpu");
  const json chosen = json::parse(with({"--json"}).out);
  EXPECT_EQ(chosen["backend"], "cpu");
  EXPECT_THAT(chosen["choice"].get<std::string>(), HasSubstr("cpu: "));
  const Result unknown = with({"--backend", "cuda"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("'cuda' is none of auto, cpu, vulkan"));
  EXPECT_EQ(with({"--device", "no such card"}).status, 2);
  if (json::parse(here.run({"devices", "--json"}).out)["devices"].size() < 2) {
    GTEST_SKIP() << "no Vulkan device";
  }
  const Result device = with({"--device", "0", "--json"});
  ASSERT_EQ(device.status, 0) << device.err;
  EXPECT_EQ(json::parse(device.out)["backend"], "vulkan");
  EXPECT_THAT(with({"--device", "0"}).out, HasSubstr("of the device"));
}

TEST(PatternCommand, WritesFramesAndTheFileThatMakesThemAgain) {
  const Workspace here;
  const Result first = here.run({"pattern", "run", "--model", "schnakenberg", "--size", "24x16", "--steps", "100",
                                 "--every", "50", "--output", here.path("first"), "--format", "png,npy"});
  ASSERT_EQ(first.status, 0) << first.err;
  for (const char* name : {"run.toml", "frame_000.png", "frame_050.png", "frame_100.png", "frame_100.npy"}) {
    EXPECT_FALSE(Workspace::read(here.path(std::string("first/") + name)).empty()) << name;
  }
  const Result again = here.run({"pattern", "run", here.path("first/run.toml"), "--output", here.path("again")});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(Workspace::read(here.path("first/frame_100.npy")), Workspace::read(here.path("again/frame_100.npy")));
  const Result other =
      here.run({"pattern", "run", here.path("first/run.toml"), "--seed", "2", "--output", here.path("other")});
  ASSERT_EQ(other.status, 0) << other.err;
  EXPECT_NE(Workspace::read(here.path("first/frame_100.npy")), Workspace::read(here.path("other/frame_100.npy")));
}

TEST(PatternCommand, KeepsTheLastGoodFrameOfAStateThatBlowsUp) {
  const Workspace here;
  const Result result = here.run({"pattern", "run", "--model", "brusselator", "--size", "40", "--values", "1e6,1e6",
                                  "--every", "1", "--output", here.path("out")});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("blew up between steps"));
  EXPECT_FALSE(Workspace::read(here.path("out/frame_0000.npy")).empty());
}

TEST(PatternCommand, StartsFromWhatARunLeft) {
  const Workspace here;
  const std::vector<std::string> first = {"pattern",  "run",          "--model",  "schnakenberg", "--size",
                                          "24x16",    "--steps",      "40",       "--precision",  "double",
                                          "--output", here.path("a"), "--format", "npy,hdf5"};
  ASSERT_EQ(here.run(first).status, 0);
  for (const char* file : {"a/frame_40.npy", "a/frame_40.h5"}) {
    const Result again = here.run({"pattern", "run", "--model", "schnakenberg", "--size", "24x16", "--steps", "0",
                                   "--precision", "double", "--initial-file", here.path(file), "--json"});
    ASSERT_EQ(again.status, 0) << again.err;
    const Result whole = here.run({"pattern", "run", "--model", "schnakenberg", "--size", "24x16", "--steps", "40",
                                   "--precision", "double", "--json"});
    EXPECT_EQ(json::parse(again.out)["species"], json::parse(whole.out)["species"]) << file;
  }
}

TEST(PatternCommand, DrawsPearsonsMapInOnePicture) {
  const Workspace here;
  const Result result =
      here.run({"pattern", "run", "--model", "gray-scott", "--size", "64x48", "--steps", "200", "--map",
                "k=x:0.045:0.07", "--map", "F=y:0.08:0.005", "--statistics", "--output", here.path("map")});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("dominant wavelength"));
  EXPECT_THAT(Workspace::read(here.path("map/run.toml")), HasSubstr("[maps.F]\naxis = \"y\""));
  EXPECT_EQ(here.run({"pattern", "run", here.path("map/run.toml")}).status, 0);
}

TEST(PatternCommand, ChoosesItsSteps) {
  const Workspace here;
  const Result result = here.run({"pattern", "run", "--model", "brusselator", "--size", "32", "--steps", "5",
                                  "--integrator", "rk45", "--tolerance", "1e-4"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("within a tolerance of 0.0001"));
}

TEST(PatternCommand, RefusesAFileWithItsLine) {
  const Workspace here;
  const Result result = here.run({"pattern", "run", here.write("wrong.toml", "model = \"gray-scott\"\nsteps = -1\n")});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("wrong.toml:2"));
  EXPECT_EQ(here.run({"pattern", "run", "--steps", "3"}).status, 2);
}

TEST(PatternCommand, ListsItsModels) {
  const Workspace here;
  const Result text = here.run({"pattern", "models"});
  EXPECT_THAT(text.out, HasSubstr("u_t = Du ∇²u − u v² + F (1 − u)"));
  const json document = json::parse(here.run({"pattern", "models", "--json"}).out);
  EXPECT_EQ(document["models"].size(), 9);
}

struct Wrong {
  std::vector<std::string> arguments;
  const char* message;
};

TEST(PatternCommand, RefusesWhatIsWrongWithAWayOut) {
  const Workspace here;
  const std::vector<Wrong> cases = {
      {{"--model", "gray-scot"}, "did you mean gray-scott?"},
      {{"--model", "gray-scott", "--param", "D=1"}, "its parameters are F, k, Du, Dv"},
      {{"--model", "gray-scott", "--param", "F"}, "'F' is not NAME=VALUE"},
      {{"--model", "gray-scott", "--param", "F=x"}, "'x' is not a number"},
      {{"--model", "gray-scott", "--size", "2x9"}, "2 cells along x are too few"},
      {{"--model", "gray-scott", "--size", "9x"}, "--size"},
      {{"--model", "gray-scott", "--step", "9"}, "the largest stable step is"},
      {{"--model", "gray-scott", "--side", "q=periodic"}, "is not AXIS=KIND"},
      {{"--model", "gray-scott", "--side", "x=robin:1"}, "has not as many values as it needs"},
      {{"--model", "gray-scott", "--side", "x0=neumann"}, "both sides of an axis are periodic, or neither"},
      {{"--model", "swift-hohenberg", "--side", "x=dirichlet:1"}, "is of fourth order"},
      {{"--model", "nonlinear-schrodinger"}, "give --integrator rk4"},
      {{"--model", "gray-scott", "--stencil", "round"}, "is none of axes, isotropic"},
      {{"--model", "gray-scott", "--noise", "-1"}, "-1 is no size of noise"},
      {{"--model", "gray-scott", "--format", "png,gif"}, "'gif' is none of png, npy, vti, hdf5, mp4"},
      {{"--model", "gray-scott", "--map", "F"}, "'F' is not NAME=AXIS:FROM:TO"},
      {{"--model", "gray-scott", "--map", "F=z:0:1"}, "F cannot vary along 'z'"},
      {{"--model", "gray-scott", "--map", "F=absent.png"}, "No such file"},
      {{"--model", "gray-scott", "--tolerance", "1e-3"}, "euler has no tolerance"},
      {{"--model", "gray-scott", "--integrator", "etd", "--side", "x=neumann:0"}, "etd steps in waves"},
      {{"--model", "gray-scott", "--integrator", "etd", "--map", "Du=x:1e-6:1e-5"}, "Du is the same everywhere"},
  };
  for (const Wrong& wrong : cases) {
    std::vector<std::string> arguments = {"pattern", "run"};
    arguments.insert(arguments.end(), wrong.arguments.begin(), wrong.arguments.end());
    const Result result = here.run(arguments);
    EXPECT_EQ(result.status, 2) << wrong.message;
    EXPECT_THAT(result.err, HasSubstr(wrong.message));
  }
}

}  // namespace
}  // namespace basalt::testing_cli
