// Chunks on disk: what is written comes back, zeros take no disk, and whatever a disk does to a chunk is told.
#include "runtime/memory/chunk_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "runtime/memory/fake_storage.h"
#include "runtime/memory/refusal.h"

namespace basalt {
namespace {

using test::FakeStorage;
using test::refusal;
using testing::HasSubstr;

constexpr std::uint64_t kChunkBytes = std::uint64_t{64} << 10;

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes bytes(kChunkBytes);
  for (std::uint64_t i = 0; i < bytes.size(); i += 8) {
    const std::uint64_t word = random();
    std::memcpy(bytes.data() + i, &word, 8);
  }
  return bytes;
}

/// One byte in a thousand, as a state of few amplitudes.
Bytes sparse_bytes() {
  Bytes bytes(kChunkBytes);
  for (std::uint64_t i = 0; i < bytes.size(); i += 1000) {
    bytes[i] = std::byte{7};
  }
  return bytes;
}

struct Fixture {
  explicit Fixture(double bytes_per_second = 0, const std::optional<LossyNumbers>& lossy = std::nullopt)
      : owned(std::make_unique<FakeStorage>(4 * kChunkBytes)),
        storage(owned.get()),
        file(std::move(owned), {.name = "/some/folder",
                                .chunk_bytes = kChunkBytes,
                                .count = 4,
                                .bytes_per_second = bytes_per_second,
                                .lossy = lossy}),
        scratch(ChunkFile::scratch_bytes(kChunkBytes, lossy)) {}

  Bytes read(std::uint64_t chunk) {
    Bytes bytes(kChunkBytes, std::byte{99});
    file.read(chunk, bytes, scratch);
    return bytes;
  }

  std::unique_ptr<FakeStorage> owned;
  FakeStorage* storage;
  ChunkFile file;
  Bytes scratch;
};

TEST(ChunkFile, BringsBackWhatWasWrittenLast) {
  Fixture fixture;
  for (const std::uint64_t seed : {1U, 2U}) {
    for (std::uint64_t chunk = 0; chunk < 4; ++chunk) {
      fixture.file.write(chunk, random_bytes(10 * seed + chunk), fixture.scratch);
    }
    for (std::uint64_t chunk = 0; chunk < 4; ++chunk) {
      EXPECT_EQ(fixture.read(chunk), random_bytes(10 * seed + chunk));
    }
  }
  EXPECT_EQ(fixture.file.written_bytes(), 8 * kChunkBytes);
  EXPECT_EQ(fixture.file.read_bytes(), 8 * kChunkBytes);
}

TEST(ChunkFile, NeitherWritesNorReadsZeros) {
  Fixture fixture;
  fixture.file.write(1, random_bytes(1), fixture.scratch);
  fixture.file.write(1, Bytes(kChunkBytes), fixture.scratch);
  EXPECT_TRUE(fixture.file.is_zero(1));
  EXPECT_TRUE(fixture.file.is_zero(2)) << "it begins as zeros";
  EXPECT_EQ(fixture.read(1), Bytes(kChunkBytes));
  EXPECT_EQ(fixture.read(2), Bytes(kChunkBytes));
  fixture.file.write(3, random_bytes(3), fixture.scratch);
  fixture.file.clear(3);
  EXPECT_EQ(fixture.read(3), Bytes(kChunkBytes));
  EXPECT_EQ(fixture.storage->reads, 0);
  EXPECT_EQ(fixture.storage->writes, 2);
}

TEST(ChunkFile, CompressesWhatGetsSmallerWhereTheDiskIsSlow) {
  Fixture fixture(/*bytes_per_second=*/1e3);
  fixture.file.write(0, sparse_bytes(), fixture.scratch);
  EXPECT_LT(fixture.file.written_bytes(), kChunkBytes / 8);
  EXPECT_EQ(fixture.file.written_bytes() % 4096, 0U) << "whole blocks of the disk";
  EXPECT_EQ(fixture.file.stored_bytes(), kChunkBytes);
  EXPECT_EQ(fixture.read(0), sparse_bytes());
  fixture.file.write(1, random_bytes(1), fixture.scratch);
  EXPECT_EQ(fixture.read(1), random_bytes(1));
}

TEST(ChunkFile, LeavesBytesAsTheyAreWhereTheDiskIsFast) {
  Fixture fixture(/*bytes_per_second=*/1e15);
  fixture.file.write(0, sparse_bytes(), fixture.scratch);
  EXPECT_EQ(fixture.file.written_bytes(), kChunkBytes);
}

/// Of size 1, as doubles.
Bytes number_bytes(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Bytes bytes(kChunkBytes);
  for (std::uint64_t i = 0; i < bytes.size(); i += sizeof(double)) {
    const double number = normal(random);
    std::memcpy(bytes.data() + i, &number, sizeof(double));
  }
  return bytes;
}

constexpr double kSlowDisk = 1e3;

TEST(ChunkFile, TellsWhatItLost) {
  const LossyNumbers lossy{.type = ElementType::c128, .tolerance = 1e-4};
  Fixture fixture(kSlowDisk, lossy);
  EXPECT_EQ(fixture.file.lost(), 0);
  double lost = 0;
  for (std::uint64_t chunk = 0; chunk < 3; ++chunk) {
    fixture.file.write(chunk, number_bytes(chunk), fixture.scratch);
    const NumberChange change = change_of(lossy.type, number_bytes(chunk), fixture.read(chunk));
    EXPECT_GT(change.largest, 0);
    EXPECT_LE(change.largest, lossy.tolerance);
    lost += change.sum_of_squares;
    EXPECT_DOUBLE_EQ(fixture.file.lost(), std::sqrt(lost));
  }
  EXPECT_LT(fixture.file.written_bytes(), 3 * kChunkBytes / 2);
  fixture.file.clear(1);
  EXPECT_LT(fixture.file.lost(), std::sqrt(lost));
  fixture.file.write(0, Bytes(kChunkBytes), fixture.scratch);
  fixture.file.write(2, number_bytes(7), {});
  EXPECT_EQ(fixture.file.lost(), 0) << "what is not compressed is not changed";
  EXPECT_EQ(fixture.read(2), number_bytes(7));
}

/// Digits that numbers do not have cannot be kept; what cannot be bounded is stored as it is.
TEST(ChunkFile, StoresAsItIsWhatWouldChangeTooMuch) {
  Fixture fixture(kSlowDisk, LossyNumbers{.type = ElementType::c128, .tolerance = 1e-18});
  fixture.file.write(0, number_bytes(3), fixture.scratch);
  EXPECT_EQ(fixture.read(0), number_bytes(3));
  EXPECT_EQ(fixture.file.lost(), 0);
  Bytes bytes = number_bytes(3);
  std::memset(bytes.data() + 800, 0xFF, sizeof(double));  // no number
  Fixture other(kSlowDisk, LossyNumbers{.type = ElementType::c128, .tolerance = 1e-2});
  other.file.write(0, bytes, other.scratch);
  EXPECT_EQ(other.read(0), bytes);
  EXPECT_EQ(other.file.lost(), 0);
}

TEST(ChunkFile, TellsOfBitsThatTheDiskFlipsInWhatWasChanged) {
  Fixture fixture(kSlowDisk, LossyNumbers{.type = ElementType::c128, .tolerance = 1e-3});
  fixture.file.write(2, number_bytes(1), fixture.scratch);
  const Bytes whole = fixture.read(2);
  for (std::uint64_t i = 0; i < fixture.file.written_bytes(); i += 61) {
    std::byte& victim = fixture.storage->content[2 * kChunkBytes + i];
    victim ^= std::byte{0x10};
    try {
      EXPECT_EQ(fixture.read(2), whole) << "only where the byte is not part of the content: " << i;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::io);
    }
    victim ^= std::byte{0x10};
  }
}

TEST(ChunkFile, TellsOfEveryBitThatTheDiskFlips) {
  for (const double bytes_per_second : {0.0, 1e3}) {
    Fixture fixture(bytes_per_second);
    fixture.file.write(2, sparse_bytes(), fixture.scratch);
    const std::uint64_t used = fixture.file.written_bytes();
    for (std::uint64_t i = 0; i < used; i += 61) {
      std::byte& victim = fixture.storage->content[2 * kChunkBytes + i];
      const std::byte before = victim;
      victim ^= std::byte{0x10};
      try {
        EXPECT_EQ(fixture.read(2), sparse_bytes()) << "only where the byte is not part of the content: " << i;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::io);
        EXPECT_THAT(error.message(), HasSubstr("chunk 2 of 4 of the file in /some/folder"));
      }
      victim = before;
    }
    EXPECT_EQ(fixture.read(2), sparse_bytes());
  }
}

TEST(ChunkFile, TellsOfChunksThatChangedPlaces) {
  Fixture fixture;
  fixture.file.write(0, random_bytes(1), fixture.scratch);
  fixture.file.write(1, random_bytes(2), fixture.scratch);
  std::swap_ranges(fixture.storage->content.begin(), fixture.storage->content.begin() + kChunkBytes,
                   fixture.storage->content.begin() + kChunkBytes);
  EXPECT_THAT(refusal([&] { fixture.read(0); }, ErrorCode::io), HasSubstr("damaged"));
}

TEST(ChunkFile, PassesOnWhatTheDiskRefuses) {
  Fixture fixture;
  fixture.storage->fail_write = 1;
  EXPECT_THAT(refusal([&] { fixture.file.write(0, random_bytes(1), fixture.scratch); }), HasSubstr("disk is full"));
  fixture.file.write(0, random_bytes(1), fixture.scratch);
  fixture.storage->fail_read = 1;
  EXPECT_THAT(refusal([&] { fixture.read(0); }, ErrorCode::io), HasSubstr("ends early"));
}

TEST(SpillStorage, ReservesWhatItIsToHold) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  const auto storage = make_spill_storage(folder, {.reserve_bytes = 4 * kChunkBytes, .direct = true});
  HostMemory source;
  const Buffer buffer(source, 4 * kChunkBytes);
  std::memset(buffer.data(), 5, buffer.size_bytes());
  storage->write(0, buffer.bytes());
  std::memset(buffer.data(), 0, buffer.size_bytes());
  storage->read(0, buffer.bytes());
  EXPECT_EQ(buffer.data()[4 * kChunkBytes - 1], std::byte{5});
}

TEST(SpillStorage, SaysWhereADiskHasNoRoom) {
  const std::string text = refusal(
      [] { make_spill_storage(std::filesystem::temp_directory_path(), {.reserve_bytes = std::uint64_t{1} << 60}); });
  EXPECT_THAT(text, HasSubstr(std::filesystem::temp_directory_path().string()));
  EXPECT_THAT(text, HasSubstr("BASALT_SPILL_DIR"));
}

}  // namespace
}  // namespace basalt
