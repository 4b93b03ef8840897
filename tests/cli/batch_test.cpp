// `basalt batch` as people use it: in processes, killed in every way, resumed, and its exit statuses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <random>
#include <sstream>

#include "places.h"
#include "program.h"

namespace basalt::testing_cli {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

constexpr int kJobs = 500;

/// The children of a process that are alive, by whichever of its threads started them.
std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> children;
  std::error_code gone;
  for (const auto& thread : fs::directory_iterator("/proc/" + std::to_string(process) + "/task", gone)) {
    std::istringstream text(Workspace::read(thread.path() / "children"));
    for (pid_t child = 0; text >> child;) {
      children.push_back(child);
    }
  }
  return children;
}

bool is_alive(pid_t process) {
  const std::string stat = Workspace::read("/proc/" + std::to_string(process) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end != std::string::npos && stat[name_end + 2] != 'Z';
}

void wait_a_little(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// What every job came to, by index, without times and what was free at the moment; each job once.
std::map<int, std::string> results_of(const std::string& lines) {
  std::map<int, std::string> results;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    Json result = Json::parse(line);
    for (const char* key : {"seconds", "attempts"}) {
      result.erase(key);
    }
    for (const char* key : {"timing_seconds", "sweep_seconds", "sweep_equivalents", "memory", "threads", "usage"}) {
      if (result.contains("report")) {
        result["report"].erase(key);
      }
    }
    EXPECT_TRUE(results.emplace(result["index"].get<int>(), result.dump()).second) << "twice: " << line;
  }
  return results;
}

class BatchCommand : public testing::Test {
 protected:
  /// Small circuits of different kinds, some of them wrong.
  std::string write_jobs() {
    std::string lines;
    for (int i = 0; i < kJobs; ++i) {
      const std::string body =
          "OPENQASM 3; include \"stdgates.inc\"; input float a; qubit[4] q; bit[4] c; rx(a) q; "
          "cx q[0], q[1]; c = measure q; if (c[0]) { x q[1]; }";
      lines += Json{{"id", "job " + std::to_string(i)},
                    {"source", i % 50 == 49 ? body + " nonsense;" : body},
                    {"inputs", {{"a", std::to_string(0.01 * i)}}},
                    {"shots", 50 + i}}
                   .dump() +
               '\n';
    }
    return space.write("jobs.jsonl", lines);
  }

  /// What the jobs give when nothing disturbs them; on threads, so that processes are checked against them.
  std::map<int, std::string> undisturbed() {
    const Result result = space.run({"batch", "jobs.jsonl", "--seed", "5", "--isolate", "thread", "--quiet"});
    EXPECT_EQ(result.status, 1) << "some of the jobs are wrong";
    EXPECT_EQ(lines_in(result.out), std::size_t{kJobs});
    return results_of(result.out);
  }

  [[nodiscard]] std::string output() const { return Workspace::read(space.path("out.jsonl")); }

  void wait_for_lines(pid_t batch, std::size_t count) const {
    while (lines_in(output()) < count && is_alive(batch)) {
      wait_a_little(2);
    }
  }

  Workspace space;
  const std::vector<std::string> command = {"batch",     "jobs.jsonl", "--seed",  "5",        "--workers", "3",
                                            "--retries", "100",        "--quiet", "--output", "out.jsonl"};
  const std::vector<std::string> resume = [this] {
    std::vector<std::string> all = command;
    all.push_back("--resume");
    return all;
  }();
};

TEST_F(BatchCommand, KillsOfWorkersLoseNothing) {
  write_jobs();
  const auto expected = undisturbed();
  const pid_t batch = space.start(command);
  std::mt19937 random(7);
  int kills = 0;
  while (is_alive(batch)) {
    // only once others got on: workers that are all killed before they start are given up, and rightly so
    wait_for_lines(batch, lines_in(output()) + 5);
    const std::vector<pid_t> workers = children_of(batch);
    if (!workers.empty() && kills < 30) {
      kills += kill(workers[random() % workers.size()], SIGKILL) == 0 ? 1 : 0;
    }
  }
  const Result result = space.finish(batch);
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_EQ(results_of(output()), expected) << kills << " kills";
  EXPECT_GT(kills, 0);
}

TEST_F(BatchCommand, KillsOfTheWholeBatchLoseAndRepeatNothing) {
  write_jobs();
  const auto expected = undisturbed();
  int kills = 0;
  Result result;
  for (std::size_t lines = 30;; lines += 60) {
    const pid_t batch = space.start(kills == 0 ? command : resume);
    wait_for_lines(batch, lines);
    const std::vector<pid_t> workers = children_of(batch);
    const bool killed = lines < kJobs - 60 && is_alive(batch);
    if (killed) {
      kill(batch, SIGKILL);
      ++kills;
    }
    result = space.finish(batch);
    for (int patience = 0; patience < 500 && std::ranges::any_of(workers, is_alive); ++patience) {
      wait_a_little(10);
    }
    EXPECT_TRUE(std::ranges::none_of(workers, is_alive)) << "workers do not outlive their batch";
    if (!killed) {
      break;
    }
  }
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_EQ(results_of(output()), expected);
  EXPECT_GE(kills, 5);
}

TEST_F(BatchCommand, CtrlCStopsItAndResumeGoesOn) {
  write_jobs();
  const pid_t batch = space.start(command);
  wait_for_lines(batch, 20);
  kill(batch, SIGINT);
  const Result stopped = space.finish(batch);
  EXPECT_EQ(stopped.status, 130);
  EXPECT_THAT(stopped.err, HasSubstr("--resume"));
  EXPECT_LT(lines_in(output()), std::size_t{kJobs});
  EXPECT_EQ(space.run(resume).status, 1);
  EXPECT_EQ(results_of(output()), undisturbed());
}

TEST_F(BatchCommand, AJobThatHangsCostsItselfOnly) {
  space.write("endless.qasm", "OPENQASM 3; qubit q; int i = 0; while (true) { i += 1; }");
  space.write("fine.qasm", "OPENQASM 3; qubit q; bit c; c = measure q;");
  const Result result =
      space.run({"batch", "endless.qasm", "fine.qasm", "--timeout", "0.5", "--retries", "0", "--workers", "2"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("2 jobs: 1 done, 1 failed"));
  const auto results = results_of(result.out);
  EXPECT_EQ(Json::parse(results.at(0))["status"], "timed_out");
  EXPECT_EQ(Json::parse(results.at(0))["error"]["code"], "failed");
  EXPECT_EQ(Json::parse(results.at(1))["status"], "done");
}

TEST_F(BatchCommand, RowsOfTheExampleSweepAreSingleRuns) {
  const std::string example = std::string(places::kSourceFolder) + "/examples/sweep/";
  const Result result = space.run({"batch", example + "rotate.qasm", "--sweep", example + "params.csv", "--observable",
                                   "X0*X1", "--precision", "double", "--metrics-file", "m.prom"});
  ASSERT_EQ(result.status, 0) << result.err;
  const std::map<std::string, double> angles = {
      {"0", 0}, {"pi/8", std::numbers::pi / 8}, {"pi/4", std::numbers::pi / 4}, {"pi/2", std::numbers::pi / 2}};
  const auto results = results_of(result.out);
  ASSERT_EQ(results.size(), 6U);
  for (const auto& [index, text] : results) {
    const Json line = Json::parse(text);
    const std::string theta = line["inputs"]["theta"];
    const std::string phi = line["inputs"]["phi"];
    EXPECT_NEAR(line["report"]["expectation_values"]["X0*X1"].get<double>(),
                std::sin(angles.at(theta)) * std::cos(angles.at(phi)), 1e-12);
    const Result single =
        space.run({"run", example + "rotate.qasm", "--set", "theta=" + theta, "--set", "phi=" + phi, "--observable",
                   "X0*X1", "--precision", "double", "--json", "--seed", line["report"]["seed"].dump()});
    EXPECT_EQ(Json::parse(single.out)["expectation_values"], line["report"]["expectation_values"]) << index;
  }
  EXPECT_THAT(Workspace::read(space.path("m.prom")), HasSubstr("\nbasalt_batch_jobs_done_total 6\n"));
}

TEST_F(BatchCommand, TheExampleListRuns) {
  const Result result =
      space.run({"batch", std::string(places::kSourceFolder) + "/examples/sweep/jobs.jsonl", "--output", "out.jsonl"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "") << "the results are in the file";
  EXPECT_EQ(lines_in(output()), 4U);
}

TEST_F(BatchCommand, BadUsageIsStatusTwo) {
  const std::string circuit = space.write("a.qasm", "OPENQASM 3; qubit q; bit c; c = measure q;");
  space.write("p.csv", "a\n1\n");
  space.write("ragged.csv", "a,b\n1\n");
  space.write("bad.jsonl", "{\"file\": \"a.qasm\"}\n{\"file\": \"a.qasm\", \"shots\": \"many\"}\n");
  space.write("old.jsonl", "something\n");
  const std::vector<std::vector<std::string>> wrong = {
      {"batch"},
      {"batch", "gone.qasm"},
      {"batch", "bad.jsonl"},
      {"batch", "a.qasm", "a.qasm"},
      {"batch", "a.qasm", "--workers", "0"},
      {"batch", "a.qasm", "--workers", "many"},
      {"batch", "a.qasm", "--isolate", "container"},
      {"batch", "a.qasm", "--timeout", "0"},
      {"batch", "a.qasm", "--timeout", "-1"},
      {"batch", "a.qasm", "--timeout", "nan"},
      {"batch", "a.qasm", "--retries", "-1"},
      {"batch", "a.qasm", "--priority", "11"},
      {"batch", "a.qasm", "--resume"},
      {"batch", "a.qasm", "--output", ""},
      {"batch", "a.qasm", "--output", "old.jsonl"},
      {"batch", "a.qasm", "--output", "old.jsonl", "--resume"},
      {"batch", "a.qasm", "--sweep", "gone.csv"},
      {"batch", "a.qasm", "--sweep", "ragged.csv"},
      {"batch", "a.qasm", "a.qasm", "--sweep", "p.csv"},
      {"batch", "bad.jsonl", "--sweep", "p.csv"},
      {"worker"},
  };
  for (const auto& arguments : wrong) {
    const Result result = space.run(arguments);
    EXPECT_EQ(result.status, 2) << testing::PrintToString(arguments) << '\n' << result.err;
    EXPECT_EQ(result.out, "") << testing::PrintToString(arguments);
    EXPECT_NE(result.err, "") << testing::PrintToString(arguments);
  }
  EXPECT_THAT(space.run({"batch", "bad.jsonl"}).err, HasSubstr("bad.jsonl:2:20: \"shots\" is \"many\""));
  EXPECT_EQ(Workspace::read(space.path("old.jsonl")), "something\n");
}

TEST_F(BatchCommand, TheHelpTellsAllAndHidesTheWorker) {
  const Result result = space.run({"batch", "--help"});
  EXPECT_EQ(result.status, 0);
  for (const char* option : {"--workers", "--isolate", "--priority", "--timeout", "--retries", "--output", "--resume",
                             "--sweep", "--shots", "--seed", "Exit status", "out_of_memory"}) {
    EXPECT_THAT(result.out, HasSubstr(option));
  }
  EXPECT_EQ(space.run({"--help"}).out.find("worker"), std::string::npos);
}

}  // namespace
}  // namespace basalt::testing_cli
