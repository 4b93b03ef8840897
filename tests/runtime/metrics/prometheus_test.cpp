// The Prometheus text of metrics, of the process and of devices.

#include "runtime/metrics/prometheus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "basalt/error.h"

namespace basalt::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(PrometheusText, WritesEveryKindOfMetric) {
  const MetricReading counter{.name = "a_total", .help = "Some help", .value = 7, .count = 7};
  MetricReading histogram{.name = "b_seconds", .help = "More", .kind = MetricKind::histogram, .value = 2.5, .count = 3};
  histogram.buckets[0] = 1;
  histogram.buckets[6] = 1;
  histogram.buckets.back() = 1;
  const MetricReading gauge{.name = "c_bytes", .help = "Level", .kind = MetricKind::gauge, .value = -1.5};
  const std::string text = prometheus_text({counter, histogram, gauge});
  EXPECT_THAT(text, StartsWith("# HELP a_total Some help\n# TYPE a_total counter\na_total 7\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE b_seconds histogram\nb_seconds_bucket{le=\"1e-06\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("b_seconds_bucket{le=\"1000\"} 2\nb_seconds_bucket{le=\"+Inf\"} 3\n"
                              "b_seconds_sum 2.5\nb_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE c_bytes gauge\nc_bytes -1.5\n"));
}

TEST(PrometheusText, EscapesHelpAndLabels) {
  EXPECT_THAT(prometheus_text({MetricReading{.name = "a_total", .help = "one\ntwo \\ \"three\""}}),
              HasSubstr("# HELP a_total one\\ntwo \\\\ \"three\"\n"));
  EXPECT_THAT(prometheus_text({DeviceReading{"a \"b\"", "c\\d\ne", DeviceReading::Quantity::frequency_hertz, 0.5}}),
              HasSubstr("{device=\"a \\\"b\\\"\",part=\"c\\\\d\\ne\"} 0.5\n"));
}

TEST(PrometheusText, OfTheProcessLeavesOutWhatCannotBeRead) {
  Usage usage;
  usage.user_seconds = 1.25;
  usage.minor_faults = 42;
  usage.resident_bytes = 4096;
  const std::string text = prometheus_text(usage);
  EXPECT_THAT(text, HasSubstr("# TYPE basalt_user_seconds_total counter\nbasalt_user_seconds_total 1.25\n"));
  EXPECT_THAT(text, HasSubstr("basalt_minor_faults_total 42\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE basalt_resident_bytes gauge\nbasalt_resident_bytes 4096\n"));
  EXPECT_THAT(text, Not(HasSubstr("huge_page")));
  EXPECT_THAT(text, Not(HasSubstr("stall")));
}

TEST(PrometheusText, GroupsTheSensorsOfDevicesByQuantity) {
  using Quantity = DeviceReading::Quantity;
  EXPECT_EQ(prometheus_text(std::vector<DeviceReading>{}), "");
  const std::string text = prometheus_text({{"cpu", "core 0", Quantity::frequency_hertz, 3e9},
                                            {"cpu", "Package id 0", Quantity::temperature_celsius, 55.5},
                                            {"cpu", "core 1", Quantity::frequency_hertz, 2.5e9}});
  EXPECT_THAT(text, StartsWith("# HELP basalt_device_frequency_hertz "));
  EXPECT_THAT(text, HasSubstr("\n# TYPE basalt_device_frequency_hertz gauge\n"
                              "basalt_device_frequency_hertz{device=\"cpu\",part=\"core 0\"} 3000000000\n"
                              "basalt_device_frequency_hertz{device=\"cpu\",part=\"core 1\"} 2500000000\n"
                              "# HELP basalt_device_temperature_celsius "));
}

TEST(WriteMetrics, ReplacesTheFileWhole) {
  const auto path = std::filesystem::path(testing::TempDir()) / ("metrics_" + std::to_string(::getpid()) + ".prom");
  std::ofstream(path) << "old";
  write_metrics(path);
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  EXPECT_THAT(text, StartsWith("# HELP basalt_jobs_total"));
  EXPECT_THAT(text, HasSubstr("\nbasalt_user_seconds_total "));
  EXPECT_EQ(text.back(), '\n');
}

TEST(WriteMetrics, SaysWhichFileCannotBeWritten) {
  try {
    write_metrics("/nowhere/at/all.prom");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/at/all.prom"));
  }
}

}  // namespace
}  // namespace basalt::metrics
