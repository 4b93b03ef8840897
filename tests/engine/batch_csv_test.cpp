// Tables of parameters: the CSV that programs write, and what is refused, with its line.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine/batch/csv.h"

namespace basalt {
namespace {

using Rows = std::vector<std::vector<std::string>>;
using testing::HasSubstr;

CsvTable read(const std::string& text, std::uint64_t most_rows = 1000) {
  quantum::SourceMap sources;
  return parse_csv(sources, sources.add("p.csv", text), most_rows);
}

TEST(Csv, ReadsWhatProgramsWrite) {
  const Rows rows = {{"0.5", "1"}, {"pi/2", "-2"}};
  const std::vector<std::string> texts = {
      "a,b\n0.5,1\npi/2,-2\n",
      "a,b\n0.5,1\npi/2,-2",
      "a,b\r\n0.5,1\r\npi/2,-2\r\n",
      "\xEF\xBB\xBF"
      "a,b\n0.5,1\npi/2,-2\n",
      "\"a\",\"b\"\n\"0.5\",\"1\"\n\"pi/2\",\"-2\"\n",
      "\n a , b \n\n0.5 , 1\n  \t\npi/2,\t-2\n\n",
      " \"a\" , \"b\" \r\n 0.5, \"1\" \r\npi/2,-2",
  };
  for (const std::string& text : texts) {
    const CsvTable table = read(text);
    EXPECT_EQ(table.names, (std::vector<std::string>{"a", "b"})) << text;
    EXPECT_EQ(table.rows, rows) << text;
  }
}

TEST(Csv, QuotationMarksKeepCommasLineEndsAndThemselves) {
  EXPECT_EQ(read("a\n\"x,\ny \"\"z\"\"\"\n").rows, (Rows{{"x,\ny \"z\""}}));
}

TEST(Csv, RefusesWithThePlace) {
  struct Case {
    const char* text;
    const char* says;
    std::uint32_t line;
    std::uint32_t column;
  };
  const Case cases[] = {
      {"", "empty", 1, 1},
      {"\n\n", "empty", 1, 1},
      {"a,b\n", "no rows", 1, 1},
      {"a,a\n1,2\n", "'a' comes twice", 1, 3},
      {"a,\n1,2\n", "cell is empty", 1, 3},
      {"a,b\n1,2\n3\n", "1 cells, but there are 2", 3, 1},
      {"a,b\n1,2,3\n", "3 cells, but there are 2", 2, 5},
      {"a,b\n1,\n", "cell is empty", 2, 3},
      {"a,b\r\n1,\r\n", "cell is empty", 2, 3},
      {"a,b\n,2\n", "cell is empty", 2, 1},
      {"a,b\n1,\"\"\n", "cell is empty", 2, 3},
      {"a,b\n1,\"2\n", "never closed", 2, 3},
      {"a,b\n1,\"2\"x\n", "after the closing", 2, 6},
      {"a,b\n1,2\"\n", "quotation mark inside", 2, 4},
      {"a\n1\n2\n3\n", "more than 2 rows", 4, 1},
  };
  for (const Case& each : cases) {
    try {
      (void)read(each.text, 2);
      ADD_FAILURE() << each.text << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_input) << each.text;
      EXPECT_THAT(error.message(), HasSubstr(each.says)) << each.text;
      EXPECT_EQ(error.where().line, each.line) << each.text;
      EXPECT_EQ(error.where().column, each.column) << each.text;
    }
  }
}

RC_GTEST_PROP(Csv, QuotedTablesAreReadBack, ()) {
  const auto columns = *rc::gen::inRange<std::size_t>(1, 5);
  const auto cell =
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab 1,\"\n\r\t.-"))));
  Rows rows = *rc::gen::nonEmpty(rc::gen::container<Rows>(rc::gen::container<std::vector<std::string>>(columns, cell)));
  const std::string line_end = *rc::gen::element<std::string>("\n", "\r\n");
  std::string text;
  for (std::size_t i = 0; i < columns; ++i) {
    text += (i > 0 ? ",c" : "c") + std::to_string(i);
  }
  for (const auto& row : rows) {
    text += line_end;
    for (std::size_t i = 0; i < columns; ++i) {
      text += i > 0 ? ",\"" : "\"";
      for (const char c : row[i]) {
        text += c == '"' ? "\"\"" : std::string(1, c);
      }
      text += '"';
    }
  }
  RC_ASSERT(read(text).rows == rows);
}

RC_GTEST_PROP(Csv, NoTextDoesHarm, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,,\"\"\n\n\r \t\0", 12)));
  try {
    const CsvTable table = read(text);
    RC_ASSERT(!table.rows.empty());
    for (const auto& row : table.rows) {
      RC_ASSERT(row.size() == table.names.size());
      RC_ASSERT(std::ranges::count(row, "") == 0);
    }
  } catch (const Error& error) {
    RC_ASSERT(error.code() == ErrorCode::bad_input);
  }
}

}  // namespace
}  // namespace basalt
