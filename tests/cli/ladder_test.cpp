// States that do not fit in memory, from the command line: what is said, and what is left of a run that is killed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "cli/program.h"

namespace basalt {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing_cli::Result;
using testing_cli::Variable;
using testing_cli::Workspace;

/// In single precision, 16 MiB.
constexpr const char* kCircuit =
    "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[21] q;\nbit[21] c;\nfor uint i in [0:20] { ry(0.3*i+0.2) q[i]; }\n"
    "for uint i in [0:19] { cx q[i], q[i+1]; rx(0.1*i+0.1) q[i]; }\ncry(0.4) q[20], q[3];\nc = measure q;\n";

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class LadderTest : public testing::Test {
 protected:
  LadderTest() : spill_dir_("BASALT_SPILL_DIR", spill_.path("")) { file_ = space_.write("large.qasm", kCircuit); }

  [[nodiscard]] std::vector<std::string> small(const std::string& verb) const {
    return {verb, file_, "--backend", "cpu", "--memory", "8M", "--method", "state"};
  }

  Workspace space_;
  Workspace spill_;
  Variable spill_dir_;
  std::string file_;
};

TEST_F(LadderTest, ExplainsItselfBeforeAndAfter) {
  const Result plan = space_.run(small("plan"));
  ASSERT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("ladder"));
  EXPECT_THAT(plan.out, HasSubstr("takes the state"));
  EXPECT_THAT(plan.out, HasSubstr("measured just now"));
  EXPECT_THAT(plan.out, HasSubstr(spill_.path("")));
  const Result run = space_.run(with(small("run"), {"--seed", "3", "--shots", "10"}));
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("the state goes down a ladder"));
  EXPECT_THAT(run.out, HasSubstr("% of what was measured"));
  EXPECT_TRUE(spill_.files().empty());
}

TEST_F(LadderTest, TellsTheSameInJson) {
  const Result run = space_.run(with(small("run"), {"--seed", "3", "--json"}));
  ASSERT_EQ(run.status, 0) << run.err;
  const json report = json::parse(run.out);
  EXPECT_EQ(report["ladder"]["rungs"].front()["name"], "cpu");
  EXPECT_THAT(report["ladder"]["rungs"].front()["rejection"].get<std::string>(), HasSubstr("--memory"));
  EXPECT_EQ(report["ladder"]["rungs"].back()["name"], "disk");
  EXPECT_EQ(report["ladder"]["disk"]["state_bytes"], 16 << 20);
  EXPECT_GT(report["ladder"]["disk"]["moved_bytes"], 0);
  const json plan = json::parse(space_.run(with(small("plan"), {"--json"})).out);
  EXPECT_EQ(plan["ladder"]["disk"]["predicted_bytes"], report["ladder"]["disk"]["predicted_bytes"]);
  const json in_memory = json::parse(space_.run({"run", file_, "--seed", "3", "--json", "--backend", "cpu"}).out);
  EXPECT_FALSE(in_memory.contains("ladder"));
}

TEST_F(LadderTest, AKilledRunLeavesNothing) {
  std::mt19937 random(5);
  for (int i = 0; i < 12; ++i) {
    const pid_t child = space_.start(small("run"));
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 250));
    kill(child, SIGKILL);
    space_.finish(child);
    EXPECT_TRUE(spill_.files().empty()) << "killed in round " << i;
  }
}

TEST_F(LadderTest, ADiskThatCannotBeUsedIsNamed) {
  const Variable nowhere("BASALT_SPILL_DIR", spill_.path("nowhere"));
  const Result result = space_.run(small("run"));
  EXPECT_EQ(result.status, 3) << result.out;
  EXPECT_THAT(result.err, HasSubstr(spill_.path("nowhere")));
  EXPECT_THAT(result.err, HasSubstr("cannot be written"));
  EXPECT_THAT(result.err, HasSubstr("BASALT_SPILL_DIR"));
  const Result none = space_.run(with(small("run"), {"--spill-limit", "0"}));
  EXPECT_EQ(none.status, 3);
}

}  // namespace
}  // namespace basalt
