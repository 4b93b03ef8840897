#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "basalt/memory/adaptors.h"
#include "runtime/memory/call_site_scope.h"
#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

using Clock = std::chrono::steady_clock;

/// Of the holders that a refusal names.
constexpr std::size_t kShownHolders = 3;

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0: the whole path
}

}  // namespace

struct HolderTable::Blocks {
  struct Entry {
    std::uint64_t bytes;
    std::shared_ptr<const std::string> tag;
    CallSite where;
    Clock::time_point since;
  };

  mutable std::mutex mutex;
  std::unordered_map<const std::byte*, Entry> entries;
};

HolderTable::HolderTable() : blocks_(std::make_unique<Blocks>()) {}

HolderTable::~HolderTable() = default;

std::vector<MemoryHolder> HolderTable::top(std::size_t count, By by) const {
  std::map<std::string, MemoryHolder> holders;
  const Clock::time_point now = Clock::now();
  {
    const std::scoped_lock lock(blocks_->mutex);
    for (const auto& [block, entry] : blocks_->entries) {
      std::string tag = *entry.tag;
      if (by == By::call_site && entry.where.line != 0) {
        tag += fmt::format(", {}:{}", file_name(entry.where.file), entry.where.line);
      }
      MemoryHolder& holder = holders[tag];
      holder.bytes += entry.bytes;
      ++holder.blocks;
      holder.oldest_seconds = std::max(holder.oldest_seconds, std::chrono::duration<double>(now - entry.since).count());
    }
  }
  std::vector<MemoryHolder> result;
  for (auto& [tag, holder] : holders) {
    holder.tag = tag;
    result.push_back(std::move(holder));
  }
  std::ranges::stable_sort(result, std::ranges::greater(), &MemoryHolder::bytes);
  result.resize(std::min(result.size(), count));
  return result;
}

std::string describe_shortage(const MemoryState& state) {
  std::vector<std::string> parts{fmt::format("largest free block {}, fragmentation {:.0f}%",
                                             format_bytes(state.largest_idle_bytes), 100 * state.fragmentation())};
  if (state.room_bytes != MemoryState::kUnlimited) {
    parts.push_back(fmt::format("room for {} more", format_bytes(state.room_bytes)));
  }
  std::string holders;
  for (const MemoryHolder& holder : state.holders) {
    holders += fmt::format("{}{} ({} in {} block{})", holders.empty() ? "held by " : ", ", holder.tag,
                           format_bytes(holder.bytes), holder.blocks, holder.blocks == 1 ? "" : "s");
  }
  if (!holders.empty()) {
    parts.push_back(std::move(holders));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

TrackingAdaptor::TrackingAdaptor(MemoryResource& upstream, HolderTable& holders, std::string tag)
    : upstream_(upstream), holders_(holders), tag_(std::make_shared<const std::string>(std::move(tag))) {}

std::byte* TrackingAdaptor::allocate(std::uint64_t bytes) {
  std::byte* block = nullptr;
  try {
    block = upstream_.allocate(bytes);
  } catch (const Error& error) {
    metrics::add(metrics::Metric::memory_refused);
    if (error.code() != ErrorCode::out_of_resources) {
      throw;
    }
    MemoryState state;
    describe(state);
    throw Error(error.code(), error.message() + "; " + describe_shortage(state), error.advice(), error.where());
  }
  try {
    const std::scoped_lock lock(holders_.blocks_->mutex);
    holders_.blocks_->entries[block] = {bytes, tag_, CallSiteScope::current(), Clock::now()};
  } catch (...) {
    upstream_.release(block, bytes);
    throw;
  }
  return block;
}

void TrackingAdaptor::release(std::byte* block, std::uint64_t bytes) noexcept {
  {
    const std::scoped_lock lock(holders_.blocks_->mutex);
    holders_.blocks_->entries.erase(block);
  }
  upstream_.release(block, bytes);
}

void TrackingAdaptor::describe(MemoryState& state) const {
  upstream_.describe(state);
  state.holders = holders_.top(kShownHolders);
}

}  // namespace basalt
