#include "runtime/cpu/thread_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "basalt/memory.h"
#include "runtime/cpu/instruction_set.h"
#include "runtime/cpu/memory_kernel.h"
#include "runtime/cpu/peak_kernel.h"

namespace basalt {
namespace {

/// Long enough for the threads of an arena to fall asleep.
constexpr std::chrono::microseconds kPause{500};

/// What each thread does in the loops that are measured: longer than starting it takes, or others do its part.
constexpr double kDispatchFlops = 2e7;
constexpr double kBarrierFlops = 2e6;

/// Loops in one sample of the barrier.
constexpr int kBarriers = 16;

/// Sizes of which the crossover is one, as arrays: a sweep of them moves twice that.
constexpr int kLeastLog = 12;
constexpr int kMostLog = 22;

/// A sample of a sweep is at least this long.
constexpr double kSampleSeconds = 60e-6;

/// More threads must be this much faster to be worth it: while they work they are not there for others.
constexpr double kGain = 1.1;

constexpr int kFigures = 4 + 2 * (kMostLog - kLeastLog + 1);

void sweep(double* data, std::uint64_t bytes, const Arena& arena, const CancelToken& cancel) {
  const auto threads = static_cast<std::uint64_t>(arena.threads());
  const std::uint64_t piece = std::max<std::uint64_t>(bytes / threads / 256 * 256, 256);
  arena.for_each(std::min(threads, bytes / piece), cancel, [&](std::uint64_t i) {
    auto* first = reinterpret_cast<double*>(reinterpret_cast<std::byte*>(data) + i * piece);
    run_memory_loop(MemoryLoop::scale, first, first, piece, 0);
  });
}

double sweep_seconds(double* data, std::uint64_t bytes, const Arena& arena, CalibrationRun& run) {
  const double one = std::max(seconds_of([&] { sweep(data, bytes, arena, run.cancel()); }), 1e-8);
  const int passes = static_cast<int>(std::clamp(kSampleSeconds / one, 1.0, 1e4));
  return run.measure([&] {
              return seconds_of([&] {
                for (int i = 0; i < passes; ++i) {
                  sweep(data, bytes, arena, run.cancel());
                }
              });
            })
             .median /
         passes;
}

/// The smallest traffic from which on `many` is faster than `few` for every larger size, too; 0 if it is not for the
/// largest.
std::uint64_t crossover(const Arena& few, const Arena& many, CalibrationRun& run) {
  HostMemory memory;
  const Buffer buffer(memory, std::uint64_t{1} << kMostLog);
  auto* data = buffer.as<double>();
  run_memory_loop(MemoryLoop::write, data, data, buffer.size_bytes(), 0);
  std::uint64_t found = 0;
  for (int log = kMostLog; log >= kLeastLog; --log) {
    const std::uint64_t bytes = std::uint64_t{1} << log;
    const double slow = sweep_seconds(data, bytes, few, run);
    const double fast = sweep_seconds(data, bytes, many, run);
    if (slow < kGain * fast) {
      break;
    }
    found = 2 * bytes;
  }
  return found;
}

/// What one of `loops` loops takes beyond the work that each thread does in it. The threads are asleep before.
Measured loop_cost(const Arena& arena, double flops, int loops, CalibrationRun& run) {
  const std::int64_t target = instruction_sets().front().target;
  const auto work = [&] { run_multiply_adds(target, RealType::f64, flops); };
  const double alone = run.measure([&] { return seconds_of(work); }).median;
  return run.measure([&] {
    std::this_thread::sleep_for(kPause);
    const double seconds = seconds_of([&] {
      for (int i = 0; i < loops; ++i) {
        arena.for_each(static_cast<std::uint64_t>(arena.threads()), run.cancel(), [&](std::uint64_t) { work(); });
      }
    });
    return std::max(seconds / loops - alone, 0.0);
  });
}

}  // namespace

int count_thread_figures(int cores) {
  return kFigures * static_cast<int>(thread_counts(cores).size() - 1);
}

std::vector<ThreadCost> measure_thread_costs(int cores, CalibrationRun& run) {
  std::vector<ThreadCost> costs;
  auto few = std::make_unique<Arena>(1);
  for (const int threads : thread_counts(cores)) {
    if (threads == 1) {
      continue;
    }
    auto many = std::make_unique<Arena>(threads);
    run.begin(fmt::format("cost of {} threads", threads));
    ThreadCost cost{.threads = threads, .dispatch_seconds = {}, .barrier_seconds = {}};
    cost.dispatch_seconds = loop_cost(*many, kDispatchFlops, 1, run);
    cost.barrier_seconds = loop_cost(*many, kBarrierFlops, kBarriers, run);
    cost.crossover_bytes = crossover(*few, *many, run);
    costs.push_back(cost);
    few = std::move(many);
  }
  return costs;
}

}  // namespace basalt
