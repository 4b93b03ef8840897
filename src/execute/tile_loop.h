// Tile after tile through a cache: gathered into a thread's own memory, worked on there, stored once.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "plan/tile_program.h"
#include "runtime/backend/kernel.h"
#include "runtime/memory/field.h"

namespace basalt {

/// One piece of memory for each thread that works on tiles; kept from stage to stage.
class TileBuffers {
 public:
  explicit TileBuffers(MemoryResource& memory) noexcept : memory_(memory) {}

  /// A buffer of at least `bytes`. Throws what the resource throws.
  Buffer borrow(std::uint64_t bytes);
  void give_back(Buffer buffer);

 private:
  MemoryResource& memory_;
  std::mutex mutex_;
  std::vector<Buffer> free_;
};

/// The axes that a field of `axes` axes is padded with where it is small: part of every tile.
std::uint64_t padding_axes(int axes) noexcept;

/// How the tiles of one stage lie in a field, and what is done to them. Keeps no memory of its own: one may run on any
/// number of fields and threads at a time.
class TileLoop {
 public:
  /// For fields of `axes` axes. Tiles span `tile_axes`, and are enumerated over `outer_axes`. The program must outlive
  /// this.
  TileLoop(ElementType type, int axes, std::uint64_t tile_axes, std::uint64_t outer_axes, const TileProgram& program);

  /// What each thread that runs tiles needs.
  [[nodiscard]] std::uint64_t scratch_bytes() const;

  /// The tiles of one slice. `field` and `scratch`, of scratch_bytes(), are aligned to 64 bytes. Never fails.
  void run(std::byte* field, Slice slice, std::byte* scratch) const;

 private:
  [[nodiscard]] std::uint64_t tile_room() const;
  void run_gathered(std::byte* first, std::uint64_t base, std::byte* tile, void* scratch) const;
  void gather(const std::byte* field, std::byte* tile) const;
  void scatter(const std::byte* tile, std::byte* field) const;

  std::uint64_t outer_axes_;
  const TileProgram& program_;
  std::uint64_t element_bytes_;
  std::uint64_t tile_bytes_;
  bool in_place_;
  bool padded_;
  std::uint64_t run_bytes_;            ///< Contiguous in the field and in the tile.
  std::vector<std::uint64_t> starts_;  ///< Of every run in the field, from the tile's first element, in bytes.
};

}  // namespace basalt
