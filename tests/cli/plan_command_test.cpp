// basalt plan as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace basalt::testing_cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// H on every qubit and phases between neighbours; nothing is measured.
std::string layers(int qubits, int count) {
  std::string text = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[" + std::to_string(qubits) + "];\n";
  for (int layer = 0; layer < count; ++layer) {
    text += "ry(0.3) q;\n";
    for (int qubit = 0; qubit + 1 < qubits; ++qubit) {
      text += "cp(0.1) q[" + std::to_string(qubit) + "],q[" + std::to_string(qubit + 1) + "];\n";
    }
  }
  return text;
}

TEST(PlanCommand, ShowsStagesTimesAndWhereNumbersComeFrom) {
  const Workspace here;
  const Result result = here.run({"plan", here.write("layers.qasm", layers(22, 2))});
  ASSERT_EQ(result.status, 0) << result.err;
  for (const char* part : {"22 qubits", "stages", "dense", "phase", "predicted", "total", "relies on", "tile_bytes",
                           "speed of memory", "default", "planned in"}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
}

std::string ghz(int qubits) {
  const std::string n = std::to_string(qubits);
  return "OPENQASM 3.1;\ninclude \"stdgates.inc\";\nqubit[" + n + "] q;\nbit[" + n +
         "] c;\nh q[0];\nfor uint i in [1:" + std::to_string(qubits - 1) + "] { cx q[i-1], q[i]; }\nc = measure q;\n";
}

TEST(PlanCommand, SaysWhichMethodAndWhy) {
  const Workspace here;
  const std::string file = here.write("ghz.qasm", ghz(500));
  const Result tableau = here.run({"plan", file});
  ASSERT_EQ(tableau.status, 0) << tableau.err;
  EXPECT_THAT(tableau.out, HasSubstr("500 qubits, 500 gates, as 500 Clifford steps with 500 outcomes"));
  EXPECT_THAT(tableau.out, HasSubstr("stabilizer: every gate is Clifford, and no amplitudes are asked for"));
  const json plan = json::parse(here.run({"plan", file, "--json"}).out);
  EXPECT_EQ(plan.at("method"), "stabilizer");
  EXPECT_EQ(plan.at("outcomes"), 500);
  const Result state = here.run({"plan", file, "--method", "state"});
  EXPECT_EQ(state.status, 3);
  EXPECT_THAT(here.run({"plan", here.write("layers.qasm", layers(22, 2)), "--observable", "Z0"}).out,
              HasSubstr("state: ry(0.3) (gate 1) is no Clifford gate"));
}

TEST(PlanCommand, JsonAddsUp) {
  const Workspace here;
  const Result result = here.run({"plan", here.write("layers.qasm", layers(22, 2)), "--threads", "1", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json plan = json::parse(result.out);
  EXPECT_EQ(plan.at("qubits"), 22);
  EXPECT_EQ(plan.at("threads"), 1);
  EXPECT_EQ(plan.at("state_bytes"), 8 << 22);
  double seconds = 0;
  std::uint64_t steps = 0;
  for (const json& stage : plan.at("stages")) {
    seconds += stage.at("predicted_seconds").get<double>();
    for (const json& count : stage.at("kernels")) {
      steps += count.get<std::uint64_t>();
    }
    EXPECT_FALSE(stage.contains("actual_seconds")) << "nothing was run";
  }
  EXPECT_GT(seconds, 0);
  EXPECT_NEAR(seconds, plan.at("predicted_seconds").get<double>(), 1e-9);
  EXPECT_EQ(steps, plan.at("steps").get<std::uint64_t>());
}

TEST(PlanCommand, TakesNoMemoryForAStateThatNoMachineHolds) {
  const Workspace here;
  const Result result = here.run({"plan", here.write("large.qasm", layers(48, 1)), "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json plan = json::parse(result.out);
  EXPECT_EQ(plan.at("state_bytes"), std::uint64_t{8} << 48);
  EXPECT_THAT(plan.at("notes").dump(), HasSubstr("does not fit"));
  EXPECT_EQ(here.run({"plan", here.write("larger.qasm", layers(60, 1))}).status, 3);
}

TEST(PlanCommand, PrecisionDoublesTheState) {
  const Workspace here;
  const std::string file = here.write("layers.qasm", layers(20, 1));
  const json plan = json::parse(here.run({"plan", file, "--precision", "double", "--json"}).out);
  EXPECT_EQ(plan.at("state_bytes"), 16 << 20);
  EXPECT_EQ(plan.at("precision"), "double");
}

TEST(PlanCommand, SaysWhereAMeasurementEndsWhatCanBePlanned) {
  const Workspace here;
  const std::string file = here.write("branches.qasm",
                                      "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nbit c;\n"
                                      "h q[0];\nc = measure q[0];\nif (c) { x q[1]; }\nc = measure q[1];\n");
  EXPECT_THAT(here.run({"plan", file}).out, HasSubstr("up to the first measurement"));
  EXPECT_EQ(json::parse(here.run({"plan", file, "--json"}).out).at("stops_at_measurement"), true);
}

TEST(PlanCommand, ARunShowsPredictedAndActualTimesSideBySide) {
  const Workspace here;
  const std::string file = here.write("layers.qasm", layers(18, 2));
  const json plan = json::parse(here.run({"plan", file, "--json", "--top", "1"}).out);
  const json run = json::parse(here.run({"run", file, "--json", "--top", "1"}).out);
  ASSERT_EQ(run.at("stages").size(), plan.at("stages").size());
  EXPECT_EQ(run.at("predicted_flops"), plan.at("predicted_flops"));
  for (std::size_t i = 0; i < plan.at("stages").size(); ++i) {
    const json& stage = run.at("stages").at(i);
    EXPECT_EQ(stage.at("tile_axes"), plan.at("stages").at(i).at("tile_axes"));
    EXPECT_EQ(stage.at("predicted_seconds"), plan.at("stages").at(i).at("predicted_seconds"));
    EXPECT_GT(stage.at("actual_seconds").get<double>(), 0);
  }
}

TEST(PlanCommand, InputsHaveValues) {
  const Workspace here;
  const std::string file = here.write(
      "input.qasm", "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ninput float theta;\nqubit[2] q;\nry(theta) q[0];\n");
  EXPECT_EQ(here.run({"plan", file, "--set", "theta=pi/3"}).status, 0);
  EXPECT_EQ(here.run({"plan", file}).status, 2);
}

TEST(PlanCommand, RefusesWhatIsNoCircuit) {
  const Workspace here;
  const Result result = here.run({"plan", here.write("bad.qasm", "OPENQASM 2.0;\nqreg q[2];\nbogus q[0];\n")});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("bad.qasm:3"));
  EXPECT_EQ(here.run({"plan"}).status, 2);
}

TEST(PlanCommand, HelpTellsWhatAStageIs) {
  const Workspace here;
  const Result result = here.run({"plan", "--help"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, HasSubstr("A stage visits the state once"));
  EXPECT_THAT(result.out, HasSubstr("basalt plan qft.qasm"));
}

class PlanForDevice : public testing::Test {
 protected:
  void SetUp() override {
    const json devices = json::parse(here_.run({"devices", "--json"}).out);
    if (devices.at("devices").size() == 1) {
      GTEST_SKIP() << "no Vulkan device: " << devices.at("no_vulkan_reason");
    }
    device_ = devices.at("devices").at(1);
    file_ = here_.write("layers.qasm", layers(16, 2));
    ::setenv("BASALT_WISDOM", here_.path("wisdom.sqlite").c_str(), 1);
  }
  void TearDown() override { ::unsetenv("BASALT_WISDOM"); }

  [[nodiscard]] json plan_json() const {
    const Result result = here_.run({"plan", file_, "--backend", "vulkan", "--device", "0", "--json"});
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(result.out);
  }
  [[nodiscard]] static std::string source_of_speed(const json& plan) {
    for (const json& choice : plan.at("choices")) {
      if (choice.at("name") == "speed of memory") {
        return choice.at("source");
      }
    }
    return {};
  }

  Workspace here_;
  json device_;
  std::string file_;
};

TEST_F(PlanForDevice, NamesItAndItsTiles) {
  const Result text = here_.run({"plan", file_, "--backend", "vulkan", "--device", "0"});
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("vulkan (" + device_.at("name").get<std::string>() + ", single precision)"));
  for (const char* part : {"stages", "total", "tile_axes", "low_axes", "speed of memory", "cost of a stage"}) {
    EXPECT_THAT(text.out, HasSubstr(part));
  }
  const json plan = plan_json();
  EXPECT_EQ(plan.at("backend"), "vulkan");
  EXPECT_EQ(plan.at("device").at("name"), device_.at("name"));
  EXPECT_FALSE(plan.contains("threads"));
  for (const json& stage : plan.at("stages")) {
    EXPECT_EQ(stage.at("tile_axes").size(), device_.at("tile_axes").at("c64").get<std::size_t>());
  }
}

TEST_F(PlanForDevice, PlansAsARunDoes) {
  const json plan = plan_json();
  const Result ran = here_.run({"run", file_, "--backend", "vulkan", "--device", "0", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json stages = json::parse(ran.out).at("stages");
  ASSERT_EQ(stages.size(), plan.at("stages").size());
  for (std::size_t i = 0; i < stages.size(); ++i) {
    EXPECT_EQ(stages[i].at("tile_axes"), plan.at("stages")[i].at("tile_axes"));
    EXPECT_EQ(stages[i].at("predicted_seconds"), plan.at("stages")[i].at("predicted_seconds"));
  }
}

TEST_F(PlanForDevice, ReliesOnWhatWasMeasured) {
  EXPECT_THAT(source_of_speed(plan_json()), HasSubstr("default"));
  ASSERT_EQ(here_.run({"tune", "--device", "0", "--force"}).status, 0);
  EXPECT_THAT(source_of_speed(plan_json()), HasSubstr("measured at 20"));
}

TEST_F(PlanForDevice, IsForADeviceThatIsNamed) {
  const Result result = here_.run({"plan", file_, "--device", "0", "--json"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(json::parse(result.out).at("backend"), "vulkan");
}

TEST_F(PlanForDevice, ShowsWhyTheCpuIsChosenForSmallCircuits) {
  const Result text = here_.run({"plan", file_});
  EXPECT_THAT(text.out, HasSubstr("choice\n  cpu  "));
  EXPECT_THAT(text.out, HasSubstr("to start, so none was looked at"));
  EXPECT_THAT(text.out, HasSubstr("processor\n  1 thread "));
  EXPECT_THAT(text.out, HasSubstr("taken"));
  EXPECT_THAT(text.out, HasSubstr("memory  at most\n"));
  const json plan = json::parse(here_.run({"plan", file_, "--json"}).out);
  EXPECT_TRUE(plan.at("processor")[0].contains("taken"));
  EXPECT_EQ(plan.at("memory")[0].at("when"), "lease");
  EXPECT_EQ(plan.at("memory").back().at("host_bytes"), 0);
  EXPECT_TRUE(plan.at("would_change_it").is_array());
  const json& choice = plan.at("choice");
  EXPECT_EQ(choice.at("winner"), "cpu");
  ASSERT_EQ(choice.at("candidates").size(), 1U);
  EXPECT_GT(choice.at("candidates")[0].at("seconds").get<double>(), 0);
  EXPECT_FALSE(json::parse(here_.run({"plan", file_, "--backend", "cpu", "--json"}).out).contains("choice"));
}

/// A processor that plays a device is looked at and not taken.
TEST_F(PlanForDevice, ShowsWhatWasLookedAtForLargeCircuits) {
  const std::string large = here_.write("large.qasm", layers(45, 1));
  const json plan = json::parse(here_.run({"plan", large, "--json"}).out);
  const json& candidates = plan.at("choice").at("candidates");
  ASSERT_GE(candidates.size(), 2U);
  EXPECT_THAT(candidates[0].at("rejection").get<std::string>(), HasSubstr("the state takes 256.0 TiB"));
  EXPECT_TRUE(candidates[1].contains("rejection"));
  EXPECT_EQ(candidates[1].at("device"), "0");
  EXPECT_EQ(plan.at("choice").at("reason"), "nothing that there is can run it");
}

TEST_F(PlanForDevice, SaysThatAStateDoesNotFit) {
  const std::string large = here_.write("large.qasm", layers(45, 1));
  const Result result = here_.run({"plan", large, "--backend", "vulkan", "--device", "0"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("does not fit"));
  EXPECT_EQ(here_.run({"plan", file_, "--backend", "cpu", "--device", "0"}).status, 2) << "the backend is cpu";
  EXPECT_EQ(here_.run({"plan", file_, "--backend", "vulkan", "--device", "no card has such a name"}).status, 2);
}

}  // namespace
}  // namespace basalt::testing_cli
