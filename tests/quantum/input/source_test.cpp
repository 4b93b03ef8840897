// Positions to lines, columns and carets, on texts with every kind of line end and character.
#include "workloads/quantum/input/source.h"

#include <gtest/gtest.h>

#include "quantum/input/failure.h"

namespace basalt::quantum {
namespace {

SourceLocation locate(std::string text, std::uint32_t offset) {
  SourceMap sources;
  return sources.locate({sources.add("a.qasm", std::move(text)), offset});
}

TEST(SourceMap, CountsLinesAndColumnsFromOne) {
  const SourceLocation where = locate("one\ntwo three\nfour\n", 8);
  EXPECT_EQ(where.file, "a.qasm");
  EXPECT_EQ(where.line, 2u);
  EXPECT_EQ(where.column, 5u);
  EXPECT_EQ(where.source_line, "two three");
  EXPECT_EQ(where.caret, 4u);
}

TEST(SourceMap, KnowsAllLineEnds) {
  EXPECT_EQ(locate("a\r\nb\r\nc", 6).line, 3u);
  EXPECT_EQ(locate("a\r\nb\r\nc", 6).column, 1u);
  EXPECT_EQ(locate("a\rb\rc", 4).line, 3u);
  EXPECT_EQ(locate("a\r\nbc\r\n", 4).source_line, "bc");
}

TEST(SourceMap, TheEndOfTheTextHasAPlace) {
  EXPECT_EQ(locate("", 0).line, 1u);
  EXPECT_EQ(locate("", 0).column, 1u);
  EXPECT_EQ(locate("x;\n", 3).line, 2u);
  EXPECT_EQ(locate("x;", 2).column, 3u);
  EXPECT_EQ(locate("x;", 1000).column, 3u);
}

TEST(SourceMap, CountsCharactersNotBytes) {
  const SourceLocation where = locate("\xCF\x80 + \xE2\x84\x87 + ?", 10);  // π + ℇ + ?
  EXPECT_EQ(where.column, 8u);
  EXPECT_EQ(where.caret, 7u);
}

TEST(SourceMap, IgnoresAByteOrderMark) {
  const SourceLocation where = locate("\xEF\xBB\xBFx y", 5);
  EXPECT_EQ(where.column, 3u);
  EXPECT_EQ(where.source_line, "x y");
}

TEST(SourceMap, EscapesWhatATerminalWouldObey) {
  const SourceLocation where = locate("\x1b[31m\tx\xE2\x80\xAEy\x7f", 10);
  EXPECT_EQ(where.source_line, "\\x1b[31m x\\u{202e}y\\x7f");
  EXPECT_EQ(where.source_line[where.caret], 'y');
  EXPECT_EQ(where.column, 9u);
}

TEST(SourceMap, ReplacesInvalidUtf8) {
  EXPECT_EQ(locate("a\xFF\xC3(\xED\xA0\x80z", 0).source_line,
            "a\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
}

TEST(SourceMap, ShortensLongLinesAroundTheCaret) {
  const std::string text = std::string(500, 'a') + "!" + std::string(500, 'b');
  const SourceLocation where = locate(text, 500);
  EXPECT_EQ(where.column, 501u);
  EXPECT_EQ(where.source_line, "…" + std::string(60, 'a') + "!" + std::string(59, 'b') + "…");
  EXPECT_EQ(where.caret, 61u);
}

TEST(SourceMap, ShortensNothingThatFits) {
  EXPECT_EQ(locate(std::string(60, 'a') + "!", 60).source_line, std::string(60, 'a') + "!");
}

TEST(SourceMap, ALineOfManyMegabytesCostsOneWalk) {
  const SourceLocation where = locate(std::string(std::size_t{32} << 20, '\x01') + "x", 32u << 20);
  EXPECT_EQ(where.column, (32u << 20) + 1);
  EXPECT_LT(where.source_line.size(), 500u);
}

TEST(SourceMap, AddingTextsMovesNone) {
  SourceMap sources;
  sources.add("first", "ab");
  const std::string_view first = sources.text(0);
  for (int i = 0; i < 1000; ++i) {
    sources.add("more", "text");
  }
  EXPECT_EQ(first.data(), sources.text(0).data());
}

TEST(SourceMap, DescribesForNotes) {
  SourceMap sources;
  sources.add("a.qasm", "x\ny\n");
  EXPECT_EQ(sources.describe({0, 2}), "a.qasm:2");
}

TEST(FailAt, ShowsEverything) {
  SourceMap sources;
  sources.add("a.qasm", "h q\n");
  const Error error = test::failure_of([&] {
    fail_at(sources, {0, 3}, "expected ';'", "add it", ErrorCode::bad_input);
  });
  EXPECT_EQ(std::string(error.what()), "a.qasm:1:4: expected ';'\n  h q\n     ^\n  add it");
}

}  // namespace
}  // namespace basalt::quantum
