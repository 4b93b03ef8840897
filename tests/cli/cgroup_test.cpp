// The program inside a control group of half a core and 512 MiB, as a small container has: it finishes, or refuses with
// the numbers, and the kernel never kills it. Needs the right to make control groups, of version 1 or 2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "cli/program.h"
#include "places.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_cli::Result;
using testing_cli::Workspace;

constexpr const char* kHalfACore = "50000";
constexpr const char* kPeriod = "100000";
constexpr const char* kMemory = "536870912";

bool write_file(const fs::path& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text << std::flush;
  return stream.good();
}

/// A control group of the test, or the reason why there is none. Removed with the object.
class LimitedGroup {
 public:
  LimitedGroup() {
    const std::string name = "basalt-test-" + std::to_string(::getpid());
    if (fs::exists("/sys/fs/cgroup/cgroup.controllers")) {
      make_version2(fs::path("/sys/fs/cgroup") / name);
    } else {
      make_version1(name);
    }
  }
  ~LimitedGroup() {
    for (const fs::path& folder : folders_) {
      ::rmdir(folder.c_str());
    }
  }
  LimitedGroup(const LimitedGroup&) = delete;
  LimitedGroup& operator=(const LimitedGroup&) = delete;

  [[nodiscard]] const std::string& why_not() const { return why_not_; }
  [[nodiscard]] const std::vector<fs::path>& folders() const { return folders_; }

  /// Processes of the group that the kernel killed for memory; nothing where it does not count them.
  [[nodiscard]] std::optional<int> kills() const {
    for (const fs::path& folder : folders_) {
      for (const char* name : {"memory.events", "memory.oom_control"}) {
        std::ifstream file(folder / name);
        std::string key;
        int value = 0;
        while (file >> key >> value) {
          if (key == "oom_kill") {
            return value;
          }
        }
      }
    }
    return std::nullopt;
  }

 private:
  bool make(const fs::path& folder) {
    std::error_code error;
    if (!fs::create_directory(folder, error)) {
      why_not_ = "cannot make the control group " + folder.string() + ": " + error.message();
      return false;
    }
    folders_.push_back(folder);
    return true;
  }

  void limit(const fs::path& file, const std::string& value) {
    if (why_not_.empty() && !write_file(file, value)) {
      why_not_ = "cannot write " + file.string();
    }
  }

  void make_version2(const fs::path& folder) {
    write_file(folder.parent_path() / "cgroup.subtree_control", "+cpu +memory");  // as a rule, they are on already
    if (make(folder)) {
      limit(folder / "cpu.max", std::string(kHalfACore) + " " + kPeriod);
      limit(folder / "memory.max", kMemory);
    }
  }

  void make_version1(const std::string& name) {
    for (const char* controller : {"cpu", "memory"}) {
      const fs::path mount = fs::path("/sys/fs/cgroup") / controller;
      if (!fs::exists(mount / "tasks")) {
        why_not_ = "no control groups are mounted at " + mount.string();
        return;
      }
      if (!make(mount / name)) {
        return;
      }
    }
    limit(folders_[0] / "cpu.cfs_period_us", kPeriod);
    limit(folders_[0] / "cpu.cfs_quota_us", kHalfACore);
    limit(folders_[1] / "memory.limit_in_bytes", kMemory);
  }

  std::vector<fs::path> folders_;
  std::string why_not_;
};

class CgroupTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "a sanitizer takes several times the memory of the program";
#endif
    if (!group_.why_not().empty()) {
      GTEST_SKIP() << group_.why_not();
    }
  }

  /// A shell enters the group and becomes the program, so that all of it counts.
  Result run(const std::vector<std::string>& arguments) const {
    std::string script;
    for (const fs::path& folder : group_.folders()) {
      script += "echo $$ > " + (folder / "cgroup.procs").string() + " || exit 99\n";
    }
    script += "exec " + std::string(places::kProgram) + " \"$@\" > out 2> err < /dev/null\n";
    workspace_.write("enter.sh", script);
    std::vector<std::string> words = {"/bin/sh", "enter.sh"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      if (chdir(workspace_.path("").c_str()) == 0) {
        execv(argv[0], argv.data());
      }
      _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            .out = Workspace::read(workspace_.path("out")),
            .err = Workspace::read(workspace_.path("err"))};
  }

  /// One that takes all of its amplitudes where the method is state.
  [[nodiscard]] std::string circuit(int qubits, const std::string& name) const {
    std::ostringstream text;
    text << "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[" << qubits << "] q;\nbit[" << qubits
         << "] c;\nry(0.4) q;\nfor uint i in [0:" << qubits - 2 << "] { cz q[i], q[i+1]; }\nc = measure q;\n";
    workspace_.write(name, text.str());
    return name;
  }

  LimitedGroup group_;
  Workspace workspace_;
};

TEST_F(CgroupTest, SeesItsLimits) {
  const Result result = run({"devices"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("basalt-test-"));
}

TEST_F(CgroupTest, ARunThatFitsFinishes) {
  const Result result = run({"run", circuit(24, "fits.qasm"), "--shots", "100", "--seed", "1", "--method", "state"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(group_.kills().value_or(0), 0);
}

TEST_F(CgroupTest, ARunOfTwiceTheMemoryFinishesOnDisk) {
  const Result result = run({"run", circuit(27, "large.qasm"), "--shots", "100", "--seed", "1", "--method", "state"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("basalt-test-"));
  EXPECT_THAT(result.err, HasSubstr("disk: 1.0 GiB"));
  EXPECT_EQ(group_.kills().value_or(0), 0);
}

TEST_F(CgroupTest, ARunThatDoesNotFitIsRefusedWithTheLimit) {
  const Result result =
      run({"run", circuit(28, "huge.qasm"), "--shots", "100", "--spill-limit", "0", "--method", "state"});
  EXPECT_EQ(result.status, 3) << result.out << result.err;
  EXPECT_THAT(result.err, HasSubstr("basalt-test-"));
  EXPECT_EQ(group_.kills().value_or(0), 0);
}

TEST_F(CgroupTest, ABatchFinishesWithNoJobKilled) {
  std::vector<std::string> arguments = {"batch", "--workers", "auto"};
  for (int i = 0; i < 6; ++i) {
    arguments.push_back(circuit(23, "job" + std::to_string(i) + ".qasm"));
  }
  arguments.insert(arguments.end(), {"--output", "results.jsonl"});
  const Result result = run(arguments);
  EXPECT_EQ(result.status, 0) << result.err;
  const std::string lines = Workspace::read(workspace_.path("results.jsonl"));
  EXPECT_EQ(std::ranges::count(lines, '\n'), 6) << lines;
  EXPECT_EQ(group_.kills().value_or(0), 0);
}

}  // namespace
}  // namespace basalt
