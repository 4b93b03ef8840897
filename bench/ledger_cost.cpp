// What the ledger costs a run: taking and giving back a lease with nobody else there, and a look at a step boundary.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/ledger.h"
#include "base/stopwatch.h"

namespace {

/// The median of many, in microseconds.
template <typename Action>
double median_microseconds(int count, Action action) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const basalt::Stopwatch watch;
    action();
    times.push_back(1e6 * watch.seconds());
  }
  std::ranges::nth_element(times, times.begin() + count / 2);
  return times[static_cast<std::size_t>(count) / 2];
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Cost of the ledger");
  int count = 2000;
  app.add_option("--count", count, "Repetitions")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);

  const basalt::CancelToken never;
  const std::string folder = (std::filesystem::temp_directory_path() / "basalt_bench_ledger").string();
  fmt::print("{}, median of {}\n", basalt::take_inventory().processor, count);
  for (const std::string& table : {std::string("off"), folder}) {
    basalt::InventoryWatch watch;
    basalt::Ledger ledger(
        [&] {
          watch.changed();
          return basalt::capacity_of(watch.now());
        },
        {table});
    const basalt::Demand demand{.host_bytes = 1 << 20, .max_cores = 64};
    const auto print = [&](const char* what, double microseconds) {
      fmt::print("{:<14} {:<44} {:>9.2f} us\n", table == "off" ? "one process" : "shared table", what, microseconds);
    };
    print("lease taken and given back",
          median_microseconds(count, [&] { ledger.acquire(demand, {.name = "x"}, never); }));
    print("the limits read again", median_microseconds(count / 10 + 1, [&] { ledger.refresh(); }));
    basalt::Lease lease = ledger.acquire(demand, {.name = "x"}, never);
    print("step boundary, nothing new", median_microseconds(count, [&] { lease.at_boundary(); }));
    print("touched memory noted", median_microseconds(count, [&] { lease.note_resident(1 << 20); }));
  }
  std::filesystem::remove(folder);
}
