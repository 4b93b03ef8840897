#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "basalt/error.h"
#include "basalt/memory/trace.h"
#include "base/atomic_file.h"
#include "runtime/memory/trace_format.h"

namespace basalt {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

}  // namespace

struct RecorderAdaptor::Recording {
  explicit Recording(std::string path) : file(std::in_place, std::move(path)) { buffer = kTraceMagic; }

  void allocated(const std::byte* block, std::uint64_t bytes) noexcept {
    record([&] {
      numbers[block] = next_number++;
      write_event(2 * bytes);
    });
  }

  void released(const std::byte* block) noexcept {
    record([&] {
      const auto found = numbers.find(block);
      if (found != numbers.end()) {
        const std::uint64_t distance = next_number - found->second;
        numbers.erase(found);
        write_event(2 * distance + 1);
      }
    });
  }

  void finish() {
    const std::scoped_lock lock(mutex);
    if (!file) {
      throw Error(ErrorCode::io, failure.empty() ? "the allocation trace is finished already" : failure);
    }
    file->write(buffer.data(), buffer.size());
    file->commit();
    file.reset();
  }

 private:
  /// An event that cannot be recorded ends the recording, not the job; finish() tells.
  template <typename Action>
  void record(const Action& action) noexcept {
    const std::scoped_lock lock(mutex);
    if (!file) {
      return;
    }
    try {
      action();
    } catch (const std::exception& error) {
      file.reset();
      failure = error.what();
    }
  }

  void write_event(std::uint64_t first) {
    const Clock::time_point now = Clock::now();
    write_number(first);
    write_number(static_cast<std::uint64_t>(std::chrono::nanoseconds(now - last).count()));
    last = now;
    if (buffer.size() >= kBufferBytes) {
      file->write(buffer.data(), buffer.size());
      buffer.clear();
    }
  }

  void write_number(std::uint64_t number) {
    for (; number >= 128; number /= 128) {
      buffer += static_cast<char>(number % 128 + 128);
    }
    buffer += static_cast<char>(number);
  }

  std::mutex mutex;
  std::optional<AtomicFile> file;  ///< Nothing once the recording has ended.
  std::string failure;
  std::string buffer;
  std::unordered_map<const std::byte*, std::uint64_t> numbers;  ///< Of the blocks that are out.
  std::uint64_t next_number = 0;
  Clock::time_point last = Clock::now();
};

RecorderAdaptor::RecorderAdaptor(MemoryResource& upstream, std::string path)
    : upstream_(upstream), recording_(std::make_unique<Recording>(std::move(path))) {}

RecorderAdaptor::~RecorderAdaptor() = default;

std::byte* RecorderAdaptor::allocate(std::uint64_t bytes) {
  std::byte* block = upstream_.allocate(bytes);
  recording_->allocated(block, bytes);
  return block;
}

void RecorderAdaptor::release(std::byte* block, std::uint64_t bytes) noexcept {
  recording_->released(block);  // first: the block may be given out again at once
  upstream_.release(block, bytes);
}

void RecorderAdaptor::describe(MemoryState& state) const {
  upstream_.describe(state);
}

void RecorderAdaptor::finish() {
  recording_->finish();
}

}  // namespace basalt
