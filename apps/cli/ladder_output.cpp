#include "ladder_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "basalt/inventory.h"
#include "pass_output.h"
#include "print.h"

namespace basalt::cli {
namespace {

std::string speed(double bytes_per_second) {
  return fmt::format("{:.2f} GB/s", bytes_per_second / 1e9);
}

std::string describe_tiles(const DiskReport& disk) {
  return fmt::format("{} in {}{}, {} tiles of {} at a time in memory, chunks of {}", format_bytes(disk.state_bytes),
                     disk.folder, disk.filesystem.empty() ? "" : " (" + disk.filesystem + ")", disk.buffers,
                     format_bytes(disk.tile_bytes), format_bytes(disk.chunk_bytes));
}

void print_disk(const DiskReport& disk) {
  print("  " + describe_tiles(disk));
  print(fmt::format("  disk: writes {}, reads {}, both {} ({})", speed(disk.figures.write), speed(disk.figures.read),
                    speed(disk.figures.both), disk.figures.source));
  print(fmt::format("  predicted: {} moved in {}", format_bytes(static_cast<std::uint64_t>(disk.predicted_bytes)),
                    format_seconds(disk.predicted_seconds)));
  if (disk.seconds > 0) {
    print(fmt::format("  actual:    {} moved in {}: {}, {:.0f}% of what was measured; {} read for results",
                      format_bytes(static_cast<std::uint64_t>(disk.moved_bytes)), format_seconds(disk.seconds),
                      speed(disk.moved_bytes / disk.seconds), 100 * disk.moved_bytes / disk.seconds / disk.figures.both,
                      format_bytes(static_cast<std::uint64_t>(disk.result_bytes))));
  }
}

}  // namespace

void print_ladder(const LadderReport& ladder) {
  print(heading("ladder"));
  std::size_t width = 0;
  for (const Rung& rung : ladder.rungs) {
    width = std::max(width, rung.name.size());
  }
  for (const Rung& rung : ladder.rungs) {
    print(fmt::format("  {:<{}}  {}", rung.name, width, rung.rejection.empty() ? "takes the state" : rung.rejection));
  }
  if (ladder.disk) {
    print_disk(*ladder.disk);
  }
  print("");
}

std::string describe_ladder(const LadderReport& ladder) {
  std::string text = "the state goes down a ladder: ";
  for (const Rung& rung : ladder.rungs) {
    text += rung.name + (rung.rejection.empty() ? "" : " (" + rung.rejection + "), ");
  }
  return ladder.disk ? text + ": " + describe_tiles(*ladder.disk) : text;
}

}  // namespace basalt::cli
