// A device's stages in the trace: each once, as long as it is reported to be, in order, within what the host did.
#include <cmath>
#include <optional>

#include "conformance/device_harness.h"
#include "conformance/step_maker.h"
#include "runtime/metrics/lanes.h"
#include "runtime/metrics/trace.h"

namespace basalt::quantum {
namespace {

class DeviceTrace : public DeviceConformance {
 protected:
  void TearDown() override {
    metrics::stop_recording();
    DeviceConformance::TearDown();
  }

  /// The spans of the lane whose name begins so.
  static std::vector<metrics::Event> spans_of(std::string_view lane_name) {
    std::vector<metrics::Event> spans;
    for (const auto& lane : metrics::all_lanes()) {
      if (std::string_view(lane->name.data()).starts_with(lane_name)) {
        spans.insert(spans.end(), lane->events.begin(), lane->events.end());
      }
    }
    return spans;
  }

  /// Reported seconds of the stages of a run in several batches, within a span "execute" of this thread.
  std::vector<double> run_stages(std::size_t stages) {
    TestDevice& on = *devices_.front();
    constexpr int kAxes = 16;
    vulkan::DeviceField field(on.memory, ElementType::c64, kAxes);
    set_zero_state(on.pipelines, field);
    std::mt19937_64 random(1);
    const std::uint64_t tile = (std::uint64_t{1} << tile_axes(ElementType::c64)) - 1;
    StepMaker make(random, kAxes, tile);
    Program program;
    std::vector<Stage> plan(stages);
    for (std::size_t i = 0; i < stages; ++i) {
      program.steps.push_back(make.unitary().step);
      plan[i].steps = {static_cast<std::uint32_t>(i)};
      plan[i].tile_axes = tile;
      plan[i].outer_axes = ((std::uint64_t{1} << kAxes) - 1) & ~tile;
      plan[i].predicted_bytes = static_cast<double>(i + 1);
      plan[i].predicted_seconds = 0.01;  // three make a batch
    }
    std::vector<double> seconds;
    DeviceRun run(field, on.pipelines, plan, program);
    const metrics::Span span(metrics::SpanName::execute);
    run.run({.at_boundary = {}, .on_stage_done = [&](const Stage&, double time) { seconds.push_back(time); }}, nullptr);
    return seconds;
  }
};

TEST_F(DeviceTrace, HasEveryStageInItsPlace) {
  name_this_thread("host");
  metrics::start_recording();
  const std::vector<double> seconds = run_stages(20);
  metrics::stop_recording();
  const std::vector<metrics::Event> stages = spans_of("vulkan ");
  const std::vector<metrics::Event> host = spans_of("host");
  ASSERT_EQ(stages.size(), 20);
  ASSERT_EQ(seconds.size(), 20);
  const auto execute = std::ranges::find(host, metrics::name_of(metrics::SpanName::execute), &metrics::Event::name);
  ASSERT_NE(execute, host.end());
  std::int64_t before = execute->start;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    SCOPED_TRACE(testing::Message() << "stage " << i);
    EXPECT_EQ(stages[i].name, metrics::name_of(metrics::SpanName::stage));
    EXPECT_EQ(stages[i].value, static_cast<double>(i + 1)) << "bytes";
    EXPECT_GE(stages[i].start, before) << "after the one before";
    EXPECT_NEAR(static_cast<double>(stages[i].end - stages[i].start), seconds[i] * 1e9, 1) << "nanoseconds";
    before = stages[i].end;
  }
  EXPECT_LE(before, execute->end);
}

TEST_F(DeviceTrace, HasNoStagesOfRunsBeforeItBegan) {
  EXPECT_EQ(run_stages(4).size(), 4);
  metrics::start_recording();
  metrics::stop_recording();
  EXPECT_TRUE(spans_of("vulkan ").empty());
}

}  // namespace
}  // namespace basalt::quantum
