// basalt bench as a user meets it: rows, files, refusals. What is fast enough, no test can say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace basalt::testing_cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class BenchCommand : public testing::Test {
 protected:
  Workspace here_;
};

TEST_F(BenchCommand, MeasuresEveryCombinationOnce) {
  const Result result = here_.run({"bench", "--families", "ghz,qft", "--qubits", "4,6", "--precision", "both",
                                   "--threads", "1,1", "--repeat", "2", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json report = json::parse(result.out);
  ASSERT_EQ(report.at("rows").size(), 8U) << "families, widths, precisions; one number of threads, given twice";
  EXPECT_EQ(report.at("rows").at(0).at("family"), "ghz");
  EXPECT_EQ(report.at("rows").at(0).at("qubits"), 4);
  EXPECT_EQ(report.at("rows").at(7).at("family"), "qft");
  EXPECT_EQ(report.at("rows").at(7).at("precision"), "double");
  for (const json& row : report.at("rows")) {
    EXPECT_GE(row.at("runs").get<int>(), 2);
    EXPECT_GT(row.at("seconds").get<double>(), 0);
    EXPECT_GT(row.at("sweep_seconds").get<double>(), 0);
    EXPECT_GE(row.at("total_seconds").get<double>(), row.at("seconds").get<double>());
    EXPECT_GT(row.at("sweep_equivalents").get<double>(), 0);
    for (const char* key : {"flops_per_amplitude", "roofline_fraction", "predicted_seconds"}) {
      EXPECT_TRUE(row.at(key).is_null() || row.at(key).get<double>() > 0) << key;
    }
  }
  EXPECT_FALSE(report.at("machine").at("processor").get<std::string>().empty());
}

TEST_F(BenchCommand, PrintsATable) {
  const Result result = here_.run(
      {"bench", "--families", "qft", "--qubits", "4", "--precision", "single", "--threads", "all", "--repeat", "1"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("sweeps"), HasSubstr("roofline"), HasSubstr("qft"), HasSubstr("single")));
  EXPECT_THAT(result.out, Not(HasSubstr("\x1b"))) << "no colour outside a terminal";
}

TEST_F(BenchCommand, MeasuresFiles) {
  const std::string file =
      here_.write("bell.qasm", "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[5];\nh q[0];\ncx q[0],q[1];\n");
  const Result result = here_.run({"bench", file, "--precision", "double", "--threads", "1", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json rows = json::parse(result.out).at("rows");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.at(0).at("family"), "bell");
  EXPECT_EQ(rows.at(0).at("qubits"), 5);
}

TEST_F(BenchCommand, SkipsWhatDoesNotFitAndSaysWhy) {
  ::setenv("BASALT_MEMORY", "16M", 1);
  const Result result = here_.run(
      {"bench", "--families", "ghz", "--qubits", "6,24", "--precision", "single", "--threads", "1", "--json"});
  ::unsetenv("BASALT_MEMORY");
  ASSERT_EQ(result.status, 0) << result.err;
  const json rows = json::parse(result.out).at("rows");
  EXPECT_FALSE(rows.at(0).contains("skipped"));
  EXPECT_THAT(rows.at(1).at("skipped").get<std::string>(), HasSubstr("BASALT_MEMORY"));
  EXPECT_FALSE(rows.at(1).contains("seconds"));
}

TEST_F(BenchCommand, WritesTheCircuitsThatItWouldRun) {
  const Result result =
      here_.run({"bench", "--write", "circuits", "--families", "ghz,ising", "--qubits", "4,12", "--seed", "3"});
  ASSERT_EQ(result.status, 0) << result.err;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(here_.path("circuits"))) {
    names.push_back(entry.path().filename().string());
    EXPECT_THAT(result.out, HasSubstr(names.back()));
    EXPECT_EQ(here_.run({"check", entry.path().string()}).status, 0);
  }
  EXPECT_THAT(names, UnorderedElementsAre("ghz_4.qasm", "ghz_12.qasm", "ising_4.qasm", "ising_12.qasm"));

  const std::string ising = Workspace::read(here_.path("circuits/ising_12.qasm"));
  ASSERT_EQ(here_.run({"bench", "--write", "circuits", "--families", "ising", "--qubits", "12"}).status, 0);
  EXPECT_NE(Workspace::read(here_.path("circuits/ising_12.qasm")), ising) << "another seed";
}

TEST_F(BenchCommand, MeasuresPatterns) {
  const Result result = here_.run({"bench", "--workload", "patterns", "--size", "512x256,20x20x20", "--precision",
                                   "single", "--repeat", "1", "--steps-per-visit", "1,4", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json rows = json::parse(result.out).at("rows");
  ASSERT_EQ(rows.size(), 3U);  // of the volume, one
  EXPECT_EQ(rows.at(0).at("steps_per_visit"), 1);
  EXPECT_EQ(rows.at(1).at("steps_per_visit"), 4);
  for (const json& row : rows) {
    EXPECT_GT(row.at("cells_per_second"), 0);
    EXPECT_GT(row.at("steps_per_sweep"), 0);
  }
  const Result table = here_.run({"bench", "--workload", "patterns", "--models", "fitzhugh-nagumo", "--size", "64",
                                  "--precision", "double", "--repeat", "1"});
  ASSERT_EQ(table.status, 0) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("Gcells/s"), HasSubstr("fitzhugh-nagumo")));
}

TEST_F(BenchCommand, RefusesWhatItDoesNotKnow) {
  const auto message_of = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "bench");
    const Result result = here_.run(arguments);
    EXPECT_EQ(result.status, 2) << result.out;
    return result.err;
  };
  EXPECT_THAT(message_of({"--families", "qtf"}), AllOf(HasSubstr("'qtf'"), HasSubstr("qft-transpiled")));
  EXPECT_THAT(message_of({"--qubits", "3"}), HasSubstr("3 qubits"));
  EXPECT_THAT(message_of({"--qubits", "4,x"}), HasSubstr("--qubits"));
  EXPECT_THAT(message_of({"--set", "huge"}), HasSubstr("huge"));
  EXPECT_THAT(message_of({"--workload", "tiling"}), HasSubstr("tiling"));
  EXPECT_THAT(message_of({"--workload", "patterns", "--models", "gray-scot"}), HasSubstr("gray-scott"));
  EXPECT_THAT(message_of({"--workload", "patterns", "--size", "12xy"}), HasSubstr("--size"));
  EXPECT_THAT(message_of({"--workload", "patterns", "--steps-per-visit", "0"}), HasSubstr("--steps-per-visit"));
  EXPECT_THAT(message_of({"--precision", "half"}), HasSubstr("half"));
  EXPECT_THAT(message_of({"--threads", "0"}), HasSubstr("--threads"));
  EXPECT_THAT(message_of({"--repeat", "0"}), HasSubstr("--repeat"));
  EXPECT_THAT(message_of({"absent.qasm"}), HasSubstr("absent.qasm"));
  EXPECT_THAT(message_of({"absent.qasm", "--families", "qft"}), HasSubstr("--families"));
}

TEST_F(BenchCommand, StopsAtAnInterrupt) {
  const pid_t child = here_.start({"bench", "--families", "quantum-volume", "--qubits", "22", "--repeat", "1000"});
  std::this_thread::sleep_for(std::chrono::seconds(1));
  ::kill(child, SIGINT);
  EXPECT_EQ(here_.finish(child).status, 130);
}

TEST_F(BenchCommand, RunsRowsOnADevice) {
  const json devices = json::parse(here_.run({"devices", "--json"}).out);
  if (devices.at("devices").size() == 1) {
    GTEST_SKIP() << "no Vulkan device: " << devices.at("no_vulkan_reason");
  }
  const std::vector<std::string> arguments = {"bench", "--families",  "ghz,qft", "--qubits",  "4,13",   "--repeat",
                                              "2",     "--precision", "both",    "--backend", "vulkan", "--device",
                                              "0"};
  std::vector<std::string> as_json = arguments;
  as_json.emplace_back("--json");
  const Result result = here_.run(as_json);
  ASSERT_EQ(result.status, 0) << result.err;
  const json report = json::parse(result.out);
  const json& device = devices.at("devices").at(1);
  EXPECT_EQ(report.at("backend"), "vulkan");
  EXPECT_EQ(report.at("machine").at("device"), device.at("name"));
  EXPECT_FALSE(report.at("machine").contains("peak_source"));
  ASSERT_EQ(report.at("rows").size(), 8U) << "families, widths, precisions; all threads";
  for (const json& row : report.at("rows")) {
    if (row.contains("skipped")) {
      EXPECT_EQ(row.at("precision"), "double");
      EXPECT_FALSE(device.at("f64").get<bool>());
      continue;
    }
    EXPECT_GT(row.at("seconds").get<double>(), 0);
    EXPECT_GT(row.at("predicted_seconds").get<double>(), 0);
    EXPECT_TRUE(row.at("roofline_fraction").is_null());
  }
  const Result text = here_.run(arguments);
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, HasSubstr("\n" + device.at("name").get<std::string>() + " ("));
}

TEST_F(BenchCommand, RefusesDevicesThatThereAreNot) {
  EXPECT_EQ(here_.run({"bench", "--families", "ghz", "--qubits", "4", "--device", "0"}).status, 2) << "backend cpu";
  EXPECT_EQ(here_.run({"bench", "--backend", "vulkan", "--device", "no card has such a name"}).status, 2);
  EXPECT_EQ(here_.run({"bench", "--backend", "gpu"}).status, 2);
}

}  // namespace
}  // namespace basalt::testing_cli
