// Jobs whose state does not fit in memory: they end with the results that they would have there, and tell how.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/measure_disk.h"
#include "engine_harness.h"

namespace basalt {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr int kQubits = 18;

/// No two outcomes are equally likely: what rounding does to a draw does not show.
std::string circuit(const std::string& end) {
  return qasm3(
      "qubit[18] q; bit[18] c; for uint i in [0:17] { ry(0.31*i + 0.2) q[i]; } "
      "for uint i in [0:16] { cx q[i], q[i+1]; rx(0.17*i + 0.1) q[i]; rz(0.23*i) q[i+1]; } "
      "crz(0.7) q[17], q[0]; cp(0.3) q[11], q[16]; cry(0.9) q[16], q[2]; x q[12]; swap q[1], q[15]; " +
      end);
}

/// The state takes 4 MiB in double precision.
Request small(Request request, std::uint64_t memory = 3 * kMiB) {
  request.backend = Backend::cpu;
  request.precision = Precision::double_precision;
  request.threads = 1;
  request.memory_limit_bytes = memory;
  return request;
}

std::pair<ErrorCode, std::string> refusal_of(const Request& request, const EngineSettings& settings = {}) {
  try {
    Engine engine(settings);
    engine.run(request);
  } catch (const Error& error) {
    return {error.code(), std::string(error.what())};
  }
  return {ErrorCode::failed, "nothing was refused"};
}

TEST(DiskRun, GivesResultsOfEveryKindAsMemoryDoes) {
  Request request = request_for(circuit("c = measure q;"), 5000);
  request.observables = {"Z0*Z1 + 0.5*X3", "Y2*X4*Z12", "X17*Y0*Z11 + 0.25*Z11*Z12 + 2*Y3*Y16",
                         "X0*X1*X2*X3*X4*X5*X6*X7*X8*X9*X10*X11*X12*X13*X14*X15*X16*X17"};
  request.probability_qubits = {17, 0, 5, 11};
  request.top = 5;
  const Report disk = run(small(request));
  const Report memory = run(small(request, 64 * kMiB));
  ASSERT_TRUE(disk.ladder && disk.ladder->disk);
  EXPECT_FALSE(memory.ladder);
  EXPECT_EQ(disk.backend, "cpu");
  EXPECT_EQ(counts_of(disk), counts_of(memory));
  for (std::size_t i = 0; i < memory.expectation_values.size(); ++i) {
    EXPECT_NEAR(disk.expectation_values[i].second, memory.expectation_values[i].second, 1e-12);
  }
  ASSERT_EQ(disk.probabilities.size(), memory.probabilities.size());
  for (std::size_t i = 0; i < memory.probabilities.size(); ++i) {
    EXPECT_NEAR(disk.probabilities[i], memory.probabilities[i], 1e-12);
  }
  ASSERT_EQ(disk.top.size(), 5U);
  for (std::size_t i = 0; i < memory.top.size(); ++i) {
    EXPECT_EQ(disk.top[i].bits, memory.top[i].bits);
  }
  EXPECT_NEAR(disk.norm, 1, 1e-12);
}

TEST(DiskRun, TellsOfEveryRungAndOfTheDisk) {
  const Report report = run(small(request_for(circuit("c = measure q;"))));
  ASSERT_TRUE(report.ladder);
  ASSERT_EQ(report.ladder->rungs.size(), 3U);
  EXPECT_EQ(report.ladder->rungs[0].name, "cpu");
  EXPECT_THAT(report.ladder->rungs[0].rejection, HasSubstr("--memory"));
  EXPECT_EQ(report.ladder->rungs[1].name, "single precision");
  EXPECT_THAT(report.ladder->rungs[1].rejection, HasSubstr("--allow-precision-loss is not given"));
  EXPECT_EQ(report.ladder->rungs[2].name, "disk");
  EXPECT_THAT(report.ladder->rungs[2].rejection, IsEmpty());
  const DiskReport& disk = *report.ladder->disk;
  EXPECT_EQ(disk.state_bytes, 4 * kMiB);
  EXPECT_LE(static_cast<std::uint64_t>(disk.buffers) * disk.tile_bytes, 3 * kMiB);
  EXPECT_GT(disk.figures.both, 0);
  EXPECT_GT(disk.predicted_seconds, 0);
  EXPECT_EQ(disk.predicted_bytes, report.bytes_moved);
  EXPECT_GT(disk.moved_bytes, 0);
  EXPECT_LE(disk.moved_bytes, disk.predicted_bytes) << "chunks that turn out to be zeros are not moved";
  EXPECT_LE(disk.disk_bytes, disk.moved_bytes);
  EXPECT_LE(report.memory.peak_bytes, report.memory.estimate_bytes);
  EXPECT_LE(report.memory.estimate_bytes, 3 * kMiB);
}

TEST(DiskRun, SaysItBeforeItBegins) {
  int told = 0;
  RunHooks hooks;
  hooks.on_ladder = [&](const LadderReport& ladder) {
    ++told;
    EXPECT_TRUE(ladder.disk);
  };
  run(small(request_for(circuit("c = measure q;"))), hooks);
  run(small(request_for(circuit("c = measure q;")), 64 * kMiB), hooks);
  EXPECT_EQ(told, 1);
}

TEST(DiskRun, SavesTheStateInTheOrderOfItsQubits) {
  const Request request = request_for(circuit(""));
  const auto disk = final_state(small(request));
  const auto memory = final_state(small(request, 64 * kMiB));
  ASSERT_EQ(disk.size(), memory.size());
  double largest = 0;
  for (std::size_t i = 0; i < memory.size(); ++i) {
    largest = std::max(largest, std::abs(disk[i] - memory[i]));
  }
  EXPECT_LT(largest, 1e-13);
}

TEST(DiskRun, FollowsMeasurementsInTheMiddle) {
  const Request request = request_for(
      circuit("bit[2] m; m[0] = measure q[17]; m[1] = measure q[3]; if (m[1]) { rx(0.3) q[0]; } if (m[0]) { cx q[0], "
              "q[16]; } reset q[17]; ry(0.4) q[17]; c = measure q;"),
      3000);
  const Report disk = run(small(request));
  const Report memory = run(small(request, 64 * kMiB));
  EXPECT_EQ(disk.branches, 4U);
  EXPECT_EQ(counts_of(disk), counts_of(memory));
}

/// More steps than go by between two looks at the norm.
TEST(DiskRun, KeepsTheNormOfSinglePrecision) {
  Request request = small(request_for(circuit("for uint i in [0:40] { for uint k in [0:16] { ry(0.1*i+k) q[k]; cx "
                                              "q[k], q[k+1]; } } c = measure q;")),
                          5 * kMiB / 2);
  request.precision = Precision::single_precision;
  request.source.text.replace(request.source.text.find("qubit[18] q; bit[18]"), 20, "qubit[19] q; bit[19]");
  const Report report = run(request);
  ASSERT_TRUE(report.ladder && report.ladder->disk);
  EXPECT_NEAR(report.norm, 1, 2e-5);
}

TEST(DiskRun, LosesPrecisionOnlyWhereThatIsAllowed) {
  Request request = small(request_for(circuit("c = measure q;")), 4 * kMiB);
  EXPECT_EQ(run(request).precision, Precision::double_precision);
  request.allow_precision_loss = true;
  const Report report = run(request);
  EXPECT_EQ(report.precision, Precision::single_precision);
  ASSERT_TRUE(report.ladder);
  EXPECT_FALSE(report.ladder->disk);
  EXPECT_EQ(report.ladder->rungs.back().name, "single precision");
  EXPECT_THAT(report.ladder->rungs.back().rejection, IsEmpty());
  request.memory_limit_bytes = 64 * kMiB;
  EXPECT_EQ(run(request).precision, Precision::double_precision) << "where it fits, nothing is lost";
}

TEST(DiskRun, GoesToDiskInSinglePrecisionWhereDoubleHasNoRoomThere) {
  Request request = small(request_for(circuit("c = measure q;")));
  request.allow_precision_loss = true;
  Engine engine({.threads = 1, .memory_limit_bytes = std::nullopt, .spill_limit_bytes = 3 * kMiB, .ledger = "off"});
  const Report report = engine.run(request);
  EXPECT_EQ(report.precision, Precision::single_precision);
  ASSERT_TRUE(report.ladder && report.ladder->disk);
  EXPECT_EQ(report.ladder->rungs.back().name, "disk, in single precision");
}

TEST(DiskRun, RefusesWithTheNumbersWhatTheDiskMayNotHold) {
  const EngineSettings settings{
      .threads = 1, .memory_limit_bytes = std::nullopt, .spill_limit_bytes = kMiB, .ledger = "off"};
  const auto [code, message] = refusal_of(small(request_for(circuit("c = measure q;"))), settings);
  EXPECT_EQ(code, ErrorCode::out_of_resources);
  EXPECT_THAT(message, HasSubstr("needs 4.0 MiB"));
  EXPECT_THAT(message, HasSubstr("--memory"));
  EXPECT_THAT(message, HasSubstr("1.0 MiB may be used"));
  EXPECT_THAT(message, HasSubstr("--spill-limit"));
}

TEST(DiskRun, RefusesWhereNoTileFits) {
  const auto [code, message] = refusal_of(small(request_for(circuit("c = measure q;")), kMiB));
  EXPECT_EQ(code, ErrorCode::out_of_resources);
  EXPECT_THAT(message, HasSubstr("nothing is left for tiles"));
}

TEST(DiskRun, StopsWhenCancelled) {
  CancelToken cancel;
  RunHooks hooks{.cancel = &cancel, .on_progress = {}};
  hooks.on_ladder = [&](const LadderReport&) { cancel.request(); };
  try {
    run(small(request_for(circuit("c = measure q;"))), hooks);
    FAIL() << "it ran to its end";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

TEST(MeasureDisk, GivesSpeedsAndLeavesNothing) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("basalt_measure_" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  HostMemory memory;
  const CancelToken cancel;
  const DiskFigures figures = measure_disk(folder, 4 * kMiB, kMiB / 4, 2, memory, cancel);
  EXPECT_GT(figures.read, 0);
  EXPECT_GT(figures.write, 0);
  EXPECT_GT(figures.both, 0);
  EXPECT_THAT(figures.source, HasSubstr("measured"));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove(folder);
  EXPECT_THROW(measure_disk(folder, kMiB, kMiB, 1, memory, cancel), Error);
}

}  // namespace
}  // namespace basalt
