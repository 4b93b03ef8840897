// Tile after tile of an array on disk through memory: while one is worked on, others are written and read.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "runtime/memory/chunk_file.h"
#include "runtime/memory/field.h"
#include "runtime/parallel/io_threads.h"

namespace basalt {

/// One walk over all tiles. Numbers of chunks are vectors of bits: a tile has the chunks whose numbers differ from its
/// base by a sum (exclusive or) of `directions`, and in the tile chunk l is that of the sum of those directions whose
/// bit l has.
struct TileWalk {
  std::vector<std::uint64_t> directions;  ///< Independent; as many as make up a tile.
  bool stores = false;                    ///< Tiles are written back.
  /// Which chunks are looked at: of the others, what the tile has is unspecified. May be empty: all. Only where nothing
  /// is stored.
  std::function<bool(std::uint64_t chunk)> wanted;
  /// With the tile whose base is chunk `base`; on the thread that called run(). Tiles of zeros alone are left out.
  std::function<void(std::uint64_t base, Field& tile)> work;
};

struct TileStreamShape {
  ElementType type = ElementType::c64;
  int axes = 0;     ///< Of a tile; at least kMinFieldAxes.
  int buffers = 2;  ///< Tiles in memory at a time.
  int threads = 4;  ///< That read, and as many that write.
};

/// For one thread. References must outlive it.
class TileStream {
 public:
  /// Takes the memory of `buffers` tiles of 2^axes elements, and a scratch for compression for each thread. Throws
  /// Error(out_of_resources).
  TileStream(ChunkFile& file, MemoryResource& memory, TileStreamShape shape);

  /// By ascending base. Throws what the file throws, what `work` throws, and Error(cancelled); where it stores, what
  /// the file holds is then unspecified.
  void run(const TileWalk& walk, const CancelToken& cancel);

  /// Between walks: chunks one after another, from `first` on. Throws what the file throws.
  void read(std::uint64_t first, std::span<std::byte> into);
  void write(std::uint64_t first, std::span<const std::byte> from);

  /// What it takes of memory beside the tiles.
  static std::uint64_t scratch_bytes(std::uint64_t chunk_bytes, const std::optional<LossyNumbers>& lossy,
                                     int threads) noexcept;

  /// Of run(), so far: all of it, and what of it went by without work.
  [[nodiscard]] double seconds() const noexcept { return seconds_; }
  [[nodiscard]] double waited_seconds() const noexcept { return waited_seconds_; }

 private:
  /// Chunks that go together.
  struct Batch {
    std::uint64_t outstanding = 0;  ///< That are on their way.
  };
  struct Slot : Batch {
    Field tile;
  };
  class Walker;

  template <typename Work>
  void submit(IoThreads& threads, Batch& batch, const Work& work);
  void leave(Batch& batch);
  void arrive(Batch& batch);
  void drain(const Batch& batch);
  template <typename Work>
  void attempt(const Work& work) noexcept;
  template <typename Transfer>
  void transfer_chunks(IoThreads& threads, std::uint64_t count, const Transfer& transfer);
  [[nodiscard]] bool has_failed();
  void fail(std::exception_ptr failure);
  void rethrow_failure();

  [[nodiscard]] ChunkFile::Scratch scratch(int thread) const noexcept;

  ChunkFile& file_;
  TileStreamShape shape_;
  std::vector<Slot> slots_;
  std::vector<Buffer> scratches_;  ///< One for each reader, then one for each writer.
  double seconds_ = 0;
  double waited_seconds_ = 0;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::exception_ptr failure_;  ///< The first; from then on nothing more is transferred.
  /// Apart, so that neither waits for all that the other has to do: many disks read and write at the same time.
  IoThreads readers_;
  IoThreads writers_;  ///< Last: ends first.
};

}  // namespace basalt
