// Accounts for one job.

#include <algorithm>
#include <atomic>
#include <utility>

#include "basalt/usage.h"
#include "base/stopwatch.h"
#include "runtime/metrics/recent_usage.h"
#include "runtime/metrics/thread_context.h"
#include "runtime/metrics/work_time.h"

namespace basalt {
namespace {

using metrics::this_thread;

/// How old what is read at the start of a job may be, and at the end of one that took less than kShortSeconds: reading
/// would take longer than such a job does.
constexpr double kRecentSeconds = 0.01;
constexpr double kShortSeconds = 0.001;

std::atomic<std::uint64_t> last_job{0};

double seconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) * 1e-9;
}

}  // namespace

struct UsageMeter::State {
  std::filesystem::path root;
  ProcessorMonitor processor;
  std::vector<const DeviceMonitor*> devices;
  Usage start;
  std::optional<std::uint64_t> huge_page_bytes;  ///< The most of all samples.
  std::vector<DeviceReading> readings;           ///< Of the last sample.
  Stopwatch watch;
  std::uint64_t job = ++last_job;
  metrics::TimeAccount account;
  metrics::ThreadContext outer;  ///< What the thread did before; the account of an outer meter.
};

UsageMeter::UsageMeter(std::filesystem::path root) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.processor = ProcessorMonitor(root);
  state.devices = {&state.processor};
  state.start = metrics::recent_usage(root, kRecentSeconds);
  state.root = std::move(root);
  state.outer = this_thread;
  this_thread.job = state.job;
  this_thread.account = &state.account;
}

UsageMeter::~UsageMeter() {
  this_thread.job = state_->outer.job;
  this_thread.account = state_->outer.account;
  metrics::count_time(state_->account);
}

std::uint64_t UsageMeter::job() const noexcept {
  return state_->job;
}

void UsageMeter::watch(const DeviceMonitor& device) {
  state_->devices.push_back(&device);
}

void UsageMeter::sample() {
  State& state = *state_;
  state.huge_page_bytes = std::max(state.huge_page_bytes, take_usage(true, state.root).huge_page_bytes);
  state.readings.clear();
  for (const DeviceMonitor* device : state.devices) {
    std::ranges::move(device->read(), std::back_inserter(state.readings));
  }
}

UsageReport UsageMeter::finish(int threads) const {
  const State& state = *state_;
  UsageReport report;
  report.job = state.job;
  report.wall_seconds = state.watch.seconds();
  report.usage = difference(
      state.start, metrics::recent_usage(state.root, report.wall_seconds < kShortSeconds ? kRecentSeconds : 0));
  report.usage.huge_page_bytes = state.huge_page_bytes;
  const double processor_seconds = report.usage.user_seconds + report.usage.system_seconds;
  report.utilisation = processor_seconds / (report.wall_seconds * threads);
  report.time = {
      .compute_seconds = seconds(state.account.compute),
      .memory_seconds = seconds(state.account.memory),
      .synchronisation_seconds = seconds(state.account.synchronisation),
      .serial_seconds = std::max(0.0, report.wall_seconds - seconds(this_thread.accounted - state.outer.accounted))};
  report.devices = state.readings;
  return report;
}

}  // namespace basalt
