// The contract of `basalt run`: options, JSON keys, exit statuses.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "program.h"

namespace basalt::testing_cli {
namespace {

using Json = nlohmann::json;

constexpr const char* kBell =
    "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\ncreg c[2];\nh q[0];\ncx q[0],q[1];\nmeasure q -> c;\n";

class RunCommand : public testing::Test {
 protected:
  Workspace space;
};

TEST_F(RunCommand, JsonHasEveryKeyOfTheContractAndNothingElseIsPrinted) {
  const std::string file = space.write("bell.qasm", kBell);
  const Result result = space.run({"run", file, "--shots", "500", "--seed", "3", "--json", "--observable", "Z0*Z1",
                                   "--probabilities", "0,1", "--top", "2", "--precision", "double", "--threads", "1"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const Json document = Json::parse(result.out);
  for (const char* key :
       {"counts", "expectation_values", "probabilities", "top", "qubits", "gates", "precision", "backend", "threads",
        "seed", "memory", "timing_seconds", "sweeps", "sweep_equivalents", "bytes_moved"}) {
    EXPECT_TRUE(document.contains(key)) << key;
  }
  for (const char* key : {"estimate_bytes", "peak_bytes", "limit_bytes"}) {
    EXPECT_TRUE(document["memory"].contains(key)) << key;
  }
  for (const char* key : {"parse", "plan", "allocate", "execute", "sample", "total"}) {
    EXPECT_TRUE(document["timing_seconds"].contains(key)) << key;
  }
  EXPECT_EQ(document["counts"]["00"].get<int>() + document["counts"]["11"].get<int>(), 500);
  EXPECT_NEAR(document["expectation_values"]["Z0*Z1"].get<double>(), 1, 1e-12);
  EXPECT_NEAR(document["probabilities"]["00"].get<double>(), 0.5, 1e-12);
  EXPECT_EQ(document["top"].size(), 2U);
  EXPECT_EQ(document["qubits"], 2);
  EXPECT_EQ(document["gates"], 2);
  EXPECT_EQ(document["precision"], "double");
  EXPECT_EQ(document["backend"], "cpu");
  EXPECT_EQ(document["threads"], 1);
  EXPECT_EQ(document["seed"], 3);
}

TEST_F(RunCommand, TextShowsCountsAndASummary) {
  const Result result = space.run({"run", space.write("bell.qasm", kBell), "--seed", "3"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("counts\n  00 "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("█"), std::string::npos);
  EXPECT_NE(result.out.find("speed: 2 gates"), std::string::npos);
  EXPECT_EQ(result.out.find('\x1b'), std::string::npos) << "no colour outside a terminal";
}

TEST_F(RunCommand, QuietPrintsResultsOnly) {
  const Result result = space.run({"run", space.write("bell.qasm", kBell), "--quiet"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out.find("speed"), std::string::npos);
}

TEST_F(RunCommand, ReadsStandardInput) {
  const Result result = space.run({"run", "-", "--json"}, space.write("bell.qasm", kBell));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_TRUE(Json::parse(result.out).contains("counts"));
}

TEST_F(RunCommand, SavesTheState) {
  const Result result = space.run({"run", space.write("bell.qasm", kBell), "--save-state", "s.npy"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(Workspace::read(space.path("s.npy")).substr(1, 5), "NUMPY");
  EXPECT_EQ(space.files().size(), 2U) << "the circuit and the state, no temporary file";
}

TEST_F(RunCommand, ReadsObservablesFromAFile) {
  space.write("h.txt", "0.5*Z0*Z1\n+ 2*X0*X1\nZ0\n");
  const Result result = space.run({"run", space.write("bell.qasm", kBell), "--observable", "@h.txt", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const Json values = Json::parse(result.out)["expectation_values"];
  EXPECT_NEAR(values["0.5*Z0*Z1 + 2*X0*X1"].get<double>(), 2.5, 1e-5);
  EXPECT_NEAR(values["Z0"].get<double>(), 0, 1e-5);
}

TEST_F(RunCommand, WritesATraceAndMetrics) {
  const std::string file = space.write("bell.qasm", kBell);
  const Result result = space.run({"run", file, "--trace", "trace.json", "--metrics-file", "metrics.prom", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const std::string text = Workspace::read(space.path("trace.json"));
  SCOPED_TRACE(text);
  const Json trace = Json::parse(text);
  std::map<std::string, int> categories;
  for (const Json& event : trace["traceEvents"]) {
    if (event["ph"] != "X") {  // names of threads, and gauges
      continue;
    }
    ++categories[event["cat"].get<std::string>()];
    EXPECT_GE(event["ts"].get<double>(), 0);
    EXPECT_GE(event["dur"].get<double>(), 0);
  }
  for (const char* span : {"job", "parse", "allocate", "execute", "results"}) {
    EXPECT_EQ(categories[span], 1) << span;
  }
  EXPECT_EQ(categories["stage"], 1) << "both gates in one visit";
  const std::string metrics = Workspace::read(space.path("metrics.prom"));
  EXPECT_NE(metrics.find("\nbasalt_gates_total 2\n"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("\nbasalt_shots_total 1024\n"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("\nbasalt_memory_held_bytes 0\n"), std::string::npos) << metrics;
}

TEST_F(RunCommand, WritesMetricsOfARunThatFails) {
  const Result result =
      space.run({"run", space.write("bell.qasm", kBell), "--metrics-file", "metrics.prom", "--memory", "100"});
  EXPECT_EQ(result.status, 3);
  EXPECT_NE(Workspace::read(space.path("metrics.prom")).find("\nbasalt_jobs_failed_total 1\n"), std::string::npos);
}

TEST_F(RunCommand, SetsInputs) {
  const std::string file = space.write(
      "in.qasm",
      "OPENQASM 3;\ninclude \"stdgates.inc\";\ninput angle a;\nqubit q;\nbit c;\nrx(a) q;\nc = measure q;\n");
  const Result result = space.run({"run", file, "--set", "a=pi", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out)["counts"], Json({{"1", 1024}}));
  EXPECT_EQ(space.run({"run", file}).status, 2) << "a missing input";
  EXPECT_EQ(space.run({"run", file, "--set", "a"}).status, 2);
  EXPECT_EQ(space.run({"run", file, "--set", "a=1", "--set", "a=2"}).status, 2);
}

TEST_F(RunCommand, OtherCommandsWork) {
  const std::string file = space.write("bell.qasm", kBell);
  EXPECT_EQ(space.run({"check", file}).status, 0);
  EXPECT_EQ(Json::parse(space.run({"check", file, "--json"}).out)["qubits"], 2);
  EXPECT_EQ(space.run({"version"}).out.substr(0, 7), "basalt ");
  const Json devices = Json::parse(space.run({"devices", "--json"}).out);
  EXPECT_GE(devices["devices"][0]["cores"].get<int>(), 1);
  EXPECT_GT(devices["devices"][0]["memory_bytes"].get<double>(), 0);
  EXPECT_EQ(space.run({"devices"}).status, 0);
  EXPECT_EQ(space.run({"run", "--help"}).status, 0);
  EXPECT_EQ(space.run({"--version"}).status, 0);
}

TEST_F(RunCommand, BadUsageIsStatusTwo) {
  const std::string file = space.write("bell.qasm", kBell);
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"fly"},
      {"run"},
      {"run", file, "--shots", "0"},
      {"run", file, "--shots", "1000000000000"},
      {"run", file, "--shots", "many"},
      {"run", file, "--shots", "-5"},
      {"run", file, "--seed", "-1"},
      {"run", file, "--seed", "18446744073709551616"},
      {"run", file, "--seed", "0x10"},
      {"run", file, "--seed", ""},
      {"run", file, "--top", "-1"},
      {"run", file, "--probabilities", ""},
      {"run", file, "--probabilities", "0,,1"},
      {"run", file, "--probabilities", "0,"},
      {"run", file, "--memory", ""},
      {"run", file, "--save-state", ""},
      {"run", file, "--observable", "Z0", "--observable", "Z0"},
      {"run", file, "--observable", "1e308*Z0*Z1 + 1e308*X0*X1"},
      {"run", file, "--precision", "half"},
      {"run", file, "--threads", "0"},
      {"run", file, "--memory", "lots"},
      {"run", file, "--observable", "Z0*"},
      {"run", file, "--observable", "@missing.txt"},
      {"run", file, "--probabilities", "5"},
      {"run", file, "--unknown"},
      {"run", file, "extra"},
  };
  for (const auto& arguments : wrong) {
    const Result result = space.run(arguments);
    EXPECT_EQ(result.status, 2) << testing::PrintToString(arguments) << result.out << result.err;
    EXPECT_NE(result.err, "") << testing::PrintToString(arguments);
  }
}

TEST_F(RunCommand, ErrorsAreJsonToo) {
  const Result result = space.run({"run", space.write("bad.qasm", "OPENQASM 3;\nqubit q;\nfly q;\n"), "--json"});
  EXPECT_EQ(result.status, 2);
  const Json error = Json::parse(result.out)["error"];
  EXPECT_EQ(error["code"], "bad_input");
  EXPECT_EQ(error["line"], 3);
  EXPECT_EQ(error["column"], 1);
}

TEST_F(RunCommand, WrongUsageIsJsonTooWhereJsonIsAskedFor) {
  const std::string file = space.write("bell.qasm", kBell);
  const std::vector<std::vector<std::string>> wrong = {
      {"run", file, "--json", "--shots", "abc"}, {"run", file, "--nope", "--json"}, {"run", "--json"}};
  for (const auto& arguments : wrong) {
    const Result result = space.run(arguments);
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(Json::parse(result.out)["error"]["code"], "bad_usage") << testing::PrintToString(arguments);
  }
}

TEST_F(RunCommand, ManyCountsAreOneDocumentToo) {
  const std::string file = space.write(
      "wide.qasm", "OPENQASM 3;\ninclude \"stdgates.inc\";\nqubit[18] q;\nbit[18] c;\nh q;\nc = measure q;\n");
  const Result result = space.run({"run", file, "--shots", "50000", "--seed", "1", "--json"});
  const Json counts = Json::parse(result.out)["counts"];
  EXPECT_GT(counts.size(), 40000U);
  std::uint64_t shots = 0;
  for (const Json& count : counts) {
    shots += count.get<std::uint64_t>();
  }
  EXPECT_EQ(shots, 50000U);
  EXPECT_NE(space.run({"run", file, "--shots", "50000"}).out.find("more outcomes"), std::string::npos);
}

TEST_F(RunCommand, RunsWideCliffordCircuitsOnATableau) {
  const std::string file = space.write("wide.qasm",
                                       "OPENQASM 3;\ninclude \"stdgates.inc\";\nqubit[300] q;\nbit[300] c;\nh q[0];\n"
                                       "for int i in [1:299] { cx q[0], q[i]; }\nc = measure q;\n");
  const Result json = space.run({"run", file, "--seed", "1", "--observable", "Z0*Z299", "--json"});
  ASSERT_EQ(json.status, 0) << json.err;
  const Json report = Json::parse(json.out);
  EXPECT_EQ(report["method"], "stabilizer");
  EXPECT_EQ(report["counts"].size(), 2U);
  EXPECT_EQ(report["expectation_values"]["Z0*Z299"], 1);
  EXPECT_NE(space.run({"run", file}).out.find("chosen: stabilizer: every gate is Clifford"), std::string::npos);
  const Result refused = space.run({"run", file, "--method", "stabilizer", "--top", "3"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("--top needs them"), std::string::npos);
  EXPECT_EQ(space.run({"run", file, "--method", "clever"}).status, 2);
}

TEST_F(RunCommand, RefusesWhatDoesNotFitWithStatusThree) {
  const std::string file = space.write(
      "wide.qasm",
      "OPENQASM 3;\ninclude \"stdgates.inc\";\nqubit[60] q;\nh q;\nfor uint i in [0:58] { cp(0.1) q[i], q[i+1]; }\n");
  const Result result = space.run({"run", file});
  EXPECT_EQ(result.status, 3);
  EXPECT_NE(result.err.find("60 qubits"), std::string::npos);
  EXPECT_NE(result.err.find("largest state that fits"), std::string::npos);
  EXPECT_EQ(space.run({"run", space.write("bell.qasm", kBell), "--memory", "100"}).status, 3);
}

TEST_F(RunCommand, InterruptsEndWithStatus130AndLeaveNothing) {
  const std::string file = space.write(
      "long.qasm", "OPENQASM 3;\ninclude \"stdgates.inc\";\nqubit[22] q;\nfor int i in [0:1000000] { h q; }\n");
  for (const int signal : {SIGINT, SIGTERM}) {
    const pid_t child = space.start({"run", file, "--save-state", "s.npy"});
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    kill(child, signal);
    EXPECT_EQ(space.finish(child).status, 130);
    EXPECT_EQ(space.files(), std::vector<std::string>{"long.qasm"});
  }
}

TEST_F(RunCommand, InterruptsReachTheClassicalMachine) {
  const std::string file = space.write("spin.qasm", "OPENQASM 3;\nqubit q;\nint n = 0;\nwhile (true) { n += 1; }\n");
  const pid_t child = space.start({"run", file});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  kill(child, SIGINT);
  EXPECT_EQ(space.finish(child).status, 130);
}

TEST_F(RunCommand, InterruptsReachReadingAndParsing) {
  // A pipe that nobody writes to, then a program that takes seconds to read.
  ASSERT_EQ(mkfifo(space.path("pipe").c_str(), 0600), 0);
  const int writer = open(space.path("pipe").c_str(), O_RDWR | O_CLOEXEC);
  std::string text = "OPENQASM 3;\ninclude \"stdgates.inc\";\nqubit[2] q;\n";
  for (int i = 0; i < 2'000'000; ++i) {
    text += "cx q[0], q[1];\n";
  }
  space.write("long.qasm", text);
  for (const std::string& file : {space.path("pipe"), space.path("long.qasm")}) {
    const pid_t child = space.start({"run", file});
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    kill(child, SIGINT);
    EXPECT_EQ(space.finish(child).status, 130) << file;
  }
  close(writer);
}

TEST_F(RunCommand, AFullDiskIsStatusOne) {
  const std::string file = space.write("bell.qasm", kBell);
  const Result saving = space.run({"run", file, "--save-state", "/dev/full"});
  EXPECT_EQ(saving.status, 1);
  EXPECT_NE(saving.err.find("No space left"), std::string::npos) << saving.err;
  EXPECT_EQ(space.run({"run", file}, "/dev/null", "/dev/full").status, 1) << "standard output is full";
}

}  // namespace
}  // namespace basalt::testing_cli
