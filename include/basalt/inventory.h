// What this process may really use: cores, memory and disk after affinity, cpusets, quotas and limits, and why.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace basalt {

/// A number and where it comes from, e.g. {4, "cgroup v2 cpu.max of /user.slice"}.
struct Limit {
  std::uint64_t value = 0;
  std::string source;
};

struct CacheLevel {
  int level = 0;
  std::uint64_t size_bytes = 0;
  int shared_by = 1;  ///< Processors (hardware threads) that share one instance.
};

/// Processors of one kind; a machine has several kinds where fast and frugal cores are mixed.
struct CoreKind {
  std::string name;                     ///< "performance", "efficient", "middle"; "core" where all are alike.
  int processors = 0;                   ///< Hardware threads, online.
  std::uint64_t most_frequency_hz = 0;  ///< 0 where it is not told.
};

/// Memory that is near to some processors.
struct NumaNode {
  int id = 0;
  std::uint64_t memory_bytes = 0;
  std::vector<int> processors;  ///< Online; empty for memory without processors.
};

/// Huge pages that were set aside when the machine was configured.
struct HugePagePool {
  std::uint64_t page_bytes = 0;
  std::uint64_t total = 0;  ///< Pages.
  std::uint64_t free = 0;   ///< Pages.
};

/// Where memory may be written out to, and how much of it.
struct SpillSpace {
  std::string folder;
  std::string folder_source;         ///< "--spill-dir", "BASALT_SPILL_DIR", "TMPDIR" or "default".
  std::string filesystem;            ///< E.g. "ext4"; empty where it is not told.
  Limit bytes;                       ///< What may be used: 0 where the folder is in memory or cannot be written.
  std::uint64_t reserved_bytes = 0;  ///< Of the free space, left to others.
};

struct Inventory {
  std::string processor;              ///< Model name.
  std::vector<std::string> features;  ///< Instruction sets that matter to kernels, e.g. "avx2", "avx512f".
  Limit cores;                        ///< The smallest of `core_limits`, at least 1.
  std::vector<Limit> core_limits;     ///< Every limit that was found: online, affinity, quotas, BASALT_THREADS.
  Limit memory_bytes;                 ///< The smallest of `memory_limits`.
  /// Available memory, cgroup limits up the tree and resource limits, each less what is used, and BASALT_MEMORY.
  std::vector<Limit> memory_limits;
  std::uint64_t physical_memory_bytes = 0;
  std::vector<CacheLevel> caches;
  int sockets = 1;
  int physical_cores = 1;            ///< Online.
  int threads_per_core = 1;          ///< The most that any core has.
  std::vector<CoreKind> core_kinds;  ///< Fastest first; at least one.
  std::string allowed_processors;    ///< A list such as "0-5,8": affinity and cpuset of this process.
  int numa_nodes = 1;
  std::vector<NumaNode> nodes;        ///< `numa_nodes` of them, or none where the system does not tell.
  std::uint64_t huge_page_bytes = 0;  ///< 0 where transparent huge pages are off.
  std::string huge_page_mode;         ///< Of transparent ones: "always", "madvise", "never"; empty: not supported.
  std::vector<HugePagePool> huge_page_pools;
  SpillSpace spill;
};

/// Reads the machine. `root` is prepended to /proc and /sys paths, so that tests can show it other machines.
/// Never throws for what it cannot read: that limit is left out. Throws Error(bad_usage) for a BASALT_THREADS or
/// BASALT_MEMORY that makes no sense, because a limit that someone asked for must not be lost silently.
Inventory take_inventory(const std::filesystem::path& root = "/");

/// The inventory as it stands. Limits change while a process runs: quotas are edited, memory is taken by others.
class InventoryWatch {
 public:
  /// What does not change (processor, caches, nodes) is read once, here. As take_inventory().
  explicit InventoryWatch(std::filesystem::path root = "/");

  /// Reads the limits again, and says whether any of them is another one: cores, a limit that appeared or went, or
  /// memory or disk by more than a sixteenth. Memory is not at rest for a moment; smaller moves only show in now().
  bool changed();

  [[nodiscard]] const Inventory& now() const noexcept { return now_; }

 private:
  std::filesystem::path root_;
  Inventory now_;
  Inventory reported_;  ///< As it stood when changed() last said so.
};

/// "16G", "512MiB", "2.5e9", "1000" → bytes; K, M, G, T with or without "iB" are powers of 1024. Throws
/// Error(bad_usage) naming `what` (e.g. "--memory").
std::uint64_t parse_bytes(const std::string& text, const std::string& what);

/// "16.0 GiB": for people.
std::string format_bytes(std::uint64_t bytes);

}  // namespace basalt
