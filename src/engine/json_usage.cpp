// What a job took of the machine, as JSON. What could not be read is null.

#include "engine/json_text.h"

namespace basalt {
namespace {

template <typename Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json devices_json(const std::vector<DeviceReading>& readings) {
  static constexpr const char* kQuantities[] = {"frequency_hertz", "temperature_celsius", "memory_used_bytes",
                                                "busy_fraction"};
  Json result = Json::array();
  for (const DeviceReading& reading : readings) {
    result.push_back({{"device", reading.device},
                      {"part", reading.part},
                      {"quantity", kQuantities[static_cast<std::size_t>(reading.quantity)]},
                      {"value", reading.value}});
  }
  return result;
}

}  // namespace

Json usage_json(const UsageReport& report) {
  const Usage& usage = report.usage;
  return {{"job", report.job},
          {"wall_seconds", report.wall_seconds},
          {"utilisation", report.utilisation},
          {"time_seconds",
           {{"compute", report.time.compute_seconds},
            {"memory", report.time.memory_seconds},
            {"synchronisation", report.time.synchronisation_seconds},
            {"serial", report.time.serial_seconds}}},
          {"user_seconds", usage.user_seconds},
          {"system_seconds", usage.system_seconds},
          {"minor_faults", usage.minor_faults},
          {"major_faults", usage.major_faults},
          {"voluntary_switches", usage.voluntary_switches},
          {"involuntary_switches", usage.involuntary_switches},
          {"resident_bytes", or_null(usage.resident_bytes)},
          {"peak_resident_bytes", or_null(usage.peak_resident_bytes)},
          {"huge_page_bytes", or_null(usage.huge_page_bytes)},
          {"stall_seconds",
           {{"cpu", or_null(usage.cpu_stall_seconds)},
            {"memory", or_null(usage.memory_stall_seconds)},
            {"io", or_null(usage.io_stall_seconds)}}},
          {"devices", devices_json(report.devices)}};
}

Json memory_json(const MemoryReport& memory) {
  return {{"estimate_bytes", memory.estimate_bytes}, {"peak_bytes", memory.peak_bytes},
          {"counts_bytes", memory.counts_bytes},     {"limit_bytes", memory.limit_bytes},
          {"limit_source", memory.limit_source},     {"spilled_bytes", memory.spilled_bytes}};
}

Json device_json(const DeviceReport& device) {
  return {{"name", device.name},
          {"driver", device.driver},
          {"state_bytes", device.state_bytes},
          {"peak_bytes", device.peak_bytes},
          {"pipeline_seconds", device.pipeline_seconds},
          {"pipelines_cached", device.pipelines_cached}};
}

Json checkpoints_json(const CheckpointReport& checkpoints) {
  Json result = {{"folder", checkpoints.folder},
                 {"written", checkpoints.written},
                 {"seconds", checkpoints.seconds},
                 {"file_bytes", checkpoints.file_bytes}};
  if (checkpoints.resumed_from) {
    result["resumed_from"] = *checkpoints.resumed_from;
  }
  return result;
}

Json timing_json(const TimingReport& timing) {
  return {{"parse", timing.parse},     {"plan", timing.plan},     {"wait", timing.wait},  {"allocate", timing.allocate},
          {"execute", timing.execute}, {"sample", timing.sample}, {"total", timing.total}};
}

}  // namespace basalt
