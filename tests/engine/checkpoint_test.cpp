// A run that is stopped anywhere and goes on has the result of one that was not stopped.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "basalt/json.h"
#include "kept_run.h"
#include "reference/random_circuit.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;

/// Of several stages on any machine, and more steps than there are between two looks at the norm.
std::string long_program(int qubits = 18) {
  std::string text = reference::to_qasm3(reference::random_circuit(qubits, 900, 3, reference::GateSet::stdgates));
  return text + "bit[" + std::to_string(qubits) + "] c; c = measure q;\n";
}

/// Leaves at many depths, loops, classical values and an output.
constexpr const char* kTree =
    "output int[32] tries; tries = 0; qubit[6] q; bit[8] c; rx(0.4) q; "
    "for int i in [0:7] { ry(0.9 + 0.1*i) q[0]; cx q[0], q[1]; rx(0.3) q[1]; cx q[1], q[2]; cry(0.5) q[2], q[5]; "
    "c[i] = measure q[0]; if (c[i]) { h q[2]; cx q[2], q[0]; tries += 1; } }";

Request tree_request() {
  Request request = request_for(qasm3(kTree), 400);
  request.backend = Backend::cpu;
  request.observables = {"Z1 + 0.5*X2", "Z5"};
  request.probability_qubits = {3, 5};
  return request;
}

void expect_same(const Report& report, const Report& expected) {
  EXPECT_EQ(report.counts, expected.counts);
  EXPECT_EQ(report.outputs, expected.outputs);
  EXPECT_EQ(report.expectation_values, expected.expectation_values);
  EXPECT_EQ(report.probabilities, expected.probabilities);
  EXPECT_EQ(report.norm, expected.norm);
  EXPECT_EQ(report.branches, expected.branches);
  EXPECT_EQ(report.seed, expected.seed);
}

TEST(Checkpoint, AmplitudesAreTheSameToTheLastBit) {
  for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
    const TemporaryFolder folder;
    Request request = request_for(long_program(), 500);
    request.backend = Backend::cpu;
    request.precision = precision;
    request.save_state = folder.path("expected.npy");
    const Report expected = run(request);
    ASSERT_GT(expected.stages.size(), 3U);
    request.save_state = folder.path("state.npy");
    int pieces = 0;
    expect_same(run_in_pieces(request, folder.path("run"), 1, 0, &pieces), expected);
    EXPECT_GE(pieces, static_cast<int>(expected.stages.size()));
    EXPECT_TRUE(content_of(folder.path("state.npy")) == content_of(folder.path("expected.npy")));
  }
}

TEST(Checkpoint, ATreeOfBranchesGoesOnFromAnywhere) {
  Request request = tree_request();
  const Report expected = run(request);
  ASSERT_GT(expected.branches, 20U);
  request.checkpoint.every_seconds = 0.05;
  for (const int longer : {3, 17}) {
    const TemporaryFolder folder;
    int pieces = 0;
    expect_same(run_in_pieces(request, folder.path("run"), 1, longer, &pieces), expected);
    EXPECT_GT(pieces, 4);
  }
}

TEST(Checkpoint, CountsDoNotDependOnThreads) {
  Request request = request_for(long_program(), 500);
  request.backend = Backend::cpu;
  request.threads = 2;
  const Report expected = run(request);
  const TemporaryFolder folder;
  const Report report = run_in_pieces(request, folder.path("run"), 2, 0, nullptr,
                                      [](Request& changed) { changed.threads = 3 - changed.threads; });
  EXPECT_EQ(report.counts, expected.counts);
  EXPECT_NEAR(report.norm, expected.norm, 1e-6);
}

TEST(Checkpoint, NeedsNoFileOfTheProgram) {
  const TemporaryFolder folder;
  std::ofstream(folder.path("gates.inc")) << "gate mine q { h q; t q; h q; }\n";
  std::ofstream(folder.path("observables.txt")) << "Z0 # a comment\nX1*Z2\n + 0.5*Z3\nZ0\n";
  Request request = request_for(
      qasm3("include \"gates.inc\"; input float theta; qubit[17] q; for int i in [0:40] { mine q; ry(theta) "
            "q; for int j in [0:15] cx q[j], q[j+1]; }"),
      10);
  request.source.folder = folder.path("");
  request.backend = Backend::cpu;
  request.observables = {"@" + folder.path("observables.txt")};
  request.inputs = {{"theta", "0.3"}};
  request.seed.reset();
  const Report expected = run(request);
  request.checkpoint = {.folder = folder.path("run"), .every_seconds = 1e-9};
  Report report;
  ASSERT_FALSE(run_for(request, 1, report));
  fs::remove(folder.path("gates.inc"));
  fs::remove(folder.path("observables.txt"));
  const Request kept = find_run(folder.path("run")).request;
  ASSERT_TRUE(kept.seed.has_value());
  ASSERT_TRUE(run_for(kept, 0, report));
  EXPECT_EQ(report.seed, *kept.seed);
  EXPECT_EQ(report.expectation_values, expected.expectation_values);
  ASSERT_TRUE(report.checkpoints.has_value());
  EXPECT_TRUE(report.checkpoints->resumed_from.has_value());
}

/// A run with checkpoints 1 and 2 at least, stopped.
Report stopped_run(const TemporaryFolder& folder, Request request) {
  const Report expected = run(request);
  request.checkpoint = {.folder = folder.path("run"), .every_seconds = 1e-9};
  Report report;
  EXPECT_FALSE(run_for(request, 4, report));
  return expected;
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

void flip_a_bit(const std::string& path, std::size_t byte) {
  std::string content = content_of(path);
  content[byte] = static_cast<char>(content[byte] ^ 4);
  std::ofstream(path, std::ios::binary) << content;
}

TEST(Checkpoint, OneThatIsDamagedIsPassedOver) {
  Request request = request_for(long_program(), 500);
  request.backend = Backend::cpu;
  // in the state, in what is said of the run, in the header
  for (const double place : {0.7, 0.001, 0.0}) {
    const TemporaryFolder folder;
    const Report expected = stopped_run(folder, request);
    const std::vector<std::string> files = files_in(folder.path("run"));
    ASSERT_EQ(files.size(), 2U);
    flip_a_bit(files.back(), static_cast<std::size_t>(place * static_cast<double>(fs::file_size(files.back()))));
    Report report;
    ASSERT_TRUE(run_for(find_run(folder.path("run")).request, 0, report));
    expect_same(report, expected);
    EXPECT_THAT(report.notes, Contains(HasSubstr("the one before is used")));
  }
}

TEST(Checkpoint, WhereAllAreDamagedItSaysSo) {
  Request request = request_for(long_program(), 500);
  request.backend = Backend::cpu;
  const TemporaryFolder folder;
  stopped_run(folder, request);
  const Request kept = find_run(folder.path("run")).request;
  for (const std::string& file : files_in(folder.path("run"))) {
    flip_a_bit(file, fs::file_size(file) - 1);
  }
  try {
    run(kept);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_THAT(error.what(), HasSubstr("run it anew"));
  }
  for (const std::string& file : files_in(folder.path("run"))) {
    flip_a_bit(file, 20);
  }
  EXPECT_THROW(find_run(folder.path("run")), Error);
}

TEST(Checkpoint, ADiskThatIsFullDoesNotLoseTheRun) {
  Request request = request_for(long_program(), 500);
  request.backend = Backend::cpu;
  const Report expected = run(request);
  const TemporaryFolder folder;
  request.checkpoint = {.folder = folder.path("run"), .every_seconds = 1e-9};
  Engine engine({.threads = 0, .memory_limit_bytes = {}, .spill_limit_bytes = {}, .ledger = "off"});
  const auto before = signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{.rlim_cur = std::uint64_t{200} << 10, .rlim_max = limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Report report = engine.run(request);
  setrlimit(RLIMIT_FSIZE, &limit);
  signal(SIGXFSZ, before);
  expect_same(report, expected);
  EXPECT_THAT(report.notes, Contains(HasSubstr("a checkpoint was not written, and the one before is kept")));
  EXPECT_EQ(files_in(folder.path("run")), std::vector<std::string>{folder.path("run") + "/result.json"});
}

TEST(Checkpoint, ARunThatIsDoneLeavesItsResult) {
  const TemporaryFolder folder;
  Request request = request_for(qasm3("qubit[3] q; h q; bit[3] c = measure q;"), 100);
  request.backend = Backend::cpu;
  request.checkpoint.folder = folder.path("run");
  const Report report = run(request);
  const KeptRun kept = find_run(folder.path("run"));
  ASSERT_TRUE(kept.result.has_value());
  EXPECT_EQ(*kept.result, json_of(report) + "\n");
  EXPECT_THROW(run(request), Error) << "the folder holds a run already";
}

TEST(Checkpoint, RefusesWhatItCannotKeep) {
  const auto refusal = [](const Request& request) -> std::string {
    try {
      run(request);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  const TemporaryFolder folder;
  Request request = request_for(qasm3("qubit[3] q; h q; bit[3] c = measure q;"), 100);
  request.backend = Backend::cpu;
  request.checkpoint.folder = "/proc/basalt";
  EXPECT_THAT(refusal(request), HasSubstr("cannot make the folder '/proc/basalt'"));
  request.checkpoint.folder = folder.path("run");
  request.prepared = prepare(request.source);
  EXPECT_THAT(refusal(request), HasSubstr("prepared"));
}

}  // namespace
}  // namespace basalt
