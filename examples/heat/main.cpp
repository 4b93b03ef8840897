// Heat spreads over a square plate: a program that takes from Basalt its share of the machine, memory, threads and
// metrics, and nothing of quantum circuits.
//
//   cmake -S examples/heat -B build/heat -DCMAKE_PREFIX_PATH=PREFIX && cmake --build build/heat
//   build/heat/heat --size 1025 --steps 1000
//
// The upper edge is held at 1, the other edges at 0. One step replaces every inner point by the mean of its four
// neighbours (Jacobi's method for Laplace's equation); in the limit the centre is at 1/4, by symmetry.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "basalt/arena.h"
#include "basalt/inventory.h"
#include "basalt/ledger.h"
#include "basalt/memory.h"
#include "basalt/memory/adaptors.h"
#include "basalt/memory/placement.h"
#include "basalt/memory/pool.h"
#include "basalt/metrics.h"
#include "basalt/parallel.h"

namespace {

struct Options {
  std::uint64_t size = 257;  ///< Points on a side.
  std::uint64_t steps = 200;
  std::string metrics_file;
};

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--size") {
      options.size = std::strtoull(argv[i + 1], nullptr, 10);
    } else if (name == "--steps") {
      options.steps = std::strtoull(argv[i + 1], nullptr, 10);
    } else if (name == "--metrics-file") {
      options.metrics_file = argv[i + 1];
    }
  }
  if (argc % 2 == 0 || options.size < 3) {
    throw basalt::Error(basalt::ErrorCode::bad_usage, "usage: heat [--size N≥3] [--steps N] [--metrics-file FILE]");
  }
  return options;
}

/// One plate of temperatures, row by row.
class Plate {
 public:
  Plate(basalt::MemoryResource& memory, const basalt::Arena& arena, const basalt::CancelToken& cancel,
        std::uint64_t size)
      : size_(size), buffer_(memory, size * size * sizeof(float)) {
    // the threads that will compute touch the pages first
    basalt::first_touch(buffer_.bytes(), [&](std::uint64_t count, const std::function<void(std::uint64_t)>& body) {
      arena.for_each(count, cancel, body);
    });
    std::fill_n(buffer_.as<float>(), size * size, 0.0F);
    std::fill_n(row(0), size, 1.0F);
  }

  [[nodiscard]] float* row(std::uint64_t y) const { return buffer_.as<float>() + y * size_; }

 private:
  std::uint64_t size_;
  basalt::Buffer buffer_;
};

void relax_row(const Plate& from, const Plate& to, std::uint64_t y, std::uint64_t size) {
  const float* above = from.row(y - 1);
  const float* here = from.row(y);
  const float* below = from.row(y + 1);
  float* out = to.row(y);
  for (std::uint64_t x = 1; x + 1 < size; ++x) {
    out[x] = 0.25F * (above[x] + below[x] + here[x - 1] + here[x + 1]);
  }
}

int spread_heat(const Options& options) {
  static const basalt::Counter steps_done("heat_steps_total", "Steps of the plate that were computed");
  constexpr std::uint64_t kRowsAtOnce = 16;
  const std::uint64_t size = options.size;
  const std::uint64_t plate_bytes = size * size * sizeof(float);
  const basalt::CancelToken cancel;

  // A share of the machine, all or nothing; it waits while others hold what it needs.
  const basalt::Inventory inventory = basalt::take_inventory();
  basalt::Ledger ledger([] { return basalt::capacity_of(basalt::take_inventory()); });
  basalt::Demand demand;
  demand.host_bytes = 2 * plate_bytes;
  demand.max_cores = static_cast<int>(inventory.cores.value);
  basalt::Lease lease = ledger.acquire(demand, {.name = "heat"}, cancel);

  // Memory: from the system, through a pool, within what was promised.
  basalt::HostMemory host;
  basalt::PoolResource pool(host);
  basalt::LimitAdaptor memory(pool, demand.host_bytes);
  basalt::Arena arena(lease.cores());
  Plate now(memory, arena, cancel, size);
  Plate next(memory, arena, cancel, size);
  lease.note_resident(memory.current_bytes());

  for (std::uint64_t step = 0; step < options.steps; ++step) {
    const basalt::Span span("heat step", {}, static_cast<double>(demand.host_bytes));
    basalt::parallel_for(arena, cancel, 1, size - 1, kRowsAtOnce, [&](std::uint64_t first, std::uint64_t last) {
      for (std::uint64_t y = first; y < last; ++y) {
        relax_row(now, next, y, size);
      }
    });
    std::swap(now, next);
    steps_done.add();
    if (lease.at_boundary() != basalt::Signal::go_on) {
      lease.wait_for_cores(cancel);
    }
    arena.set_limit(lease.cores());
  }

  // The same bits on any number of threads.
  const double heat = basalt::parallel_reduce(
      arena, cancel, size, kRowsAtOnce, 0.0,
      [&](std::uint64_t first, std::uint64_t last) {
        double sum = 0;
        for (float* point = now.row(first); point != now.row(last); ++point) {
          sum += *point;
        }
        return sum;
      },
      [](double a, double b) { return a + b; });
  const double centre = now.row(size / 2)[size / 2];
  std::printf("%llu x %llu points, %llu steps, %d threads, %s: mean temperature %.6f, centre %.6f\n",
              static_cast<unsigned long long>(size), static_cast<unsigned long long>(size),
              static_cast<unsigned long long>(steps_done.value()), arena.threads(),
              basalt::format_bytes(memory.peak_bytes()).c_str(), heat / static_cast<double>(size * size), centre);
  if (!options.metrics_file.empty()) {
    basalt::write_metrics(options.metrics_file);
  }
  const bool sensible = heat > 0 && centre >= 0 && centre <= 0.2500001;
  return sensible ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return spread_heat(read_options(argc, argv));
  } catch (const basalt::Error& error) {
    std::fprintf(stderr, "heat: %s\n", error.what());
    return basalt::exit_status_of(error.code());
  }
}
