// Relief is called under a lock, one thread at a time: threads that are refused together must not spill twice what once
// would do, so each asks upstream again when its turn comes.
#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "basalt/error.h"
#include "basalt/memory/adaptors.h"
#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

/// Set while this thread runs a relief: what it allocates meanwhile gets no further relief.
thread_local bool relieving = false;

class Relieving {
 public:
  Relieving() noexcept { relieving = true; }
  ~Relieving() { relieving = false; }
  Relieving(const Relieving&) = delete;
  Relieving& operator=(const Relieving&) = delete;
};

/// What `action` returns, or its zero where it is out of resources; what else it throws passes.
template <typename Action>
auto unless_exhausted(const Action& action) -> decltype(action()) {
  try {
    return action();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::out_of_resources) {
      throw;
    }
    return {};
  }
}

std::byte* try_allocate(MemoryResource& upstream, std::uint64_t bytes) {
  return unless_exhausted([&] { return upstream.allocate(bytes); });
}

}  // namespace

struct FailureAdaptor::Reliefs {
  struct Entry {
    Rank rank;
    std::uint64_t id;
    Relief relief;
  };

  /// A block, or nullptr once no relief has more.
  std::byte* allocate_with_relief(MemoryResource& upstream, std::uint64_t bytes) {
    const std::scoped_lock lock(mutex);
    if (std::byte* block = try_allocate(upstream, bytes)) {
      return block;
    }
    const Relieving scope;
    int retries = 0;
    for (auto entry = entries.begin(); entry != entries.end() && retries < kMaxRetries;) {
      if (unless_exhausted([&] { return entry->relief(bytes); }) == 0) {
        ++entry;
        continue;
      }
      ++retries;
      metrics::add(metrics::Metric::memory_reliefs);
      if (std::byte* block = try_allocate(upstream, bytes)) {
        return block;
      }
    }
    return nullptr;
  }

  std::mutex mutex;
  std::vector<Entry> entries;  ///< By rank, then by age.
  std::uint64_t next_id = 0;
};

FailureAdaptor::FailureAdaptor(MemoryResource& upstream) : upstream_(upstream), reliefs_(std::make_unique<Reliefs>()) {}

FailureAdaptor::~FailureAdaptor() = default;

FailureAdaptor::Registration FailureAdaptor::add_relief(Rank rank, Relief relief) {
  const std::scoped_lock lock(reliefs_->mutex);
  auto& entries = reliefs_->entries;
  const auto place = std::ranges::upper_bound(entries, rank, {}, &Reliefs::Entry::rank);
  const std::uint64_t id = reliefs_->next_id++;
  entries.insert(place, {rank, id, std::move(relief)});
  return {*reliefs_, id};
}

std::byte* FailureAdaptor::allocate(std::uint64_t bytes) {
  if (relieving) {
    return upstream_.allocate(bytes);
  }
  if (std::byte* block = try_allocate(upstream_, bytes)) {
    return block;
  }
  if (std::byte* block = reliefs_->allocate_with_relief(upstream_, bytes)) {
    return block;
  }
  return upstream_.allocate(bytes);  // refuses in its own words, or others have released memory meanwhile
}

void FailureAdaptor::release(std::byte* block, std::uint64_t bytes) noexcept {
  upstream_.release(block, bytes);
}

void FailureAdaptor::describe(MemoryState& state) const {
  upstream_.describe(state);
}

FailureAdaptor::Registration::Registration(Registration&& other) noexcept
    : reliefs_(std::exchange(other.reliefs_, nullptr)), id_(other.id_) {}

FailureAdaptor::Registration& FailureAdaptor::Registration::operator=(Registration&& other) noexcept {
  std::swap(reliefs_, other.reliefs_);
  std::swap(id_, other.id_);
  return *this;
}

FailureAdaptor::Registration::~Registration() {
  if (reliefs_ != nullptr) {
    const std::scoped_lock lock(reliefs_->mutex);
    std::erase_if(reliefs_->entries, [this](const Reliefs::Entry& entry) { return entry.id == id_; });
  }
}

}  // namespace basalt
