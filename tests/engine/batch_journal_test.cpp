// The journal of a batch: what survives, what is refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "batch_harness.h"
#include "engine/batch/journal.h"

namespace basalt {
namespace {

using testing::HasSubstr;

std::string line_of(std::uint64_t index) {
  const BatchJob job{
      .id = "job " + std::to_string(index), .file = "a.qasm", .request = {}, .timeout_seconds = {}, .priority = {}};
  TaskResult result;
  result.reply = R"({"definition":"00000000000000ff","report":{"counts":{"0":1},"nested":[{"index":9,"id":"x"}]}})";
  result.attempts = 1;
  return result_line(job, index, 5, result);
}

std::string message_of(const std::string& path, bool resume) {
  try {
    Journal(path, resume);
  } catch (const Error& error) {
    return error.message();
  }
  return {};
}

class JournalTest : public testing::Test {
 protected:
  BatchFolder folder;
  std::string path = folder.path("out.jsonl");
};

TEST_F(JournalTest, KeepsLines) {
  {
    Journal journal(path, false);
    journal.append(line_of(0));
    journal.append(line_of(1));
    journal.flush();
  }
  Journal journal(path, true);
  ASSERT_EQ(journal.entries().size(), 2U);
  EXPECT_EQ(journal.entries()[1].head.index, 1U);
  EXPECT_EQ(journal.entries()[1].head.id, "job 1");
  EXPECT_EQ(journal.entries()[1].head.batch_seed, 5U);
  EXPECT_EQ(journal.entries()[1].head.definition, "00000000000000ff");
  EXPECT_TRUE(journal.entries()[1].head.done);
}

TEST_F(JournalTest, ForgetsATornLineWhereverItEnds) {
  const std::string whole = line_of(0) + '\n';
  const std::string torn = line_of(1);
  for (std::size_t length = 0; length <= torn.size(); ++length) {
    folder.write("out.jsonl", whole + torn.substr(0, length));
    Journal journal(path, true);
    ASSERT_EQ(journal.entries().size(), 1U) << length;
    journal.append(torn);
    ASSERT_EQ(folder.read("out.jsonl"), whole + torn + '\n') << length;
  }
}

TEST_F(JournalTest, KeepsOnlyWhatItIsTold) {
  folder.write("out.jsonl", line_of(0) + '\n' + line_of(1) + '\n' + line_of(2) + '\n');
  Journal journal(path, true);
  journal.keep({journal.entries()[0], journal.entries()[2]});
  EXPECT_EQ(folder.read("out.jsonl"), line_of(0) + '\n' + line_of(2) + '\n');
  journal.append(line_of(3));
  EXPECT_EQ(folder.read("out.jsonl"), line_of(0) + '\n' + line_of(2) + '\n' + line_of(3) + '\n');
}

TEST_F(JournalTest, RefusesAFileThatIsThereUnlessItIsResumed) {
  folder.write("out.jsonl", "");
  EXPECT_EQ(message_of(path, false), "") << "an empty file is as good as none";
  folder.write("out.jsonl", line_of(0) + '\n');
  EXPECT_THAT(message_of(path, false), HasSubstr("exists already"));
  EXPECT_EQ(message_of(path, true), "");
  EXPECT_EQ(folder.read("out.jsonl"), line_of(0) + '\n');
}

TEST_F(JournalTest, RefusesWhatIsNoResultAndLeavesItAlone) {
  for (const std::string text : {"x\n", "{}\n", "[1]\n", "\n", "{\"index\":0,\"id\":1}\n"}) {
    folder.write("out.jsonl", line_of(0) + '\n' + text);
    EXPECT_THAT(message_of(path, true), HasSubstr("line 2 of")) << text;
    EXPECT_EQ(folder.read("out.jsonl"), line_of(0) + '\n' + text);
  }
}

TEST_F(JournalTest, TwoBatchesDoNotShareAFile) {
  const Journal journal(path, false);
  EXPECT_THAT(message_of(path, true), HasSubstr("another batch is writing"));
}

TEST_F(JournalTest, NeedsAnOrdinaryFile) {
  EXPECT_THAT(message_of("/dev/null", false), HasSubstr("no ordinary file"));
  EXPECT_THAT(message_of(folder.path("nowhere/out.jsonl"), false), HasSubstr("No such file"));
  EXPECT_THAT(message_of(folder.path("."), false), HasSubstr("directory"));
}

}  // namespace
}  // namespace basalt
