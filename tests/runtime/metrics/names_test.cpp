// docs/runtime/metrics.md lists every name of names.def: the tables between its markers are made here.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "places.h"

namespace basalt {
namespace {

std::string row(const std::string& first, const std::string& second, const std::string& third) {
  return "| " + first + " | " + second + " | " + third + " |\n";
}

std::string metrics_table() {
  std::string table = row("metric", "kind", "what") + row("---", "---", "---");
#define BASALT_METRIC(id, kind, name, help) table += row("`" name "`", #kind, help);
#define BASALT_TIMER(id, name, help) table += row("`" name "`", "counter", help);
#define BASALT_USAGE(field, kind, name, help) table += row("`" name "`", #kind, help);
#define BASALT_SENSOR(id, name, help) table += row("`" name "`", "gauge", help);
#include "runtime/metrics/names.def"
  return table;
}

std::string spans_table() {
  std::string table = "| span | what |\n| --- | --- |\n";
#define BASALT_SPAN(id, name, help) table += "| `" name "` | " help " |\n";
#include "runtime/metrics/names.def"
  return table;
}

/// docs/runtime/metrics.md, and the place of its table that follows `marker`.
struct Page {
  explicit Page(const std::string& marker) {
    std::ifstream file(path);
    text.assign(std::istreambuf_iterator<char>(file), {});
    const std::string begin = "<!-- " + marker + " -->\n";
    start = text.find(begin);
    end = text.find("<!-- end -->", start);
    if (end == std::string::npos) {
      throw std::runtime_error("no table between \"" + begin + "\" and its end in " + path.string());
    }
    start += begin.size();
  }
  [[nodiscard]] std::string table() const { return text.substr(start, end - start); }
  void replace_table(const std::string& table) {
    text.replace(start, end - start, table);
    std::ofstream(path) << text;
  }

  std::filesystem::path path = std::filesystem::path(places::kSourceFolder) / "docs/runtime/metrics.md";
  std::string text;
  std::size_t start = 0;
  std::size_t end = 0;
};

/// With BASALT_WRITE_DOCS in the environment the page is brought up to date instead of checked.
void expect_table(const std::string& marker, const std::string& table) {
  Page page(marker);
  if (std::getenv("BASALT_WRITE_DOCS") != nullptr) {
    page.replace_table(table);
    return;
  }
  EXPECT_EQ(page.table(), table) << "run this test once with BASALT_WRITE_DOCS=1";
}

TEST(MetricsPage, ListsEveryMetric) {
  expect_table("metrics", metrics_table());
}

TEST(MetricsPage, ListsEverySpan) {
  expect_table("spans", spans_table());
}

}  // namespace
}  // namespace basalt
