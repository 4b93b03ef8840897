// Devices that fail in the middle of a run: the CPU goes on, and the results are those of a run that nothing disturbed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "device_fixture.h"
#include "engine/device_place.h"
#include "engine/failover_place.h"
#include "engine/resources.h"
#include "engine/run.h"
#include "engine/split_place.h"
#include "reference/random_circuit.h"
#include "runtime/vulkan/instance.h"
#include "runtime/vulkan/watched_driver.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr int kQubits = 13;  // two tiles or more on every device

class FailoverTest : public DeviceFixture {
 protected:
  [[nodiscard]] Request with_fallback(Request request) const {
    request = on_device(std::move(request));
    request.fall_back = true;
    return request;
  }

  /// Runs on a device of which the call `call` of `function` and all after it fail.
  static Report run_failing(const Request& request, const std::string& function, std::uint64_t call, VkResult failure,
                            std::uint64_t* calls = nullptr, double hang_seconds = 0) {
    vulkan::WatchedDriver driver;
    driver.fail_only(function);
    driver.fail_at(call, failure, true);
    Report report;
    {
      Resources resources({});
      resources.devices().open_with(driver.options(hang_seconds));
      report = run_request(resources, request, {});
    }
    EXPECT_EQ(driver.alive(), 0);
    if (calls != nullptr) {
      const std::vector<std::string> log = driver.calls();
      *calls = static_cast<std::uint64_t>(std::ranges::count(log, function));
    }
    return report;
  }
};

/// Results that do not depend on how numbers were drawn.
void expect_same(const Report& actual, const Report& expected) {
  ASSERT_EQ(actual.expectation_values.size(), expected.expectation_values.size());
  for (std::size_t i = 0; i < expected.expectation_values.size(); ++i) {
    EXPECT_NEAR(actual.expectation_values[i].second, expected.expectation_values[i].second, 1e-5);
  }
  ASSERT_EQ(actual.probabilities.size(), expected.probabilities.size());
  for (std::size_t i = 0; i < expected.probabilities.size(); ++i) {
    EXPECT_NEAR(actual.probabilities[i], expected.probabilities[i], 1e-5);
  }
}

constexpr std::uint64_t kNever = ~std::uint64_t{0};

TEST_F(FailoverTest, ADeviceLostAtAnySubmissionChangesNoResult) {
  Request request =
      request_for(reference::to_qasm3(reference::random_circuit(kQubits, 60, 3, reference::GateSet::stdgates)), 1000);
  request.observables = {"Z0*Z1 + 0.5*X3", "Y2*X4*Z12"};
  request.probability_qubits = {12, 0, 5};
  const Report expected = run(request);
  request = with_fallback(request);
  std::uint64_t submissions = 0;
  const Report whole = run_failing(request, "vkQueueSubmit", kNever, VK_SUCCESS, &submissions);
  EXPECT_EQ(whole.backend, "vulkan");
  expect_same(whole, expected);
  ASSERT_GT(submissions, 5U);
  for (std::uint64_t n = 0; n < submissions; ++n) {
    const Report report = run_failing(request, "vkQueueSubmit", n, VK_ERROR_DEVICE_LOST);
    expect_same(report, expected);
    if (report.backend == "vulkan, then cpu") {
      EXPECT_THAT(report.notes, Contains(HasSubstr("went on on the CPU after stage"))) << n;
      EXPECT_FALSE(report.devices.empty());
    } else {
      EXPECT_EQ(report.backend, "vulkan") << "only the speed was measured after submission " << n;
    }
    EXPECT_GT(report.sweep_seconds, 0);
    EXPECT_EQ(report.gates, expected.gates);
  }
}

TEST_F(FailoverTest, ADeviceLostAtAnySubmissionChangesNoBranch) {
  Request request = request_for(qasm3("qubit[2] q; bit m; bit out; ry(1.1) q[0]; m = measure q[0]; if (m) x q[1]; "
                                      "cx q[0], q[1]; out = measure q[1];"),
                                4000);
  request = with_fallback(request);
  std::uint64_t submissions = 0;
  run_failing(request, "vkQueueSubmit", kNever, VK_SUCCESS, &submissions);
  for (std::uint64_t n = 0; n < submissions; ++n) {
    const Report report = run_failing(request, "vkQueueSubmit", n, VK_ERROR_DEVICE_LOST);
    EXPECT_EQ(report.branches, 2U) << n;
    std::uint64_t shots = 0;
    for (const auto& [bits, count] : report.counts) {
      EXPECT_EQ(bits.front(), '0') << "flipped and flipped back, at " << bits << ", submission " << n;
      shots += count;
    }
    EXPECT_EQ(shots, 4000U) << n;
  }
}

TEST_F(FailoverTest, ADeviceWithoutMemoryChangesNoResult) {
  Request request =
      request_for(reference::to_qasm3(reference::random_circuit(kQubits, 40, 5, reference::GateSet::stdgates)), 100);
  request.observables = {"X0*Z7"};
  const Report expected = run(request);
  request = with_fallback(request);
  std::uint64_t buffers = 0;
  run_failing(request, "vkCreateBuffer", kNever, VK_SUCCESS, &buffers);
  for (std::uint64_t n = 0; n < buffers; ++n) {
    const Report report = run_failing(request, "vkCreateBuffer", n, VK_ERROR_OUT_OF_DEVICE_MEMORY);
    expect_same(report, expected);
    EXPECT_NE(report.backend, "vulkan") << n;
    EXPECT_THAT(report.notes, Contains(HasSubstr("as the device failed"))) << n;
  }
}

TEST_F(FailoverTest, ADeviceThatHangsInAnyWaitChangesNoResult) {
  Request request =
      request_for(reference::to_qasm3(reference::random_circuit(kQubits, 40, 5, reference::GateSet::stdgates)), 100);
  request.observables = {"X0*Z7"};
  const Report expected = run(request);
  request = with_fallback(request);
  std::uint64_t waits = 0;
  run_failing(request, "vkWaitSemaphores", kNever, VK_SUCCESS, &waits);
  ASSERT_GT(waits, 5U);
  std::uint64_t failovers = 0;
  for (std::uint64_t n = 0; n < waits; ++n) {
    const Report report = run_failing(request, "vkWaitSemaphores", n, VK_TIMEOUT, nullptr, 0.02);
    expect_same(report, expected);
    failovers += report.backend != "vulkan" ? 1 : 0;
  }
  EXPECT_GT(failovers, 3U) << "what waits when all is done may hang";
}

/// The device, or several, and the host of one state, without a request.
class Places {
 public:
  Places(const vulkan::PhysicalDevice& physical, const vulkan::DeviceOptions& options, std::size_t count = 1)
      : state(memory, ElementType::c64, kQubits),
        store(memory, 0, nullptr, arena, cancel),
        context{.kernels = resources.kernels(),
                .arena = arena,
                .cancel = cancel,
                .memory = memory,
                .tiles = quantum::tile_compiler(),
                .at_boundary = {},
                .on_stage_done = {}},
        on_host(state, memory, store, context, resources.plan_limits(1)) {
    for (std::size_t i = 0; i < count; ++i) {
      devices.push_back(std::make_shared<OpenDevice>(physical, options));
    }
    const quantum::DrawResources host{arena, cancel, memory};
    if (count == 1) {
      auto place = std::make_unique<DevicePlace>(*devices.front(), ElementType::c64, kQubits, host, [] {});
      download = [&of = *place](std::uint64_t first, std::span<std::byte> to) { of.download(first, to); };
      on_device = std::move(place);
    } else {
      auto place = std::make_unique<SplitPlace>(devices, ElementType::c64, kQubits, host, [] {});
      download = [&of = *place](std::uint64_t first, std::span<std::byte> to) { of.download(first, to); };
      on_device = std::move(place);
    }
  }

  Resources resources{{}};
  HostMemory memory;
  Arena arena{1};
  CancelToken cancel;
  OpenDevices devices;
  Field state;
  StateStore store;
  ExecuteContext context;
  HostPlace on_host;
  std::unique_ptr<StatePlace> on_device;
  std::function<void(std::uint64_t first, std::span<std::byte> to)> download;
};

std::vector<double> run_circuit(StatePlace& place, const quantum::Circuit& circuit) {
  place.reset();
  const PlannedCircuit planned = place.plan(circuit, {}, 0);
  std::uint64_t steps = 0;
  place.execute(planned.plan.stages, planned.lowered.program, {}, [&](const Stage& stage, double /*seconds*/) {
    steps += stage.steps.size();
    for (const std::uint32_t step : stage.steps) {
      ASSERT_LT(step, planned.lowered.program.steps.size());
    }
  });
  EXPECT_EQ(steps, planned.lowered.program.steps.size()) << "every step is told once";
  place.scale_where({.mask = 1, .value = 1}, 2, [](const Stage& /*stage*/, double /*seconds*/) {});
  std::vector<quantum::Qubit> qubits(kQubits);
  for (std::size_t i = 0; i < qubits.size(); ++i) {
    qubits[i] = static_cast<quantum::Qubit>(i);
  }
  return place.reader(&planned.lowered.map)->marginal(qubits);
}

/// The state is on `count` devices, and `tries` of the submissions are where one is lost.
void expect_going_on(const vulkan::PhysicalDevice& physical, std::size_t count, int gates, std::uint64_t tries) {
  const quantum::Circuit circuit = reference::random_circuit(kQubits, gates, 11, reference::GateSet::stdgates);
  std::vector<double> expected;
  {
    Places places(physical, {});
    expected = run_circuit(places.on_host, circuit);
  }
  std::uint64_t submissions = 1;
  std::uint64_t from_checkpoints = 0;
  std::uint64_t in_checkpoints = 0;
  for (std::uint64_t n = 0; n <= submissions; n += n == 0 ? 1 : 1 + submissions / tries) {
    vulkan::WatchedDriver driver;
    Places places(physical, driver.options(), count);
    driver.fail_only("vkQueueSubmit");
    driver.fail_at(n == 0 ? kNever : n - 1, VK_ERROR_DEVICE_LOST, true);
    driver.forget_calls();
    bool copying = false;
    std::uint64_t copies = 0;
    std::uint64_t failures = 0;
    FailoverPlace place(*places.on_device, places.on_host, places.state,
                        {.download =
                             [&](std::uint64_t first, std::span<std::byte> to) {
                               copying = true;
                               places.download(first, to);
                               copying = false;
                               ++copies;
                             },
                         .on_failure = [&](const Error& /*error*/) { ++failures; }},
                        {.most_share = 1e9, .least_seconds = 0});
    std::vector<double> actual;
    try {
      actual = run_circuit(place, circuit);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::device_lost);
      EXPECT_TRUE(copying) << "a copy that is half there is nothing to go on from, and else there is something";
      ++in_checkpoints;
      continue;
    }
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(actual[i], expected[i], 1e-6) << "submission " << n;
    }
    EXPECT_EQ(failures, n == 0 ? 0U : 1U);
    if (n == 0) {
      const std::vector<std::string> log = driver.calls();
      submissions = static_cast<std::uint64_t>(std::ranges::count(log, "vkQueueSubmit"));
      EXPECT_GT(copies, 2U);
      continue;
    }
    ASSERT_TRUE(place.failover().has_value());
    EXPECT_THAT(place.failover()->reason, HasSubstr("lost"));
    from_checkpoints += place.failover()->checkpoint_stages > 0 ? 1 : 0;
  }
  EXPECT_GT(from_checkpoints, 2U);
  EXPECT_GT(in_checkpoints, 0U);
}

TEST_F(FailoverTest, GoesOnFromACheckpointWhereverTheDeviceIsLost) {
  expect_going_on(*physical_, 1, 300, kNever);
}

TEST_F(FailoverTest, GoesOnFromACheckpointWhereverOneOfSeveralDevicesIsLost) {
  expect_going_on(*physical_, 2, 100, 16);
  expect_going_on(*physical_, 4, 100, 8);
}

TEST_F(FailoverTest, CheckpointsAreRareWhereTheyCostMuch) {
  const quantum::Circuit circuit = reference::random_circuit(kQubits, 80, 11, reference::GateSet::stdgates);
  Places places(*physical_, {});
  std::uint64_t bytes = 0;
  FailoverPlace place(*places.on_device, places.on_host, places.state,
                      {.download =
                           [&](std::uint64_t first, std::span<std::byte> to) {
                             bytes += to.size();
                             places.download(first, to);
                           },
                       .on_failure = [](const Error& /*error*/) {}},
                      {.most_share = 1e-9, .least_seconds = 0});
  run_circuit(place, circuit);
  EXPECT_EQ(bytes, places.state.size_bytes()) << "once, to learn what one costs";
}

TEST_F(FailoverTest, ALossOfOneOfSeveralDevicesChangesNoResult) {
  Request request =
      request_for(reference::to_qasm3(reference::random_circuit(kQubits, 60, 3, reference::GateSet::stdgates)), 1000);
  request.observables = {"Z0*Z1 + 0.5*X3", "Y2*X4*Z12"};
  request.probability_qubits = {12, 0, 5};
  const Report expected = run(request);
  request = with_fallback(request);
  request.device += "," + request.device;
  std::uint64_t submissions = 0;
  const Report whole = run_failing(request, "vkQueueSubmit", kNever, VK_SUCCESS, &submissions);
  EXPECT_EQ(whole.devices.size(), 2U);
  expect_same(whole, expected);
  ASSERT_GT(submissions, 20U);
  int unharmed = 0;  // only the speed was measured then
  for (std::uint64_t n = 0; n < submissions; n += 1 + submissions / 12) {
    const Report report = run_failing(request, "vkQueueSubmit", n, VK_ERROR_DEVICE_LOST);
    expect_same(report, expected);
    EXPECT_EQ(report.gates, expected.gates);
    if (report.backend == "vulkan") {
      ++unharmed;
    } else {
      EXPECT_EQ(report.backend, "vulkan, then cpu") << n;
      EXPECT_THAT(report.notes, Contains(HasSubstr("went on on the CPU after stage"))) << n;
    }
  }
  EXPECT_LT(unharmed, 6);
}

TEST_F(FailoverTest, ARunWithoutFallbackEndsWithTheLoss) {
  Request request = with_fallback(request_for(qasm3("qubit[13] q; h q;")));
  request.fall_back = false;
  try {
    run_failing(request, "vkQueueSubmit", 1, VK_ERROR_DEVICE_LOST);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::device_lost);
  }
}

TEST_F(FailoverTest, ADeviceThatIsLostAgainAndAgainIsLeftAlone) {
  vulkan::WatchedDriver driver;
  driver.fail_only("vkQueueSubmit");
  Resources resources({});
  resources.devices().open_with(driver.options());
  const Request request = with_fallback(request_for(qasm3("qubit[13] q; bit[13] c; h q; c = measure q;")));
  for (int loss = 0; loss < DeviceCache::kMostLosses; ++loss) {
    driver.fail_at(2, VK_ERROR_DEVICE_LOST, true);
    EXPECT_EQ(run_request(resources, request, {}).backend, "vulkan, then cpu");
  }
  driver.fail_at(kNever, VK_SUCCESS);
  const Report report = run_request(resources, request, {});
  EXPECT_EQ(report.backend, "cpu");
  EXPECT_THAT(report.notes, Contains(HasSubstr("left alone")));
}

}  // namespace
}  // namespace basalt
