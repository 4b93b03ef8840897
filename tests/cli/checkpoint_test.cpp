// Processes that are killed while they write checkpoints, and what becomes of their runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "program.h"

namespace basalt::testing_cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string program(int qubits, int layers) {
  const std::string size = std::to_string(qubits);
  std::string text = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[" + size + "];\ncreg c[" + size + "];\n";
  std::mt19937_64 random(5);
  const auto angle = [&] { return std::to_string(static_cast<double>(random() % 3000) / 1000); };
  for (int layer = 0; layer < layers; ++layer) {
    for (int qubit = 0; qubit < qubits; ++qubit) {
      text += "u3(" + angle() + "," + angle() + "," + angle() + ") q[" + std::to_string(qubit) + "];\n";
    }
    for (int qubit = layer % 2; qubit < qubits - 1; ++qubit) {
      text +=
          "cx q[" + std::to_string(qubit) + "],q[" +
          std::to_string((qubit + 7 * layer) % (qubits - 1) + 1 == qubit ? 0 : (qubit + 7 * layer) % (qubits - 1) + 1) +
          "];\n";
    }
  }
  return text + "measure q -> c;\n";
}

const std::vector<std::string> kHow = {"--seed", "7", "--shots", "300", "--backend", "cpu", "--json"};

std::vector<std::string> run_with(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"run", "program.qasm"});
  arguments.insert(arguments.end(), kHow.begin(), kHow.end());
  return arguments;
}

/// 10 times; the environment may ask for more.
int kills() {
  const char* const asked = std::getenv("BASALT_TEST_KILLS");
  return asked == nullptr ? 10 : std::atoi(asked);
}

/// Runs with checkpoints, is killed and goes on until it is done, again and again. Every time what its report has under
/// `key` is that of a run that is left alone.
void expect_to_survive(const Workspace& workspace, const std::vector<std::string>& run, const std::string& key) {
  // how long it takes says what moments there are: sanitizers and other work make it many times as long
  const auto begin = std::chrono::steady_clock::now();
  const Result whole = workspace.run(run);
  const auto last_moment =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  ASSERT_EQ(whole.status, 0) << whole.err;
  const json expected = json::parse(whole.out).at(key);
  std::mt19937_64 random(11);
  int round = 0;
  int resumed = 0;
  for (int killed = 0; killed < kills(); ++round) {
    ASSERT_LT(round, 100 * kills()) << "runs are done before they are killed";
    const std::string folder = "run" + std::to_string(round);
    std::vector<std::string> arguments = run;
    arguments.insert(arguments.end(), {"--checkpoint", folder, "--checkpoint-every", "0.001s"});
    for (Result result{.status = 128 + SIGKILL, .out = {}, .err = {}}; result.status == 128 + SIGKILL;) {
      const pid_t child = workspace.start(arguments);
      if (killed < kills()) {
        std::this_thread::sleep_for(last_moment * (random() % 1000) / 1000);
        kill(child, SIGKILL);
      }
      result = workspace.finish(child);
      killed += result.status == 128 + SIGKILL ? 1 : 0;
      if (result.status == 0) {
        const json report = json::parse(result.out);
        ASSERT_EQ(report.at(key), expected);
        resumed += report.at("checkpoints").contains("resumed_from") ? 1 : 0;
        break;
      }
      ASSERT_EQ(result.status, 128 + SIGKILL) << result.err;
      // before the first file is whole there is nothing to go on from
      const bool kept = fs::exists(workspace.path(folder)) &&
                        std::ranges::any_of(fs::directory_iterator(workspace.path(folder)), [](const auto& entry) {
                          return entry.path().extension() == ".basalt" || entry.path().extension() == ".json";
                        });
      if (kept) {
        arguments = {"resume", folder, "--json", "--checkpoint-every", "0.001s"};
      }
    }
  }
  EXPECT_GT(resumed, 0);
}

TEST(CheckpointProgram, KilledAtAnyMomentItGoesOnToTheSameResult) {
  const Workspace workspace;
  workspace.write("program.qasm", program(18, 60));
  expect_to_survive(workspace, run_with({}), "counts");
}

/// 16 MiB in tiles of 2 MiB.
TEST(CheckpointProgram, KilledWhereItsStateIsOnDiskToo) {
  const Workspace workspace;
  const Workspace spill;
  const Variable spill_dir("BASALT_SPILL_DIR", spill.path(""));
  workspace.write("program.qasm", program(21, 12));
  expect_to_survive(workspace, run_with({"--memory", "14M"}), "counts");
  EXPECT_TRUE(spill.files().empty());
}

/// What is told of it depends on what was seen on the way, too.
TEST(CheckpointProgram, KilledAPatternGoesOnToTheSameStatistics) {
  const Workspace workspace;
  expect_to_survive(workspace,
                    {"pattern", "run", "--model", "gray-scott", "--size", "300x200", "--steps", "3000", "--statistics",
                     "--output", "frames", "--every", "500", "--backend", "cpu", "--json"},
                    "statistics");
}

TEST(CheckpointProgram, InterruptedItSaysHowToGoOn) {
  const Workspace workspace;
  workspace.write("program.qasm", program(18, 60));
  const json expected = json::parse(workspace.run(run_with({})).out).at("counts");
  const pid_t child = workspace.start(run_with({"--checkpoint", "kept", "--checkpoint-every", "1h"}));
  while (!fs::exists(workspace.path("kept/checkpoint-0.basalt")) && !fs::exists(workspace.path("kept/result.json"))) {
    std::this_thread::yield();
  }
  kill(child, SIGINT);
  const Result result = workspace.finish(child);
  if (result.status != 0) {  // it may have been done by then
    EXPECT_EQ(result.status, 130);
    EXPECT_THAT(result.err, HasSubstr("basalt resume"));
  }
  const Result again = workspace.run({"resume", "kept", "--json"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(json::parse(again.out).at("counts"), expected);
  const Result kept = workspace.run({"resume", "kept", "--json"});
  EXPECT_THAT(kept.err, HasSubstr("is done"));
  EXPECT_EQ(json::parse(kept.out), json::parse(result.status == 0 ? result.out : again.out));
}

TEST(CheckpointProgram, RefusesWithAWayOut) {
  const Workspace workspace;
  workspace.write("program.qasm", "OPENQASM 2.0; qreg q[1]; creg c[1]; measure q -> c;");
  workspace.write("file", "x");
  const auto refusal = [&](const std::vector<std::string>& arguments) {
    const Result result = workspace.run(arguments);
    EXPECT_EQ(result.status == 2 || result.status == 1, true) << result.status;
    return result.err;
  };
  EXPECT_THAT(refusal({"resume", "nothing"}), HasSubstr("there is no folder 'nothing'"));
  EXPECT_THAT(refusal({"resume", "."}), HasSubstr("there are no checkpoints in '.'"));
  EXPECT_THAT(refusal({"run", "program.qasm", "--checkpoint", "."}), HasSubstr("a folder with other files"));
  EXPECT_THAT(refusal({"run", "program.qasm", "--checkpoint", "file"}), HasSubstr("'file'"));
  EXPECT_THAT(refusal({"run", "program.qasm", "--checkpoint-every", "5s"}), HasSubstr("--checkpoint"));
  for (const char* time : {"", "x", "-1s", "0", "5d", "s", "1 s"}) {
    EXPECT_THAT(refusal({"run", "program.qasm", "--checkpoint", "new", "--checkpoint-every", time}),
                HasSubstr("--checkpoint-every"));
  }
  EXPECT_FALSE(fs::exists(workspace.path("new")));
}

}  // namespace
}  // namespace basalt::testing_cli
