// The contract of --passes and --without-pass.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "program.h"

namespace basalt::testing_cli {
namespace {

using Json = nlohmann::json;

constexpr const char* kLadder =
    "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\ncreg c[2];\nh q[0];\nh q[1];\ncx q[0],q[1];\nrz(0.5) q[1];\n"
    "cx q[0],q[1];\nrx(0.5) q[0];\nmeasure q -> c;\n";

class Passes : public testing::Test {
 protected:
  Workspace space;
  std::string file = space.write("ladder.qasm", kLadder);
};

TEST_F(Passes, AreShownWhereAskedFor) {
  for (const char* command : {"run", "plan"}) {
    const Result with = space.run({command, file, "--passes"});
    EXPECT_EQ(with.status, 0) << with.err;
    EXPECT_NE(with.out.find("fold-ladders"), std::string::npos) << with.out;
    EXPECT_EQ(space.run({command, file}).out.find("fold-ladders"), std::string::npos);
  }
}

TEST_F(Passes, AreInTheJsonDocument) {
  for (const char* command : {"run", "plan"}) {
    const Json document = Json::parse(space.run({command, file, "--json"}).out);
    ASSERT_FALSE(document["passes"].empty());
    EXPECT_EQ(document["passes"][0]["gates_before"], 6);
    for (const Json& pass : document["passes"]) {
      for (const char* key : {"name", "summary", "seconds", "gates_before", "gates_after"}) {
        EXPECT_TRUE(pass.contains(key)) << key;
      }
    }
  }
}

TEST_F(Passes, CanBeLeftOutAndCountsStayTheSame) {
  const Json all = Json::parse(space.run({"run", file, "--seed", "5", "--json"}).out);
  const Result result = space.run(
      {"run", file, "--seed", "5", "--without-pass", "fold-ladders", "--without-pass", "merge-pairs", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const Json fewer = Json::parse(result.out);
  EXPECT_EQ(fewer["counts"], all["counts"]);
  EXPECT_EQ(fewer["passes"].size() + 2, all["passes"].size());
  for (const Json& pass : fewer["passes"]) {
    EXPECT_NE(pass["name"], "fold-ladders");
  }
}

TEST_F(Passes, WithUnknownNamesAreRefusedWithTheNamesThatThereAre) {
  for (const char* command : {"run", "plan"}) {
    const Result result = space.run({command, file, "--without-pass", "fold"});
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.err.find("--without-pass 'fold'"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("fold-ladders"), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "");
  }
}

}  // namespace
}  // namespace basalt::testing_cli
