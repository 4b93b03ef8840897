// Tools: shared libraries that are loaded while Basalt runs.

#include "runtime/metrics/tools.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "basalt/error_log.h"
#include "runtime/metrics/child_process.h"
#include "runtime/metrics/metrics.h"

namespace basalt::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing_support::run_in_child;

/// What the recording tool was told since the last call, line by line.
std::vector<std::string> take_story() {
  void* const library = ::dlopen(BASALT_RECORDING_TOOL, RTLD_NOW | RTLD_NOLOAD);
  const auto take = reinterpret_cast<void (*)(std::string*)>(::dlsym(library, "take_story"));
  std::string story;
  take(&story);
  std::istringstream stream(story);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// With the recording tool loaded, once in this process.
class ToolTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const std::vector<std::string> notes = load_tool_list(BASALT_RECORDING_TOOL);
    EXPECT_THAT(notes, IsEmpty());
  }
  void SetUp() override { take_story(); }
};

TEST_F(ToolTest, IsToldOfSpansFromTheirBeginning) {
  {
    const Span outer(SpanName::job);
    EXPECT_THAT(take_story(), ElementsAre(MatchesRegex("begin [1-9][0-9]* job \"\" 0")));
    const basalt::Span inner("mine", "a detail", 4096);
    EXPECT_THAT(take_story(), ElementsAre(MatchesRegex("begin [1-9][0-9]* mine \"a detail\" 4096")));
  }
  const std::vector<std::string> ends = take_story();
  ASSERT_EQ(ends.size(), 2U);
  EXPECT_GT(std::stoull(ends[0].substr(4)), std::stoull(ends[1].substr(4))) << "the inner one ends first";
}

TEST_F(ToolTest, IsToldOfMemoryGaugesAndErrors) {
  const int block = 0;
  tell_allocate("state", &block, 1 << 20);
  tell_release("state", &block, 1 << 20);
  metrics::set(Metric::threads, 2.5);
  log_error(Error(ErrorCode::out_of_resources, "too large"), "job 7");
  EXPECT_THAT(take_story(),
              ElementsAre("allocate state block 1048576", "release state block 1048576",
                          "gauge basalt_threads 2.500000", "error out_of_resources \"too large\" \"job 7\""));
}

TEST_F(ToolTest, GetsLongTextsCutAndBytesInBounds) {
  const std::string name(1000, 'n');
  { const basalt::Span span(name, name, 1e300); }
  { const basalt::Span span("a", "b", -5); }
  const std::vector<std::string> story = take_story();
  ASSERT_EQ(story.size(), 4U);
  const std::string cut(255, 'n');
  EXPECT_THAT(story[0], MatchesRegex("begin [0-9]+ " + cut + " \"" + cut + "\" 18446744073709551615"));
  EXPECT_THAT(story[2], HasSubstr(" a \"b\" 0"));
}

TEST_F(ToolTest, IsToldByManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 100; ++j) {
        const Span span(SpanName::piece);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(take_story().size(), 800U);
}

TEST(Tools, ThatCannotBeUsedAreNotedAndOthersLoaded) {
  const std::string list =
      std::string("./no_such_tool.so::") + BASALT_DEAF_TOOL + ":libm.so.6:" + BASALT_NEWER_TOOL + ":";
  const std::vector<std::string> notes = load_tool_list(list);
  ASSERT_EQ(notes.size(), 4U);
  EXPECT_THAT(notes[0], HasSubstr("\"./no_such_tool.so\" was not loaded"));
  EXPECT_THAT(notes[1], HasSubstr("no function of basalt/tool.h that listens"));
  EXPECT_THAT(notes[2], HasSubstr("\"libm.so.6\" is no tool"));
  EXPECT_THAT(notes[3], HasSubstr("version 2"));
  EXPECT_THAT(load_tool_list(""), IsEmpty());
}

/// What the processes below do.
TEST(Tools, DISABLED_RunASpan) {
  for (const std::string& note : load_tools()) {
    std::puts(note.c_str());
  }
  EXPECT_EQ(&load_tools(), &load_tools()) << "loaded once";
  { const Span span(SpanName::job); }
  for (int i = 0; i < 3; ++i) {
    const Span span(SpanName::stage);
  }
}

TEST(Tools, AreLoadedFromTheEnvironmentAndFinalizedOnce) {
  const auto result =
      run_in_child("Tools.DISABLED_RunASpan", "BASALT_TOOL", "./no_such_tool.so:" BASALT_RECORDING_TOOL);
  EXPECT_EQ(result.exit_status, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("no_such_tool.so"));
  const std::size_t first = result.output.find("finalized\n");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(result.output.find("finalized\n", first + 1), std::string::npos);
}

TEST(Tools, TheExampleCountsSpans) {
  const auto result = run_in_child("Tools.DISABLED_RunASpan", "BASALT_TOOL", BASALT_SPAN_TIMES_TOOL);
  EXPECT_EQ(result.exit_status, 0) << result.output;
  EXPECT_THAT(result.output, testing::ContainsRegex("span +count +seconds +each\njob +1 .*\nstage +3 "));
}

}  // namespace
}  // namespace basalt::metrics
