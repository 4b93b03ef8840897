#include "plan/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace basalt {
namespace {

constexpr const char* kDefault = "default";

/// A streaming store must be this much faster to be worth it: it leaves nothing in the caches for whoever reads next.
constexpr double kStreamingGain = 1.1;

/// Another instruction set than the widest must be this much faster: less may be noise.
constexpr double kInstructionSetGain = 1.1;

/// What a thread's cache holds besides its tile: tables of phases, and the lines of the field, of this tile and the one
/// before, on their way in and out.
constexpr double kTileShare = 0.125;

constexpr std::uint64_t kLeastPieceBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostPieceBytes = std::uint64_t{4} << 20;

std::string measured_at(const CpuFigures& figures) {
  return "measured at " + figures.measured_at;
}

class Chooser {
 public:
  Chooser(const Inventory& inventory, const std::optional<CpuFigures>& figures, int threads)
      : inventory_(inventory), figures_(figures) {
    limits_.threads = std::max(threads, 1);
  }

  PlanLimits operator()() {
    note("threads", fmt::format("{}", limits_.threads), inventory_.cores.source);
    choose_crossover();
    choose_tile();
    choose_piece();
    choose_streaming();
    choose_prefetch();
    choose_pinning();
    choose_instruction_set();
    choose_plane();
    limits_.costs = choose_costs(inventory_, figures_, limits_.threads, limits_.choices);
    limits_.cut_threads = online_processors();
    std::vector<LimitChoice> not_shown;
    limits_.cut_costs = choose_costs(inventory_, figures_, limits_.cut_threads, not_shown);
    return std::move(limits_);
  }

 private:
  void note(std::string name, std::string value, std::string source) {
    limits_.choices.push_back({std::move(name), std::move(value), std::move(source)});
  }

  /// The smallest traffic for which several threads are worth waking, and for which more and more of them are.
  void choose_crossover() {
    std::vector<ThreadStep> steps;
    if (figures_) {
      for (const ThreadCost& cost : figures_->thread_costs) {
        if (cost.threads <= limits_.threads && cost.crossover_bytes != 0) {
          steps.push_back({cost.threads, cost.crossover_bytes});
        }
      }
    }
    std::ranges::sort(steps, {}, &ThreadStep::threads);
    if (steps.empty()) {
      note("serial_bytes", format_bytes(limits_.serial_bytes), kDefault);
      return;
    }
    // More threads are never worth waking for less than fewer are.
    for (std::size_t i = 1; i < steps.size(); ++i) {
      steps[i].bytes = std::max(steps[i].bytes, steps[i - 1].bytes);
    }
    limits_.serial_bytes = steps.front().bytes;
    note("serial_bytes", format_bytes(limits_.serial_bytes), measured_at(*figures_));
    limits_.thread_steps = std::move(steps);
    for (const ThreadStep& step : limits_.thread_steps) {
      note("thread_steps", fmt::format("{} threads from {}", step.threads, format_bytes(step.bytes)),
           measured_at(*figures_));
    }
  }

  /// The largest cache that few enough processors share, in a thread's part of it.
  void choose_tile() {
    const int siblings = std::max(inventory_.threads_per_core, 1);
    const CacheLevel* own = nullptr;
    for (const CacheLevel& cache : inventory_.caches) {
      if (cache.size_bytes != 0 && cache.shared_by <= siblings && (own == nullptr || cache.level > own->level)) {
        own = &cache;
      }
    }
    if (own == nullptr) {
      note("tile_bytes", format_bytes(limits_.tile_bytes), kDefault);
      return;
    }
    const double part = kTileShare * static_cast<double>(own->size_bytes) / std::max(own->shared_by, 1);
    limits_.tile_bytes = std::max<std::uint64_t>(std::bit_floor(static_cast<std::uint64_t>(part)), 4096);
    note("tile_bytes", format_bytes(limits_.tile_bytes),
         fmt::format("an eighth of a thread's part of the L{} cache of {}", own->level, format_bytes(own->size_bytes)));
  }

  /// Traffic that takes about as long as a cancel may: more where memory is fast.
  void choose_piece() {
    const Bandwidth* memory = bandwidth_of_memory();
    if (memory == nullptr || memory->scale.median == 0) {
      note("piece_bytes", format_bytes(limits_.piece_bytes), kDefault);
      return;
    }
    // A piece of a hundred barriers: what parting them costs is lost in it.
    const double barrier = largest_barrier_seconds();
    const double per_thread = memory->scale.median / memory->threads;
    const auto wanted = static_cast<std::uint64_t>(std::min(100 * barrier * per_thread, 1e12));
    limits_.piece_bytes = std::bit_ceil(std::clamp(wanted, kLeastPieceBytes, kMostPieceBytes));
    note("piece_bytes", format_bytes(limits_.piece_bytes), measured_at(*figures_));
  }

  void choose_streaming() {
    const Bandwidth* memory = bandwidth_of_memory();
    if (memory == nullptr || !memory->streaming_copy) {
      note("streaming_bytes", "never", kDefault);
      return;
    }
    if (memory->streaming_copy->median < kStreamingGain * memory->copy.median) {
      note("streaming_bytes", "never", measured_at(*figures_));
      return;
    }
    limits_.streaming_bytes = 0;
    for (const CacheLevel& cache : inventory_.caches) {
      limits_.streaming_bytes = std::max(limits_.streaming_bytes, cache.size_bytes);
    }
    note("streaming_bytes", "from " + format_bytes(limits_.streaming_bytes), measured_at(*figures_));
  }

  void choose_prefetch() {
    if (figures_) {
      limits_.prefetch_bytes = figures_->prefetch_bytes;
    }
    note("prefetch_bytes", format_bytes(limits_.prefetch_bytes), figures_ ? measured_at(*figures_) : kDefault);
  }

  [[nodiscard]] const Limit* online() const {
    const auto found = std::ranges::find(inventory_.core_limits, "processors online", &Limit::source);
    return found == inventory_.core_limits.end() ? nullptr : &*found;
  }

  [[nodiscard]] int online_processors() const {
    return std::max(static_cast<int>(online() != nullptr ? online()->value : inventory_.cores.value), 1);
  }

  /// Pinning helps a process that has the machine to itself and hurts one that shares it: a pinned thread waits for its
  /// core while another is free. With a single memory node there is nothing to lose by moving either.
  void choose_pinning() {
    const bool whole = online() != nullptr && online()->value == inventory_.cores.value &&
                       static_cast<std::uint64_t>(limits_.threads) == inventory_.cores.value;
    limits_.pin_threads = whole && inventory_.numa_nodes > 1;
    note("pin_threads", limits_.pin_threads ? "yes" : "no",
         !whole                       ? "the process has only a part of the machine"
         : inventory_.numa_nodes <= 1 ? "one memory node: moving a thread costs little"
                                      : "the process has the whole machine, with several memory nodes");
  }

  /// The fastest of those that were measured on one thread; the first of them is the widest.
  void choose_instruction_set() {
    const ArithmeticPeak* best = nullptr;
    if (figures_) {
      for (const ArithmeticPeak& peak : figures_->peaks) {
        if (peak.threads == 1 && (best == nullptr || speed(peak) > kInstructionSetGain * speed(*best))) {
          best = &peak;
        }
      }
    }
    if (best == nullptr) {
      note("instruction_set", "the widest", kDefault);
      return;
    }
    limits_.instruction_set = best->instruction_set;
    note("instruction_set", best->instruction_set, measured_at(*figures_));
  }

  /// By default from half again the largest cache on: below, steps in place find most of the species there. Not among
  /// the choices, which are about circuits: reports of patterns have it.
  void choose_plane() {
    PlaneSteps& plane = limits_.plane;
    if (figures_ && figures_->plane_visits) {
      const PlaneVisits& visits = *figures_->plane_visits;
      plane = {.steps = static_cast<std::uint64_t>(visits.steps),
               .from_bytes = visits.from_bytes,
               .gain = visits.gain,
               .source = measured_at(*figures_)};
      return;
    }
    const auto largest = std::ranges::max_element(inventory_.caches, {}, &CacheLevel::size_bytes);
    if (largest != inventory_.caches.end() && largest->size_bytes != 0) {
      plane.from_bytes = largest->size_bytes / 2 * 3;
      plane.source = fmt::format("default, of an L{} cache of {}", largest->level, format_bytes(largest->size_bytes));
    }
  }

  static double speed(const ArithmeticPeak& peak) { return peak.f32.median + peak.f64.median; }

  /// With the threads of the job, or the nearest number below.
  [[nodiscard]] const Bandwidth* bandwidth_of_memory() const {
    const Bandwidth* found = nullptr;
    if (figures_) {
      for (const Bandwidth& entry : figures_->bandwidth) {
        if (entry.level == 0 && entry.threads <= limits_.threads &&
            (found == nullptr || entry.threads > found->threads)) {
          found = &entry;
        }
      }
    }
    return found;
  }

  [[nodiscard]] double largest_barrier_seconds() const {
    double largest = 0;
    for (const ThreadCost& cost : figures_->thread_costs) {
      largest = cost.threads <= limits_.threads ? std::max(largest, cost.barrier_seconds.median) : largest;
    }
    return largest;
  }

  const Inventory& inventory_;
  const std::optional<CpuFigures>& figures_;
  PlanLimits limits_;
};

}  // namespace

PlanLimits choose_limits(const Inventory& inventory, const std::optional<CpuFigures>& figures, int threads) {
  return Chooser(inventory, figures, threads)();
}

}  // namespace basalt
