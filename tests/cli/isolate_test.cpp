// basalt run --isolate gpu: what a worker does is what the program does, and a worker that crashes or hangs harms
// nobody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace basalt::testing_cli {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Of `qubits` qubits, `rounds` times over all of them.
std::string circuit(int qubits, int rounds) {
  const std::string n = std::to_string(qubits);
  return "OPENQASM 3.1;\ninclude \"stdgates.inc\";\nqubit[" + n + "] q;\nbit[" + n +
         "] c;\nh q;\nfor uint r in [1:" + std::to_string(rounds) +
         "] { for uint i in [0:" + std::to_string(qubits - 2) +
         "] { cx q[i], q[i+1]; ry(0.1*r + 0.3*i) q[i]; } }\nc = measure q;\n";
}

class Isolate : public testing::Test {
 protected:
  void SetUp() override {
    const Json devices = Json::parse(space_.run({"devices", "--json"}).out)["devices"];
    for (std::size_t i = 1; i < devices.size() && device_.empty(); ++i) {
      device_ = devices[i]["usable"].get<bool>() ? std::to_string(i - 1) : "";
    }
  }

  [[nodiscard]] bool has_device() const { return !device_.empty(); }

  [[nodiscard]] std::vector<std::string> arguments(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {
        "run",       file_, "--backend", "vulkan", "--device", device_.empty() ? "0" : device_,
        "--isolate", "gpu", "--seed",    "5"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  /// For the loader: the only driver there is.
  [[nodiscard]] std::string only(const std::string& library) const {
    return space_.write(
        "driver.json",
        Json{{"file_format_version", "1.0.0"}, {"ICD", {{"library_path", library}, {"api_version", "1.3.0"}}}}.dump());
  }

  /// Without one, no driver is ever asked.
  [[nodiscard]] bool has_loader() const {
    const Variable driver("VK_ICD_FILENAMES", only(BROKEN_DRIVER));
    return space_.run({"run", file_, "--backend", "vulkan", "--device", "0"}).status == 128 + SIGSEGV;
  }

  /// That --isolate gpu ends with an error that says `what`, in text and in JSON.
  void expect_error(const std::vector<std::string>& more, const std::string& what) const {
    const Result text = space_.run(arguments(more));
    EXPECT_EQ(text.status, 1);
    EXPECT_THAT(text.out, IsEmpty());
    EXPECT_THAT(text.err, HasSubstr(what));
    EXPECT_THAT(text.err, HasSubstr("--fallback"));
    std::vector<std::string> with_json = more;
    with_json.emplace_back("--json");
    const Result json = space_.run(arguments(with_json));
    EXPECT_EQ(json.status, 1);
    EXPECT_EQ(Json::parse(json.out)["error"]["code"], "device_lost");
  }

  /// That with --fallback the CPU gives its results, with a note that says `what`.
  void expect_fallback(std::vector<std::string> more, const std::string& what) const {
    const Json expected = Json::parse(space_.run({"run", file_, "--seed", "5", "--json"}).out);
    more.insert(more.end(), {"--fallback", "--json"});
    const Result result = space_.run(arguments(more));
    EXPECT_EQ(result.status, 0);
    const Json document = Json::parse(result.out);
    EXPECT_EQ(document["backend"], "cpu");
    EXPECT_EQ(document["counts"], expected["counts"]);
    EXPECT_THAT(document["notes"][0].get<std::string>(), HasSubstr("run on the CPU, as the device failed: " + what));
    std::vector<std::string> piped = arguments(more);
    piped[1] = "-";
    EXPECT_EQ(Json::parse(space_.run(piped, file_).out)["counts"], expected["counts"])
        << "what was read is still there";
  }

  /// A run that takes longer than any test, and its worker.
  struct Pair {
    pid_t program = 0;
    pid_t worker = 0;
  };
  [[nodiscard]] Pair start_long(const std::vector<std::string>& more = {}) const {
    space_.write("circuit.qasm", circuit(19, 400));
    const pid_t program = space_.start(arguments(more));
    const pid_t worker = worker_of(program);
    EXPECT_NE(worker, 0);
    return {program, worker};
  }

  /// The worker that `program` has started, once it is there.
  static pid_t worker_of(pid_t program) {
    const std::string id = std::to_string(program);
    for (int tries = 0; tries < 2000; ++tries) {
      pid_t worker = 0;
      std::ifstream(fs::path("/proc") / id / "task" / id / "children") >> worker;
      if (worker != 0) {
        return worker;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return 0;
  }

  static bool is_gone(pid_t process) {
    for (int tries = 0; tries < 1000; ++tries) {
      if (kill(process, 0) != 0) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  Workspace space_;
  std::string device_;
  std::string file_ = space_.write("circuit.qasm", circuit(10, 3));
};

TEST_F(Isolate, GivesWhatARunWithoutItGives) {
  if (!has_device()) {
    GTEST_SKIP() << "no Vulkan device";
  }
  std::vector<std::string> plain = arguments({"--quiet", "--top", "3"});
  plain.erase(plain.begin() + 6, plain.begin() + 8);
  ASSERT_EQ(std::ranges::count(plain, "--isolate"), 0);
  const Result expected = space_.run(plain);
  const Result actual = space_.run(arguments({"--quiet", "--top", "3"}));
  EXPECT_EQ(actual.status, 0);
  EXPECT_EQ(actual.out, expected.out);
  EXPECT_EQ(actual.err, expected.err);
  EXPECT_EQ(Json::parse(space_.run(arguments({"--json"})).out)["backend"], "vulkan");
}

TEST_F(Isolate, PassesErrorsOn) {
  EXPECT_EQ(space_.run({"run", "no such file", "--backend", "vulkan", "--isolate", "gpu"}).status, 2);
  const Result no_device =
      space_.run({"run", file_, "--backend", "vulkan", "--device", "no such card", "--isolate", "gpu", "--json"});
  EXPECT_EQ(no_device.status, has_device() ? 2 : no_device.status);
  EXPECT_NE(no_device.status, 0);
  EXPECT_TRUE(Json::parse(no_device.out).contains("error"));
  const Result on_cpu = space_.run({"run", file_, "--backend", "cpu", "--isolate", "gpu"});
  EXPECT_EQ(on_cpu.status, 2);
  EXPECT_THAT(on_cpu.err, HasSubstr("--isolate gpu is about devices"));
  const Result unknown = space_.run({"run", file_, "--backend", "vulkan", "--isolate", "cpu"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("'cpu' is not gpu"));
}

TEST_F(Isolate, ADriverThatCrashesIsAnErrorOrLeftForTheCpu) {
  if (!has_loader()) {
    GTEST_SKIP() << "no Vulkan loader";
  }
  const Variable driver("VK_ICD_FILENAMES", only(BROKEN_DRIVER));
  expect_error({}, "the driver crashed (SIGSEGV) in the worker process");
  expect_fallback({"--verify", "3"}, "the driver crashed (SIGSEGV)");
}

TEST_F(Isolate, ADriverThatHangsIsAnErrorOrLeftForTheCpu) {
  if (!has_loader()) {
    GTEST_SKIP() << "no Vulkan loader";
  }
  const Variable driver("VK_ICD_FILENAMES", only(HANGING_DRIVER));
  expect_error({"--hang-limit", "1s"},
               "the driver hangs: a call did not return within 1 s, and the worker process was killed");
  expect_fallback({"--hang-limit", "0.5"}, "the driver hangs");
}

TEST_F(Isolate, ACrashInTheMiddlePrintsNothingByHalves) {
  if (!has_device()) {
    GTEST_SKIP() << "no Vulkan device";
  }
  space_.write("circuit.qasm", circuit(18, 40));
  const pid_t program = space_.start(arguments({"--save-state", "state.npy"}));
  const pid_t worker = worker_of(program);
  ASSERT_NE(worker, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  kill(worker, SIGABRT);  // the address sanitizer catches others
  const Result result = space_.finish(program);
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("the driver crashed (SIGABRT)"));
  EXPECT_THAT(space_.files(), Not(testing::Contains("state.npy")));
}

TEST_F(Isolate, AskedToEndItEndsAsWithout) {
  if (!has_device()) {
    GTEST_SKIP() << "no Vulkan device";
  }
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto [program, worker] = start_long();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    kill(program, signal);
    const Result result = space_.finish(program);
    EXPECT_EQ(result.status, 130);
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(is_gone(worker));
  }
}

TEST_F(Isolate, AWorkerThatDoesNotListenIsEndedByASecondSignal) {
  if (!has_device()) {
    GTEST_SKIP() << "no Vulkan device";
  }
  const auto [program, worker] = start_long();
  kill(worker, SIGSTOP);
  kill(program, SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  kill(program, SIGTERM);
  EXPECT_EQ(space_.finish(program).status, 130);
  EXPECT_TRUE(is_gone(worker));
}

TEST_F(Isolate, NoWorkerOutlivesTheProgram) {
  if (!has_device()) {
    GTEST_SKIP() << "no Vulkan device";
  }
  const auto [program, worker] = start_long();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  kill(program, SIGKILL);
  space_.finish(program);
  EXPECT_TRUE(is_gone(worker));
}

TEST_F(Isolate, VerifyShowsWhatItFound) {
  if (!has_device()) {
    GTEST_SKIP() << "no Vulkan device";
  }
  const Result text = space_.run(arguments({"--verify", "4"}));
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("\nverified 1 tile by plain loops: largest difference "));
  const Json document = Json::parse(space_.run(arguments({"--verify", "4", "--json"})).out);
  EXPECT_EQ(document["verify"]["tiles"], 1);
  EXPECT_LT(document["verify"]["largest_difference"].get<double>(), 1e-6);
  EXPECT_EQ(document["verify"]["tolerance"], 1e-4);
  const Result on_cpu = space_.run({"run", file_, "--backend", "cpu", "--verify", "4"});
  EXPECT_EQ(on_cpu.status, 0) << on_cpu.err;
  EXPECT_THAT(on_cpu.out, HasSubstr("\nverified "));
}

}  // namespace
}  // namespace basalt::testing_cli
