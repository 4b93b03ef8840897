// Memory that waits on disk: the content of a buffer is stored in a temporary file, checksummed, compressed where a
// sample shows that it pays, and restored when its turn comes.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "basalt/memory/offset_allocator.h"

namespace basalt {

enum class SpillCodec : std::uint8_t {
  none,
  lz4,
  zstd,
  zfp,  ///< Changes numbers a little: for states that are worked on on disk, where that is asked for. Nothing else.
};

/// A file as spilling sees it. Thread-safe at disjoint ranges. Throws Error(out_of_resources) where the disk is full,
/// Error(io) for what else the system refuses, and for reading past the end.
class SpillStorage {
 public:
  virtual ~SpillStorage() = default;
  virtual void write(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  virtual void read(std::uint64_t offset, std::span<std::byte> bytes) = 0;
  /// The range will not be read again: its disk space may go.
  virtual void discard(std::uint64_t offset, std::uint64_t bytes) noexcept = 0;
};

struct SpillStorageOptions {
  std::uint64_t reserve_bytes = 0;  ///< Of the disk, taken at once.
  /// Past the cache of the system, where the file system can: offsets, sizes and addresses are then multiples of 4096.
  bool direct = false;
};

/// A file without a name in `directory`: it is gone when it is closed, also after a kill. Throws Error(io), and
/// Error(out_of_resources) where the disk has no room for what is to be reserved.
std::unique_ptr<SpillStorage> make_spill_storage(const std::filesystem::path& directory,
                                                 const SpillStorageOptions& options = {});

struct SpillOptions {
  std::uint64_t limit_bytes = std::uint64_t{1} << 40;  ///< Of the file, after compression.
  /// Compresses everything with one codec; without it each chunk is as a sample and the speed of the disk say.
  std::optional<SpillCodec> codec;
};

/// Thread-safe: several jobs may store and restore at once.
class SpillFile {
 public:
  explicit SpillFile(std::unique_ptr<SpillStorage> storage, SpillOptions options = {});
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  /// What was stored once. Its space in the file is free again when it is destroyed. Must not outlive its file.
  class Item;

  /// Throws Error(out_of_resources) where the limit or the disk is reached, naming both, Error(io), or
  /// Error(cancelled); then nothing is stored. `cancel` is polled once a chunk, of 4 MiB.
  Item store(std::span<const std::byte> bytes, const CancelToken& cancel, const ForEach& for_each = for_each_in_turn);

  /// `into` has the size that was stored. Throws Error(io) where the file does not hold what was written to it.
  void restore(const Item& item, std::span<std::byte> into, const CancelToken& cancel,
               const ForEach& for_each = for_each_in_turn) const;

  /// Space of the file in use.
  [[nodiscard]] std::uint64_t file_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class SpillFile::Item {
 public:
  Item() = default;
  Item(Item&& other) noexcept;
  Item& operator=(Item&& other) noexcept;
  ~Item();

  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }
  /// After compression.
  [[nodiscard]] std::uint64_t file_bytes() const noexcept;

 private:
  friend class SpillFile;
  /// Where the piece of the buffer lies, and how to tell that it came back whole.
  struct Chunk {
    OffsetAllocator::Allocation place;
    std::uint64_t file_bytes = 0;
    std::uint64_t checksum = 0;  ///< Of the bytes before compression.
    SpillCodec codec = SpillCodec::none;
  };
  State* state_ = nullptr;
  std::uint64_t size_bytes_ = 0;
  std::vector<Chunk> chunks_;
};

}  // namespace basalt
