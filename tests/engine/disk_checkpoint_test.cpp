// A run whose state is on disk that is stopped goes on there, or in memory; and one that began in memory goes on on
// disk.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kept_run.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

/// The state takes 16 MiB in single precision.
constexpr int kQubits = 21;
constexpr std::uint64_t kTooLittle = 14 * kMiB;
constexpr std::uint64_t kEnough = 64 * kMiB;

Request on_disk(std::string text) {
  Request request = request_for(std::move(text), 300);
  request.backend = Backend::cpu;
  request.threads = 2;
  request.memory_limit_bytes = kTooLittle;
  return request;
}

/// Of several visits. No two outcomes are equally likely: what rounding does to a draw does not show.
std::string straight_program() {
  return qasm3(
      "qubit[21] q; bit[21] c; for uint i in [0:20] { ry(0.31*i + 0.2) q[i]; } for uint k in [0:6] { for uint i in "
      "[0:19] { cx q[i], q[i+1]; rx(0.17*i + 0.13*k + 0.1) q[i]; rz(0.23*i) q[i+1]; } cry(0.4) q[20], q[k]; } c = "
      "measure q;");
}

/// Kept, too, for that takes a little of the memory that tiles have.
Report run_at_once(Request request, const std::string& folder) {
  request.checkpoint.folder = folder;
  return run(request);
}

bool was_on_disk(const Report& report) {
  return report.ladder && report.ladder->disk;
}

void expect_same_results(const Report& report, const Report& expected) {
  EXPECT_EQ(report.counts, expected.counts);
  EXPECT_EQ(report.expectation_values, expected.expectation_values);
  EXPECT_EQ(report.norm, expected.norm);
  EXPECT_EQ(report.branches, expected.branches);
}

TEST(DiskCheckpoint, AmplitudesAreTheSameToTheLastBit) {
  const TemporaryFolder folder;
  Request request = on_disk(straight_program());
  request.save_state = folder.path("expected.npy");
  const Report expected = run_at_once(request, folder.path("whole"));
  ASSERT_TRUE(was_on_disk(expected));
  ASSERT_GT(expected.stages.size(), 3U);
  request.save_state = folder.path("state.npy");
  int pieces = 0;
  const Report report = run_in_pieces(request, folder.path("run"), 1, 0, &pieces);
  EXPECT_TRUE(was_on_disk(report));
  EXPECT_GT(pieces, 3);
  expect_same_results(report, expected);
  EXPECT_LE(report.memory.peak_bytes, kTooLittle);
  EXPECT_TRUE(content_of(folder.path("state.npy")) == content_of(folder.path("expected.npy")));
}

TEST(DiskCheckpoint, GoesFromRungToRung) {
  Request request = on_disk(straight_program());
  request.observables = {"Z0*Z20 + 0.5*X3"};
  const TemporaryFolder folder;
  const Report expected = run_at_once(request, folder.path("whole"));
  int pieces = 0;
  bool in_memory = false;
  const Report report = run_in_pieces(request, folder.path("run"), 1, 0, &pieces, [&](Request& changed) {
    in_memory = !in_memory;
    changed.memory_limit_bytes = in_memory ? kEnough : kTooLittle;
  });
  EXPECT_GT(pieces, 2);
  EXPECT_EQ(was_on_disk(report), !in_memory);
  EXPECT_EQ(report.counts, expected.counts);
  EXPECT_NEAR(report.norm, expected.norm, 1e-5);
  EXPECT_NEAR(report.expectation_values[0].second, expected.expectation_values[0].second, 1e-5);
}

/// With projections that tiles do not have yet when a checkpoint is written, and states that are computed again.
TEST(DiskCheckpoint, ATreeOfBranchesGoesOn) {
  Request request = on_disk(
      qasm3("qubit[21] q; bit[2] m; bit[21] c; for uint i in [0:20] { ry(0.31*i + 0.2) q[i]; } for uint i in [0:19] { "
            "cx q[i], q[i+1]; rx(0.17*i + 0.1) q[i]; } m[0] = measure q[20]; m[1] = measure q[3]; if (m[1]) { rx(0.3) "
            "q[0]; } if (m[0]) { cx q[0], q[16]; } reset q[20]; ry(0.4) q[20]; c = measure q;"));
  request.observables = {"Z0*Z20 + 0.5*X3"};
  const TemporaryFolder folder;
  const Report expected = run_at_once(request, folder.path("whole"));
  ASSERT_EQ(expected.branches, 4U);
  int pieces = 0;
  const Report report = run_in_pieces(request, folder.path("run"), 2, 2, &pieces);
  EXPECT_GT(pieces, 2);
  EXPECT_EQ(report.branches, expected.branches);
  EXPECT_EQ(report.counts, expected.counts);
  EXPECT_NEAR(report.expectation_values[0].second, expected.expectation_values[0].second, 1e-5);
}

TEST(DiskCheckpoint, OneThatIsDamagedIsPassedOver) {
  Request request = on_disk(straight_program());
  const TemporaryFolder folder;
  const Report expected = run_at_once(request, folder.path("whole"));
  request.checkpoint = {.folder = folder.path("run"), .every_seconds = 1e-9};
  Report report;
  ASSERT_FALSE(run_for(request, 3, report));
  std::vector<fs::path> files(fs::directory_iterator(folder.path("run")), {});
  ASSERT_EQ(files.size(), 2U);
  const auto latest = std::ranges::max_element(
      files, {}, [](const fs::path& file) { return std::stoi(file.stem().string().substr(sizeof("checkpoint"))); });
  std::string content = content_of(*latest);
  content[content.size() * 2 / 3] = static_cast<char>(content[content.size() * 2 / 3] ^ 4);
  std::ofstream(*latest, std::ios::binary) << content;
  ASSERT_TRUE(run_for(find_run(folder.path("run")).request, 0, report));
  expect_same_results(report, expected);
  EXPECT_THAT(report.notes, Contains(HasSubstr("the one before is used")));
}

/// The file of a state has the order of the qubits, which passes in memory may change.
TEST(DiskCheckpoint, SaysThatAStateOfRenamedQubitsStaysInMemory) {
  const TemporaryFolder folder;
  Request request = on_disk(straight_program());
  request.save_state = folder.path("state.npy");
  request.memory_limit_bytes = kEnough;
  request.checkpoint = {.folder = folder.path("run"), .every_seconds = 1e-9};
  Report report;
  ASSERT_FALSE(run_for(request, 1, report));
  Request kept = find_run(folder.path("run")).request;
  kept.memory_limit_bytes = kTooLittle;
  try {
    run(kept);
    FAIL() << "it went to disk";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_resources);
    EXPECT_THAT(error.what(), HasSubstr("--memory"));
  }
  kept.memory_limit_bytes = kEnough;
  EXPECT_TRUE(run_for(kept, 0, report));
}

}  // namespace
}  // namespace basalt
