// What the machine offers, as JSON.

#include "engine/json_text.h"

namespace basalt {
namespace {

Json limits_json(const std::vector<Limit>& limits) {
  Json result = Json::array();
  for (const Limit& limit : limits) {
    result.push_back({{"value", limit.value}, {"source", limit.source}});
  }
  return result;
}

Json topology_json(const Inventory& inventory) {
  Json kinds = Json::array();
  for (const CoreKind& kind : inventory.core_kinds) {
    kinds.push_back(
        {{"name", kind.name}, {"processors", kind.processors}, {"most_frequency_hz", kind.most_frequency_hz}});
  }
  Json nodes = Json::array();
  for (const NumaNode& node : inventory.nodes) {
    nodes.push_back({{"id", node.id}, {"memory_bytes", node.memory_bytes}, {"processors", node.processors}});
  }
  return {{"sockets", inventory.sockets},
          {"physical_cores", inventory.physical_cores},
          {"threads_per_core", inventory.threads_per_core},
          {"core_kinds", kinds},
          {"allowed_processors", inventory.allowed_processors},
          {"numa_nodes", inventory.numa_nodes},
          {"nodes", nodes}};
}

Json caches_json(const Inventory& inventory) {
  Json caches = Json::array();
  for (const CacheLevel& cache : inventory.caches) {
    caches.push_back({{"level", cache.level}, {"size_bytes", cache.size_bytes}, {"shared_by", cache.shared_by}});
  }
  return caches;
}

Json huge_pages_json(const Inventory& inventory) {
  Json pools = Json::array();
  for (const HugePagePool& pool : inventory.huge_page_pools) {
    pools.push_back({{"page_bytes", pool.page_bytes}, {"total", pool.total}, {"free", pool.free}});
  }
  return {{"bytes", inventory.huge_page_bytes}, {"mode", inventory.huge_page_mode}, {"pools", pools}};
}

Json spill_json(const SpillSpace& spill) {
  return {{"folder", spill.folder},         {"folder_source", spill.folder_source},
          {"filesystem", spill.filesystem}, {"bytes", spill.bytes.value},
          {"source", spill.bytes.source},   {"reserved_bytes", spill.reserved_bytes}};
}

Json wisdom_json(const WisdomStatus& wisdom) {
  return {{"path", wisdom.path.string()},
          {"fingerprint", wisdom.fingerprint},
          {"measured_at", wisdom.figures ? Json(wisdom.figures->measured_at) : Json(nullptr)},
          {"note", wisdom.note}};
}

Json holding_json(const Holding& holding) {
  static constexpr const char* kStates[] = {"waiting", "running", "paused"};
  return {{"name", holding.name},
          {"process", holding.pid},
          {"state", kStates[static_cast<std::size_t>(holding.state)]},
          {"priority", holding.priority},
          {"age_seconds", holding.age_seconds},
          {"waited_seconds", holding.waited_seconds},
          {"host_bytes", holding.host_bytes},
          {"resident_bytes", holding.resident_bytes},
          {"cores", holding.cores},
          {"min_cores", holding.min_cores},
          {"max_cores", holding.max_cores}};
}

Json gpu_json(const Gpu& gpu) {
  Json heaps = Json::array();
  for (const GpuHeap& heap : gpu.heaps) {
    heaps.push_back({{"bytes", heap.bytes},
                     {"device_local", heap.device_local},
                     {"budget_bytes", heap.budget_bytes},
                     {"used_bytes", heap.used_bytes}});
  }
  return {{"backend", "vulkan"},
          {"index", gpu.index},
          {"name", gpu.name},
          {"type", gpu.type},
          {"driver", gpu.driver},
          {"vulkan", gpu.vulkan},
          {"usable", gpu.usable},
          {"reason", gpu.reason},
          {"named_only", gpu.named_only},
          {"heaps", heaps},
          {"subgroup_size", gpu.subgroup_size},
          {"max_shared_bytes", gpu.max_shared_bytes},
          {"max_workgroup_invocations", gpu.max_workgroup_invocations},
          {"max_allocation_bytes", gpu.max_allocation_bytes},
          {"f64", gpu.f64},
          {"f64_reason", gpu.f64_reason},
          {"f16", gpu.f16},
          {"i64", gpu.i64},
          {"chunk_bytes", gpu.chunk_bytes},
          {"tile_axes", {{"c64", gpu.tile_axes_c64}, {"c128", gpu.tile_axes_c128}}},
          {"quirks", gpu.quirks},
          {"properties", Json::parse(gpu.properties)}};
}

}  // namespace

std::string json_of(const Devices& devices, JsonStyle style) {
  const Inventory& inventory = devices.inventory;
  const Json cpu = {{"backend", "cpu"},
                    {"name", inventory.processor},
                    {"instruction_set", devices.instruction_set},
                    {"features", inventory.features},
                    {"cores", inventory.cores.value},
                    {"cores_source", inventory.cores.source},
                    {"core_limits", limits_json(inventory.core_limits)},
                    {"topology", topology_json(inventory)},
                    {"memory_bytes", inventory.memory_bytes.value},
                    {"memory_source", inventory.memory_bytes.source},
                    {"memory_limits", limits_json(inventory.memory_limits)},
                    {"physical_memory_bytes", inventory.physical_memory_bytes},
                    {"caches", caches_json(inventory)},
                    {"huge_pages", huge_pages_json(inventory)},
                    {"spill", spill_json(inventory.spill)},
                    {"wisdom", wisdom_json(devices.wisdom)}};
  Json all = Json::array({cpu});
  for (const Gpu& gpu : devices.gpus.devices) {
    all.push_back(gpu_json(gpu));
  }
  Json jobs = Json::array();
  for (const Holding& holding : devices.holdings) {
    jobs.push_back(holding_json(holding));
  }
  return text_of({{"devices", all},
                  {"no_vulkan_reason", devices.gpus.reason},
                  {"ledger", {{"path", devices.ledger}, {"jobs", jobs}}},
                  {"notes", devices.notes}},
                 style);
}

}  // namespace basalt
