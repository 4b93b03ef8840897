// Spilling: what is stored comes back, and whatever a disk does to it is told.
#include "basalt/memory/spill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "runtime/memory/compression.h"
#include "runtime/memory/refusal.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using test::refusal;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::uint64_t size) {
  std::mt19937_64 random(size);
  Bytes bytes(size);
  for (std::uint64_t i = 0; i < size; i += 8) {
    const std::uint64_t word = random();
    std::memcpy(bytes.data() + i, &word, std::min<std::uint64_t>(8, size - i));
  }
  return bytes;
}

/// Mostly zeros, as a state with few amplitudes.
Bytes sparse_bytes(std::uint64_t size) {
  Bytes bytes(size);
  for (std::uint64_t i = 0; i < size; i += 1000) {
    bytes[i] = static_cast<std::byte>(i / 1000);
  }
  return bytes;
}

/// Quicker than ==, and does not print megabytes.
bool same(const Bytes& a, const Bytes& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

/// Each piece on a thread of its own.
void for_each_at_once(std::uint64_t count, const std::function<void(std::uint64_t)>& body) {
  std::vector<std::jthread> threads;
  for (std::uint64_t i = 0; i < count; ++i) {
    threads.emplace_back([&body, i] { body(i); });
  }
}

/// Keeps the file in memory and does as it is told.
class FakeStorage final : public SpillStorage {
 public:
  explicit FakeStorage(std::uint64_t capacity = 64 * kMiB) : content(capacity) {}
  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    if (++writes == fail_write || offset + bytes.size() > content.size()) {
      throw Error(ErrorCode::out_of_resources, "the disk is full");
    }
    std::this_thread::sleep_for(write_time);
    std::memcpy(content.data() + offset, bytes.data(), bytes.size());
  }
  void read(std::uint64_t offset, std::span<std::byte> bytes) override {
    std::memcpy(bytes.data(), content.data() + offset, bytes.size());
  }
  void discard(std::uint64_t /*offset*/, std::uint64_t bytes) noexcept override { discarded += bytes; }

  Bytes content;
  std::atomic<int> writes{0};
  int fail_write = -1;
  std::chrono::milliseconds write_time{0};
  std::atomic<std::uint64_t> discarded{0};
};

struct Fixture {
  FakeStorage* storage;
  SpillFile file;
  CancelToken cancel;

  explicit Fixture(SpillOptions options = {}, std::unique_ptr<FakeStorage> fake = std::make_unique<FakeStorage>())
      : storage(fake.get()), file(std::move(fake), options) {}

  Bytes restored(const SpillFile::Item& item) const {
    Bytes bytes(item.size_bytes());
    file.restore(item, bytes, cancel);
    return bytes;
  }
};

class SpillCodecs : public testing::TestWithParam<std::optional<SpillCodec>> {};

TEST_P(SpillCodecs, BringBackWhatWasStored) {
  Fixture fixture({.codec = GetParam()});
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4097}, 4 * kMiB, 9 * kMiB + 5}) {
    for (const Bytes& bytes : {random_bytes(size), sparse_bytes(size)}) {
      const SpillFile::Item item = fixture.file.store(bytes, fixture.cancel);
      EXPECT_EQ(item.size_bytes(), size);
      EXPECT_TRUE(same(fixture.restored(item), bytes)) << size;
      EXPECT_TRUE(same(fixture.restored(item), bytes)) << "and again";
    }
  }
  EXPECT_EQ(fixture.file.file_bytes(), 0U) << "space is free when items are gone";
  EXPECT_GT(fixture.storage->discarded.load(), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, SpillCodecs,
                         testing::Values(std::nullopt, SpillCodec::none, SpillCodec::lz4, SpillCodec::zstd));

TEST(Spill, StoresAndRestoresInARealFile) {
  const CancelToken cancel;
  SpillFile file(make_spill_storage(fs::temp_directory_path()));
  const Bytes bytes = random_bytes(10 * kMiB);
  const SpillFile::Item item = file.store(bytes, cancel, for_each_at_once);
  EXPECT_GE(file.file_bytes(), 10 * kMiB);
  Bytes back(bytes.size());
  file.restore(item, back, cancel, for_each_at_once);
  EXPECT_TRUE(same(back, bytes));
}

TEST(Spill, LeavesNoNameBehind) {
  const fs::path directory = fs::temp_directory_path() / "basalt-spill-test";
  fs::create_directories(directory);
  {
    const CancelToken cancel;
    SpillFile file(make_spill_storage(directory));
    const SpillFile::Item item = file.store(random_bytes(1000), cancel);
    EXPECT_TRUE(fs::is_empty(directory)) << "gone even if this process were killed now";
  }
  fs::remove(directory);
}

TEST(Spill, RefusesADirectoryThatIsNotThere) {
  EXPECT_THAT(refusal([] { make_spill_storage("/nowhere"); }, ErrorCode::io), HasSubstr("/nowhere"));
}

TEST(Spill, TellsThatTheSystemAllowsNoLargerFile) {
  struct Restore {
    rlimit before{};
    void (*handler)(int);
    Restore() : handler(std::signal(SIGXFSZ, SIG_IGN)) {
      ::getrlimit(RLIMIT_FSIZE, &before);
      rlimit small = before;
      small.rlim_cur = kMiB;
      ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~Restore() {
      ::setrlimit(RLIMIT_FSIZE, &before);
      std::signal(SIGXFSZ, handler);
    }
  };
  const CancelToken cancel;
  SpillFile file(make_spill_storage(fs::temp_directory_path()));
  std::string text;
  {
    const Restore scope;
    text = refusal([&] { file.store(random_bytes(2 * kMiB), cancel); });
  }
  EXPECT_THAT(text, HasSubstr("cannot spill"));
  EXPECT_THAT(text, HasSubstr(fs::temp_directory_path().string()));
  EXPECT_EQ(file.file_bytes(), 0U);
}

TEST(Spill, StoresNothingWhereTheLimitIsReached) {
  Fixture fixture({.limit_bytes = 10 * kMiB, .codec = SpillCodec::none});
  const Bytes bytes = random_bytes(6 * kMiB);
  SpillFile::Item first = fixture.file.store(bytes, fixture.cancel);
  const std::string text = refusal([&] { fixture.file.store(bytes, fixture.cancel); });
  EXPECT_THAT(text, HasSubstr("10.0 MiB that may be spilled"));
  EXPECT_EQ(fixture.file.file_bytes(), 6 * kMiB);
  first = SpillFile::Item();
  EXPECT_TRUE(same(fixture.restored(fixture.file.store(bytes, fixture.cancel)), bytes)) << "its space is used again";
}

TEST(Spill, StoresNothingWhenTheDiskFillsUp) {
  for (int n = 1; n <= 3; ++n) {
    Fixture fixture({.codec = SpillCodec::none});
    fixture.storage->fail_write = n;
    refusal([&] { fixture.file.store(random_bytes(12 * kMiB), fixture.cancel); });
    EXPECT_EQ(fixture.file.file_bytes(), 0U) << "write " << n;
    EXPECT_NO_THROW(fixture.file.store(random_bytes(12 * kMiB), fixture.cancel));
  }
}

TEST(Spill, TellsEveryBitThatTheDiskChanged) {
  for (const SpillCodec codec : {SpillCodec::none, SpillCodec::lz4, SpillCodec::zstd}) {
    Fixture fixture({.codec = codec});
    const SpillFile::Item item = fixture.file.store(sparse_bytes(100'000), fixture.cancel);
    const std::uint64_t step = item.file_bytes() / 50;
    for (std::uint64_t i = 0; i < item.file_bytes(); i += step) {
      fixture.storage->content[i] ^= std::byte{16};
      EXPECT_THAT(refusal([&] { fixture.restored(item); }, ErrorCode::io), HasSubstr("damaged")) << i;
      fixture.storage->content[i] ^= std::byte{16};
    }
    EXPECT_NO_THROW(fixture.restored(item));
  }
}

TEST(Spill, RestoresOnlyIntoTheSameSize) {
  Fixture fixture;
  const SpillFile::Item item = fixture.file.store(random_bytes(100), fixture.cancel);
  Bytes small(99);
  refusal([&] { fixture.file.restore(item, small, fixture.cancel); }, ErrorCode::bad_usage);
}

TEST(Spill, StopsWhenItIsCancelled) {
  Fixture fixture;
  const Bytes bytes = random_bytes(12 * kMiB);
  const SpillFile::Item item = fixture.file.store(bytes, fixture.cancel);
  const std::uint64_t before = fixture.file.file_bytes();
  const ForEach cancel_first = [&](std::uint64_t count, const std::function<void(std::uint64_t)>& body) {
    body(0);
    fixture.cancel.request();
    for (std::uint64_t i = 1; i < count; ++i) {
      body(i);
    }
  };
  refusal([&] { fixture.file.store(bytes, fixture.cancel, cancel_first); }, ErrorCode::cancelled);
  EXPECT_EQ(fixture.file.file_bytes(), before) << "the chunk that was stored is gone again";
  EXPECT_THROW(fixture.restored(item), Error);
}

TEST(Spill, ServesManyThreads) {
  Fixture fixture;
  std::atomic<int> wrong{0};
  std::vector<std::jthread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 5; ++i) {
        const Bytes bytes = i % 2 == 0 ? random_bytes(kMiB + t) : sparse_bytes(5 * kMiB + t);
        const SpillFile::Item item = fixture.file.store(bytes, fixture.cancel);
        wrong += same(fixture.restored(item), bytes) ? 0 : 1;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(fixture.file.file_bytes(), 0U);
}

TEST(Spill, CompressesOnASlowDiskWhatShrinks) {
  Fixture fixture;
  fixture.storage->write_time = std::chrono::milliseconds(200);
  const Bytes bytes = sparse_bytes(8 * kMiB);
  const SpillFile::Item item = fixture.file.store(bytes, fixture.cancel);
  EXPECT_LT(item.file_bytes(), 5 * kMiB) << "all but the first chunk, which times the disk";
  EXPECT_TRUE(same(fixture.restored(item), bytes));
  EXPECT_EQ(fixture.file.store(random_bytes(4 * kMiB), fixture.cancel).file_bytes(), 4 * kMiB)
      << "noise does not shrink";
}

TEST(CheapestCodec, WeighsTimeAgainstTheDisk) {
  const std::vector<CodecTrial> trials{{SpillCodec::lz4, 1e-9, 0.6}, {SpillCodec::zstd, 3e-9, 0.3}};
  EXPECT_EQ(cheapest_codec(trials, 1e8), SpillCodec::zstd) << "10 ns a byte: 10, 7 and 6";
  EXPECT_EQ(cheapest_codec(trials, 3e8), SpillCodec::lz4) << "3.3 ns a byte";
  EXPECT_EQ(cheapest_codec(trials, 3e9), SpillCodec::none) << "0.33 ns a byte";
  EXPECT_EQ(cheapest_codec({}, 1), SpillCodec::none);
}

}  // namespace
}  // namespace basalt
