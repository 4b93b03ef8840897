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
  explicit Recording(std::string path) : file_(std::in_place, std::move(path)) { buffer_ = kTraceMagic; }

  void allocated(const std::byte* block, std::uint64_t bytes) noexcept {
    record([&] {
      numbers_[block] = next_number_++;
      write_event(2 * bytes);
    });
  }

  void released(const std::byte* block) noexcept {
    record([&] {
      const auto found = numbers_.find(block);
      if (found != numbers_.end()) {
        const std::uint64_t distance = next_number_ - found->second;
        numbers_.erase(found);
        write_event(2 * distance + 1);
      }
    });
  }

  void finish() {
    const std::scoped_lock lock(mutex_);
    if (!file_) {
      throw Error(ErrorCode::io, failure_.empty() ? "the allocation trace is finished already" : failure_);
    }
    file_->write(buffer_.data(), buffer_.size());
    file_->commit();
    file_.reset();
  }

 private:
  /// An event that cannot be recorded ends the recording, not the job; finish() tells.
  template <typename Action>
  void record(const Action& action) noexcept {
    const std::scoped_lock lock(mutex_);
    if (!file_) {
      return;
    }
    try {
      action();
    } catch (const std::exception& error) {
      file_.reset();
      failure_ = error.what();
    }
  }

  void write_event(std::uint64_t first) {
    const Clock::time_point now = Clock::now();
    write_number(first);
    write_number(static_cast<std::uint64_t>(std::chrono::nanoseconds(now - last_).count()));
    last_ = now;
    if (buffer_.size() >= kBufferBytes) {
      file_->write(buffer_.data(), buffer_.size());
      buffer_.clear();
    }
  }

  void write_number(std::uint64_t number) {
    for (; number >= 128; number /= 128) {
      buffer_ += static_cast<char>(number % 128 + 128);
    }
    buffer_ += static_cast<char>(number);
  }

  std::mutex mutex_;
  std::optional<AtomicFile> file_;  ///< Nothing once the recording has ended.
  std::string failure_;
  std::string buffer_;
  std::unordered_map<const std::byte*, std::uint64_t> numbers_;  ///< Of the blocks that are out.
  std::uint64_t next_number_ = 0;
  Clock::time_point last_ = Clock::now();
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
