// What it costs to hand work out: to threads that are awake or asleep, and to worker processes. Medians over rounds.
// A loop's own work is left out or is named in the row. The pool's workers are this same program.
#include "basalt/parallel.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/process_pool.h"
#include "basalt/worker.h"
#include "base/stopwatch.h"

namespace basalt {
namespace {

struct Options {
  int threads = 0;
  int rounds = 2000;
  bool json = false;
};

struct Row {
  std::string what;
  double microseconds = 0;
};

const CancelToken kNever;

/// The median time of `body` in microseconds; `before` is not timed.
double median_of(
    int rounds, const std::function<void()>& body, const std::function<void()>& before = [] {}) {
  std::vector<double> seconds;
  for (int i = 0; i < rounds; ++i) {
    before();
    const Stopwatch watch;
    body();
    seconds.push_back(watch.seconds());
  }
  const auto middle = seconds.begin() + std::ssize(seconds) / 2;
  std::ranges::nth_element(seconds, middle);
  return *middle * 1e6;
}

/// Longer than threads stay awake without work.
void let_threads_sleep() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

std::vector<Row> measure_arena(int threads, int rounds) {
  const auto pieces = static_cast<std::uint64_t>(threads);
  Arena arena(threads);
  std::vector<Row> rows;
  const auto nothing = [](std::uint64_t) {};
  const auto barrier = [&] {  // ends only when every thread has come
    std::atomic<int> arrived{0};
    arena.for_each(pieces, kNever, [&](std::uint64_t) {
      ++arrived;
      while (arrived < threads) {
        std::this_thread::yield();
      }
    });
  };
  constexpr std::uint64_t kNumbers = 16 * 4096;
  std::vector<float> numbers(kNumbers, 1);
  const auto add = [&](const Arena& with) {
    parallel_for(with, kNever, 0, kNumbers, 4096, [&](std::uint64_t first, std::uint64_t last) {
      for (std::uint64_t i = first; i < last; ++i) {
        numbers[i] += 1;
      }
    });
  };
  const Arena alone(1);
  const auto sum = [&] {
    return parallel_reduce(
        arena, kNever, kNumbers, 4096, 0.0F,
        [&](std::uint64_t first, std::uint64_t last) {
          return std::accumulate(numbers.begin() + static_cast<std::ptrdiff_t>(first),
                                 numbers.begin() + static_cast<std::ptrdiff_t>(last), 0.0F);
        },
        [](float a, float b) { return a + b; });
  };
  rows.push_back({"loop of one empty piece", median_of(rounds, [&] { arena.for_each(1, kNever, nothing); })});
  rows.push_back({fmt::format("loop of {} empty pieces, threads awake", pieces),
                  median_of(rounds, [&] { arena.for_each(pieces, kNever, nothing); })});
  rows.push_back({"all threads meet, awake", median_of(rounds, barrier)});
  rows.push_back({"all threads meet, asleep before", median_of(rounds / 10, barrier, let_threads_sleep)});
  rows.push_back({"16 pieces of 4096 additions, one thread", median_of(rounds, [&] { add(alone); })});
  rows.push_back({"16 pieces of 4096 additions, all threads", median_of(rounds, [&] { add(arena); })});
  rows.push_back({"the sum of those numbers, all threads", median_of(rounds, [&] { static_cast<void>(sum()); })});
  rows.push_back({"change of the limit and back", median_of(rounds, [&] {
                    arena.set_limit(1);
                    arena.set_limit(threads);
                  })});
  return rows;
}

TaskResult run(ProcessPool& pool, std::string request) {
  Task task;
  task.request = std::move(request);
  pool.submit(std::move(task));
  return std::move(*pool.next(kNever));
}

std::vector<Row> measure_pool(int workers, int rounds) {
  std::vector<Row> rows;
  PoolSettings settings;
  settings.workers = workers;
  rows.push_back({"start of a worker, its first reply and its end", median_of(std::max(5, rounds / 100), [&] {
                    ProcessPool pool(settings);
                    run(pool, "start");
                  })});
  ProcessPool pool(settings);
  run(pool, "start");
  rows.push_back({"request and reply of 5 bytes", median_of(rounds, [&] { run(pool, "hello"); })});
  const std::string longer(std::size_t{1} << 20, 'x');
  rows.push_back({"request and reply of 1 MiB", median_of(std::max(5, rounds / 20), [&] { run(pool, longer); })});
  constexpr std::uint64_t kTasks = 1000;
  const double together = median_of(std::max(5, rounds / 400), [&] {
    for (std::uint64_t id = 0; id < kTasks; ++id) {
      Task task;
      task.id = id;
      pool.submit(std::move(task));
    }
    while (pool.next(kNever)) {
    }
  });
  rows.push_back({fmt::format("one of {} tasks submitted together, {} workers", kTasks, workers),
                  together / static_cast<double>(kTasks)});
  return rows;
}

int measure(int argc, char** argv) {
  CLI::App app("Measures what handing out work costs");
  Options options;
  app.add_option("--threads", options.threads, "Threads and workers; 0: as many as there are cores");
  app.add_option("--rounds", options.rounds, "Repetitions of the shortest rows")->check(CLI::Range(100, 10000000));
  app.add_flag("--json", options.json, "Print JSON");
  CLI11_PARSE(app, argc, argv);

  const Inventory machine = take_inventory();
  const int threads = options.threads > 0 ? options.threads : static_cast<int>(machine.cores.value);
  std::vector<Row> rows = measure_arena(threads, options.rounds);
  std::ranges::move(measure_pool(threads, options.rounds), std::back_inserter(rows));

  if (options.json) {
    nlohmann::json report{
        {"processor", machine.processor}, {"threads", threads}, {"microseconds", nlohmann::json::object()}};
    for (const Row& row : rows) {
      report["microseconds"][row.what] = row.microseconds;
    }
    fmt::print("{}\n", report.dump(2));
    return 0;
  }
  fmt::print("{}, {} threads; median time in microseconds\n", machine.processor, threads);
  for (const Row& row : rows) {
    fmt::print("{:<58} {:>12.2f}\n", row.what, row.microseconds);
  }
  return 0;
}

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "worker") {
    return basalt::serve_worker(basalt::worker_fd(), [](std::string_view request, const basalt::CancelToken&) {
      return basalt::WorkerReply{.ok = true, .reply = std::string(request), .large = {}};
    });
  }
  return basalt::measure(argc, argv);
}
