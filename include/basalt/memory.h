// Where state-sized host memory comes from: a small interface, a source, a limit, and the buffer that owns a block.
// Small objects use the ordinary heap; whatever grows with the problem comes from here, so that it can be promised,
// limited, counted and made to fail in tests. Pools and adaptors to stack over it are in basalt/memory/.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace basalt {

/// Who holds memory of a stack.
struct MemoryHolder {
  std::string tag;
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;
  double oldest_seconds = 0;  ///< Age of the block that is held longest.
};

/// What a stack of resources knows of itself.
struct MemoryState {
  static constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};

  std::uint64_t used_bytes = 0;           ///< In blocks that are out.
  std::uint64_t idle_bytes = 0;           ///< Kept by a pool for reuse.
  std::uint64_t largest_idle_bytes = 0;   ///< The largest block a pool can give without asking its upstream.
  std::uint64_t room_bytes = kUnlimited;  ///< What the tightest limit still grants.
  std::vector<MemoryHolder> holders;      ///< Largest first.

  /// 0: all idle memory is one block; near 1: it lies in crumbs.
  [[nodiscard]] double fragmentation() const noexcept {
    return idle_bytes == 0 ? 0 : 1 - static_cast<double>(largest_idle_bytes) / static_cast<double>(idle_bytes);
  }
};

/// Gives and takes back blocks of host memory. Thread-safe.
class MemoryResource {
 public:
  /// Every block is aligned to this, and to a page from kPageAlignedBytes on.
  static constexpr std::uint64_t kAlignment = 64;
  static constexpr std::uint64_t kPageAlignedBytes = std::uint64_t{64} << 10;

  virtual ~MemoryResource() = default;
  /// A block, its content unspecified; `bytes` > 0. Throws Error(out_of_resources) naming the request.
  virtual std::byte* allocate(std::uint64_t bytes) = 0;
  /// `bytes` as they were asked for.
  virtual void release(std::byte* block, std::uint64_t bytes) noexcept = 0;
  /// Writes what this resource knows over what its upstream, asked first, knows. May take locks and time.
  virtual void describe(MemoryState& /*state*/) const {}
};

/// Anonymous mappings; huge pages are asked for from 2 MiB on.
class HostMemory final : public MemoryResource {
 public:
  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
};

/// Refuses what would exceed `limit_bytes` held at one time; counts what is held. Takes no lock.
class LimitAdaptor final : public MemoryResource {
 public:
  LimitAdaptor(MemoryResource& upstream, std::uint64_t limit_bytes) : upstream_(upstream), limit_bytes_(limit_bytes) {}
  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
  void describe(MemoryState& state) const override;
  [[nodiscard]] std::uint64_t current_bytes() const noexcept { return current_bytes_.load(); }
  [[nodiscard]] std::uint64_t peak_bytes() const noexcept { return peak_bytes_.load(); }

 private:
  MemoryResource& upstream_;
  std::uint64_t limit_bytes_;
  std::atomic<std::uint64_t> current_bytes_{0};
  std::atomic<std::uint64_t> peak_bytes_{0};
};

/// Runs body(i) for every i in [0, count), on whatever threads the caller has, and returns when all have ended. With it
/// memory is touched, compressed and copied by the threads that compute, though memory knows nothing of threads.
using ForEach = std::function<void(std::uint64_t count, const std::function<void(std::uint64_t)>& body)>;

/// One after another, on the caller.
void for_each_in_turn(std::uint64_t count, const std::function<void(std::uint64_t)>& body);

/// A line of code. As std::source_location, which clang 14 does not have.
struct CallSite {
  const char* file = "";
  int line = 0;  ///< 0: unknown.

  /// As a default argument: the place of the call.
  static constexpr CallSite here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
    return {file, line};
  }
};

/// Owns one block of a resource. Movable, never copied.
class Buffer {
 public:
  Buffer() = default;
  /// `where` is what a TrackingAdaptor lists as the call site.
  Buffer(MemoryResource& resource, std::uint64_t bytes, CallSite where = CallSite::here());
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }
  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {data_, size_bytes_}; }
  template <typename T>
  [[nodiscard]] T* as() const noexcept {
    static_assert(alignof(T) <= MemoryResource::kAlignment);
    return reinterpret_cast<T*>(data_);
  }
  /// As many whole T as fit.
  template <typename T>
  [[nodiscard]] std::span<T> view() const noexcept {
    return {as<T>(), size_bytes_ / sizeof(T)};
  }

 private:
  MemoryResource* resource_ = nullptr;
  std::byte* data_ = nullptr;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace basalt
