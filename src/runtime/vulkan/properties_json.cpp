#include "runtime/vulkan/properties_json.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <vector>

#include "basalt/error.h"

namespace basalt::vulkan {
namespace {

using Json = nlohmann::ordered_json;

/// Const or not.
template <class T, class Of>
concept Is = std::same_as<std::remove_const_t<T>, Of>;

// Each visits all members with their names, for writing and for reading.

void visit(Is<MemoryHeap> auto& heap, auto&& member) {
  member("bytes", heap.bytes);
  member("device_local", heap.device_local);
}

void visit(Is<MemoryType> auto& type, auto&& member) {
  member("heap", type.heap);
  member("device_local", type.device_local);
  member("host_visible", type.host_visible);
  member("host_coherent", type.host_coherent);
  member("host_cached", type.host_cached);
}

void visit(Is<QueueFamily> auto& family, auto&& member) {
  member("count", family.count);
  member("graphics", family.graphics);
  member("compute", family.compute);
  member("transfer", family.transfer);
  member("timestamp_bits", family.timestamp_bits);
}

void visit(Is<DeviceProperties> auto& properties, auto&& member) {
  member("name", properties.name);
  member("type", properties.type);
  member("vendor_id", properties.vendor_id);
  member("device_id", properties.device_id);
  member("api_version", properties.api_version);
  member("driver_version", properties.driver_version);
  member("driver_id", properties.driver_id);
  member("driver_name", properties.driver_name);
  member("driver_info", properties.driver_info);
  member("uuid", properties.uuid);
  member("cache_uuid", properties.cache_uuid);
  member("subgroup_size", properties.subgroup_size);
  member("max_shared_bytes", properties.max_shared_bytes);
  member("max_workgroup_invocations", properties.max_workgroup_invocations);
  member("max_workgroup_size", properties.max_workgroup_size);
  member("max_workgroup_count", properties.max_workgroup_count);
  member("max_push_bytes", properties.max_push_bytes);
  member("max_storage_range", properties.max_storage_range);
  member("max_allocation_bytes", properties.max_allocation_bytes);
  member("max_buffer_bytes", properties.max_buffer_bytes);
  member("max_allocations", properties.max_allocations);
  member("host_pointer_alignment", properties.host_pointer_alignment);
  member("timestamp_period", properties.timestamp_period);
  member("f64", properties.f64);
  member("f16", properties.f16);
  member("i64", properties.i64);
  member("buffer_address", properties.buffer_address);
  member("timeline", properties.timeline);
  member("memory_budget", properties.memory_budget);
  member("portability", properties.portability);
  member("heaps", properties.heaps);
  member("types", properties.types);
  member("queues", properties.queues);
}

Json write(const auto& value) {
  return value;
}

Json write(DeviceType type) {
  return name_of(type);
}

template <class Record>
Json write_members(const Record& record);

template <class Record>
Json write(const std::vector<Record>& records) {
  Json list = Json::array();
  for (const Record& record : records) {
    list.push_back(write_members(record));
  }
  return list;
}

template <class Record>
Json write_members(const Record& record) {
  Json object = Json::object();
  visit(record, [&](const char* name, const auto& value) { object[name] = write(value); });
  return object;
}

void read(const Json& json, auto& value) {
  json.get_to(value);
}

void read(const Json& json, DeviceType& type) {
  static constexpr std::array kTypes = {DeviceType::other, DeviceType::integrated, DeviceType::discrete,
                                        DeviceType::virtual_gpu, DeviceType::cpu};
  const auto* const found = std::ranges::find(kTypes, json.get<std::string>(), name_of);
  if (found == kTypes.end()) {
    throw Error(ErrorCode::bad_input, "there is no type of device \"" + json.get<std::string>() + "\"");
  }
  type = *found;
}

template <class Record>
void read_members(const Json& object, Record& record);

template <class Record>
void read(const Json& list, std::vector<Record>& records) {
  for (const Json& item : list) {
    read_members(item, records.emplace_back());
  }
}

template <class Record>
void read_members(const Json& object, Record& record) {
  visit(record, [&](const char* name, auto& value) { read(object.at(name), value); });
}

}  // namespace

std::string to_json(const DeviceProperties& properties) {
  return write_members(properties).dump(2, ' ', false, Json::error_handler_t::replace);
}

DeviceProperties properties_from_json(std::string_view text) {
  try {
    DeviceProperties properties;
    read_members(Json::parse(text), properties);
    return properties;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::bad_input, std::string("no record of a Vulkan device: ") + error.what());
  }
}

}  // namespace basalt::vulkan
