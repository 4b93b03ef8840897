// Where state-sized host memory comes from: a small interface, a source, and adaptors that compose (limit, track,
// fail). Small objects use the ordinary heap; whatever grows with the problem comes from here, so that it can be
// promised, limited, counted and made to fail in tests.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace basalt {

/// Gives and takes back blocks of host memory. Thread-safe.
class MemoryResource {
 public:
  virtual ~MemoryResource() = default;
  /// A block aligned to at least 64 bytes, its content unspecified; `bytes` > 0. Throws Error(out_of_resources) naming
  /// the request.
  virtual std::byte* allocate(std::uint64_t bytes) = 0;
  virtual void release(std::byte* block, std::uint64_t bytes) noexcept = 0;
};

/// Anonymous mappings; huge pages are asked for from 2 MiB on.
class HostMemory final : public MemoryResource {
 public:
  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
};

/// Refuses what would exceed `limit_bytes` held at one time; counts what is held.
class LimitAdaptor final : public MemoryResource {
 public:
  LimitAdaptor(MemoryResource& upstream, std::uint64_t limit_bytes) : upstream_(upstream), limit_bytes_(limit_bytes) {}
  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
  [[nodiscard]] std::uint64_t current_bytes() const noexcept { return current_bytes_.load(); }
  [[nodiscard]] std::uint64_t peak_bytes() const noexcept { return peak_bytes_.load(); }

 private:
  MemoryResource& upstream_;
  std::uint64_t limit_bytes_;
  std::atomic<std::uint64_t> current_bytes_{0};
  std::atomic<std::uint64_t> peak_bytes_{0};
};

/// Owns one block of a resource. Movable, never copied.
class Buffer {
 public:
  Buffer() = default;
  Buffer(MemoryResource& resource, std::uint64_t bytes);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }
  template <typename T>
  [[nodiscard]] T* as() const noexcept {
    return reinterpret_cast<T*>(data_);
  }

 private:
  MemoryResource* resource_ = nullptr;
  std::byte* data_ = nullptr;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace basalt
