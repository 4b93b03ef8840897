// The pool against malloc and mimalloc in one run: large blocks that are used again, and small mixed sizes across
// threads. Rounds of the three are interleaved, so that a busy machine disturbs all alike; medians are printed.
#include <dlfcn.h>
#include <fmt/format.h>
#include <mimalloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <barrier>
#include <bit>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "basalt/memory/pool.h"
#include "base/stopwatch.h"
#include "samples.h"

namespace basalt {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

struct Options {
  int rounds = 9;
  int threads = 0;
  std::uint64_t largest_mib = 1024;
  bool json = false;
};

struct Malloc {
  static std::byte* allocate(std::uint64_t bytes) { return static_cast<std::byte*>(std::malloc(bytes)); }
  static void release(std::byte* block, std::uint64_t /*bytes*/) { std::free(block); }
};

/// Loaded at run time: linked, the library would take the place of malloc itself.
class Mimalloc {
 public:
  Mimalloc() {
    void* const library = ::dlopen(BASALT_MIMALLOC, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      throw Error(ErrorCode::failed, std::string("mimalloc cannot be loaded: ") + ::dlerror());
    }
    allocate_ = reinterpret_cast<decltype(&mi_malloc)>(::dlsym(library, "mi_malloc"));
    free_ = reinterpret_cast<decltype(&mi_free)>(::dlsym(library, "mi_free"));
    if (allocate_ == nullptr || free_ == nullptr) {
      throw Error(ErrorCode::failed, "mimalloc lacks mi_malloc or mi_free");
    }
  }
  [[nodiscard]] std::byte* allocate(std::uint64_t bytes) const { return static_cast<std::byte*>(allocate_(bytes)); }
  void release(std::byte* block, std::uint64_t /*bytes*/) const { free_(block); }

 private:
  decltype(&mi_malloc) allocate_;
  decltype(&mi_free) free_;
};

/// Through the interface, as the product calls it.
struct Pool {
  MemoryResource& resource;
  std::byte* allocate(std::uint64_t bytes) const { return resource.allocate(bytes); }
  void release(std::byte* block, std::uint64_t bytes) const { resource.release(block, bytes); }
};

void touch(std::byte* block, std::uint64_t bytes) {
  auto* const target = static_cast<volatile std::byte*>(block);
  for (std::uint64_t i = 0; i < bytes; i += 4096) {
    target[i] = std::byte{1};
  }
}

/// Seconds that a block of a size that has been used before takes to be allocated, touched on every page and released,
/// `count` of them held at once.
template <typename Allocator>
double large_seconds(const Allocator& allocator, std::uint64_t bytes, std::size_t count) {
  const int repeats = static_cast<int>(std::clamp<std::uint64_t>(256 * kMiB / bytes / count, 1, 64));
  std::vector<std::byte*> blocks(count);
  const auto once = [&] {
    for (std::byte*& block : blocks) {
      block = allocator.allocate(bytes);
      touch(block, bytes);
    }
    for (std::byte* block : blocks) {
      allocator.release(block, bytes);
    }
  };
  once();
  const Stopwatch watch;
  for (int i = 0; i < repeats; ++i) {
    once();
  }
  return watch.seconds() / (repeats * static_cast<double>(count));
}

/// Seconds of an operation of jobs that follow one another: a state, a copy of it and scratch, of 1 to 128 MiB, the
/// same sizes again and again in another order.
template <typename Allocator>
double jobs_seconds(const Allocator& allocator, int jobs) {
  std::mt19937_64 random(5);
  int operations = 0;
  const Stopwatch watch;
  for (int i = 0; i < jobs; ++i) {
    const std::uint64_t state = kMiB << random() % 8;
    const std::array<std::uint64_t, 3> sizes{state, state, std::max(kMiB, state / 8)};
    std::array<std::byte*, 3> blocks{};
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      blocks[k] = allocator.allocate(sizes[k]);
      touch(blocks[k], sizes[k]);
      ++operations;
    }
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      allocator.release(blocks[k], sizes[k]);
    }
  }
  return watch.seconds() / operations;
}

struct Held {
  std::byte* block = nullptr;
  std::uint64_t bytes = 0;
};

/// 16 B to `most`, every power of two as often as any other.
std::uint64_t mixed_size(std::uint64_t random, std::uint64_t most) {
  const auto powers = static_cast<std::uint64_t>(std::bit_width(most)) - 4;
  const std::uint64_t least = std::uint64_t{16} << (random >> 32) % powers;
  return std::min(most, least + random % least);
}

/// Seconds that one release and allocation take a thread, `threads` of them at once, each replacing blocks of its own
/// at random; with `hand_over`, the blocks that another thread allocated in the round before.
template <typename Allocator>
double small_seconds(const Allocator& allocator, int threads, std::uint64_t most, bool hand_over) {
  constexpr std::size_t kHeld = 1024;
  constexpr int kOperations = 100'000;
  constexpr int kTurns = 4;
  std::vector<std::vector<Held>> held(static_cast<std::size_t>(threads), std::vector<Held>(kHeld));
  std::vector<double> seconds(static_cast<std::size_t>(threads));
  std::barrier turn(threads);
  std::vector<std::jthread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      std::uint64_t random = 88172645463325252U + static_cast<std::uint64_t>(t);
      const auto next = [&random] {  // xorshift: cheaper than what is measured
        random ^= random << 13;
        random ^= random >> 7;
        return random ^= random << 17;
      };
      for (int round = 0; round <= kTurns; ++round) {  // the first one warms up
        turn.arrive_and_wait();
        std::vector<Held>& own = held[static_cast<std::size_t>((t + (hand_over ? round : 0)) % threads)];
        const Stopwatch watch;
        for (int i = 0; i < kOperations; ++i) {
          Held& slot = own[next() % kHeld];
          if (slot.block != nullptr) {
            allocator.release(slot.block, slot.bytes);
          }
          slot.bytes = mixed_size(next(), most);
          slot.block = allocator.allocate(slot.bytes);
          slot.block[0] = std::byte{1};
          slot.block[slot.bytes - 1] = std::byte{1};
        }
        if (round > 0) {
          seconds[static_cast<std::size_t>(t)] += watch.seconds();
        }
      }
    });
  }
  workers.clear();
  for (const std::vector<Held>& own : held) {
    for (const Held& slot : own) {
      if (slot.block != nullptr) {
        allocator.release(slot.block, slot.bytes);
      }
    }
  }
  return *std::ranges::max_element(seconds) / (kTurns * double{kOperations});
}

/// One line of the table: malloc, mimalloc and the pool at the same work.
struct Row {
  std::string work;
  std::array<std::vector<double>, 3> seconds;

  [[nodiscard]] double of(std::size_t allocator) const { return median(seconds[allocator]); }
};

std::vector<Row> measure(const Options& options, int threads) {
  HostMemory host;
  PoolResource resource(host);
  const Pool pool{resource};
  const Mimalloc mimalloc;
  std::vector<Row> rows;
  const auto add = [&](std::string work, const auto& seconds_of) {
    Row row{std::move(work), {}};
    for (int round = 0; round < options.rounds; ++round) {
      row.seconds[0].push_back(seconds_of(Malloc{}));
      row.seconds[1].push_back(seconds_of(mimalloc));
      row.seconds[2].push_back(seconds_of(pool));
    }
    rows.push_back(std::move(row));
  };
  for (const std::size_t count : {std::size_t{1}, std::size_t{3}}) {
    for (std::uint64_t mib = 1; mib * count <= options.largest_mib; mib *= 4) {
      add(fmt::format("{} MiB, {} at once", mib, count),
          [&](const auto& allocator) { return large_seconds(allocator, mib * kMiB, count); });
    }
  }
  add("jobs of 1 to 128 MiB, three blocks each", [](const auto& allocator) { return jobs_seconds(allocator, 64); });
  for (const std::uint64_t most : {std::uint64_t{1} << 10, std::uint64_t{8} << 10, std::uint64_t{32} << 10}) {
    for (const bool hand_over : {false, true}) {
      add(fmt::format("16 B to {}, {} threads{}", format_bytes(most), threads, hand_over ? ", handed over" : ""),
          [&](const auto& allocator) { return small_seconds(allocator, threads, most, hand_over); });
    }
  }
  return rows;
}

int run(const Options& options) {
  const Inventory inventory = take_inventory();
  const int threads = options.threads > 0 ? options.threads : std::max(2, static_cast<int>(inventory.cores.value));
  const std::vector<Row> rows = measure(options, threads);
  if (options.json) {
    nlohmann::json document{{"processor", inventory.processor}, {"threads", threads}, {"rounds", options.rounds}};
    for (const Row& row : rows) {
      document["rows"].push_back({{"work", row.work},
                                  {"malloc_seconds", row.of(0)},
                                  {"mimalloc_seconds", row.of(1)},
                                  {"pool_seconds", row.of(2)}});
    }
    fmt::print("{}\n", document.dump(2));
    return 0;
  }
  fmt::print("{}, {} cores, median of {} rounds, ns for each block\n\n", inventory.processor, inventory.cores.value,
             options.rounds);
  fmt::print("{:42} {:>12} {:>12} {:>12} {:>10} {:>10}\n", "work", "malloc", "mimalloc", "pool", "to malloc",
             "to mimalloc");
  for (const Row& row : rows) {
    fmt::print("{:42} {:12.1f} {:12.1f} {:12.1f} {:9.2f}x {:9.2f}x\n", row.work, row.of(0) * 1e9, row.of(1) * 1e9,
               row.of(2) * 1e9, row.of(0) / row.of(2), row.of(1) / row.of(2));
  }
  return 0;
}

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  basalt::Options options;
  CLI::App app("The memory pool against malloc and mimalloc");
  app.add_option("--rounds", options.rounds, "Rounds; medians are printed")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads for small sizes (default: all that this process may use)")
      ->check(CLI::Range(1, 1024));
  app.add_option("--largest", options.largest_mib, "The largest block, in MiB")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_flag("--json", options.json, "Print one JSON document");
  CLI11_PARSE(app, argc, argv);
  try {
    return basalt::run(options);
  } catch (const basalt::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return basalt::exit_status_of(error.code());
  }
}
