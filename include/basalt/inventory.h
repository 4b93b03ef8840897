// What this process may really use: cores and memory after affinity, cpusets, quotas and limits, and why.
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
  int numa_nodes = 1;
  std::uint64_t huge_page_bytes = 0;  ///< 0 where transparent huge pages are off.
};

/// Reads the machine. `root` is prepended to /proc and /sys paths, so that tests can show it other machines.
/// Never throws for what it cannot read: that limit is left out. Throws Error(bad_usage) for a BASALT_THREADS or
/// BASALT_MEMORY that makes no sense, because a limit that someone asked for must not be lost silently.
Inventory take_inventory(const std::filesystem::path& root = "/");

/// "16G", "512MiB", "2.5e9", "1000" → bytes; K, M, G, T with or without "iB" are powers of 1024. Throws
/// Error(bad_usage) naming `what` (e.g. "--memory").
std::uint64_t parse_bytes(const std::string& text, const std::string& what);

/// "16.0 GiB": for people.
std::string format_bytes(std::uint64_t bytes);

}  // namespace basalt
