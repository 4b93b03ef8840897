#include "engine/measure_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

#include "basalt/inventory.h"
#include "basalt/memory/spill.h"
#include "base/hash.h"
#include "base/stopwatch.h"
#include "runtime/parallel/io_threads.h"

namespace basalt {
namespace {

/// Of each of the three ways.
constexpr double kSeconds = 0.4;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;

/// Memory from which chunks go is that of tiles, in huge pages: from others a disk is two to four times slower.
constexpr std::uint64_t kHugeBytes = std::uint64_t{4} << 20;

/// Every thread takes the next chunk, and with it what it does to it.
class DiskMeasurement {
 public:
  DiskMeasurement(SpillStorage& storage, std::uint64_t chunks, std::uint64_t chunk_bytes, int threads,
                  MemoryResource& memory, const CancelToken& cancel)
      : storage_(storage),
        chunks_(chunks),
        chunk_bytes_(chunk_bytes),
        cancel_(cancel),
        buffers_(memory, std::max(kHugeBytes, static_cast<std::uint64_t>(threads) * chunk_bytes)),
        threads_(threads) {
    std::uint64_t word = chunk_bytes;
    for (std::uint64_t& value : buffers_.view<std::uint64_t>()) {
      value = word = mix(word, 1);  // what a disk cannot compress, nor find twice
    }
  }

  /// Chunks from `first` on, up to so many, for as long as it is measured; moves `bytes_per_chunk` with each. Returns
  /// bytes per second, and in `done` how many chunks there were.
  template <typename Work>
  double measure(std::uint64_t most, std::uint64_t& done, double bytes_per_chunk, const Work& work) {
    const Stopwatch watch;
    std::uint64_t next = 0;
    int running = threads_.count();
    for (int i = 0; i < threads_.count(); ++i) {
      threads_.submit([&](int thread) {
        for (;;) {
          std::uint64_t chunk = 0;
          {
            const std::scoped_lock lock(mutex_);
            const bool ends = next == most || failure_ != nullptr || cancel_.requested() ||
                              (next >= static_cast<std::uint64_t>(threads_.count()) && watch.seconds() > kSeconds);
            if (ends) {
              --running;
              ended_.notify_one();
              return;
            }
            chunk = next++;
          }
          try {
            work(chunk, buffers_.bytes().subspan(static_cast<std::uint64_t>(thread) * chunk_bytes_, chunk_bytes_));
          } catch (...) {
            const std::scoped_lock lock(mutex_);
            failure_ = std::current_exception();
          }
        }
      });
    }
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return running == 0; });
    cancel_.check();
    if (failure_ != nullptr) {
      std::rethrow_exception(failure_);
    }
    done = next;
    return static_cast<double>(next) * bytes_per_chunk / watch.seconds();
  }

  DiskFigures operator()() {
    const auto bytes = static_cast<double>(chunk_bytes_);
    const auto write = [&](std::uint64_t chunk, std::span<std::byte> buffer) {
      storage_.write(chunk * chunk_bytes_, buffer);
    };
    const auto read = [&](std::uint64_t chunk, std::span<std::byte> buffer) {
      storage_.read(chunk * chunk_bytes_, buffer);
    };
    DiskFigures figures;
    std::uint64_t written = 0;
    std::uint64_t unused = 0;
    figures.write = measure(chunks_, written, bytes, write);
    figures.both = measure(written, unused, 2 * bytes, [&](std::uint64_t chunk, std::span<std::byte> buffer) {
      write((chunk + written / 2) % written, buffer);
      read(chunk, buffer);
    });
    figures.read = measure(written, unused, bytes, read);
    figures.source = fmt::format("measured just now in {}", format_bytes(written * chunk_bytes_));
    return figures;
  }

 private:
  SpillStorage& storage_;
  std::uint64_t chunks_;
  std::uint64_t chunk_bytes_;
  const CancelToken& cancel_;
  Buffer buffers_;  ///< One for each thread, one after another.
  std::mutex mutex_;
  std::condition_variable ended_;
  std::exception_ptr failure_;
  IoThreads threads_;  ///< Last: ends first.
};

}  // namespace

DiskFigures measure_disk(const std::filesystem::path& folder, std::uint64_t bytes, std::uint64_t chunk_bytes,
                         int threads, MemoryResource& memory, const CancelToken& cancel) {
  const std::uint64_t chunks = std::max<std::uint64_t>(1, std::min(bytes, kMostBytes) / chunk_bytes);
  const std::unique_ptr<SpillStorage> storage = make_spill_storage(
      folder, {.reserve_bytes = chunks * chunk_bytes, .direct = chunk_bytes >= MemoryResource::kPageAlignedBytes});
  return DiskMeasurement(*storage, chunks, chunk_bytes, threads, memory, cancel)();
}

}  // namespace basalt
