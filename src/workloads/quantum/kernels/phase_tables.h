// Phases of a tile as tables: however many terms there are, an amplitude is multiplied by one entry, or by two where
// phases depend on where the tile lies.
#pragma once

#include <bit>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "workloads/quantum/kernels/block.h"
#include "workloads/quantum/kernels/coefficients.h"
#include "workloads/quantum/kernels/operands.h"

namespace basalt::quantum {

/// A phase term seen from a tile.
struct TilePhase {
  ControlMask tile;   ///< As PhaseTerm's mask and value, by the tile's own numbers of its axes ...
  ControlMask field;  ///< ... and by the axes of the field, for the part outside of the tile.
  double angle = 0;
  bool parity = false;

  /// Whether it turns the amplitude at a tile's `index`, if it has no part outside.
  [[nodiscard]] bool selects(std::uint64_t index) const noexcept {
    return parity ? std::popcount(index & tile.mask) % 2 != 0 : (index & tile.mask) == tile.value;
  }
};

class PhaseRecipe {
 public:
  PhaseRecipe(ElementType type, int lanes, int tile_axes) noexcept;

  /// Whether `phase` can be in tables: not if several axes of the tile and one outside of it are in it.
  static bool fits(const TilePhase& phase) noexcept;

  /// `phase` must fit.
  void add(const TilePhase& phase);

  /// Whether there is a table of the whole tile, and whether there is one for each half of its axes.
  [[nodiscard]] bool has_whole() const noexcept { return crosses_; }
  [[nodiscard]] bool has_halves() const noexcept { return !factors_.empty() || !crosses_; }

  /// Entries that finish() computes.
  [[nodiscard]] std::size_t fixed_entries() const noexcept {
    return (has_whole() ? std::size_t{1} << tile_axes_ : 0) + (std::size_t{1} << low_axes()) +
           (std::size_t{1} << high_axes());
  }

  /// Computes what is the same for all tiles. No phases are added after this.
  void finish();

  [[nodiscard]] std::size_t scratch_bytes() const noexcept;

  /// The tables of the tile that begins at `base`. `scratch`, of scratch_bytes() and aligned to 64 bytes, holds them.
  PhaseTables tables(std::uint64_t base, void* scratch) const;

 private:
  using Complex = std::complex<double>;

  /// Multiplies the amplitudes whose bit `axis` is set, or all where it is −1: by `odd` where the condition on the
  /// tile's place holds, or its parity is odd; else by `even`.
  struct Factor {
    ControlMask field;
    bool parity = false;
    int axis = -1;
    Complex even{1};
    Complex odd{1};
  };

  [[nodiscard]] int low_axes() const noexcept { return tile_axes_ < kPhaseLowAxes ? tile_axes_ : kPhaseLowAxes; }
  [[nodiscard]] int high_axes() const noexcept { return tile_axes_ - low_axes(); }
  [[nodiscard]] bool crosses(const TilePhase& phase) const noexcept;
  [[nodiscard]] std::size_t table_bytes() const noexcept;
  void add_factors(const TilePhase& phase);
  void fill_halves();
  template <typename T>
  void write_whole();
  template <typename T>
  PhaseTables write_halves(std::uint64_t base, T* scratch) const;

  ElementType type_;
  std::size_t vector_lanes_;
  int tile_axes_;
  bool crosses_ = false;  ///< Some fixed term has axes in both halves: only a table of the whole tile can hold it.
  std::vector<TilePhase> fixed_;  ///< The same for all tiles.
  std::vector<Factor> factors_;
  std::vector<Complex> low_;  ///< Products of the fixed terms within a half, by the bits of that half.
  std::vector<Complex> high_;
  std::vector<CacheLine> whole_;
};

}  // namespace basalt::quantum
