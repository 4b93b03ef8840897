// The figures of the cost model: what was measured, and where nothing was, guesses from the inventory.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plan/cost.h"

namespace basalt {
namespace {

/// Guesses for a processor that was never measured: low rather than high, so that a tile is not made too small.
struct GuessedLevel {
  int level;
  double alone;  ///< Bytes per second of one thread.
};
constexpr std::array kGuessedLevels{GuessedLevel{1, 300e9}, GuessedLevel{2, 200e9}, GuessedLevel{3, 120e9},
                                    GuessedLevel{0, 20e9}};
/// Threads that keep a socket's memory busy.
constexpr int kGuessedThreadsOfMemory = 4;
constexpr double kGuessedHertz = 2.5e9;
constexpr double kGuessedBarrierSeconds = 2e-6;

std::string gigabytes(double speed) {
  return fmt::format("{:.1f} GB/s", speed / 1e9);
}

class Chooser {
 public:
  Chooser(const Inventory& inventory, const std::optional<CpuFigures>& figures, int threads,
          std::vector<LimitChoice>& choices)
      : inventory_(inventory),
        figures_(figures),
        measured_(figures ? "measured at " + figures->measured_at : ""),
        threads_(std::max(threads, 1)),
        choices_(choices) {}

  CostFigures operator()() {
    costs_.levels.clear();
    for (const CacheLevel& cache : inventory_.caches) {
      if (cache.size_bytes != 0) {
        add_level(
            {.level = cache.level, .capacity_bytes = cache.size_bytes, .shared_by = std::max(cache.shared_by, 1)});
      }
    }
    std::ranges::sort(costs_.levels, {}, &LevelSpeed::level);
    add_level({.shared_by = std::max(threads_, 1)});
    choose_peak();
    choose_barriers();
    return std::move(costs_);
  }

 private:
  void note(std::string name, std::string value, const std::string& source) {
    choices_.push_back({std::move(name), std::move(value), source});
  }

  void add_level(LevelSpeed level) {
    const std::string name = level.level == 0 ? "memory" : fmt::format("L{} cache", level.level);
    const Bandwidth* alone = measured_bandwidth(level.level, 1);
    const Bandwidth* together = measured_bandwidth(level.level, threads_);
    if (alone != nullptr && alone->scale.median > 0) {
      level.speed = {.alone = alone->scale.median, .together = together->scale.median};
      note("speed of " + name, gigabytes(level.speed.together), measured_);
    } else {
      const auto* const guess = std::ranges::find(kGuessedLevels, level.level, &GuessedLevel::level);
      level.speed.alone = guess == kGuessedLevels.end() ? kGuessedLevels.back().alone : guess->alone;
      const int busy = level.level == 0 ? kGuessedThreadsOfMemory * std::max(inventory_.sockets, 1) : threads_;
      level.speed.together = level.speed.alone * std::min(threads_, busy);
      note("speed of " + name, gigabytes(level.speed.together), "default");
    }
    costs_.levels.push_back(level);
  }

  /// Of as many threads, or the nearest number below.
  [[nodiscard]] const Bandwidth* measured_bandwidth(int level, int threads) const {
    const Bandwidth* found = nullptr;
    if (figures_) {
      for (const Bandwidth& entry : figures_->bandwidth) {
        if (entry.level == level && entry.threads <= threads && (found == nullptr || entry.threads > found->threads)) {
          found = &entry;
        }
      }
    }
    return found;
  }

  [[nodiscard]] bool has(std::string_view feature) const {
    return std::ranges::find(inventory_.features, feature) != inventory_.features.end();
  }

  void choose_peak() {
    const ArithmeticPeak* alone = measured_peak(1, {});
    if (alone != nullptr) {
      const ArithmeticPeak* together = measured_peak(threads_, alone->instruction_set);
      costs_.flops_f32 = {.alone = alone->f32.median, .together = together->f32.median};
      costs_.flops_f64 = {.alone = alone->f64.median, .together = together->f64.median};
      note_peak(measured_);
      return;
    }
    // Two multiply-adds of a whole vector a cycle, as all but the smallest cores do.
    const double lanes = has("avx512f") ? 16 : has("avx2") ? 8 : 4;
    const double flops = 2 * 2 * lanes * kGuessedHertz;
    costs_.flops_f32 = {.alone = flops, .together = flops * threads_};
    costs_.flops_f64 = {.alone = flops / 2, .together = flops / 2 * threads_};
    note_peak(fmt::format("default for {:.0f} lanes", lanes));
  }

  void note_peak(const std::string& source) {
    note(
        "arithmetic",
        fmt::format("{:.1f} GFLOP/s f32, {:.1f} f64", costs_.flops_f32.together / 1e9, costs_.flops_f64.together / 1e9),
        source);
  }

  /// With as many threads or the nearest number below; the fastest instruction set where none is named.
  [[nodiscard]] const ArithmeticPeak* measured_peak(int threads, const std::string& instruction_set) const {
    const ArithmeticPeak* found = nullptr;
    if (figures_) {
      for (const ArithmeticPeak& peak : figures_->peaks) {
        const bool fits = peak.threads <= threads && peak.f32.median > 0 && peak.f64.median > 0 &&
                          (instruction_set.empty() || peak.instruction_set == instruction_set);
        if (fits && (found == nullptr || peak.f32.median > found->f32.median)) {
          found = &peak;
        }
      }
    }
    return found;
  }

  void choose_barriers() {
    if (figures_) {
      for (const ThreadCost& cost : figures_->thread_costs) {
        costs_.barriers.push_back({.threads = cost.threads, .seconds = cost.barrier_seconds.median});
      }
    }
    const bool measured = !costs_.barriers.empty();
    if (!measured) {
      costs_.barriers.push_back({.threads = 2, .seconds = kGuessedBarrierSeconds});
    }
    std::ranges::sort(costs_.barriers, {}, &BarrierCost::threads);
    for (const BarrierCost& cost : costs_.barriers) {
      if (cost.threads <= std::max(threads_, 2)) {
        note("barrier", fmt::format("{:.1f} µs for {} threads", cost.seconds * 1e6, cost.threads),
             measured ? measured_ : "default");
      }
    }
  }

  const Inventory& inventory_;
  const std::optional<CpuFigures>& figures_;
  std::string measured_;
  int threads_;
  std::vector<LimitChoice>& choices_;
  CostFigures costs_;
};

}  // namespace

CostFigures choose_costs(const Inventory& inventory, const std::optional<CpuFigures>& figures, int threads,
                         std::vector<LimitChoice>& choices) {
  return Chooser(inventory, figures, threads, choices)();
}

}  // namespace basalt
