// What can be stacked over a source of memory: statistics, relief when memory runs out, and tracking by holder.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "basalt/memory.h"

namespace basalt {

struct MemoryStatistics {
  std::uint64_t current_bytes = 0;
  std::uint64_t peak_bytes = 0;
  std::uint64_t total_bytes = 0;  ///< Of all allocations so far.
  std::uint64_t allocations = 0;
  std::uint64_t releases = 0;
  std::uint64_t refusals = 0;
};

/// Counts. Takes no lock.
class StatisticsAdaptor final : public MemoryResource {
 public:
  explicit StatisticsAdaptor(MemoryResource& upstream) : upstream_(upstream) {}
  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
  void describe(MemoryState& state) const override;
  [[nodiscard]] MemoryStatistics statistics() const noexcept;
  /// Of the idle memory below, as MemoryState::fragmentation().
  [[nodiscard]] double fragmentation() const;

 private:
  MemoryResource& upstream_;
  std::atomic<std::uint64_t> current_bytes_{0};
  std::atomic<std::uint64_t> peak_bytes_{0};
  std::atomic<std::uint64_t> total_bytes_{0};
  std::atomic<std::uint64_t> allocations_{0};
  std::atomic<std::uint64_t> releases_{0};
  std::atomic<std::uint64_t> refusals_{0};
};

/// Frees memory elsewhere (evicts a cache, spills a state) and returns about how many bytes; 0 when it has no more to
/// give. Called on the thread whose allocation of `bytes` was refused, one relief at a time. May release to the stack;
/// what it allocates from it is refused without further relief. Error(out_of_resources) from it, such as a full disk,
/// counts as 0; other errors end the allocation. Must not wait for the calling thread.
using Relief = std::function<std::uint64_t(std::uint64_t bytes)>;

/// When upstream refuses, calls reliefs in the order of their rank and asks again after each that freed something,
/// until upstream grants, no relief has more, or kMaxRetries.
class FailureAdaptor final : public MemoryResource {
 public:
  static constexpr int kMaxRetries = 64;
  /// Cheapest first.
  enum class Rank : std::uint8_t { evict_cache, spill };

  explicit FailureAdaptor(MemoryResource& upstream);
  ~FailureAdaptor() override;
  FailureAdaptor(const FailureAdaptor&) = delete;
  FailureAdaptor& operator=(const FailureAdaptor&) = delete;

  /// Takes its relief back when it is destroyed, after the relief has ended. Must not outlive the adaptor.
  class Registration;
  [[nodiscard]] Registration add_relief(Rank rank, Relief relief);

  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
  void describe(MemoryState& state) const override;

 private:
  struct Reliefs;
  MemoryResource& upstream_;
  std::unique_ptr<Reliefs> reliefs_;
};

class FailureAdaptor::Registration {
 public:
  Registration() = default;
  Registration(Registration&& other) noexcept;
  Registration& operator=(Registration&& other) noexcept;
  ~Registration();

 private:
  friend class FailureAdaptor;
  Registration(Reliefs& reliefs, std::uint64_t id) noexcept : reliefs_(&reliefs), id_(id) {}
  Reliefs* reliefs_ = nullptr;
  std::uint64_t id_ = 0;
};

/// Who holds which block, over all adaptors that write into it. Thread-safe.
class HolderTable {
 public:
  HolderTable();
  ~HolderTable();
  HolderTable(const HolderTable&) = delete;
  HolderTable& operator=(const HolderTable&) = delete;

  enum class By : std::uint8_t { tag, call_site };
  /// Largest first, at most `count`. By call site the tag reads "job 3, sample.cpp:139".
  [[nodiscard]] std::vector<MemoryHolder> top(std::size_t count, By by = By::tag) const;

 private:
  friend class TrackingAdaptor;
  struct Blocks;
  std::unique_ptr<Blocks> blocks_;
};

/// Enters every block into the table under its tag, and extends a refusal from below by what the stack and the table
/// know: the largest free block, fragmentation and the top holders. The outermost adaptor of a stack.
class TrackingAdaptor final : public MemoryResource {
 public:
  TrackingAdaptor(MemoryResource& upstream, HolderTable& holders, std::string tag);
  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
  void describe(MemoryState& state) const override;

 private:
  MemoryResource& upstream_;
  HolderTable& holders_;
  std::shared_ptr<const std::string> tag_;
};

/// "largest free block 1.0 GiB, fragmentation 12%; held by job 1 (2.0 GiB in 3 blocks), ...": for a refusal.
std::string describe_shortage(const MemoryState& state);

}  // namespace basalt
