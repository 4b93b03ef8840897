#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "basalt/error.h"
#include "basalt/memory/trace.h"
#include "base/stopwatch.h"
#include "runtime/memory/trace_format.h"

namespace basalt {
namespace {

/// Events are read ahead in batches, so that reading is not timed.
constexpr std::size_t kBatch = 4096;

/// `allocate` gives a handle, or nothing where it refuses.
template <typename Allocate, typename Release, typename Footprint>
ReplayResult replay_through(TraceReader& trace, const Allocate& allocate, const Release& release,
                            const Footprint& footprint) {
  using Handle = typename decltype(allocate(std::uint64_t{}))::value_type;
  struct Held {
    Handle handle;
    std::uint64_t bytes;
  };
  struct Live : std::unordered_map<std::uint64_t, Held> {
    const Release& release;
    explicit Live(const Release& release_block) : release(release_block) {}
    ~Live() {  // what the trace leaves, or a broken trace
      for (const auto& [block, left] : *this) {
        release(left.handle, left.bytes);
      }
    }
  };
  ReplayResult result;
  Live held(release);
  std::uint64_t held_bytes = 0;
  std::vector<TraceEvent> batch;
  const auto read_batch = [&] {
    batch.clear();
    while (batch.size() < kBatch) {
      const std::optional<TraceEvent> event = trace.next();
      if (!event) {
        break;
      }
      batch.push_back(*event);
    }
    return !batch.empty();
  };
  while (read_batch()) {
    const Stopwatch watch;
    for (const TraceEvent& event : batch) {
      if (event.is_release) {
        if (const auto found = held.find(event.block); found != held.end()) {
          release(found->second.handle, found->second.bytes);
          held_bytes -= found->second.bytes;
          held.erase(found);
        }
      } else if (const std::optional<Handle> handle = allocate(event.bytes)) {
        held.emplace(event.block, Held{*handle, event.bytes});
        held_bytes += event.bytes;
        result.peak_bytes = std::max(result.peak_bytes, held_bytes);
        result.footprint_bytes = std::max(result.footprint_bytes, footprint(*handle, event.bytes));
      } else {
        ++result.refusals;
      }
    }
    result.seconds += watch.seconds();
    result.events += batch.size();
  }
  return result;
}

}  // namespace

struct TraceReader::File {
  std::string path;
  std::ifstream stream;
  std::array<char, std::size_t{64} << 10> buffer{};
  std::unordered_set<std::uint64_t> live;
  std::uint64_t next_block = 0;
  std::uint64_t nanoseconds = 0;

  [[nodiscard]] Error broken(const std::string& problem) const {
    return {ErrorCode::bad_input, path + " is no allocation trace that is whole: " + problem,
            "record it again, and end the recording with finish()"};
  }

  std::uint64_t read_number() {
    std::uint64_t number = 0;
    for (int i = 0; i < kMaxNumberBytes; ++i) {
      const int byte = stream.get();
      if (byte < 0) {
        throw broken("it breaks off in event " + std::to_string(next_block));
      }
      number |= static_cast<std::uint64_t>(byte % 128) << (7 * i);
      if (byte < 128) {
        return number;
      }
    }
    throw broken("a number does not end");
  }
};

TraceReader::TraceReader(std::string path) : file_(std::make_unique<File>()) {
  file_->path = std::move(path);
  file_->stream.rdbuf()->pubsetbuf(file_->buffer.data(), static_cast<std::streamsize>(file_->buffer.size()));
  file_->stream.open(file_->path, std::ios::binary);
  if (!file_->stream) {
    throw Error(ErrorCode::io, "cannot read " + file_->path + ": " + std::strerror(errno));
  }
  std::array<char, kTraceMagic.size()> magic{};
  file_->stream.read(magic.data(), magic.size());
  if (!file_->stream || std::string_view(magic.data(), magic.size()) != kTraceMagic) {
    throw file_->broken("it does not begin with \"" + std::string(kTraceMagic) + "\"");
  }
}

TraceReader::~TraceReader() = default;

std::optional<TraceEvent> TraceReader::next() {
  if (file_->stream.peek() == std::ifstream::traits_type::eof()) {
    return std::nullopt;
  }
  const std::uint64_t first = file_->read_number();
  file_->nanoseconds += file_->read_number();
  TraceEvent event{.is_release = first % 2 == 1, .nanoseconds = file_->nanoseconds};
  if (event.is_release) {
    event.block = file_->next_block - first / 2;
    if (file_->live.erase(event.block) == 0) {
      throw file_->broken("it releases a block that is not out");
    }
  } else {
    event.block = file_->next_block++;
    event.bytes = first / 2;
    if (event.bytes == 0) {
      throw file_->broken("it allocates a block of no bytes");
    }
    file_->live.insert(event.block);
  }
  return event;
}

ReplayResult replay(TraceReader& trace, OffsetAllocator& allocator) {
  return replay_through(
      trace, [&](std::uint64_t bytes) { return allocator.allocate(bytes); },
      [&](OffsetAllocator::Allocation block, std::uint64_t /*bytes*/) { allocator.release(block); },
      [&](OffsetAllocator::Allocation block, std::uint64_t /*bytes*/) {
        return block.offset + allocator.size_of(block);
      });
}

ReplayResult replay(TraceReader& trace, MemoryResource& resource, const std::function<std::uint64_t()>& footprint) {
  const auto allocate = [&](std::uint64_t bytes) -> std::optional<std::byte*> {
    try {
      return resource.allocate(bytes);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::out_of_resources) {
        throw;
      }
      return std::nullopt;
    }
  };
  return replay_through(
      trace, allocate, [&](std::byte* block, std::uint64_t bytes) { resource.release(block, bytes); },
      [&](std::byte* /*block*/, std::uint64_t /*bytes*/) { return footprint(); });
}

}  // namespace basalt
