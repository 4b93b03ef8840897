#include "base/locate.h"

#include <gtest/gtest.h>

namespace basalt {
namespace {

TEST(Locate, CountsLinesAndCharacters) {
  const std::string text = "one\ntwo\r\nthr\xC3\xA9\xC3\xA9 x\rlast";
  const SourceLocation where = locate("file", text, text.find('x'));
  EXPECT_EQ(where.file, "file");
  EXPECT_EQ(where.line, 3U);
  EXPECT_EQ(where.column, 7U);
  EXPECT_EQ(where.source_line, "thr\xC3\xA9\xC3\xA9 x");
  EXPECT_EQ(where.caret, 6U);
  EXPECT_EQ(locate("file", text, 1000).line, 4U);
}

TEST(Locate, IsTheWayBackOfOffsets) {
  const std::string text =
      "\xEF\xBB\xBF"
      "a\xC3\xA9z\r\n\n\rb\xFFz\n";
  for (const std::size_t offset : {std::size_t{3}, std::size_t{4}, std::size_t{6}, std::size_t{9}, std::size_t{11},
                                   std::size_t{12}, std::size_t{13}}) {
    const SourceLocation where = locate("file", text, offset);
    EXPECT_EQ(offset_of(text, where.line, where.column), offset);
  }
}

TEST(Locate, EndsWithTheLineAndTheText) {
  EXPECT_EQ(offset_of("ab\ncd", 1, 9), 2U);
  EXPECT_EQ(offset_of("ab\ncd", 2, 9), 5U);
  EXPECT_EQ(offset_of("ab\ncd", 7, 1), 5U);
  EXPECT_EQ(offset_of("", 1, 1), 0U);
}

}  // namespace
}  // namespace basalt
