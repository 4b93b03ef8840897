// What a run is predicted to take beside its stages.
#include "engine/beside_stages.h"

#include <gtest/gtest.h>

#include <array>

#include "cards.h"
#include "engine/choose_backend.h"
#include "engine/plan_cache.h"
#include "plan/invented_machine.h"

namespace basalt {
namespace {

TEST(BesideStages, AskingForMoreReadsTheStateMoreOften) {
  quantum::Script script;
  Request request;
  request.top = 0;
  EXPECT_EQ(result_passes(request, script), 1) << "the norm, always";
  request.top = 5;
  EXPECT_EQ(result_passes(request, script), 2);
  request.observables = {"Z0", "X1"};
  request.probability_qubits = {0};
  EXPECT_EQ(result_passes(request, script), 5);
}

TEST(BesideStages, GrowsWithTheStateAndWithWhatIsRead) {
  const PlanLimits limits = choose_limits(invented_machine(8), invented_figures(), 8);
  const BesideStages small = beside_stages(limits, ElementType::c64, 24, 2);
  const BesideStages large = beside_stages(limits, ElementType::c64, 26, 2);
  EXPECT_NEAR(large.memory_seconds, 4 * small.memory_seconds, 0.1 * large.memory_seconds);
  EXPECT_NEAR(large.result_seconds, 4 * small.result_seconds, 0.1 * large.result_seconds);
  EXPECT_DOUBLE_EQ(beside_stages(limits, ElementType::c64, 24, 6).result_seconds, 3 * small.result_seconds);
  EXPECT_GE(beside_stages(limits, ElementType::c128, 24, 2).memory_seconds, small.memory_seconds);
}

TEST(BesideStages, MemoryThatADeviceKeepsIsOnlyCleared) {
  const DeviceLimits limits;
  const std::uint64_t bytes = std::uint64_t{1} << 30;
  const double cleared = static_cast<double>(bytes) / limits.bytes_per_second;
  EXPECT_DOUBLE_EQ(beside_stages(limits, bytes, bytes, 0).memory_seconds, cleared);
  EXPECT_GT(beside_stages(limits, bytes, bytes - 1, 0).memory_seconds, 2 * cleared);
  EXPECT_DOUBLE_EQ(beside_stages(limits, 0, 0, 3).result_seconds, 3 * limits.trip_seconds);
}

/// A circuit that is nothing to a device, of which the CPU takes `cpu_seconds`.
BackendChoice choose(double cpu_seconds, std::uint64_t idle_bytes, int passes) {
  quantum::Circuit circuit(22);
  circuit.append(quantum::GateId::h, {}, {}, std::array{quantum::Qubit{21}});
  return choose_backend({.circuit = circuit,
                         .passes = {},
                         .cpu_seconds = cpu_seconds,
                         .cpu_source = {},
                         .cpu_rejection = {},
                         .result_passes = passes,
                         .device_is_open = true},
                        {.list = [] { return cards({"nvidia_h100"}); },
                         .figures_of = [](const vulkan::DeviceProperties&) { return std::optional<DeviceFigures>(); },
                         .history = [](const std::string&, const std::string&) { return std::optional<History>(); },
                         .wait = {},
                         .idle = [=](const vulkan::DeviceProperties&) { return idle_bytes; }});
}

TEST(BesideStages, DecidesBetweenPlacesThatAreAboutAsFast) {
  constexpr std::uint64_t kKept = std::uint64_t{1} << 30;
  EXPECT_EQ(choose(7e-4, kKept, 2).winner, 1U) << "on a device that keeps its memory";
  EXPECT_EQ(choose(7e-4, 0, 2).winner, 0U) << "the driver would have to give 32 MiB";
  EXPECT_EQ(choose(7e-4, kKept, 20).winner, 0U) << "the device would be waited for twenty times";
}

TEST(BesideStages, CompilingThatIsDoneDoesNotCount) {
  Plan plan;
  plan.add({.steps = {0}, .predicted_seconds = 3, .prepare_seconds = 1});
  plan.add({.steps = {1}, .predicted_seconds = 2});
  plan.forget_preparing();
  EXPECT_EQ(plan.predicted_seconds, 4);
  EXPECT_EQ(plan.stages[0].predicted_seconds, 2);
  plan.forget_preparing();
  EXPECT_EQ(plan.predicted_seconds, 4) << "only once";
}

}  // namespace
}  // namespace basalt
