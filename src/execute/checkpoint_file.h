// One checkpoint: what is known of a run, and the state that it has, in one file that needs no other.
//
// A header, a document of the caller's, which says what the state is, then its bytes in chunks of 4 MiB. All of it
// stands under checksums: what was changed, cut off or added is found. Numbers are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "basalt/memory.h"
#include "runtime/parallel/file_descriptor.h"

namespace basalt {

/// Of a state, what is compressed and checksummed at once.
inline constexpr std::uint64_t kCheckpointChunkBytes = std::uint64_t{4} << 20;

/// How the bytes of a state are reached, wherever it lies. They are in an order that depends on nothing but the state.
/// Called from one thread.
struct StateAccess {
  /// Whether it is anywhere now, and no stage has left it half done.
  std::function<bool()> is_whole;
  /// Around all calls of `view` for one file: brings bytes into that order, and back. May be empty.
  std::function<void()> straighten{};
  std::function<void()> restore{};
  /// Those from `first` on, until the next call.
  std::function<std::span<const std::byte>(std::uint64_t first, std::uint64_t bytes)> view;
  /// Where those from `first` on are to be put, and that they are there now.
  std::function<std::span<std::byte>(std::uint64_t first, std::uint64_t bytes)> room;
  std::function<void(std::uint64_t first, std::span<const std::byte> bytes)> filled;
  /// Asked for at once, at most: chunks, or all of a smaller state.
  std::uint64_t window_bytes = 8 * kCheckpointChunkBytes;
};

struct CheckpointWrite {
  ForEach for_each = for_each_in_turn;  ///< For chunks.
  /// Called now and then with how much of the state is on disk; says whether to go on. May be empty.
  std::function<bool(std::uint64_t done, std::uint64_t total)> go_on{};
  std::uint64_t file_bytes = 0;  ///< Out: how long the file became.
};

/// The file appears whole, or not at all. `state` is not asked for anything where it has no bytes. False where it was
/// not to go on. Throws Error(io).
bool write_checkpoint(const std::string& path, std::span<const std::byte> document, std::uint64_t state_bytes,
                      const StateAccess& state, CheckpointWrite& write);

/// A checkpoint that is read. Throws Error(io) where the file is missing, damaged, or of another version.
class CheckpointFile {
 public:
  explicit CheckpointFile(std::string path);

  /// 0: there is no state.
  [[nodiscard]] std::uint64_t state_bytes() const noexcept { return state_bytes_; }
  [[nodiscard]] std::span<const std::byte> document() const noexcept { return document_; }

  /// Once. On an exception the state is no useful one.
  void read_state(const StateAccess& state, const ForEach& for_each = for_each_in_turn);

 private:
  void read(std::span<std::byte> to);
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  FileDescriptor file_;
  std::uint64_t state_bytes_ = 0;
  std::vector<std::byte> document_;
};

/// What a file of a state of so many bytes takes, if nothing of it can be compressed.
std::uint64_t checkpoint_bytes(std::uint64_t state_bytes) noexcept;

}  // namespace basalt
