// basalt devices: what there is to compute with, and who has it.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "basalt/engine.h"
#include "basalt/json.h"
#include "command.h"
#include "print.h"

namespace basalt::cli {
namespace {

std::string plural(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

void print_row(std::string_view name, const std::string& value) {
  print(fmt::format("  {:<15}  {}", name, value));
}

void print_limits(std::string_view what, const std::vector<Limit>& limits, const auto& format_value) {
  print(fmt::format("  limits on {}", what));
  for (const Limit& limit : limits) {
    print(fmt::format("    {:>10}  {}", format_value(limit.value), limit.source));
  }
}

std::string describe_topology(const Inventory& inventory) {
  std::string kinds;
  if (inventory.core_kinds.size() > 1) {
    for (const CoreKind& kind : inventory.core_kinds) {
      kinds += fmt::format("{}{} {}", kinds.empty() ? "; " : ", ", kind.processors, kind.name);
    }
  }
  return fmt::format("{}, {}, {} each{}; this process may use {}", plural(inventory.sockets, "socket"),
                     plural(inventory.physical_cores, "core"), plural(inventory.threads_per_core, "thread"), kinds,
                     inventory.allowed_processors);
}

std::string describe_huge_pages(const Inventory& inventory) {
  std::string text = inventory.huge_page_bytes == 0
                         ? "off"
                         : fmt::format("{} ({})", format_bytes(inventory.huge_page_bytes), inventory.huge_page_mode);
  for (const HugePagePool& pool : inventory.huge_page_pools) {
    if (pool.total > 0) {
      text += fmt::format("; {} of {} pages of {} set aside are free", pool.free, pool.total,
                          format_bytes(pool.page_bytes));
    }
  }
  return text;
}

std::string describe_spill(const SpillSpace& spill) {
  return fmt::format("{} in {}{} ({}; {})", format_bytes(spill.bytes.value), spill.folder,
                     spill.filesystem.empty() ? "" : ", " + spill.filesystem, spill.folder_source, spill.bytes.source);
}

std::string describe_wisdom(const WisdomStatus& wisdom) {
  if (wisdom.figures) {
    return fmt::format("measured {} ({})", wisdom.figures->measured_at, wisdom.path.string());
  }
  return wisdom.note.empty() ? "not measured yet: run basalt tune" : wisdom.note;
}

std::string describe(const Holding& holding) {
  static constexpr std::string_view kStates[] = {"waits for", "has", "paused, has"};
  return fmt::format("{} (process {}, priority {}): {} {} ({} touched) and {} of {} to {} cores, since {}",
                     holding.name, holding.pid, holding.priority, kStates[static_cast<std::size_t>(holding.state)],
                     format_bytes(holding.host_bytes), format_bytes(holding.resident_bytes), holding.cores,
                     holding.min_cores, holding.max_cores, format_seconds(holding.age_seconds));
}

void print_processor(const Devices& devices) {
  const Inventory& inventory = devices.inventory;
  print(heading("cpu") + "  " + inventory.processor);
  print_row("instruction set", devices.instruction_set);
  print_row("cores", fmt::format("{} ({})", inventory.cores.value, inventory.cores.source));
  print_row("topology", describe_topology(inventory));
  print_row("memory",
            fmt::format("{} ({})", format_bytes(inventory.memory_bytes.value), inventory.memory_bytes.source));
  for (const CacheLevel& cache : inventory.caches) {
    print_row(fmt::format("L{} cache", cache.level),
              fmt::format("{}, shared by {}", format_bytes(cache.size_bytes), cache.shared_by));
  }
  print_row("NUMA nodes", std::to_string(inventory.numa_nodes));
  for (const NumaNode& node : inventory.nodes) {
    if (inventory.nodes.size() > 1) {
      print_row("", fmt::format("node {}: {}, processors {}", node.id, format_bytes(node.memory_bytes),
                                fmt::join(node.processors, " ")));
    }
  }
  print_row("huge pages", describe_huge_pages(inventory));
  print_row("disk to spill", describe_spill(inventory.spill));
  print_row("speeds", describe_wisdom(devices.wisdom));
  print_limits("cores", inventory.core_limits, [](std::uint64_t value) { return std::to_string(value); });
  print_limits("memory", inventory.memory_limits, format_bytes);
}

std::string describe_use(const Gpu& gpu) {
  if (!gpu.usable) {
    return "no: " + gpu.reason;
  }
  return gpu.named_only ? "only when named" : "yes";
}

std::string describe(const GpuHeap& heap) {
  std::string text = fmt::format("{} of the {}, of which this process may have {}", format_bytes(heap.bytes),
                                 heap.device_local ? "device" : "host", format_bytes(heap.budget_bytes));
  if (heap.used_bytes > 0) {
    text += fmt::format(" and has {}", format_bytes(heap.used_bytes));
  }
  return text;
}

std::string describe_numbers(const Gpu& gpu) {
  std::vector<std::string> has;
  for (const auto& [name, is_there] : {std::pair{"f64", gpu.f64}, {"f16", gpu.f16}, {"i64", gpu.i64}}) {
    if (is_there) {
      has.emplace_back(name);
    }
  }
  return fmt::format("f32{}{}{}", has.empty() ? "" : ", ", fmt::join(has, ", "),
                     gpu.f64 ? "" : "; no c128: " + gpu.f64_reason);
}

void print_gpu(const Gpu& gpu) {
  print("");
  print(heading(fmt::format("vulkan {}", gpu.index)) + "  " + gpu.name);
  print_row("used", describe_use(gpu));
  print_row("type", gpu.type);
  print_row("driver", fmt::format("{}; Vulkan {}", gpu.driver, gpu.vulkan));
  for (std::size_t i = 0; i < gpu.heaps.size(); ++i) {
    print_row(i == 0 ? "memory" : "", describe(gpu.heaps[i]));
  }
  if (gpu.usable) {
    print_row("numbers", describe_numbers(gpu));
    print_row("workgroup",
              fmt::format("{} threads at most, in subgroups of {}; {} of shared memory", gpu.max_workgroup_invocations,
                          gpu.subgroup_size, format_bytes(gpu.max_shared_bytes)));
    print_row("allocation", fmt::format("{} at most; states are cut into chunks of {}",
                                        format_bytes(gpu.max_allocation_bytes), format_bytes(gpu.chunk_bytes)));
    print_row("tile", fmt::format("2^{} amplitudes of c64", gpu.tile_axes_c64) +
                          (gpu.f64 ? fmt::format(", 2^{} of c128", gpu.tile_axes_c128) : ""));
  }
  for (const std::string& quirk : gpu.quirks) {
    print_row("quirk", quirk);
  }
}

void print_gpus(const Gpus& gpus) {
  for (const Gpu& gpu : gpus.devices) {
    print_gpu(gpu);
  }
  if (gpus.devices.empty()) {
    print("");
    print(heading("vulkan") + "  none: " + gpus.reason);
  }
}

void print_ledger(const Devices& devices) {
  print("");
  print(heading("jobs") + "  " +
        (devices.ledger.empty() ? "of this process only: nothing is shared"
                                : "that share this machine, in " + devices.ledger));
  for (const Holding& holding : devices.holdings) {
    print("  " + describe(holding));
  }
  if (devices.holdings.empty()) {
    print("  none");
  }
}

void write_devices(const Devices& devices, bool json) {
  if (json) {
    print(json_of(devices));
    return;
  }
  print_notes(devices.notes);
  print_processor(devices);
  print_gpus(devices.gpus);
  print_ledger(devices);
}

}  // namespace

void add_devices_command(CLI::App& app, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("devices",
                                          "Show what this process may use (cores, caches, memory, disk, Vulkan "
                                          "devices), what limits it, and which jobs have it.");
  command.add_flag("--json", chosen.json, "Print one JSON document");
  command.callback([&chosen] { chosen.act = [&chosen] { write_devices(devices(), chosen.json); }; });
}

}  // namespace basalt::cli
