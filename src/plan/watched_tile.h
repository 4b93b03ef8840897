// The tile of a stage by which the stage is watched.
#pragma once

#include <cstddef>
#include <cstdint>

namespace basalt {

struct WatchedTile {
  std::size_t stage = 0;     ///< Among those that are run together.
  std::uint64_t number = 0;  ///< Of that stage in all of the run, from 1 on.
  std::uint64_t base = 0;    ///< The index of the tile's first element.
};

}  // namespace basalt
