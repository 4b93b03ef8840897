// What runs say for later predictions, and what predictions make of it.
#include "engine/run_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "engine_harness.h"

namespace basalt {
namespace {

/// Of runs that all took `ratio` times what was predicted.
History history_of_ratio(double ratio, std::size_t runs) {
  History history;
  for (std::size_t i = 0; i < runs; ++i) {
    history.add(ratio);
  }
  return history;
}

PlannedCircuit planned(double seconds) {
  PlannedCircuit result;
  result.plan.predicted_seconds = seconds;
  for (const char* kernel : {"quantum/phase", "quantum/dense", "quantum/dense"}) {
    Step step;
    step.kernel = kernel;
    result.lowered.program.steps.push_back(std::move(step));
  }
  return result;
}

TEST(RunHistory, IsAskedForByKindOfRun) {
  std::string asked;
  const FindHistory find = [&](const std::string& fingerprint, const std::string& kind) {
    asked = fingerprint + ": " + kind;
    return std::optional(history_of_ratio(2, 10));
  };
  EXPECT_TRUE(history_of(find, "me", planned(1), ElementType::c128, 24, 2));
  EXPECT_EQ(asked, "me: c128 quantum/dense 2^24, 2 threads");
}

TEST(RunHistory, IsNotAskedForWhereNoChoiceDependsOnIt) {
  const FindHistory find = [](const std::string&, const std::string&) -> std::optional<History> {
    throw std::logic_error("asked");
  };
  EXPECT_FALSE(history_of(find, "me", planned(1e-3), ElementType::c64, 12, 1));
}

TEST(RunHistory, CountsFromTenRunsOn) {
  const auto of_runs = [](std::size_t runs) {
    const FindHistory find = [=](const std::string&, const std::string&) {
      return std::optional(history_of_ratio(2, runs));
    };
    return history_of(find, "me", planned(1), ElementType::c64, 24, 2);
  };
  EXPECT_FALSE(of_runs(9));
  EXPECT_TRUE(of_runs(10));
}

TEST(RunHistory, CorrectsACandidateAndSaysSo) {
  Candidate candidate;
  candidate.stage_seconds = 2;
  candidate.source = "default";
  correct(candidate, std::nullopt);
  EXPECT_EQ(candidate.stage_seconds, 2);
  EXPECT_EQ(candidate.source, "default");
  correct(candidate, history_of_ratio(1.5, 20));
  EXPECT_EQ(candidate.stage_seconds, 3);
  EXPECT_EQ(candidate.correction, 1.5);
  EXPECT_EQ(candidate.source, "history n=20: 1.5 times what was predicted; default");
}

TEST(RunHistory, AShortRunLeavesTheWisdomAlone) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("basalt_history_" + std::to_string(getpid()) + ".sqlite");
  const char* kept = std::getenv("BASALT_WISDOM");  // NOLINT(concurrency-mt-unsafe): one thread
  const std::string before = kept != nullptr ? kept : "";
  ::setenv("BASALT_WISDOM", file.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
  EngineSettings settings;
  settings.record_history = true;
  Engine engine(settings);
  engine.run(request_for(qasm3("qubit[2] q; bit c; h q; c = measure q[0];")));
  EXPECT_FALSE(std::filesystem::exists(file));
  ::setenv("BASALT_WISDOM", before.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
}

}  // namespace
}  // namespace basalt
