// What happens to a state that does not fit where it would be fastest: which places and precisions were looked at, and
// what it took to keep the state on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace basalt {

/// A place or a precision, from the fastest down.
struct Rung {
  std::string name;       ///< E.g. "cpu", "single precision", "disk", or a device's name.
  std::string rejection;  ///< Why the state cannot be there; empty: it is.
};

/// Speeds of a disk, in bytes per second.
struct DiskFigures {
  double read = 0;
  double write = 0;
  double both = 0;  ///< Read plus written, where a chunk is written while others are read.
  std::string source;
};

/// A state on disk, of which tiles are streamed through memory.
struct DiskReport {
  std::string folder;
  std::string filesystem;
  std::uint64_t state_bytes = 0;  ///< Set aside on the disk.
  std::uint64_t tile_bytes = 0;   ///< In memory at a time: `buffers` of them.
  std::uint64_t chunk_bytes = 0;  ///< Contiguous on the disk, with one checksum.
  int buffers = 0;
  DiskFigures figures;
  double predicted_bytes = 0;  ///< Read plus written by the stages; chunks of zeros are neither.
  double predicted_seconds = 0;
  // Of a run:
  double moved_bytes = 0;     ///< Read plus written by the stages, before compression,
  double disk_bytes = 0;      ///< and after it.
  double seconds = 0;         ///< That this took,
  double waited_seconds = 0;  ///< and for how much of it the processors had nothing to do.
  double result_bytes = 0;    ///< Read for results.
};

struct LadderReport {
  std::vector<Rung> rungs;         ///< As far down as was needed; the last is where the state is.
  std::optional<DiskReport> disk;  ///< Where that is the disk.
};

}  // namespace basalt
