// Published mixes of jobs, and how long the best possible schedule of one could take.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "runtime/resource/simulated_machine.h"

namespace basalt::test {

inline constexpr std::uint64_t kMixCores = 64;
inline constexpr std::uint64_t kMixBytes = std::uint64_t{256} << 30;
inline constexpr std::uint64_t kMixSlots = 8;
inline constexpr double kWrongest = 0.3;  ///< Relative error of what a plan predicts.

struct JobMix {
  std::string name;
  std::string source;
  std::size_t count;  ///< So many that the longest job by itself does not decide when the last one ends.
  std::vector<SimulatedJob> (*draw)(std::mt19937_64&, std::size_t count);
};

inline double uniform(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

/// Everything uniform: the plainest mix of the textbooks.
inline std::vector<SimulatedJob> draw_uniform(std::mt19937_64& random, std::size_t count) {
  std::vector<SimulatedJob> jobs(count);
  for (SimulatedJob& job : jobs) {
    job.min_cores = job.max_cores = static_cast<int>(uniform(random, 1, 17));
    job.core_seconds = uniform(random, 10, 1000) * job.min_cores;
    job.host_bytes = static_cast<std::uint64_t>(uniform(random, 0.001, 0.25) * kMixBytes);
  }
  return jobs;
}

/// Times in a bounded Pareto distribution of exponent 1, as lifetimes of Unix processes have it.
inline std::vector<SimulatedJob> draw_heavy_tailed(std::mt19937_64& random, std::size_t count) {
  std::vector<SimulatedJob> jobs(count);
  constexpr double kShortest = 1;
  constexpr double kLongest = 100;
  for (SimulatedJob& job : jobs) {
    const double seconds = 1 / (1 / kShortest - uniform(random, 0, 1) * (1 / kShortest - 1 / kLongest));
    job.min_cores = job.max_cores = 1 << static_cast<int>(uniform(random, 0, 5));
    job.core_seconds = seconds * job.min_cores;
    job.host_bytes = static_cast<std::uint64_t>(std::exp2(uniform(random, -10, -2)) * kMixBytes);
  }
  return jobs;
}

/// Rigid jobs of supercomputers: two-stage uniform in log2 of the size, many powers of two and serial ones; times in a
/// hyper-gamma distribution of the logarithm, correlated with the size.
inline std::vector<SimulatedJob> draw_supercomputer(std::mt19937_64& random, std::size_t count) {
  // parameters for batch jobs
  constexpr double kSerial = 0.2927;
  constexpr double kPowerOfTwo = 0.6686;
  constexpr double kLow = 1.2;
  constexpr double kLowPart = 0.875;
  constexpr double kLongestLog = 12;
  const double high = std::log2(static_cast<double>(kMixCores));
  const double middle = high - 2.5;
  std::gamma_distribution<double> brief(6.57, 0.823);
  std::gamma_distribution<double> lengthy(639.1, 0.0156);
  std::vector<SimulatedJob> jobs(count);
  for (SimulatedJob& job : jobs) {
    double log_size = 0;
    if (uniform(random, 0, 1) > kSerial) {
      log_size = uniform(random, 0, 1) < kLowPart ? uniform(random, kLow, middle) : uniform(random, middle, high);
      log_size = uniform(random, 0, 1) < kPowerOfTwo ? std::round(log_size) : log_size;
    }
    job.min_cores = job.max_cores = std::max(1, static_cast<int>(std::exp2(log_size)));
    const double brief_part = -0.003 * job.min_cores + 0.6986;
    double log_seconds = kLongestLog;
    while (log_seconds >= kLongestLog) {
      log_seconds = uniform(random, 0, 1) < brief_part ? brief(random) : lengthy(random);
    }
    job.core_seconds = std::exp(log_seconds) * job.min_cores;
    job.host_bytes = static_cast<std::uint64_t>(uniform(random, 0.1, 0.9) * job.min_cores * (kMixBytes / kMixCores));
  }
  return jobs;
}

/// What Basalt runs: states of 2^n amplitudes, on any number of cores, a few on a device queue.
inline std::vector<SimulatedJob> draw_circuits(std::mt19937_64& random, std::size_t count) {
  std::vector<SimulatedJob> jobs(count);
  for (SimulatedJob& job : jobs) {
    job.host_bytes = std::uint64_t{16} << static_cast<int>(uniform(random, 16, 33));
    job.max_cores = static_cast<int>(std::min(kMixCores, 1 + (job.host_bytes >> 22)));
    job.core_seconds = (1 + static_cast<double>(job.host_bytes) * 1e-8) * uniform(random, 1, 20);
    job.queue_slots = uniform(random, 0, 1) < 0.1 ? 1 : 0;
  }
  return jobs;
}

inline const std::array<JobMix, 4>& job_mixes() {
  static const std::array<JobMix, 4> mixes = {
      JobMix{"uniform", "1-16 cores, 10-1000 s, memory up to a quarter, each uniform", 800, draw_uniform},
      JobMix{"heavy-tailed", "times as in Harchol-Balter and Downey, ACM TOCS 15(3), 1997", 2500, draw_heavy_tailed},
      JobMix{"supercomputer", "batch jobs of Lublin and Feitelson, JPDC 63(11), 2003", 800, draw_supercomputer},
      JobMix{"circuits", "states of 16-32 qubits, cores as they are free", 800, draw_circuits}};
  return mixes;
}

/// No schedule ends before this: the area of what is needed over what there is, and each job by itself.
inline double offline_bound(const std::vector<SimulatedJob>& jobs) {
  double core_seconds = 0;
  double byte_seconds = 0;
  double slot_seconds = 0;
  double longest = 0;
  for (const SimulatedJob& job : jobs) {
    const double least = job.core_seconds / std::max(1, job.max_cores);
    core_seconds += job.core_seconds;
    byte_seconds += least * static_cast<double>(job.host_bytes);
    slot_seconds += least * job.queue_slots;
    longest = std::max(longest, job.arrives + least);
  }
  return std::max({core_seconds / kMixCores, byte_seconds / kMixBytes, slot_seconds / kMixSlots, longest});
}

}  // namespace basalt::test
