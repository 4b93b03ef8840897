// Sweeps on a device: what was recorded for the first circuit serves those of the same shape, with the results that
// each has by itself.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "device_fixture.h"
#include "engine/device_place.h"
#include "engine/resources.h"
#include "engine/run.h"
#include "runtime/metrics/metrics.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt {
namespace {

/// Of `layers` layers with angles a and b; of 13 qubits, so that there are two tiles or more.
std::string ansatz(int layers, int qubits = 13) {
  std::string body = fmt::format("input angle a;\ninput angle b;\nqubit[{}] q;\nbit[{}] c;\n", qubits, qubits);
  for (int layer = 0; layer < layers; ++layer) {
    body += fmt::format(
        "for uint i in [0:{}] {{ ry(a + 0.1*i) q[i]; rz(b) q[i]; }}\nfor uint i in [0:{}] {{ cx q[i], q[i+1]; }}\n",
        qubits - 1, qubits - 2);
  }
  return qasm3(body + "c = measure q;\n");
}

std::map<std::string, std::string> binding(int item) {
  return {{"a", fmt::format("{}", 0.2 + 0.031 * item)}, {"b", fmt::format("{}", 0.3 - 0.017 * item)}};
}

/// How often runs have been recorded, and used again, since it was made.
class Counts {
 public:
  [[nodiscard]] int recorded() const { return since(metrics::Metric::device_recordings, recorded_); }
  [[nodiscard]] int replayed() const { return since(metrics::Metric::device_replays, replayed_); }

 private:
  static int since(metrics::Metric metric, double before) {
    return static_cast<int>(metrics::value_of(metric) - before);
  }
  double recorded_ = metrics::value_of(metrics::Metric::device_recordings);
  double replayed_ = metrics::value_of(metrics::Metric::device_replays);
};

class RecordedRunsTest : public DeviceFixture {
 protected:
  [[nodiscard]] Request sweep_of(const std::string& text, int devices = 1) const {
    Request request = on_devices(request_for(text, 500), devices);
    request.prepared = prepare(request.source);
    request.observables = {"Z0*Z1 + 0.5*X3", "Y2*X4*Z12"};
    request.probability_qubits = {12, 0, 5};
    return request;
  }

  static void expect_equal(const Report& actual, const Report& expected, int item) {
    EXPECT_EQ(actual.expectation_values, expected.expectation_values) << item;
    EXPECT_EQ(actual.probabilities, expected.probabilities) << item;
    EXPECT_EQ(actual.counts, expected.counts) << item;
  }
};

TEST_F(RecordedRunsTest, ASweepIsRecordedOnceAndGivesWhatFreshRunsGive) {
  constexpr int kItems = 4;
  using enum Precision;
  for (const auto& [precision, devices] :
       {std::pair(single_precision, 1), {single_precision, 2}, {double_precision, 1}}) {
    if (precision == double_precision && !has_f64_) {
      continue;
    }
    Request request = sweep_of(ansatz(2), devices);
    request.precision = precision;
    std::vector<Report> expected;
    for (int item = 0; item < kItems; ++item) {
      request.inputs = binding(item);
      expected.push_back(run(request));
    }
    Engine engine;
    Counts first;
    request.inputs = binding(0);
    expect_equal(engine.run(request), expected[0], 0);
    EXPECT_GT(first.recorded(), 0);
    EXPECT_EQ(first.replayed(), 0);
    const Counts others;
    for (int item = 1; item < kItems; ++item) {
      request.inputs = binding(item);
      expect_equal(engine.run(request), expected[static_cast<std::size_t>(item)], item);
    }
    EXPECT_EQ(others.recorded(), 0) << devices << " devices";
    EXPECT_EQ(others.replayed(), (kItems - 1) * first.recorded()) << devices << " devices";
  }
}

/// Two programs that differ in angles take turns: what was encoded for one must not be taken for the other.
TEST_F(RecordedRunsTest, ProgramsThatAreRunAgainAreEncodedOnceEach) {
  const auto fixed = [](double a) {
    std::string body = fmt::format("qubit[13] q;\nbit[13] c;\n");
    for (int qubit = 0; qubit < 12; ++qubit) {
      body += fmt::format("ry({}) q[{}];\ncx q[{}], q[{}];\n", a + 0.1 * qubit, qubit, qubit, qubit + 1);
    }
    return qasm3(body + "c = measure q;\n");
  };
  const std::array<Request, 2> requests = {sweep_of(fixed(0.3)), sweep_of(fixed(0.7))};
  const std::array<Report, 2> expected = {run(requests[0]), run(requests[1])};
  EXPECT_NE(expected[0].expectation_values, expected[1].expectation_values);
  Engine engine;
  const Counts counts;
  int item = 0;
  for (const std::size_t which : {0, 0, 1, 0, 1, 1, 0, 0}) {
    expect_equal(engine.run(requests[which]), expected[which], item++);
  }
  EXPECT_EQ(counts.recorded() + counts.replayed(), 8 * counts.recorded());
  // another width of results asks for another plan of the same program
  Request other = requests[0];
  other.probability_qubits = {3};
  EXPECT_EQ(engine.run(other).probabilities, run(other).probabilities);
  expect_equal(engine.run(requests[0]), expected[0], item);
}

TEST_F(RecordedRunsTest, AnotherShapeIsRecordedForItself) {
  Engine engine;
  Request request = sweep_of(ansatz(1));
  const Counts counts;
  request.inputs = binding(1);
  const Report one = engine.run(request);
  Request wider = sweep_of(ansatz(1, 14));
  wider.inputs = binding(1);
  expect_equal(engine.run(wider), run(wider), 14);
  EXPECT_EQ(counts.replayed(), 0);
  // angles that leave nothing of their gates
  request.inputs = {{"a", "0"}, {"b", "0"}};
  expect_equal(engine.run(request), run(request), 0);
  request.inputs = binding(1);
  expect_equal(engine.run(request), one, 1);
}

TEST_F(RecordedRunsTest, ProgramsThatMeasureInTheMiddleAreTheSame) {
  Request request = on_device(
      request_for(qasm3("input angle a; qubit[13] q; bit m; bit out; ry(a) q; m = measure q[0]; if (m) ry(a) q[1]; "
                        "cx q[0], q[1]; ry(a) q[12]; out = measure q[1];"),
                  300));
  request.prepared = prepare(request.source);
  Engine engine;
  for (int item = 0; item < 4; ++item) {
    request.inputs = {{"a", fmt::format("{}", 0.4 + 0.3 * item)}};
    EXPECT_EQ(engine.run(request).counts, run(request).counts) << item;
  }
}

TEST_F(RecordedRunsTest, WhatWasRecordedGoesWithADeviceThatIsLost) {
  Request request = sweep_of(ansatz(1));
  request.inputs = binding(0);
  const Report expected = run(request);
  vulkan::WatchedDriver driver;
  {
    Resources resources({});
    resources.devices().open_with(driver.options());
    expect_equal(run_request(resources, request, {}), expected, 0);
    driver.fail_only("vkQueueSubmit");
    driver.fail_at(1, VK_ERROR_DEVICE_LOST);
    EXPECT_THROW(run_request(resources, request, {}), Error);
    const Counts counts;
    expect_equal(run_request(resources, request, {}), expected, 1);
    EXPECT_EQ(counts.replayed(), 0);
    EXPECT_GT(counts.recorded(), 0);
  }
  EXPECT_EQ(driver.alive(), 0);
}

TEST_F(RecordedRunsTest, FailuresAtEachSubmissionOfAReplayLeaveTheNextOneRight) {
  Request request = on_device(request_for(ansatz(1, 5), 100));
  request.inputs = binding(2);
  const Report expected = run(request);
  for (std::uint64_t call = 0;; ++call) {
    vulkan::WatchedDriver driver;
    Resources resources({});
    resources.devices().open_with(driver.options());
    run_request(resources, request, {});
    driver.fail_only("vkQueueSubmit");
    driver.fail_at(call, VK_ERROR_OUT_OF_DEVICE_MEMORY);
    std::optional<ErrorCode> code;
    try {
      run_request(resources, request, {});
    } catch (const Error& error) {
      code = error.code();
    }
    if (driver.failed().empty()) {
      EXPECT_GT(call, 3U);
      return;
    }
    EXPECT_EQ(code, ErrorCode::out_of_resources) << call;
    expect_equal(run_request(resources, request, {}), expected, static_cast<int>(call));
  }
}

TEST_F(RecordedRunsTest, ARunThatIsCancelledLeavesTheNextOneRight) {
  Engine engine;
  Request request = sweep_of(ansatz(2));
  request.inputs = binding(3);
  const Report expected = engine.run(request);
  CancelToken cancel;
  RunHooks hooks{.cancel = &cancel, .on_progress = [&](const Progress&) { cancel.request(); }};
  EXPECT_THROW(engine.run(request, hooks), Error);
  expect_equal(engine.run(request), expected, 3);
}

TEST_F(RecordedRunsTest, KeepsAFewAndGivesThemBackWhenRoomIsWanted) {
  OpenDevice device(*physical_);
  Arena arena(1);
  const CancelToken cancel;
  HostMemory memory;
  const auto used = [&] {
    std::uint64_t bytes = 0;
    for (const vulkan::HeapUse& heap : device.memory.use()) {
      bytes += heap.used_bytes;
    }
    return bytes;
  };
  const auto apply = [&](int gates) {
    DevicePlace place(device, ElementType::c64, 13, {arena, cancel, memory}, {});
    place.reset();
    quantum::Circuit circuit(13);
    for (quantum::Qubit gate = 0; gate < static_cast<quantum::Qubit>(gates); ++gate) {
      circuit.append(quantum::GateId::ry, std::array{0.3}, {}, std::array{gate % 13});
      circuit.append(quantum::GateId::x, {}, std::array{quantum::Control{gate % 13, true}},
                     std::array{(gate + 1) % 13});
    }
    const PlannedCircuit planned = place.plan(circuit, {}, 0);
    place.execute(planned.plan.stages, planned.lowered.program, {}, [](const Stage&, double) {});
  };
  constexpr int kKept = quantum::RecordedRuns::kMostRuns;
  for (int gates = 1; gates <= kKept; ++gates) {
    apply(gates);
  }
  const Counts again;
  apply(1);
  EXPECT_EQ(again.recorded(), 0);
  for (int gates = kKept + 1; gates <= 2 * kKept; ++gates) {
    apply(gates);
  }
  const Counts forgotten;
  apply(1);
  EXPECT_EQ(forgotten.recorded(), 1);
  EXPECT_GT(used(), 0U);
  make_room(device);
  EXPECT_EQ(used(), 0U);
}

}  // namespace
}  // namespace basalt
