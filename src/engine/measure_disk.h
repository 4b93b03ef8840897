// How fast a disk is, measured where a state would be, in the way in which it would be read and written.
#pragma once

#include <cstdint>
#include <filesystem>

#include "basalt/cancel.h"
#include "basalt/ladder.h"
#include "basalt/memory.h"

namespace basalt {

/// Writes a file without a name, writes it over while it is read, and reads it: for about a second, in at most `bytes`.
/// Throws Error(io | out_of_resources | cancelled).
DiskFigures measure_disk(const std::filesystem::path& folder, std::uint64_t bytes, std::uint64_t chunk_bytes,
                         int threads, MemoryResource& memory, const CancelToken& cancel);

}  // namespace basalt
