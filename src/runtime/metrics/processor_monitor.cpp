// The processor as a device: clocks from cpufreq, temperatures from hwmon, or from thermal zones where hwmon has none.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <system_error>

#include "basalt/usage.h"
#include "base/system_files.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using Readings = std::vector<DeviceReading>;

std::string first_line(const fs::path& file) {
  const std::string text = read_system_file(file).value_or("");
  return text.substr(0, text.find('\n'));
}

void add_frequencies(const fs::path& root, Readings& readings) {
  for (const auto& [number, folder] : numbered_entries(root / "sys/devices/system/cpu", "cpu")) {
    if (const auto kilohertz = read_system_number(folder / "cpufreq/scaling_cur_freq")) {
      readings.push_back({"cpu", "core " + std::to_string(number), DeviceReading::Quantity::frequency_hertz,
                          static_cast<double>(*kilohertz) * 1e3});
    }
  }
}

/// Files hold thousandths of a degree.
void add_temperature(const fs::path& file, std::string part, Readings& readings) {
  if (const auto millidegrees = read_system_number(file)) {
    readings.push_back({"cpu", std::move(part), DeviceReading::Quantity::temperature_celsius,
                        static_cast<double>(*millidegrees) * 1e-3});
  }
}

void add_sensor_chips(const fs::path& root, Readings& readings) {
  constexpr std::array<std::string_view, 5> kProcessorChips = {"coretemp", "k10temp", "zenpower", "cpu_thermal",
                                                               "scpi_sensors"};
  for (const auto& [chip, folder] : numbered_entries(root / "sys/class/hwmon", "hwmon")) {
    if (std::ranges::find(kProcessorChips, first_line(folder / "name")) == kProcessorChips.end()) {
      continue;
    }
    for (const auto& [number, file] : numbered_entries(folder, "temp", "_input")) {
      std::string label = first_line(folder / ("temp" + std::to_string(number) + "_label"));
      add_temperature(file, label.empty() ? "sensor " + std::to_string(number) : std::move(label), readings);
    }
  }
}

void add_thermal_zones(const fs::path& root, Readings& readings) {
  for (const auto& [number, folder] : numbered_entries(root / "sys/class/thermal", "thermal_zone")) {
    std::string type = first_line(folder / "type");
    if (type == "x86_pkg_temp" || type.find("cpu") != std::string::npos) {
      add_temperature(folder / "temp", std::move(type), readings);
    }
  }
}

}  // namespace

std::vector<DeviceReading> ProcessorMonitor::read() const {
  Readings readings;
  add_frequencies(root_, readings);
  const std::size_t without_temperatures = readings.size();
  add_sensor_chips(root_, readings);
  if (readings.size() == without_temperatures) {
    add_thermal_zones(root_, readings);
  }
  return readings;
}

}  // namespace basalt
