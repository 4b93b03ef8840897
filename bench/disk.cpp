// Speeds of a folder's disk by the size of chunks and the number of threads: what the shape of a state on disk rests
// on.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "engine/measure_disk.h"

namespace basalt {
namespace {

int measure(int argc, char** argv) {
  std::string folder = "/var/tmp";
  int repeat = 3;
  CLI::App app("Measures how fast a folder's disk writes, reads, and does both.");
  app.add_option("--folder", folder, "Where. Default: /var/tmp");
  app.add_option("--repeat", repeat, "How often. Default: 3");
  CLI11_PARSE(app, argc, argv);
  HostMemory memory;
  const CancelToken cancel;
  constexpr std::uint64_t kBytes = std::uint64_t{1} << 30;
  fmt::print("{:>10} {:>7} {:>10} {:>10} {:>10}  GB/s\n", "chunk", "threads", "write", "both", "read");
  try {
    for (int round = 0; round < repeat; ++round) {
      for (const std::uint64_t chunk_kib : {64, 256, 1024, 4096}) {
        for (const int threads : {1, 2, 4, 8}) {
          const DiskFigures figures = measure_disk(folder, kBytes, chunk_kib << 10, threads, memory, cancel);
          fmt::print("{:>10} {:>7} {:>10.2f} {:>10.2f} {:>10.2f}\n", format_bytes(chunk_kib << 10), threads,
                     figures.write / 1e9, figures.both / 1e9, figures.read / 1e9);
        }
      }
    }
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  return basalt::measure(argc, argv);
}
