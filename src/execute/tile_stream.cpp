#include "execute/tile_stream.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/stopwatch.h"

namespace basalt {
namespace {

/// The sums of all subsets of some vectors; that of subset l at place l.
std::vector<std::uint64_t> sums_of(std::span<const std::uint64_t> vectors) {
  std::vector<std::uint64_t> sums{0};
  for (const std::uint64_t vector : vectors) {
    for (std::size_t i = 0, size = sums.size(); i < size; ++i) {
      sums.push_back(sums[i] ^ vector);
    }
  }
  return sums;
}

/// Of each class of numbers that differ by sums of some independent vectors, the number without these bits stands for
/// all.
std::uint64_t leading_bits(std::vector<std::uint64_t> vectors) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::uint64_t lead = std::bit_floor(vectors[i]);
    bits |= lead;
    for (std::size_t j = 0; j < vectors.size(); ++j) {
      vectors[j] ^= j != i && (vectors[j] & lead) != 0 ? vectors[i] : 0;
    }
  }
  return bits;
}

}  // namespace

template <typename Work>
void TileStream::attempt(const Work& work) noexcept {
  try {
    work();
  } catch (...) {
    fail(std::current_exception());
  }
}

/// For a chunk that has left with its batch. Where there is no memory for a task, nothing is under way.
template <typename Work>
void TileStream::submit(IoThreads& threads, Batch& batch, const Work& work) {
  try {
    threads.submit(work);
  } catch (...) {
    arrive(batch);
    throw;
  }
}

/// One walk on its way.
class TileStream::Walker {
 public:
  Walker(TileStream& stream, const TileWalk& walk, const CancelToken& cancel)
      : stream_(stream), walk_(walk), cancel_(cancel), offsets_(sums_of(walk.directions)) {
    const std::uint64_t leading = leading_bits(walk.directions);
    for (std::uint64_t base = 0; base < stream.file_.count(); ++base) {
      if ((base & leading) == 0 && holds_something(base)) {
        bases_.push_back(base);
      }
    }
  }

  void operator()() {
    const std::size_t slots = stream_.slots_.size();
    try {
      for (std::size_t i = 0; i < std::min(slots, bases_.size()); ++i) {
        submit(i, /*stores=*/false, i);
      }
      for (std::size_t i = 0; i < bases_.size(); ++i) {
        Slot& slot = stream_.slots_[i % slots];
        wait_for(slot);
        cancel_.check();
        walk_.work(bases_[i], slot.tile);
        submit(i, walk_.stores, i + slots);
      }
    } catch (...) {
      stream_.fail(std::current_exception());
    }
    for (const Slot& slot : stream_.slots_) {
      stream_.drain(slot);
    }
    stream_.rethrow_failure();
  }

 private:
  [[nodiscard]] bool is_wanted(std::uint64_t chunk) const {
    return !stream_.file_.is_zero(chunk) && (!walk_.wanted || walk_.wanted(chunk));
  }

  [[nodiscard]] bool holds_something(std::uint64_t base) const {
    return std::ranges::any_of(offsets_, [&](std::uint64_t offset) { return is_wanted(base ^ offset); });
  }

  /// What comes after work on tile `done`: it is stored, and chunk by chunk tile `next`, if there is one, takes its
  /// place in memory.
  void submit(std::size_t done, bool stores, std::size_t next) {
    const bool loads = next < bases_.size();
    if (!stores && !loads) {
      return;
    }
    Slot& slot = stream_.slots_[done % stream_.slots_.size()];
    for (std::size_t place = 0; place < offsets_.size(); ++place) {
      stream_.leave(slot);
      const std::uint64_t to = loads ? bases_[next] : 0;
      if (!stores) {
        submit_load(slot, place, to);
        continue;
      }
      stream_.submit(stream_.writers_, slot, [this, &slot, place, loads, to, from = bases_[done]](int thread) {
        stream_.attempt(
            [&] { transfer_unless_over([&] { store(slot, place, from, stream_.shape_.threads + thread); }); });
        if (loads) {
          stream_.attempt([&] { submit_load(slot, place, to); });
        } else {
          stream_.arrive(slot);
        }
      });
    }
  }

  void submit_load(Slot& slot, std::size_t place, std::uint64_t base) {
    stream_.submit(stream_.readers_, slot, [this, &slot, place, base](int thread) {
      stream_.attempt([&] { transfer_unless_over([&] { load(slot, place, base, thread); }); });
      stream_.arrive(slot);
    });
  }

  /// Once something has failed, nothing more is transferred.
  template <typename Transfer>
  void transfer_unless_over(const Transfer& transfer) {
    if (!stream_.has_failed() && !cancel_.requested()) {
      transfer();
    }
  }

  [[nodiscard]] std::span<std::byte> bytes_of(Slot& slot, std::size_t place) const {
    const std::uint64_t chunk_bytes = stream_.file_.chunk_bytes();
    return slot.tile.buffer.bytes().subspan(place * chunk_bytes, chunk_bytes);
  }

  void store(Slot& slot, std::size_t place, std::uint64_t base, int thread) {
    stream_.file_.write(base ^ offsets_[place], bytes_of(slot, place), stream_.scratch(thread));
  }

  void load(Slot& slot, std::size_t place, std::uint64_t base, int thread) {
    const std::uint64_t chunk = base ^ offsets_[place];
    if (stream_.file_.is_zero(chunk) || is_wanted(chunk)) {
      stream_.file_.read(chunk, bytes_of(slot, place), stream_.scratch(thread));
    }
  }

  void wait_for(Slot& slot) {
    const Stopwatch watch;
    stream_.drain(slot);
    stream_.waited_seconds_ += watch.seconds();
    if (stream_.has_failed()) {
      std::rethrow_exception(stream_.failure_);
    }
  }

  TileStream& stream_;
  const TileWalk& walk_;
  const CancelToken& cancel_;
  std::vector<std::uint64_t> offsets_;  ///< Of the chunks of a tile from its base.
  std::vector<std::uint64_t> bases_;    ///< Of the tiles that hold something.
};

TileStream::TileStream(ChunkFile& file, MemoryResource& memory, TileStreamShape shape)
    : file_(file),
      shape_(shape),
      slots_(static_cast<std::size_t>(shape.buffers)),
      readers_(shape.threads),
      writers_(shape.threads) {
  for (Slot& slot : slots_) {
    slot.tile = Field(memory, shape.type, shape.axes);
  }
  for (int i = 0; i < 2 * shape.threads; ++i) {
    scratches_.emplace_back(memory, ChunkFile::scratch_bytes(file.chunk_bytes(), file.lossy()));
  }
}

void TileStream::run(const TileWalk& walk, const CancelToken& cancel) {
  const Stopwatch watch;
  Walker walker(*this, walk, cancel);
  try {
    walker();
  } catch (...) {
    seconds_ += watch.seconds();
    throw;
  }
  seconds_ += watch.seconds();
}

void TileStream::read(std::uint64_t first, std::span<std::byte> into) {
  const std::uint64_t chunk_bytes = file_.chunk_bytes();
  transfer_chunks(readers_, into.size() / chunk_bytes, [&](std::uint64_t i, int thread) {
    file_.read(first + i, into.subspan(i * chunk_bytes, chunk_bytes), scratch(thread));
  });
}

void TileStream::write(std::uint64_t first, std::span<const std::byte> from) {
  const std::uint64_t chunk_bytes = file_.chunk_bytes();
  transfer_chunks(writers_, from.size() / chunk_bytes, [&](std::uint64_t i, int thread) {
    file_.write(first + i, from.subspan(i * chunk_bytes, chunk_bytes), scratch(shape_.threads + thread));
  });
}

template <typename Transfer>
void TileStream::transfer_chunks(IoThreads& threads, std::uint64_t count, const Transfer& transfer) {
  Batch batch;
  attempt([&] {
    for (std::uint64_t i = 0; i < count; ++i) {
      leave(batch);
      submit(threads, batch, [this, &batch, &transfer, i](int thread) {
        attempt([&] { has_failed() ? void() : transfer(i, thread); });
        arrive(batch);
      });
    }
  });
  drain(batch);
  rethrow_failure();
}

void TileStream::leave(Batch& batch) {
  const std::scoped_lock lock(mutex_);
  ++batch.outstanding;
}

void TileStream::arrive(Batch& batch) {
  const std::scoped_lock lock(mutex_);
  --batch.outstanding;
  arrived_.notify_one();
}

void TileStream::drain(const Batch& batch) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return batch.outstanding == 0; });
}

void TileStream::rethrow_failure() {
  if (std::exception_ptr failure = std::exchange(failure_, nullptr)) {
    std::rethrow_exception(failure);
  }
}

std::uint64_t TileStream::scratch_bytes(std::uint64_t chunk_bytes, const std::optional<LossyNumbers>& lossy,
                                        int threads) noexcept {
  return 2 * static_cast<std::uint64_t>(threads) * ChunkFile::scratch_bytes(chunk_bytes, lossy);
}

ChunkFile::Scratch TileStream::scratch(int thread) const noexcept {
  return scratches_[static_cast<std::size_t>(thread)].bytes();
}

bool TileStream::has_failed() {
  const std::scoped_lock lock(mutex_);
  return failure_ != nullptr;
}

void TileStream::fail(std::exception_ptr failure) {
  const std::scoped_lock lock(mutex_);
  if (failure_ == nullptr) {
    failure_ = std::move(failure);
  }
}

}  // namespace basalt
