// What observing costs: each metric and span alone in nanoseconds, and all that a parallel loop of 1 ms is given of
// them. Everything is measured in turns with the same work without, so that a busy machine disturbs both alike; medians
// are printed.
#include "runtime/metrics/metrics.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/usage.h"
#include "runtime/metrics/span.h"
#include "runtime/metrics/trace.h"
#include "runtime/metrics/work_time.h"
#include "samples.h"

namespace basalt {
namespace {

using metrics::Metric;
using metrics::SpanName;

constexpr int kPieces = 8;  ///< Of the loop of 1 ms.

struct Options {
  int rounds = 201;
  int operations = 100'000;
  int threads = 0;
  bool json = false;
};

struct Row {
  std::string what;
  std::string unit;
  double value = 0;
};

/// Keeps the compiler from removing or merging what surrounds it.
inline void barrier() {
  asm volatile("" ::: "memory");
}

double thread_seconds() {
  ::timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Processor time, because nothing here waits: other programs on the machine do not count.
template <typename Body>
double seconds_of(const Body& body) {
  const double start = thread_seconds();
  body();
  return thread_seconds() - start;
}

/// Nanoseconds that one `operation` takes, less those of an empty loop.
template <typename Operation>
double nanoseconds_each(const Options& options, const Operation& operation) {
  std::vector<double> nanoseconds;
  for (int round = 0; round < options.rounds; ++round) {
    const double with = seconds_of([&] {
      for (int i = 0; i < options.operations; ++i) {
        operation();
        barrier();
      }
    });
    const double without = seconds_of([&] {
      for (int i = 0; i < options.operations; ++i) {
        barrier();
      }
    });
    nanoseconds.push_back((with - without) / options.operations * 1e9);
  }
  return median(nanoseconds);
}

/// The same with `threads` that all do it at once; of the slowest thread.
template <typename Operation>
double contended_nanoseconds_each(Options options, int threads, const Operation& operation) {
  options.rounds = std::max(1, options.rounds / 20);
  std::vector<double> nanoseconds(static_cast<std::size_t>(threads));
  std::atomic<int> ready{0};
  std::vector<std::thread> workers;
  for (double& result : nanoseconds) {
    workers.emplace_back([&] {
      ++ready;
      while (ready.load() < threads) {
      }
      result = nanoseconds_each(options, operation);
    });
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  return std::ranges::max(nanoseconds);
}

volatile double sink;  ///< So that the compiler does the arithmetic.

/// Arithmetic that nothing outside disturbs: `steps` of a chain.
[[gnu::noinline]] void work(std::uint64_t steps) {
  double x = 1;
  for (std::uint64_t i = 0; i < steps; ++i) {
    x = x * 0.999999 + 1e-6;
    sink = x;
  }
}

std::uint64_t steps_of_a_millisecond() {
  constexpr std::uint64_t kTrial = 1'000'000;
  std::vector<double> seconds;
  for (int i = 0; i < 21; ++i) {
    seconds.push_back(seconds_of([] { work(kTrial); }));
  }
  return static_cast<std::uint64_t>(static_cast<double>(kTrial) * 1e-3 / median(seconds));
}

void bare_loop(std::uint64_t steps) {
  for (int piece = 0; piece < kPieces; ++piece) {
    work(steps / kPieces);
  }
}

/// With what a stage and its loop are given by the executor and the arena.
void observed_loop(std::uint64_t steps) {
  const metrics::Span stage(SpanName::stage, {.detail = "bench/kernel", .bytes = 1});
  metrics::LoopTime loop(2);
  const metrics::LoopTime::Share share(loop);
  for (int piece = 0; piece < kPieces; ++piece) {
    const metrics::Span span(SpanName::piece);
    work(steps / kPieces);
  }
  metrics::add(Metric::stages);
  metrics::add(Metric::gates, 3);
  metrics::add(Metric::bytes_moved, 1 << 20);
}

/// How much longer the observed loop takes, in percent.
double overhead_percent(const Options& options, std::uint64_t steps) {
  std::vector<double> ratios;
  for (int round = 0; round < options.rounds; ++round) {
    const double bare = seconds_of([&] { bare_loop(steps); });
    const double observed = seconds_of([&] { observed_loop(steps); });
    const double bare_again = seconds_of([&] { bare_loop(steps); });
    ratios.push_back(2 * observed / (bare + bare_again));
  }
  return (median(ratios) - 1) * 100;
}

/// Measures with spans recorded, in portions that a recording has room for.
template <typename Measure>
double while_recording(const Measure& measure) {
  metrics::start_recording();
  const double result = measure();
  metrics::stop_recording();
  return result;
}

std::vector<Row> measure(const Options& options) {
  const Counter counter("bench_events_total", "Events of the benchmark");
  const Gauge gauge("bench_level", "A level");
  const Histogram histogram("bench_seconds", "Durations");
  const auto span = [] { const metrics::Span one(SpanName::piece); };
  const auto count = [&] { counter.add(); };
  // As many as a recording keeps of a thread: beyond that spans are only counted.
  Options recorded = options;
  recorded.operations = static_cast<int>(metrics::kMaxEventsPerThread) / (options.rounds + 1);

  std::vector<Row> rows;
  rows.push_back({"span that nobody listens to", "ns", nanoseconds_each(options, span)});
  rows.push_back(
      {"span that a trace records", "ns", while_recording([&] { return nanoseconds_each(recorded, span); })});
  rows.push_back({"counter, 1 thread", "ns", nanoseconds_each(options, count)});
  for (int threads = 2; threads <= options.threads; threads *= 2) {
    rows.push_back({fmt::format("counter, {} threads on the same one", threads), "ns",
                    contended_nanoseconds_each(options, threads, count)});
  }
  rows.push_back({"gauge set", "ns", nanoseconds_each(options, [&] { gauge.set(1); })});
  rows.push_back({"histogram observation", "ns", nanoseconds_each(options, [&] { histogram.observe(1e-3); })});
  rows.push_back(
      {"account of a serial loop", "ns", nanoseconds_each(options, [] { const metrics::LoopTime loop(1); })});
  rows.push_back({"account of a parallel loop, each thread", "ns", nanoseconds_each(options, [] {
                    metrics::LoopTime loop(2);
                    const metrics::LoopTime::Share share(loop);
                  })});
  Options few = options;
  few.operations = 20;
  rows.push_back({"meter of a job", "µs", 1e-3 * nanoseconds_each(few, [] {
                                            const UsageMeter meter;
                                            static_cast<void>(meter.finish(1));
                                          })});
  const std::uint64_t steps = steps_of_a_millisecond();
  rows.push_back({"loop of 1 ms, nobody listens", "% longer", overhead_percent(options, steps)});
  rows.push_back(
      {"loop of 1 ms, a trace records", "% longer", while_recording([&] { return overhead_percent(options, steps); })});
  return rows;
}

void print(const Options& options, const std::vector<Row>& rows) {
  const Inventory inventory = take_inventory();
  if (options.json) {
    nlohmann::json document{{"processor", inventory.processor},
                            {"cores", inventory.cores.value},
                            {"rounds", options.rounds},
                            {"rows", nlohmann::json::array()}};
    for (const Row& row : rows) {
      document["rows"].push_back({{"what", row.what}, {"unit", row.unit}, {"value", row.value}});
    }
    fmt::print("{}\n", document.dump(2));
    return;
  }
  fmt::print("{}, {} cores, medians of {} rounds\n\n", inventory.processor, inventory.cores.value, options.rounds);
  for (const Row& row : rows) {
    fmt::print("{:<42} {:>9.2f} {}\n", row.what, row.value, row.unit);
  }
}

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  basalt::Options options;
  CLI::App app{"What metrics and spans cost"};
  app.add_option("--rounds", options.rounds, "Rounds of every measurement")->check(CLI::Range(1, 100'000));
  app.add_option("--operations", options.operations, "Operations in a round")->check(CLI::Range(1, 100'000'000));
  app.add_option("--threads", options.threads, "Threads that write one counter; 0: all cores")
      ->check(CLI::Range(0, 4096));
  app.add_flag("--json", options.json, "Print JSON");
  CLI11_PARSE(app, argc, argv);
  if (options.threads == 0) {
    options.threads = static_cast<int>(basalt::take_inventory().cores.value);
  }
  basalt::print(options, basalt::measure(options));
}
