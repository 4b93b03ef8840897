#include "runtime/cpu/bandwidth.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "basalt/memory.h"
#include "runtime/cpu/memory_kernel.h"

namespace basalt {
namespace {

constexpr std::uint64_t kLeastArrayBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kMostArrayBytes = std::uint64_t{512} << 20;

/// A sample is at least this long: clocks and wake-ups are far shorter.
constexpr double kSampleSeconds = 500e-6;

/// Ordinary loops first, then those around the caches.
constexpr std::array kLoops = {MemoryLoop::read, MemoryLoop::write,           MemoryLoop::scale,
                               MemoryLoop::copy, MemoryLoop::streaming_write, MemoryLoop::streaming_copy};
constexpr int kOrdinaryLoops = 4;
constexpr int kAllLoops = static_cast<int>(kLoops.size());

constexpr std::array<std::uint64_t, 5> kPrefetchDistances = {0, 1024, 2048, 4096, 8192};

/// Whole turns of the loops, for each of two arrays.
std::uint64_t round_down(std::uint64_t bytes) {
  return std::max<std::uint64_t>(bytes / 4096 * 4096, 4096);
}

std::uint64_t array_bytes(const Inventory& inventory) {
  std::uint64_t largest_cache = 0;
  for (const CacheLevel& cache : inventory.caches) {
    largest_cache = std::max(largest_cache, cache.size_bytes);
  }
  const std::uint64_t wanted = std::clamp(4 * largest_cache, kLeastArrayBytes, kMostArrayBytes);
  return round_down(std::min(wanted, inventory.memory_bytes.value / 8));
}

/// One working set per thread: half of the thread's part of a cache, or a part of an array that no cache holds.
std::uint64_t working_set(const CacheLevel& cache, int threads) {
  return round_down(cache.size_bytes / 2 /
                    static_cast<std::uint64_t>(std::clamp(threads, 1, std::max(cache.shared_by, 1))));
}

class MemoryMeter {
 public:
  MemoryMeter(const Inventory& inventory, CalibrationRun& run)
      : run_(run), bytes_(array_bytes(inventory)), target_(memory_, bytes_), source_(memory_, bytes_) {}

  void touch(const Arena& arena) {
    for (const Buffer* buffer : {&target_, &source_}) {
      const std::uint64_t piece = std::uint64_t{2} << 20;
      arena.for_each((bytes_ + piece - 1) / piece, run_.cancel(), [&](std::uint64_t i) {
        const std::uint64_t size = std::min(piece, bytes_ - i * piece);
        auto* first = reinterpret_cast<double*>(buffer->data() + i * piece);
        run_memory_loop(MemoryLoop::write, first, first, size, 0);
      });
    }
  }

  Bandwidth measure(int level, std::uint64_t bytes_per_thread, const Arena& arena) {
    const int threads = arena.threads();
    run_.begin(level == 0 ? fmt::format("bandwidth of memory, threads: {}", threads)
                          : fmt::format("bandwidth of L{}, threads: {}", level, threads));
    std::array<Measured, kAllLoops> speeds{};
    const int loops = level == 0 ? kAllLoops : kOrdinaryLoops;
    for (int i = 0; i < loops; ++i) {
      speeds[static_cast<std::size_t>(i)] = speed_of(kLoops[static_cast<std::size_t>(i)], bytes_per_thread, arena);
    }
    Bandwidth result{.level = level,
                     .threads = threads,
                     .bytes_per_thread = bytes_per_thread,
                     .read = speeds[0],
                     .write = speeds[1],
                     .scale = speeds[2],
                     .copy = speeds[3],
                     .streaming_write = {},
                     .streaming_copy = {}};
    if (loops == kAllLoops) {
      result.streaming_write = speeds[4];
      result.streaming_copy = speeds[5];
    }
    return result;
  }

  /// Of one thread: the hardware's own prefetcher serves all of them less.
  std::uint64_t best_prefetch() {
    run_.begin("prefetch distance");
    std::array<double, kPrefetchDistances.size()> speeds{};
    for (std::size_t i = 0; i < speeds.size(); ++i) {
      speeds[i] = run_.measure([&] {
                        return static_cast<double>(bytes_) / seconds_of([&] {
                                 run_memory_loop(MemoryLoop::scale, target_.as<double>(), target_.as<double>(), bytes_,
                                                 kPrefetchDistances[i]);
                               });
                      })
                      .median;
    }
    return kPrefetchDistances[static_cast<std::size_t>(std::ranges::max_element(speeds) - speeds.begin())];
  }

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  Measured speed_of(MemoryLoop loop, std::uint64_t bytes_per_thread, const Arena& arena) {
    const bool two_arrays = loop == MemoryLoop::copy || loop == MemoryLoop::streaming_copy;
    // In a cache both arrays of a copy must fit.
    const std::uint64_t bytes = two_arrays && bytes_per_thread * 2 <= bytes_ ? bytes_per_thread / 2 : bytes_per_thread;
    const auto threads = static_cast<std::uint64_t>(arena.threads());
    const auto seconds = [&](std::uint64_t passes) {
      return seconds_of([&] {
        arena.for_each(threads, run_.cancel(), [&](std::uint64_t i) {
          auto* target = reinterpret_cast<double*>(target_.data() + i * bytes);
          const auto* source = reinterpret_cast<const double*>(source_.data() + i * bytes);
          for (std::uint64_t pass = 0; pass < passes; ++pass) {
            run_memory_loop(loop, target, source, bytes, 0);
          }
        });
      });
    };
    std::uint64_t passes = 1;
    while (seconds(passes) < kSampleSeconds / 2) {
      passes *= 2;
    }
    return run_.measure(
        [&] { return static_cast<double>(moved_bytes(loop, bytes) * passes * threads) / seconds(passes); });
  }

  CalibrationRun& run_;
  std::uint64_t bytes_;
  HostMemory memory_;
  Buffer target_;
  Buffer source_;
};

}  // namespace

int count_memory_figures(const Inventory& inventory) {
  const auto counts = static_cast<int>(thread_counts(static_cast<int>(inventory.cores.value)).size());
  return counts * (kOrdinaryLoops * static_cast<int>(inventory.caches.size()) + kAllLoops) +
         static_cast<int>(kPrefetchDistances.size());
}

MemoryFigures measure_memory(const Inventory& inventory, CalibrationRun& run) {
  const auto cores = static_cast<int>(inventory.cores.value);
  MemoryMeter meter(inventory, run);
  meter.touch(Arena(cores));
  MemoryFigures figures;
  for (const int threads : thread_counts(cores)) {
    const Arena arena(threads);
    for (const CacheLevel& cache : inventory.caches) {
      const std::uint64_t bytes = working_set(cache, threads);
      if (bytes * static_cast<std::uint64_t>(threads) <= meter.bytes()) {
        figures.bandwidth.push_back(meter.measure(cache.level, bytes, arena));
      }
    }
    figures.bandwidth.push_back(
        meter.measure(0, round_down(meter.bytes() / static_cast<std::uint64_t>(threads)), arena));
  }
  std::ranges::stable_sort(figures.bandwidth, {},
                           [](const Bandwidth& entry) { return entry.level == 0 ? 99 : entry.level; });
  figures.prefetch_bytes = meter.best_prefetch();
  return figures;
}

}  // namespace basalt
