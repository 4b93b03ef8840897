// Patterns on a device through the engine: the same results as on the CPU, and what becomes of a device that fails.
#include "engine/device_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "basalt/engine.h"
#include "basalt/json.h"
#include "cards.h"
#include "device_fixture.h"
#include "engine/choose_pattern_device.h"
#include "engine/run_pattern.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class DevicePatternTest : public DeviceFixture {
 protected:
  [[nodiscard]] static PatternRequest small_request() {
    PatternRequest request;
    request.model = "gray-scott";
    request.parameters = {{"F", 0.062}, {"k", 0.0609}};
    request.size = {70, 44};
    request.steps = 120;
    return request;
  }

  [[nodiscard]] PatternRequest there(PatternRequest request) const {
    request.device = device_;
    return request;
  }

  static Error failure_of_pattern(Resources& resources, const PatternRequest& request, const PatternHooks& hooks = {}) {
    try {
      run_pattern_request(resources, request, hooks);
    } catch (const Error& error) {
      return error;
    }
    return {ErrorCode::failed, "nothing failed"};
  }
};

constexpr std::uint64_t kNever = ~std::uint64_t{0};

/// The numbers of a file of NumPy, at its end.
std::vector<float> numbers_of(const std::filesystem::path& path, std::size_t count) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  std::vector<float> numbers(count);
  EXPECT_GT(bytes.size(), count * sizeof(float)) << path;
  if (bytes.size() >= count * sizeof(float)) {
    std::memcpy(numbers.data(), bytes.data() + bytes.size() - count * sizeof(float), count * sizeof(float));
  }
  return numbers;
}

TEST_F(DevicePatternTest, GivesTheReportAndTheFramesOfTheCpu) {
  Engine engine;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("basalt_device_pattern_" + std::to_string(getpid()));
  std::array<PatternReport, 2> reports;
  for (const bool on_device : {false, true}) {
    PatternRequest request = on_device ? there(small_request()) : small_request();
    request.backend = on_device ? Backend::automatic : Backend::cpu;  // a device that is named is one that is taken
    request.output = folder / (on_device ? "device" : "cpu");
    request.every = 50;
    request.formats = {FrameFormat::npy};
    reports[on_device ? 1 : 0] = engine.run_pattern(request);
  }
  const auto& [cpu, device] = reports;
  EXPECT_EQ(cpu.backend, "cpu");
  EXPECT_EQ(device.backend, "vulkan");
  EXPECT_EQ(device.choice, "");
  ASSERT_TRUE(device.device.has_value());
  EXPECT_EQ(device.device->name, physical_->properties.name);
  EXPECT_GT(device.device->state_bytes, 4U * 70 * 44 * 4);
  EXPECT_GT(device.visits, 0U);
  EXPECT_LE(device.memory.peak_bytes, device.memory.estimate_bytes);
  EXPECT_GT(device.sweep_seconds, 0);
  for (std::size_t species = 0; species < 2; ++species) {
    EXPECT_NEAR(device.species[species].mean, cpu.species[species].mean, 1e-6);
    EXPECT_NEAR(device.species[species].deviation, cpu.species[species].deviation, 1e-6);
  }
  ASSERT_EQ(device.files.size(), cpu.files.size());
  for (const char* frame : {"frame_000.npy", "frame_050.npy", "frame_120.npy"}) {
    const std::vector<float> expected = numbers_of(folder / "cpu" / frame, 2 * 70 * 44);
    const std::vector<float> actual = numbers_of(folder / "device" / frame, 2 * 70 * 44);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(actual[i], expected[i], 1e-5) << frame << ", number " << i;
    }
  }
  const nlohmann::json document = nlohmann::json::parse(json_of(device));
  EXPECT_EQ(document["device"]["name"], physical_->properties.name);
  EXPECT_EQ(document["backend"], "vulkan");
  std::filesystem::remove_all(folder);
}

TEST_F(DevicePatternTest, IsTheSameFromRunToRun) {
  Engine engine;
  PatternRequest request = there(small_request());
  request.model = "ginzburg-landau";
  request.parameters.clear();
  const PatternReport first = engine.run_pattern(request);
  for (const int steps_per_visit : {1, 3}) {
    request.steps_per_visit = steps_per_visit;
    const PatternReport again = engine.run_pattern(request);
    EXPECT_EQ(again.steps_per_visit, steps_per_visit);
    for (std::size_t species = 0; species < 2; ++species) {
      EXPECT_EQ(again.species[species].mean, first.species[species].mean);
      EXPECT_EQ(again.species[species].deviation, first.species[species].deviation);
    }
  }
}

TEST_F(DevicePatternTest, RunsInDoublePrecisionInAVolume) {
  if (!has_f64_) {
    GTEST_SKIP() << "no double precision";
  }
  Engine engine;
  PatternRequest request = there(small_request());
  request.size = {20, 13, 9};
  request.precision = Precision::double_precision;
  request.integrator = Integrator::rk4;
  const PatternReport device = engine.run_pattern(request);
  request.device.clear();
  request.backend = Backend::cpu;
  const PatternReport cpu = engine.run_pattern(request);
  EXPECT_EQ(device.visits, cpu.visits);
  EXPECT_DOUBLE_EQ(device.bytes_moved, cpu.bytes_moved);
  EXPECT_NEAR(device.species[0].mean, cpu.species[0].mean, 1e-13);
  EXPECT_NEAR(device.species[1].deviation, cpu.species[1].deviation, 1e-13);
}

TEST_F(DevicePatternTest, FindsABlowUpAndNamesStepAndCell) {
  Resources resources({});
  PatternRequest request;
  request.model = "brusselator";
  request.size = {40};
  request.steps = 1000;
  request.initial.values = {1e6, 1e6};
  const Error error = failure_of_pattern(resources, there(request));
  EXPECT_EQ(error.code(), ErrorCode::failed);
  EXPECT_THAT(error.what(), HasSubstr("blew up between steps 0 and 64: u of cell (0, 0, 0)"));
}

TEST_F(DevicePatternTest, StopsWhenItIsAsked) {
  Resources resources({});
  CancelToken cancel;
  PatternRequest request = there(small_request());
  request.steps = 1'000'000'000;
  const Error error = failure_of_pattern(
      resources, request,
      {.cancel = &cancel, .on_progress = [&](std::uint64_t /*done*/) { cancel.request(); }, .on_wait = {}});
  EXPECT_EQ(error.code(), ErrorCode::cancelled);
}

TEST_F(DevicePatternTest, RefusesWhatADeviceCannotDo) {
  Resources resources({});
  PatternRequest request = there(small_request());
  request.size = {400000, 400000};
  EXPECT_THAT(failure_of_pattern(resources, request).what(),
              AllOf(HasSubstr("of the memory of"), HasSubstr("give a grid of about")));
  request = there(small_request());
  request.device += "," + request.device;
  EXPECT_THAT(failure_of_pattern(resources, request).what(), HasSubstr("a pattern runs on one"));
}

TEST_F(DevicePatternTest, ADeviceLostAtAnySubmissionEndsTheRunWithThat) {
  vulkan::WatchedDriver driver;
  driver.fail_only("vkQueueSubmit");
  PatternRequest request = there(small_request());
  request.steps = 70;
  std::uint64_t submissions = 0;
  {
    Resources resources({});
    resources.devices().open_with(driver.options());
    driver.fail_at(kNever, VK_SUCCESS);
    run_pattern_request(resources, request, {});
    const std::vector<std::string> log = driver.calls();
    submissions = static_cast<std::uint64_t>(std::ranges::count(log, "vkQueueSubmit"));
  }
  ASSERT_GT(submissions, 5U);
  for (std::uint64_t n = 0; n < submissions; ++n) {
    Resources resources({});
    resources.devices().open_with(driver.options());
    driver.fail_at(n, VK_ERROR_DEVICE_LOST, true);
    EXPECT_EQ(failure_of_pattern(resources, request).code(), ErrorCode::device_lost) << n;
    // the next job opens it anew, and after more losses it is left alone
    driver.fail_at(n, VK_ERROR_DEVICE_LOST, true);
    EXPECT_EQ(failure_of_pattern(resources, request).code(), ErrorCode::device_lost) << n;
    driver.fail_at(kNever, VK_SUCCESS);
    EXPECT_THAT(failure_of_pattern(resources, request).what(), HasSubstr("left alone"));
  }
  EXPECT_EQ(driver.alive(), 0);
}

TEST_F(DevicePatternTest, ADeviceWithoutMemoryEndsTheRunWithThat) {
  vulkan::WatchedDriver driver;
  driver.fail_only("vkCreateBuffer");
  const PatternRequest request = there(small_request());
  for (const std::uint64_t n : {0U, 1U, 3U, 6U}) {
    Resources resources({});
    resources.devices().open_with(driver.options());
    driver.fail_at(n, VK_ERROR_OUT_OF_DEVICE_MEMORY, true);
    EXPECT_EQ(failure_of_pattern(resources, request).code(), ErrorCode::out_of_resources) << n;
  }
  EXPECT_EQ(driver.alive(), 0);
}

/// A job of which only the choice is asked.
struct Chosen {
  Chosen(const PatternRequest& request, const std::vector<std::string>& names, bool fits_host = true) {
    Resources resources({});
    CancelToken never;
    const PatternHooks hooks;
    PatternJob job{.resources = resources,
                   .request = request,
                   .hooks = hooks,
                   .stop = never,
                   .cancel = never,
                   .model = patterns::make_model(request.model, {}),
                   .domain = {},
                   .scheme = {},
                   .limits = {},
                   .report = {},
                   .device = nullptr,
                   .keeper = nullptr};
    job.domain.grid = patterns::make_grid(request.size, 1);
    job.domain.layout = patterns::make_layout(job.domain.grid, request.precision);
    job.domain.precision = request.precision;
    choice = choose_pattern_backend(
        job, fits_host,
        {.list = [&] { return cards(names); },
         .figures_of = [](const vulkan::DeviceProperties&) -> std::optional<DeviceFigures> { return std::nullopt; },
         .history = [](const std::string&, const std::string&) -> std::optional<History> { return std::nullopt; }});
  }
  [[nodiscard]] const Candidate& winner() const { return choice.candidates[choice.winner]; }

  BackendChoice choice;
};

TEST(ChoosePatternDevice, TakesTheCardWhereManyCellsAreStepped) {
  PatternRequest request;
  request.model = "gray-scott";
  request.size = {8192, 8192};
  request.steps = 20000;
  const Chosen chosen(request, {"nvidia_h100", "lavapipe"});
  EXPECT_EQ(chosen.winner().device, "0");
  EXPECT_THAT(chosen.choice.reason, HasSubstr("times as fast as cpu"));
  ASSERT_EQ(chosen.choice.candidates.size(), 3U);
  EXPECT_THAT(chosen.choice.candidates[2].rejection, HasSubstr("used only when it is named"));
  // two species now and a step later, read and written once a step at 2 TB/s, but for several steps a visit
  EXPECT_NEAR(chosen.winner().stage_seconds, 20000 * (16.0 * 8192 * 8192 / 2e12 + 1e-5) / 2.4, 0.3);
  request.steps_per_visit = 1;
  EXPECT_NEAR(Chosen(request, {"nvidia_h100"}).winner().stage_seconds, 20000 * (16.0 * 8192 * 8192 / 2e12 + 1e-5), 0.3);
}

TEST(ChoosePatternDevice, LooksAtNoDeviceForWhatIsSmall) {
  PatternRequest request;
  request.model = "gray-scott";
  request.size = {64, 64};
  const Chosen chosen(request, {"nvidia_h100"});
  EXPECT_EQ(chosen.winner().backend, Backend::cpu);
  EXPECT_THAT(chosen.choice.reason, HasSubstr("none was looked at"));
}

TEST(ChoosePatternDevice, SaysWhyACardIsNotTaken) {
  PatternRequest request;
  request.model = "gray-scott";
  request.size = {100000, 100000};
  request.steps = 20000;
  const Chosen too_large(request, {"nvidia_h100"});
  EXPECT_EQ(too_large.winner().backend, Backend::cpu);
  EXPECT_THAT(too_large.choice.candidates[1].rejection, StartsWith("the grid takes"));
  request.size = {1'000'000'000};
  request.precision = Precision::double_precision;
  const Chosen too_long(request, {"nvidia_h100"}, /*fits_host=*/false);
  EXPECT_THAT(too_long.choice.candidates[0].rejection, HasSubstr("do not fit in the host's memory"));
  EXPECT_THAT(too_long.choice.candidates[1].rejection, HasSubstr("a device holds rows of at most"));
  EXPECT_THAT(too_long.choice.reason, HasSubstr("nothing that there is can run it"));
}

}  // namespace
}  // namespace basalt
