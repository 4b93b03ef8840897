// The arena accounts for the time of its threads, and lets them record for the job that they work for.

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "basalt/arena.h"
#include "basalt/usage.h"
#include "runtime/metrics/trace.h"

namespace basalt {
namespace {

constexpr auto kNap = std::chrono::milliseconds(5);

TEST(ArenaTime, OfBodiesIsComputeAndOfTheOthersSynchronisation) {
  const Arena arena(3);
  const CancelToken cancel;
  const UsageMeter meter;
  arena.for_each(7, cancel, [](std::uint64_t) { std::this_thread::sleep_for(kNap); });
  const UsageReport report = meter.finish(3);
  EXPECT_GE(report.time.compute_seconds, 7 * 0.005);
  EXPECT_EQ(report.time.memory_seconds, 0);
  const double in_loop = report.wall_seconds - report.time.serial_seconds;
  EXPECT_NEAR(report.time.compute_seconds + report.time.synchronisation_seconds, 3 * in_loop, 1e-6);
}

TEST(ArenaTime, OfOneThreadAndOfNestedLoopsIsCountedOnce) {
  const CancelToken cancel;
  for (const int threads : {1, 2}) {
    const Arena arena(threads);
    const UsageMeter meter;
    arena.for_each(2, cancel, [&](std::uint64_t) {
      arena.for_each(2, cancel, [](std::uint64_t) { std::this_thread::sleep_for(kNap); });
    });
    const UsageReport report = meter.finish(threads);
    EXPECT_GE(report.time.compute_seconds, 4 * 0.005);
    EXPECT_LE(report.time.compute_seconds, report.wall_seconds * threads);
  }
}

TEST(ArenaTime, SpansOfItsThreadsBelongToTheJobOfTheCaller) {
  const Arena arena(2);
  const CancelToken cancel;
  metrics::start_recording();
  const UsageMeter meter;
  arena.for_each(8, cancel, [](std::uint64_t) { std::this_thread::sleep_for(kNap); });
  metrics::stop_recording();
  std::size_t pieces = 0;
  bool named = false;
  const auto trace = nlohmann::json::parse(metrics::trace_json());
  for (const nlohmann::json& event : trace.at("traceEvents")) {
    if (event.at("ph") == "X") {
      EXPECT_EQ(event.at("args").at("job"), meter.job());
      ++pieces;
    }
    named = named || (event.at("ph") == "M" && event.at("args").at("name") == "arena 1");
  }
  EXPECT_EQ(pieces, 8U);
  EXPECT_TRUE(named);
}

}  // namespace
}  // namespace basalt
