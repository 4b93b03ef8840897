#include "runtime/cpu/control.h"

#include <algorithm>
#include <ctime>
#include <numeric>

#include "base/system_files.h"
#include "runtime/cpu/peak_kernel.h"
#include "runtime/cpu/samples.h"

namespace basalt {
namespace {

/// About a millisecond on one core: far longer than waking a thread takes, so that each thread gets its piece.
constexpr double kFlops = 1e8;

double processor_seconds_of_thread() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Ticks {
  std::uint64_t stolen = 0;
  std::uint64_t all = 0;
};

/// From "cpu  user nice system idle iowait irq softirq steal guest guest_nice": of all processors, since the start.
Ticks read_ticks() {
  const std::string text = read_system_file("/proc/stat").value_or("");
  Ticks ticks;
  std::size_t column = 0;
  for (const std::string_view field : split(find_entry(text, "cpu ").value_or(""), ' ')) {
    const auto value = leading_number(field);
    if (value && column < 8) {  // guests are in user and nice already
      ticks.all += *value;
      ticks.stolen = column == 7 ? *value : ticks.stolen;
      ++column;
    }
  }
  return ticks;
}

}  // namespace

Control::Control(const Arena& arena, std::int64_t target) : arena_(arena), target_(target) {
  const Ticks ticks = read_ticks();
  stolen_ticks_ = ticks.stolen;
  all_ticks_ = ticks.all;
}

void Control::sample(const CancelToken& cancel) {
  const auto threads = static_cast<std::size_t>(arena_.threads());
  std::vector<double> running(threads);
  const double seconds = seconds_of([&] {
    arena_.for_each(threads, cancel, [&](std::uint64_t i) {
      const double before = processor_seconds_of_thread();
      run_multiply_adds(target_, RealType::f64, kFlops);
      running[i] = processor_seconds_of_thread() - before;
    });
  });
  seconds_.push_back(seconds);
  running_seconds_ += std::accumulate(running.begin(), running.end(), 0.0);
}

Noise Control::noise() const {
  const double wall = std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
  const Ticks now = read_ticks();
  const auto stolen = static_cast<double>(now.stolen - stolen_ticks_);
  const auto all = static_cast<double>(now.all - all_ticks_);
  return {.control_spread = summarize(seconds_).spread,
          .waited_share = std::max(0.0, 1 - running_seconds_ / (wall * arena_.threads())),
          .stolen_share = all > 0 ? stolen / all : 0};
}

}  // namespace basalt
