// How near to a plain copy a permutation of axes is: its time over the time of the faster of two copies (ordinary and
// streaming stores) of the same field in the same round. In place, too, the copy is the measure.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "basalt/inventory.h"
#include "runtime/cpu/memory_kernel.h"
#include "runtime/cpu/permute.h"
#include "runtime/cpu/sweep.h"
#include "samples.h"

namespace basalt {
namespace {

struct Options {
  int axes = 25;
  int threads = 0;
  int rounds = 7;
  std::string precision = "single";
  int tile_axes = PermuteSettings{}.max_tile_axes;
  bool json = false;
};

struct Row {
  std::string name;
  AxisPermutation to;
  std::vector<double> as_copy;  ///< Of each round: the copy's time over this one's: 1 is as fast as the copy.
  std::vector<double> without_streaming;
  std::vector<double> in_place;
};

AxisPermutation identity(int axes) {
  AxisPermutation to(static_cast<std::size_t>(axes));
  std::iota(to.begin(), to.end(), std::uint8_t{0});
  return to;
}

std::vector<Row> rows(int axes) {
  std::vector<Row> result;
  const auto add = [&](std::string name, AxisPermutation to) {
    result.push_back({std::move(name), std::move(to), {}, {}, {}});
  };
  const auto swapped = [&](int a, int b) {
    AxisPermutation to = identity(axes);
    std::swap(to[static_cast<std::size_t>(a)], to[static_cast<std::size_t>(b)]);
    return to;
  };
  const auto rotated = [&](int by) {
    AxisPermutation to = identity(axes);
    std::rotate(to.begin(), to.end() - by, to.end());
    return to;
  };
  const int last = axes - 1;
  for (const auto& [a, b] : std::vector<std::pair<int, int>>{
           {0, 1}, {0, 5}, {0, last}, {2, 9}, {3, last}, {6, 12}, {9, last}, {12, 18}, {last - 1, last}}) {
    if (b > last || a >= b) {
      continue;  // axes that a field of this size does not have
    }
    add(fmt::format("swap {},{}", a, b), swapped(a, b));
  }
  AxisPermutation reversal = identity(axes);
  std::ranges::reverse(reversal);
  add("reversal", reversal);
  for (const int by : {1, 3, axes / 4, axes / 2, axes - 3, axes - 1}) {
    add(fmt::format("transpose 2^{} x 2^{}", axes - by, by), rotated(by));
  }
  AxisPermutation halves = identity(axes);
  for (int i = 0; i < axes / 2; ++i) {
    std::swap(halves[static_cast<std::size_t>(i)], halves[static_cast<std::size_t>(axes - axes / 2 + i)]);
  }
  add("swap halves", halves);
  AxisPermutation shuffle = identity(axes);
  for (int i = 0; i < axes; ++i) {
    shuffle[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(i < (axes + 1) / 2 ? 2 * i : 2 * (i - (axes + 1) / 2) + 1);
  }
  add("interleave halves", shuffle);
  std::mt19937 random(1);
  for (int i = 0; i < 4; ++i) {
    AxisPermutation to = identity(axes);
    std::ranges::shuffle(to, random);
    add(fmt::format("random {}", i), to);
  }
  AxisPermutation low = identity(axes);
  std::shuffle(low.begin(), low.begin() + axes / 2, random);
  add("random low half", low);
  AxisPermutation high = identity(axes);
  std::shuffle(high.begin() + axes / 2, high.end(), random);
  add("random high half", high);
  return result;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int run(const Options& options) {
  const Inventory inventory = take_inventory();
  const Arena arena(options.threads > 0 ? options.threads : static_cast<int>(inventory.cores.value));
  const ElementType type = options.precision == "single" ? ElementType::c64 : ElementType::c128;
  const CancelToken never;
  HostMemory memory;
  const Field source(memory, type, options.axes);
  const Field target(memory, type, options.axes);
  const std::uint64_t bytes = source.size_bytes();
  const std::uint64_t piece = std::min<std::uint64_t>(bytes, std::uint64_t{2} << 20);
  const auto loop = [&](MemoryLoop which, const Field& into, const Field& from) {
    arena.for_each(bytes / piece, never, [&](std::uint64_t i) {
      const std::uint64_t first = i * piece / sizeof(double);
      run_memory_loop(which, into.buffer.as<double>() + first, from.buffer.as<double>() + first, piece, 0);
    });
  };
  loop(MemoryLoop::write, source, source);
  loop(MemoryLoop::write, target, target);

  std::vector<Row> table = rows(options.axes);
  std::vector<double> copies;
  std::vector<double> scales;
  // Small fields are done several times over, so that clocks and wake-ups do not matter.
  const int repeats = static_cast<int>(std::clamp<std::uint64_t>((std::uint64_t{8} << 20) / bytes, 1, 64));
  const auto timed = [&](const auto& work) {
    return seconds_of([&] {
      for (int i = 0; i < repeats; ++i) {
        work();
      }
    });
  };
  for (int round = 0; round < options.rounds; ++round) {
    for (Row& row : table) {
      const double copy = std::min(timed([&] { loop(MemoryLoop::copy, target, source); }),
                                   timed([&] { loop(MemoryLoop::streaming_copy, target, source); }));
      copies.push_back(copy / repeats);
      scales.push_back(timed([&] { loop(MemoryLoop::scale, source, source); }) / repeats);
      const auto ratio = [&](const auto& work) { return copy / timed(work); };
      const int tile = options.tile_axes;
      row.as_copy.push_back(
          ratio([&] { permute(source, target, row.to, arena, never, {.streaming = true, .max_tile_axes = tile}); }));
      row.without_streaming.push_back(
          ratio([&] { permute(source, target, row.to, arena, never, {.streaming = false, .max_tile_axes = tile}); }));
      row.in_place.push_back(ratio([&] { permute_in_place(source, row.to, arena, never, {.max_tile_axes = tile}); }));
    }
  }

  const double moved = 2 * static_cast<double>(bytes);
  if (options.json) {
    nlohmann::json document{{"processor", inventory.processor},
                            {"instruction_set", simd_target()},
                            {"threads", arena.threads()},
                            {"precision", options.precision},
                            {"axes", options.axes},
                            {"copy_bytes_per_second", moved / median(copies)},
                            {"scale_bytes_per_second", moved / median(scales)}};
    for (const Row& row : table) {
      document["rows"].push_back({{"permutation", row.name},
                                  {"to", row.to},
                                  {"as_copy", median(row.as_copy)},
                                  {"without_streaming", median(row.without_streaming)},
                                  {"in_place", median(row.in_place)}});
    }
    fmt::print("{}\n", document.dump(2));
    return 0;
  }
  fmt::print("{}, {}, {} threads, {} precision, {} axes, {}\n", inventory.processor, simd_target(), arena.threads(),
             options.precision, options.axes, format_bytes(bytes));
  fmt::print("copy {:.1f} GB/s, in-place scale {:.1f} GB/s, read and written\n\n", moved / median(copies) * 1e-9,
             moved / median(scales) * 1e-9);
  fmt::print("share of the copy's speed\n{:24} {:>10} {:>12} {:>10}\n", "permutation", "streaming", "ordinary",
             "in place");
  for (const Row& row : table) {
    fmt::print("{:24} {:>9.0f}% {:>11.0f}% {:>9.0f}%\n", row.name, 100 * median(row.as_copy),
               100 * median(row.without_streaming), 100 * median(row.in_place));
  }
  return 0;
}

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  basalt::Options options;
  CLI::App app("Permutations of axes against a plain copy");
  app.add_option("--axes", options.axes, "Size of the field")->check(CLI::Range(10, 36))->capture_default_str();
  app.add_option("--precision", options.precision, "single or double")
      ->check(CLI::IsMember({"single", "double"}))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads (default: all that this process may use)");
  app.add_option("--rounds", options.rounds, "Rounds; medians are printed")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--tile-axes", options.tile_axes, "Axes of a tile of words of 64 bits")
      ->check(CLI::Range(6, 20))
      ->capture_default_str();
  app.add_flag("--json", options.json, "Print one JSON document");
  CLI11_PARSE(app, argc, argv);
  return basalt::run(options);
}
