// Patterns beside other jobs: what the ledger says of them, and what they wait for.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

#include "basalt/engine.h"
#include "basalt/pattern.h"

namespace basalt {
namespace {

/// Of 8 MiB, of which the ledger is told; in visits of one step, so that there are many.
PatternRequest request_of(std::uint64_t steps) {
  PatternRequest request;
  request.model = "gray-scott";
  request.size = {512, 512};
  request.precision = Precision::double_precision;
  request.steps = steps;
  request.steps_per_visit = 1;
  request.backend = Backend::cpu;
  return request;
}

EngineSettings room_of(std::uint64_t bytes) {
  return {.threads = 1, .memory_limit_bytes = bytes, .spill_limit_bytes = std::nullopt, .ledger = "off"};
}

TEST(PatternShare, LedgerListsWhatIsHeld) {
  Engine engine(room_of(std::uint64_t{1} << 30));
  PatternRequest request = request_of(20);
  request.priority = 4;
  std::vector<Holding> held;
  const PatternReport report = engine.run_pattern(
      request,
      {.cancel = nullptr, .on_progress = [&](std::uint64_t) { held = engine.ledger().holdings(); }, .on_wait = {}});
  ASSERT_EQ(held.size(), 1);
  EXPECT_EQ(held[0].name, "gray-scott");
  EXPECT_EQ(held[0].priority, 4);
  EXPECT_EQ(held[0].cores, 1);
  EXPECT_GE(held[0].host_bytes, report.memory.peak_bytes);
  EXPECT_GE(held[0].resident_bytes, 2 * sizeof(double) * 512 * 512) << "two species";
  EXPECT_TRUE(engine.ledger().holdings().empty()) << "given back";
}

TEST(PatternShare, WaitsForMemoryThatAnotherJobHolds) {
  const PatternRequest request = request_of(3);
  Engine alone(room_of(std::uint64_t{1} << 30));
  const PatternReport expected = alone.run_pattern(request);
  Engine engine(room_of(expected.memory.estimate_bytes * 3 / 2));
  const CancelToken never;
  std::optional<Lease> other = engine.ledger().acquire(
      {.host_bytes = expected.memory.estimate_bytes, .cached_bytes = 0, .device_bytes = {}}, {.name = "other"}, never);
  bool waited = false;
  const PatternReport report = engine.run_pattern(
      request, {.cancel = nullptr, .on_progress = {}, .on_wait = [&](const Waiting& waiting) {
                  ASSERT_EQ(waiting.holders.size(), 1);
                  EXPECT_NE(waiting.holders[0].find("other"), std::string::npos) << waiting.holders[0];
                  waited = true;
                  other.reset();
                }});
  EXPECT_TRUE(waited);
  EXPECT_EQ(report.species[0].mean, expected.species[0].mean);
}

TEST(PatternShare, SaysHowLongOthersWillWait) {
  Engine engine(room_of(std::uint64_t{64} << 20));
  PatternRequest request = request_of(20);
  const Demand all{.host_bytes = std::uint64_t{60} << 20, .cached_bytes = 0, .device_bytes = {}};
  double wait = 0;
  const PatternHooks hooks{
      .cancel = nullptr,
      .on_progress = [&](std::uint64_t) { wait = engine.ledger().predict_wait(all, {.name = "next"}); },
      .on_wait = {}};
  engine.run_pattern(request, hooks);
  EXPECT_TRUE(std::isinf(wait)) << "nothing is predicted for a place that was named";
  request.backend = Backend::automatic;
  engine.run_pattern(request, hooks);
  EXPECT_TRUE(std::isfinite(wait));
}

TEST(PatternShare, CancelEndsAWait) {
  const PatternRequest request = request_of(3);
  Engine engine(room_of(std::uint64_t{64} << 20));
  CancelToken cancel;
  const Lease other = engine.ledger().acquire(
      {.host_bytes = std::uint64_t{60} << 20, .cached_bytes = 0, .device_bytes = {}}, {.name = "other"}, cancel);
  try {
    engine.run_pattern(request,
                       {.cancel = &cancel, .on_progress = {}, .on_wait = [&](const Waiting&) { cancel.request(); }});
    FAIL() << "not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace basalt
