// A block of memory that one process fills and others read without copying: an anonymous file (memfd), sealed before it
// is handed on, so that nobody can change or shorten it under a reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace basalt {

/// Owns one mapping and the file below it. Movable, never copied; an empty one owns nothing.
class SharedBlock {
 public:
  SharedBlock() = default;
  /// A new block of zeros, writable until `seal`. Throws Error(out_of_resources).
  explicit SharedBlock(std::uint64_t bytes);
  /// A sealed copy of `text`. Throws Error(out_of_resources).
  static SharedBlock copy_of(std::string_view text);
  /// Takes over a file that another process sealed and maps it for reading; `fd` is closed in every case. Throws
  /// Error(failed) if it is not a sealed block of `bytes` bytes.
  static SharedBlock adopt(int fd, std::uint64_t bytes);

  SharedBlock(SharedBlock&& other) noexcept;
  SharedBlock& operator=(SharedBlock&& other) noexcept;
  ~SharedBlock();

  /// Forbids every further change, by anyone, for good. Pointers to the content become invalid. Throws
  /// Error(out_of_resources).
  void seal();

  [[nodiscard]] bool empty() const noexcept { return size_bytes_ == 0; }
  [[nodiscard]] bool sealed() const noexcept { return sealed_; }
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_, size_bytes_}; }
  [[nodiscard]] std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data_), size_bytes_}; }
  /// The content, to be filled in; empty once sealed.
  [[nodiscard]] std::span<std::byte> writable_bytes() noexcept;
  /// Of the file, to be sent to another process; stays owned by the block. -1 if the block is empty.
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  void map(int protection);
  void close() noexcept;

  std::byte* data_ = nullptr;
  std::uint64_t size_bytes_ = 0;
  int fd_ = -1;
  bool sealed_ = false;
};

}  // namespace basalt
