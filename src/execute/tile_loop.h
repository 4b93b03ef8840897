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

class TileLoop {
 public:
  /// Tiles span `tile_axes`, and are enumerated over `outer_axes`. All must outlive this.
  TileLoop(const Field& field, std::uint64_t tile_axes, std::uint64_t outer_axes, const TileProgram& program,
           TileBuffers& buffers);

  /// The tiles of one slice.
  void run(Slice slice) const;

 private:
  void run_in_place(std::uint64_t base, void* scratch) const;
  void run_gathered(std::uint64_t base, std::byte* tile, void* scratch) const;
  void gather(const std::byte* field, std::byte* tile) const;
  void scatter(const std::byte* tile, std::byte* field) const;

  const Field& field_;
  std::uint64_t outer_axes_;
  const TileProgram& program_;
  TileBuffers& buffers_;
  std::uint64_t tile_bytes_;
  bool in_place_;
  bool padded_;
  std::uint64_t run_bytes_;            ///< Contiguous in the field and in the tile.
  std::vector<std::uint64_t> starts_;  ///< Of every run in the field, from the tile's first element, in bytes.
};

}  // namespace basalt
