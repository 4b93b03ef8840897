// Which tiles would do much of what is left. Part of cut_stages().
#pragma once

#include <cstdint>
#include <vector>

#include "plan/cut.h"
#include "plan/cut_queue.h"

namespace basalt {

/// A tile that a stage may have, and what it would do.
struct TileChoice {
  std::uint64_t axes = 0;  ///< At most CutSettings::tile_axes.
  std::size_t mixers = 0;
};

class TileSearch {
 public:
  TileSearch(const CutSettings& settings, std::uint64_t low_axes)
      : most_axes_(settings.tile_axes), most_looks_(settings.effort), low_(low_axes) {}

  /// The best `most` choices found for the next stage, best first, no two the same; at least one. Grows a tile from
  /// nothing and from up to `seeds` single operations, and improves each by exchanging axes; with no seeds, takes axes
  /// as they come.
  std::vector<TileChoice> choose(const CutQueue& queue, std::size_t seeds, std::size_t most);

  /// Operations looked at so far.
  [[nodiscard]] std::uint64_t looked() const noexcept { return looked_; }
  std::uint64_t& looked() noexcept { return looked_; }

 private:
  [[nodiscard]] TileChoice grow(const CutQueue& queue, std::uint64_t tile);
  [[nodiscard]] TileChoice improve(const CutQueue& queue, TileChoice choice);
  [[nodiscard]] TileChoice make_room(const CutQueue& queue, std::uint64_t tile, std::uint64_t keep);

  int most_axes_;
  std::uint64_t most_looks_;
  std::uint64_t low_;
  std::uint64_t looked_ = 0;
  Reach reach_;
  std::vector<std::uint64_t> wants_;
};

}  // namespace basalt
