// The CPU looks after a device: what is right passes, what is wrong is found.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <complex>
#include <cstring>

#include "device_fixture.h"
#include "engine/device_place.h"
#include "engine/resources.h"
#include "engine/run.h"
#include "engine/verified_place.h"
#include "reference/random_circuit.h"
#include "runtime/vulkan/instance.h"

namespace basalt {
namespace {

using testing::HasSubstr;

constexpr int kQubits = 14;

using VerifyTest = DeviceFixture;

TEST_F(VerifyTest, ADeviceThatIsRightPasses) {
  const std::string text =
      reference::to_qasm3(reference::random_circuit(kQubits, 200, 3, reference::GateSet::stdgates));
  Request request = on_device(request_for(text, 10));
  request.observables = {"Z0*Z1 + 0.5*X3"};
  const Report without = run(request);
  EXPECT_FALSE(without.verify.has_value());
  request.verify = 64;
  Report report = run(request);
  ASSERT_TRUE(report.verify.has_value());
  EXPECT_GT(report.verify->tiles, 8U);
  EXPECT_LE(report.verify->tiles, 64U);
  EXPECT_GT(report.verify->largest_difference, 0);
  EXPECT_LT(report.verify->largest_difference, 1e-6);
  EXPECT_EQ(report.verify->tolerance, 1e-4);
  EXPECT_EQ(report.expectation_values, without.expectation_values);
  EXPECT_EQ(report.stages.size(), without.stages.size());
  if (physical_->plan.f64) {
    request.precision = Precision::double_precision;
    report = run(request);
    EXPECT_LT(report.verify->largest_difference, 1e-14);
    EXPECT_EQ(report.verify->tolerance, 1e-11);
  }
}

TEST_F(VerifyTest, TakesStatesOfOneTileAndBranchesAndFallback) {
  for (const char* text : {"qubit[1] q; bit[1] c; h q; c = measure q;",
                           "qubit[3] q; bit[3] c; h q[0]; c[0] = measure q[0]; if (c[0]) x q[1]; ry(0.2) q[2]; "
                           "c = measure q;"}) {
    Request request = on_device(request_for(qasm3(text), 100));
    request.verify = kMaxVerify;
    request.fall_back = true;
    const Report report = run(request);
    ASSERT_TRUE(report.verify.has_value());
    EXPECT_GT(report.verify->tiles, 0U);
    EXPECT_LT(report.verify->largest_difference, 1e-6);
  }
}

TEST_F(VerifyTest, LooksAfterEachPartOfAStateOnSeveralDevices) {
  const std::string text =
      reference::to_qasm3(reference::random_circuit(kQubits, 120, 3, reference::GateSet::stdgates));
  for (const int parts : {2, 4}) {
    for (const bool fall_back : {false, true}) {
      Request request = on_devices(request_for(text, 10), parts);
      request.verify = 63;
      request.fall_back = fall_back;
      const Report report = run(request);
      EXPECT_EQ(report.backend, "vulkan");
      ASSERT_TRUE(report.verify.has_value());
      EXPECT_GT(report.verify->tiles, 4U);
      EXPECT_LE(report.verify->tiles, 63U);
      EXPECT_GT(report.verify->largest_difference, 0);
      EXPECT_LT(report.verify->largest_difference, 1e-6);
    }
  }
}

/// A driver that leaves one dispatch out.
class ForgetfulDriver {
 public:
  explicit ForgetfulDriver(std::uint64_t which) {
    forgotten = which;
    calls = 0;
  }
  static vulkan::DeviceOptions options() {
    return {.alter =
                [](VolkDeviceTable& table) {
                  original = table.vkCmdDispatch;
                  table.vkCmdDispatch = dispatch;
                },
            .hang_seconds = 0};
  }

 private:
  static VKAPI_ATTR void VKAPI_CALL dispatch(VkCommandBuffer commands, std::uint32_t x, std::uint32_t y,
                                             std::uint32_t z) {
    if (calls++ != forgotten) {
      original(commands, x, y, z);
    }
  }
  static inline PFN_vkCmdDispatch original = nullptr;
  static inline std::atomic<std::uint64_t> calls{0};
  static inline std::uint64_t forgotten = 0;
};

TEST_F(VerifyTest, FindsAStageThatOneOfSeveralDevicesLeavesOut) {
  Request request = on_devices(
      request_for(reference::to_qasm3(reference::random_circuit(kQubits, 60, 4, reference::GateSet::stdgates))), 2);
  request.verify = kMaxVerify;
  int found = 0;
  for (std::uint64_t call = 0; call < 12; ++call) {
    const ForgetfulDriver driver(call);
    Resources resources({});
    resources.devices().open_with(ForgetfulDriver::options());
    try {
      run_request(resources, request, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::failed);
      found += std::string(error.what()).find("computes wrongly: after stage") != std::string::npos ? 1 : 0;
    }
  }
  EXPECT_GT(found, 0);
}

TEST_F(VerifyTest, TooManyTilesAreRefused) {
  Request request = request_for(qasm3("qubit q; h q;"));
  request.verify = kMaxVerify + 1;
  EXPECT_THAT(failure_of(request).second, HasSubstr("--verify " + std::to_string(kMaxVerify + 1)));
}

/// Passes on to a device, and does one stage more than it was told.
class WrongPlace final : public StatePlace {
 public:
  WrongPlace(DevicePlace& device, std::size_t at_stage, double off) : device_(device), at_stage_(at_stage), off_(off) {}

  [[nodiscard]] ElementType type() const override { return device_.type(); }
  void reset() override { device_.reset(); }
  PlannedCircuit plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) override {
    return device_.plan_lowered(std::move(lowered), touched_axes);
  }
  void execute(std::span<const Stage> stages, const Program& program,
               std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) override {
    for (const Stage& stage : stages) {
      device_.execute(std::span(&stage, 1), program, compiled, on_stage_done);
      if (stage_++ == at_stage_) {
        device_.scale_where({}, 1 + off_, [](const Stage& /*stage*/, double /*seconds*/) {});
      }
    }
  }
  void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) override {
    device_.scale_where(keep, scale, on_stage_done);
  }
  std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) override { return device_.reader(map); }
  std::optional<StateStore::Key> save(bool worth_spilling) override { return device_.save(worth_spilling); }
  bool load(StateStore::Key key, bool last) override { return device_.load(key, last); }

 private:
  DevicePlace& device_;
  std::size_t at_stage_;
  double off_;
  std::size_t stage_ = 0;
};

/// A device of one state, without a request.
struct Device {
  explicit Device(const vulkan::PhysicalDevice& physical)
      : open(physical), place(open, ElementType::c64, kQubits, {arena, cancel, memory}, {}) {}

  VerifiedPlace::Subject subject() {
    return {.name = "some card",
            .advice = "give --backend cpu",
            .download_tile = [&](std::uint64_t base, std::uint64_t axes, std::span<std::byte> to) {
              place.download_tile(base, axes, to);
            }};
  }

  HostMemory memory;
  Arena arena{1};
  CancelToken cancel;
  OpenDevice open;
  DevicePlace place;
};

/// Empty where nothing failed.
std::string refusal_of(VerifiedPlace& place, const quantum::Circuit& circuit, std::size_t* stages = nullptr) {
  place.reset();
  const PlannedCircuit planned = place.plan(circuit, {}, 0);
  if (stages != nullptr) {
    *stages = planned.plan.stages.size();
  }
  try {
    place.execute(planned.plan.stages, planned.lowered.program, {}, [](const Stage& /*stage*/, double /*seconds*/) {});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::failed);
    return error.what();
  }
  return {};
}

TEST_F(VerifyTest, AWrongStageIsFoundWhicheverItIs) {
  const quantum::Circuit circuit = reference::random_circuit(kQubits, 300, 5, reference::GateSet::stdgates);
  Device device(*physical_);
  std::size_t stages = 0;
  VerifiedPlace right(device.place, device.subject(), 200, 7, device.memory);
  EXPECT_EQ(refusal_of(right, circuit, &stages), "");
  ASSERT_GT(stages, 2U);
  for (std::size_t stage = 0; stage < stages; ++stage) {
    WrongPlace wrong(device.place, stage, 0.01);
    VerifiedPlace place(wrong, device.subject(), 200, 7, device.memory);
    const std::string failure = refusal_of(place, circuit);
    EXPECT_THAT(failure, HasSubstr("\"some card\" computes wrongly: after stage " + std::to_string(stage + 1) + ","));
    EXPECT_THAT(failure, HasSubstr("--backend cpu"));
  }
  WrongPlace within(device.place, 0, 1e-6);
  VerifiedPlace place(within, device.subject(), 200, 7, device.memory);
  EXPECT_EQ(refusal_of(place, circuit), "") << "as much as rounding may do";
}

TEST_F(VerifyTest, OneWrongAmplitudeOfATileIsFound) {
  const quantum::Circuit circuit = reference::random_circuit(kQubits, 60, 5, reference::GateSet::stdgates);
  Device device(*physical_);
  std::uint64_t downloads = 0;
  VerifiedPlace::Subject subject = device.subject();
  const auto download = subject.download_tile;
  // the first tiles are those before a stage: what is wrong there is wrong after it, too
  subject.download_tile = [&](std::uint64_t base, std::uint64_t axes, std::span<std::byte> to) {
    download(base, axes, to);
    if (downloads++ == 0) {
      std::complex<float> amplitude;
      std::memcpy(&amplitude, to.data(), sizeof(amplitude));
      amplitude += 1e-2F;
      std::memcpy(to.data(), &amplitude, sizeof(amplitude));
    }
  };
  VerifiedPlace place(device.place, subject, 1, 7, device.memory);
  EXPECT_THAT(refusal_of(place, circuit), HasSubstr("computes wrongly"));
}

TEST_F(VerifyTest, ReadsTilesOfAnyAxes) {
  Device device(*physical_);
  const quantum::Circuit circuit = reference::random_circuit(kQubits, 60, 5, reference::GateSet::stdgates);
  device.place.reset();
  const PlannedCircuit planned = device.place.plan(circuit, {}, 0);
  device.place.execute(planned.plan.stages, planned.lowered.program, {},
                       [](const Stage& /*stage*/, double /*seconds*/) {});
  std::vector<std::complex<float>> all(std::size_t{1} << kQubits);
  device.place.download(0, std::as_writable_bytes(std::span(all)));
  for (const std::uint64_t axes : {0x1ULL, 0xFULL, 0x3000ULL, 0x2A5ULL, 0x3FFFULL}) {
    const std::uint64_t base = 0x1555 & ~axes;
    std::vector<std::complex<float>> tile(std::size_t{1} << std::popcount(axes));
    device.place.download_tile(base, axes, std::as_writable_bytes(std::span(tile)));
    std::uint64_t place = 0;
    for (std::size_t i = 0; i < tile.size(); ++i) {
      EXPECT_EQ(tile[i], all[base | place]) << axes << " " << i;
      place = (place - axes) & axes;
    }
  }
}

TEST_F(VerifyTest, LongStagesMayErrMore) {
  EXPECT_EQ(verify_tolerance(ElementType::c64, 1), 1e-4);
  EXPECT_EQ(verify_tolerance(ElementType::c64, 1000), 1e-3);
  EXPECT_EQ(verify_tolerance(ElementType::c128, 100), 1e-11);
}

}  // namespace
}  // namespace basalt
