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
  print_ledger(devices);
}

}  // namespace

void add_devices_command(CLI::App& app, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand(
      "devices",
      "Show what this process may use (cores, caches, memory, disk), what limits it, and which jobs have it.");
  command.add_flag("--json", chosen.json, "Print one JSON document");
  command.callback([&chosen] { chosen.act = [&chosen] { write_devices(devices(), chosen.json); }; });
}

}  // namespace basalt::cli
