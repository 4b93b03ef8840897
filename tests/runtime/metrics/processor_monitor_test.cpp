// The processor's sensors from invented /sys trees: desktops, servers, boards, virtual machines without any.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "basalt/usage.h"
#include "runtime/metrics/system_tree.h"

namespace basalt {

bool operator==(const DeviceReading& one, const DeviceReading& other) {
  return one.device == other.device && one.part == other.part && one.quantity == other.quantity &&
         one.value == other.value;
}

void PrintTo(const DeviceReading& reading, std::ostream* stream) {
  *stream << reading.device << '/' << reading.part << ' ' << static_cast<int>(reading.quantity) << ' ' << reading.value;
}

namespace {

using testing_support::SystemTree;
using Quantity = DeviceReading::Quantity;

std::vector<DeviceReading> read(const std::map<std::string, std::string>& files) {
  const SystemTree tree(files);
  return ProcessorMonitor(tree.root()).read();
}

TEST(ProcessorMonitor, ReadsTheClockOfEachCoreInOrder) {
  const std::vector<DeviceReading> expected = {{"cpu", "core 0", Quantity::frequency_hertz, 3.4e9},
                                               {"cpu", "core 2", Quantity::frequency_hertz, 2.1e9},
                                               {"cpu", "core 10", Quantity::frequency_hertz, 8e8}};
  EXPECT_EQ(read({{"sys/devices/system/cpu/cpu10/cpufreq/scaling_cur_freq", "800000\n"},
                  {"sys/devices/system/cpu/cpu2/cpufreq/scaling_cur_freq", "2100000\n"},
                  {"sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3400000\n"},
                  {"sys/devices/system/cpu/cpu1/online", "0\n"},
                  {"sys/devices/system/cpu/cpu3/cpufreq/scaling_cur_freq", "<unknown>\n"},
                  {"sys/devices/system/cpu/cpufreq/boost", "1\n"},
                  {"sys/devices/system/cpu/possible", "0-10\n"}}),
            expected);
}

TEST(ProcessorMonitor, ReadsTheTemperaturesOfProcessorChipsOnly) {
  const std::vector<DeviceReading> expected = {{"cpu", "Package id 0", Quantity::temperature_celsius, 61.5},
                                               {"cpu", "sensor 2", Quantity::temperature_celsius, 58}};
  EXPECT_EQ(read({{"sys/class/hwmon/hwmon0/name", "nvme\n"},
                  {"sys/class/hwmon/hwmon0/temp1_input", "40000\n"},
                  {"sys/class/hwmon/hwmon1/name", "coretemp\n"},
                  {"sys/class/hwmon/hwmon1/temp1_input", "61500\n"},
                  {"sys/class/hwmon/hwmon1/temp1_label", "Package id 0\n"},
                  {"sys/class/hwmon/hwmon1/temp1_crit", "100000\n"},
                  {"sys/class/hwmon/hwmon1/temp2_input", "58000\n"},
                  {"sys/class/hwmon/hwmon1/temp3_input", "broken\n"},
                  {"sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n"},
                  {"sys/class/thermal/thermal_zone0/temp", "61000\n"}}),
            expected)
      << "thermal zones say the same again";
}

TEST(ProcessorMonitor, FallsBackToThermalZones) {
  const std::vector<DeviceReading> expected = {{"cpu", "cpu-thermal", Quantity::temperature_celsius, 47.25}};
  EXPECT_EQ(read({{"sys/class/thermal/thermal_zone0/type", "acpitz\n"},
                  {"sys/class/thermal/thermal_zone0/temp", "20000\n"},
                  {"sys/class/thermal/thermal_zone1/type", "cpu-thermal\n"},
                  {"sys/class/thermal/thermal_zone1/temp", "47250\n"}}),
            expected);
}

TEST(ProcessorMonitor, InventsNothing) {
  EXPECT_TRUE(read({}).empty());
  EXPECT_TRUE(
      read({{"sys/devices/system/cpu/cpu0/online", "1\n"}, {"sys/class/hwmon/hwmon0/name", "k10temp\n"}}).empty());
}

TEST(ProcessorMonitor, ReadsThisMachineWithoutAnError) {
  for (const DeviceReading& reading : ProcessorMonitor().read()) {
    EXPECT_EQ(reading.device, "cpu");
    EXPECT_GT(reading.value, 0);
    EXPECT_LT(reading.value, reading.quantity == Quantity::frequency_hertz ? 1e11 : 200);
  }
}

}  // namespace
}  // namespace basalt
