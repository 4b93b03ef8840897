// Patterns beside other jobs: what the ledger says of them, and what they wait for.
#include <gtest/gtest.h>

#include <cmath>
#include <future>
#include <mutex>
#include <optional>
#include <vector>

#include "basalt/engine.h"
#include "basalt/pattern.h"

namespace basalt {
namespace {

/// Of 4 MiB, of which the ledger is told; in visits of one step, so that there are many.
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

/// Begins `first`, and `second` once that is under way; `first` goes on when `second` waits for it or is done.
std::pair<PatternReport, PatternReport> run_into_each_other(Engine& engine, const PatternRequest& first,
                                                            const PatternRequest& second) {
  std::promise<void> second_waits;
  std::once_flag once;
  const auto came = [&] { std::call_once(once, [&] { second_waits.set_value(); }); };
  std::future<PatternReport> second_report;
  PatternReport report = engine.run_pattern(
      first, {.cancel = nullptr,
              .on_progress =
                  [&](std::uint64_t) {
                    if (second_report.valid()) {
                      return;
                    }
                    second_report = std::async(std::launch::async, [&] {
                      PatternReport done = engine.run_pattern(
                          second, {.cancel = nullptr, .on_progress = {}, .on_wait = [&](const Waiting&) { came(); }});
                      came();
                      return done;
                    });
                    second_waits.get_future().wait();
                  },
              .on_wait = {}});
  return {std::move(report), second_report.get()};
}

TEST(PatternShare, HigherPriorityGetsTheMemoryAndNothingIsLost) {
  PatternRequest staged = request_of(60);
  staged.integrator = Integrator::rk4;
  PatternRequest chosen = request_of(6);
  chosen.integrator = Integrator::rk45;
  chosen.step = 4;
  PatternRequest several = request_of(61);
  several.steps_per_visit = 4;
  for (PatternRequest request : {request_of(60), several, staged, chosen}) {
    SCOPED_TRACE(std::string(name_of(request.integrator)) + ", " + std::to_string(*request.steps_per_visit));
    const PatternReport expected = Engine(room_of(std::uint64_t{1} << 30)).run_pattern(request);
    Engine engine(room_of(expected.memory.estimate_bytes * 3 / 2));
    if (engine.inventory().spill.bytes.value < expected.memory.estimate_bytes) {
      GTEST_SKIP() << "no disk space to spill to: " << engine.inventory().spill.bytes.source;
    }
    PatternRequest urgent = request;
    urgent.priority = 5;
    const auto [first, second] = run_into_each_other(engine, request, urgent);
    EXPECT_GE(first.memory.spilled_bytes, 2 * sizeof(double) * 512 * 512) << "its cells went to disk and came back";
    EXPECT_EQ(second.memory.spilled_bytes, 0U);
    EXPECT_GT(first.timing.wait, 0);
    for (const PatternReport& each : {first, second}) {
      if (!expected.adaptive) {  // rates that one step leaves to the next are computed again
        EXPECT_EQ(each.visits, expected.visits);
        EXPECT_EQ(each.bytes_moved, expected.bytes_moved);
      }
      for (std::size_t species = 0; species < 2; ++species) {
        EXPECT_EQ(each.species[species].mean, expected.species[species].mean);
        EXPECT_EQ(each.species[species].deviation, expected.species[species].deviation);
      }
      if (expected.adaptive) {
        EXPECT_EQ(each.adaptive->accepted, expected.adaptive->accepted);
        EXPECT_EQ(each.adaptive->longest, expected.adaptive->longest);
      }
    }
  }
}

TEST(PatternShare, WithoutDiskTheLowerPriorityKeepsItsMemory) {
  const PatternRequest request = request_of(30);
  const std::uint64_t bytes = Engine(room_of(std::uint64_t{1} << 30)).run_pattern(request).memory.estimate_bytes;
  Engine engine({.threads = 1, .memory_limit_bytes = bytes * 3 / 2, .spill_limit_bytes = 0, .ledger = "off"});
  PatternRequest urgent = request;
  urgent.priority = 5;
  const auto [first, second] = run_into_each_other(engine, request, urgent);
  EXPECT_EQ(first.memory.spilled_bytes, 0U);
  EXPECT_EQ(first.species[0].mean, second.species[0].mean);
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
