// What fragmentation costs: allocation traces are replayed into ever less memory, to find the least in which they still
// run, and that is compared with the most that they ask for at one time. Without a FILE, three workloads are recorded
// first.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "basalt/memory/pool.h"
#include "basalt/memory/trace.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
/// The search for the least memory ends this near to it.
constexpr double kResolution = 0.002;

struct Options {
  std::vector<std::string> files;
  bool json = false;
};

std::uint64_t log_uniform(std::mt19937_64& random, std::uint64_t least, std::uint64_t most) {
  std::uniform_real_distribution<double> exponent(std::log2(least), std::log2(most));
  return static_cast<std::uint64_t>(std::exp2(exponent(random)));
}

/// A tree of measurements on 20 qubits: copies of the state that wait, scratch for norms, and lists of outcomes.
void branches(MemoryResource& memory) {
  std::mt19937_64 random(1);
  const Buffer state(memory, 8 * kMiB);
  std::vector<Buffer> waiting;
  std::vector<Buffer> outcomes;
  for (int i = 0; i < 4000; ++i) {
    const Buffer norms(memory, kMiB / 64);
    if (waiting.size() < 8 && random() % 2 == 0) {
      waiting.emplace_back(memory, 8 * kMiB);
    } else if (!waiting.empty()) {
      waiting.pop_back();
      outcomes.emplace_back(memory, log_uniform(random, 64, 4 * kMiB));
    }
    if (outcomes.size() > 6) {
      outcomes.erase(outcomes.begin() + static_cast<std::ptrdiff_t>(random() % outcomes.size()));
    }
  }
}

/// Four jobs at a time, each with a state of 8 to 22 qubits and what its results need, beginning and ending at random.
void batch(MemoryResource& memory) {
  std::mt19937_64 random(2);
  std::vector<std::vector<Buffer>> workers(4);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<Buffer>& job = workers[random() % workers.size()];
    if (job.empty()) {
      job.emplace_back(memory, std::uint64_t{8} << (8 + random() % 15));
    } else if (job.size() < 5) {
      job.emplace_back(memory, std::max<std::uint64_t>(64, log_uniform(random, 16, job.front().size_bytes())));
    } else {
      job.clear();
    }
  }
}

/// 2000 blocks of 64 B to 1 MiB, replaced at random.
void mixed(MemoryResource& memory) {
  std::mt19937_64 random(3);
  std::vector<Buffer> held(2000);
  for (int i = 0; i < 60'000; ++i) {
    Buffer& slot = held[random() % held.size()];
    slot = Buffer();
    slot = Buffer(memory, log_uniform(random, 64, kMiB));
  }
}

/// The least memory in which `refusals_in` counts none, from `peak` on.
std::uint64_t least_memory(std::uint64_t peak, const std::function<std::uint64_t(std::uint64_t)>& refusals_in) {
  std::uint64_t high = peak;
  while (refusals_in(high) > 0) {
    high += high / 4;
  }
  std::uint64_t low = peak;
  while (static_cast<double>(high - low) > kResolution * static_cast<double>(peak)) {
    const std::uint64_t middle = low + (high - low) / 2;
    (refusals_in(middle) > 0 ? low : high) = middle;
  }
  return high;
}

struct Row {
  std::string trace;
  ReplayResult offsets;  ///< In boundless memory.
  ReplayResult pool;
  std::uint64_t least_offsets = 0;
  std::uint64_t least_pool = 0;

  [[nodiscard]] double cost(std::uint64_t least) const {
    return 1 - static_cast<double>(offsets.peak_bytes) / static_cast<double>(least);
  }
};

Row replay_file(std::string name, const std::string& path) {
  const auto into_offsets = [&](std::uint64_t bytes) {
    OffsetAllocator allocator(bytes);
    TraceReader trace(path);
    return replay(trace, allocator);
  };
  HostMemory host;
  const auto into_pool = [&](std::uint64_t bytes) {
    LimitAdaptor limit(host, bytes);
    PoolResource pool(limit);
    TraceReader trace(path);
    return replay(trace, pool, [&] { return pool.statistics().upstream_bytes; });
  };
  Row row{.trace = std::move(name),
          .offsets = into_offsets(std::uint64_t{1} << 46),
          .pool = into_pool(MemoryState::kUnlimited)};
  const std::uint64_t peak = row.offsets.peak_bytes;
  row.least_offsets = least_memory(peak, [&](std::uint64_t bytes) { return into_offsets(bytes).refusals; });
  row.least_pool = least_memory(peak, [&](std::uint64_t bytes) { return into_pool(bytes).refusals; });
  return row;
}

std::vector<Row> replay_all(const Options& options) {
  std::vector<Row> rows;
  for (const std::string& file : options.files) {
    rows.push_back(replay_file(fs::path(file).filename(), file));
  }
  if (!options.files.empty()) {
    return rows;
  }
  const std::string path = fs::temp_directory_path() / "basalt-memory-trace-of-the-bench";
  const std::pair<const char*, void (*)(MemoryResource&)> workloads[] = {
      {"branches", branches}, {"batch", batch}, {"mixed", mixed}};
  for (const auto& [name, workload] : workloads) {
    HostMemory host;
    PoolResource pool(host);
    RecorderAdaptor recorder(pool, path);
    workload(recorder);
    recorder.finish();
    rows.push_back(replay_file(name, path));
    fs::remove(path);
  }
  return rows;
}

int run(const Options& options) {
  const std::vector<Row> rows = replay_all(options);
  const Inventory inventory = take_inventory();
  if (options.json) {
    nlohmann::json document{{"processor", inventory.processor}};
    for (const Row& row : rows) {
      const auto events = static_cast<double>(row.offsets.events);
      document["rows"].push_back({{"trace", row.trace},
                                  {"events", row.offsets.events},
                                  {"peak_bytes", row.offsets.peak_bytes},
                                  {"offsets_bytes", row.least_offsets},
                                  {"offsets_fragmentation", row.cost(row.least_offsets)},
                                  {"offsets_seconds_per_event", row.offsets.seconds / events},
                                  {"pool_bytes", row.least_pool},
                                  {"pool_fragmentation", row.cost(row.least_pool)},
                                  {"pool_seconds_per_event", row.pool.seconds / events}});
    }
    fmt::print("{}\n", document.dump(2));
    return 0;
  }
  fmt::print("{}; least memory in which each trace runs, what that is above its peak, and ns for each event\n\n",
             inventory.processor);
  fmt::print("{:12} {:>8} {:>11} {:>11} {:>6} {:>6} {:>11} {:>6} {:>6}\n", "trace", "events", "peak", "offsets", "",
             "ns", "pool", "", "ns");
  for (const Row& row : rows) {
    const auto nanoseconds = [](const ReplayResult& result) {
      return 1e9 * result.seconds / static_cast<double>(result.events);
    };
    fmt::print("{:12} {:8} {:>11} {:>11} {:5.1f}% {:6.0f} {:>11} {:5.1f}% {:6.0f}\n", row.trace, row.offsets.events,
               format_bytes(row.offsets.peak_bytes), format_bytes(row.least_offsets), 100 * row.cost(row.least_offsets),
               nanoseconds(row.offsets), format_bytes(row.least_pool), 100 * row.cost(row.least_pool),
               nanoseconds(row.pool));
  }
  return 0;
}

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  basalt::Options options;
  CLI::App app("What fragmentation costs when allocations are replayed");
  app.add_option("FILE", options.files, "Recorded traces (default: three workloads, recorded now)")
      ->check(CLI::ExistingFile);
  app.add_flag("--json", options.json, "Print one JSON document");
  CLI11_PARSE(app, argc, argv);
  try {
    return basalt::run(options);
  } catch (const basalt::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return basalt::exit_status_of(error.code());
  }
}
