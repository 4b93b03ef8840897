#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace basalt::testing_cli {
namespace {

using nlohmann::json;

Result analyse(const Workspace& workspace, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"pattern", "analyse"});
  return workspace.run(arguments);
}

TEST(PatternAnalyseCommand, PrintsWhatItFound) {
  const Workspace workspace;
  const Result result = analyse(workspace, {"--model", "schnakenberg", "--param", "a=0.1,b=0.9", "--vary", "Dv=1:40"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("stable focus"), std::string::npos);
  EXPECT_NE(result.out.find("Turing instability"), std::string::npos);
  EXPECT_NE(result.out.find("8.5676275  Turing"), std::string::npos) << result.out;
}

TEST(PatternAnalyseCommand, PrintsJsonAndDrawsAPlot) {
  const Workspace workspace;
  const Result result = analyse(workspace, {"--model", "brusselator", "--param", "a=3,b=10.5", "--param", "Du=5,Dv=12",
                                            "--vary", "b=5:15", "--points", "5", "--plot", "plot.svg", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json document = json::parse(result.out);
  EXPECT_EQ(document["parameters"]["Dv"], 12);
  EXPECT_EQ(document["states"][0]["instabilities"], (json{"Hopf", "Turing"}));
  EXPECT_EQ(document["states"][0]["dispersion"].size(), 5U);
  EXPECT_EQ(document["states"][0]["dispersion"][0]["rates"][0][0],
            document["states"][0]["dispersion"][0]["rates"][1][0]);
  EXPECT_EQ(document["critical"][1]["bifurcation"], "Hopf");
  EXPECT_TRUE(document["critical"][1]["wavelength"].is_null());
  EXPECT_EQ(workspace.files(), std::vector<std::string>{"plot.svg"});
  EXPECT_EQ(Workspace::read(workspace.path("plot.svg")).rfind("<svg", 0), 0U);
}

TEST(PatternAnalyseCommand, FindsWhereTuringAndHopfMeet) {
  const Workspace workspace;
  const std::vector<std::string> arguments = {"--model",         "brusselator",   "--param",  "a=2,Du=4",
                                              "--codimension-2", "b=2:9,Dv=5:40", "--points", "2"};
  const Result result = analyse(workspace, arguments);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("Turing-Hopf points of b from 2 to 9, Dv from 5 to 40"), std::string::npos);
  EXPECT_NE(result.out.find("5     10.472136    0.55589297     11.302869             2  u 2  v 2.5"), std::string::npos)
      << result.out;
  std::vector<std::string> as_json = arguments;
  as_json.emplace_back("--json");
  const json document = json::parse(analyse(workspace, as_json).out);
  EXPECT_EQ(document["codimension_two"][1], (json{{"parameter", "Dv"}, {"from", 5}, {"to", 40}}));
  ASSERT_EQ(document["turing_hopf"].size(), 1U);
  EXPECT_NEAR(document["turing_hopf"][0]["parameters"]["b"], 5, 1e-8);
  EXPECT_NEAR(document["turing_hopf"][0]["frequency"], 2, 1e-8);
}

TEST(PatternAnalyseCommand, FindsLeadingEigenvalues) {
  const Workspace workspace;
  const std::vector<std::string> arguments = {"--model", "schnakenberg", "--leading",   "3",        "--size",
                                              "16x12",   "--side",       "y=neumann:0", "--points", "2"};
  const Result result = analyse(workspace, arguments);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("leading eigenvalues on 16x12 cells 1 apart"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("u 1  v 0.9; residual"), std::string::npos);
  std::vector<std::string> as_json = arguments;
  as_json.emplace_back("--json");
  const json document = json::parse(analyse(workspace, as_json).out)["leading"];
  EXPECT_EQ(document["size"], (json{16, 12}));
  EXPECT_EQ(document["spacing"], 1);
  EXPECT_EQ(document["stencil"], "axes");
  EXPECT_TRUE(document["file"].is_null());
  ASSERT_EQ(document["states"][0]["eigenvalues"].size(), 3U);
  EXPECT_GT(document["states"][0]["eigenvalues"][0]["value"][0], 0.049);
  EXPECT_LT(document["states"][0]["eigenvalues"][0]["residual"], 1e-8);
  EXPECT_GT(document["states"][0]["products"], 100);
}

/// The state that a run ends in is a file that it wrote.
TEST(PatternAnalyseCommand, TakesTheStateOfARun) {
  const Workspace workspace;
  const Result run =
      workspace.run({"pattern", "run", "--model", "swift-hohenberg", "--size", "32", "--steps", "4000", "--integrator",
                     "etd", "--precision", "double", "--output", "run", "--format", "npy,hdf5"});
  ASSERT_EQ(run.status, 0) << run.err;
  const auto leading = [&](const std::string& file) {
    return json::parse(
        analyse(workspace, {"--model", "swift-hohenberg", "--leading", "2", "--state", file, "--json"}).out)["leading"];
  };
  const json array = leading("run/frame_4000.npy");
  EXPECT_EQ(array["size"], json{32});
  EXPECT_EQ(array["file"], "run/frame_4000.npy");
  EXPECT_TRUE(array["states"][0]["values"].is_null());
  EXPECT_LT(array["states"][0]["residual"], 1e-4);
  EXPECT_EQ(leading("run/frame_4000.h5")["states"][0]["eigenvalues"], array["states"][0]["eigenvalues"]);
}

TEST(PatternAnalyseCommand, RefusesWhatIsWrong) {
  const Workspace workspace;
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "--model is required"},
      {{"--model", "schnakenberk"}, "did you mean schnakenberg"},
      {{"--model", "schnakenberg", "--param", "Dv"}, "'Dv' is not NAME=VALUE"},
      {{"--model", "schnakenberg", "--param", "Dv=1x"}, "'1x' is not a number"},
      {{"--model", "schnakenberg", "--param", "Dv=-1"}, "Dv = -1"},
      {{"--model", "schnakenberg", "--vary", "Dv"}, "is not PARAMETER=FROM:TO"},
      {{"--model", "schnakenberg", "--vary", "=1:2"}, "is not PARAMETER=FROM:TO"},
      {{"--model", "schnakenberg", "--vary", "Dv=4:1"}, "cannot go from 4 to 1"},
      {{"--model", "schnakenberg", "--points", "1"}, "of 1 points"},
      {{"--model", "schnakenberg", "--points", "4294967297"}, "too large"},
      {{"--model", "schnakenberg", "--kmax", "nan"}, "no largest wavenumber"},
      {{"--model", "schnakenberg", "--spacing", "0"}, "no spacing"},
      {{"--model", "schnakenberg", "--plot", ""}, "the value is empty"},
      {{"--model", "schnakenberg", "--codimension-2", "b=1:2"}, "is not PARAMETER=FROM:TO,PARAMETER=FROM:TO"},
      {{"--model", "schnakenberg", "--codimension-2", "b=1:2,b=2:3"}, "b cannot vary over two ranges"},
      {{"--model", "schnakenberg", "--leading", "0"}, "give 1 to 100"},
      {{"--model", "schnakenberg", "--leading", "2", "--state", "none.npy"}, "cannot read 'none.npy'"},
      {{"--model", "schnakenberg", "--state", "run.npy"}, "neither a number nor to be looked at without --leading"},
      {{"--model", "schnakenberg", "--size", "16x16"}, "--size requires --leading"},
      {{"--model", "schnakenberg", "--side", "x=neumann:0"}, "--side requires --leading"},
  };
  for (const auto& [arguments, message] : cases) {
    const Result result = analyse(workspace, arguments);
    EXPECT_EQ(result.status, 2) << message;
    EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
    EXPECT_TRUE(result.out.empty());
  }
  const Result result = analyse(workspace, {"--model", "schnakenberg", "--plot", "no/such/folder.svg"});
  EXPECT_EQ(result.status, 1);
  EXPECT_TRUE(workspace.files().empty());
}

}  // namespace
}  // namespace basalt::testing_cli
