// Tiles streamed through memory: each chunk is seen once, in the order that was asked for, and goes back where it was.
#include "execute/tile_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <complex>
#include <set>

#include "runtime/memory/fake_storage.h"

namespace basalt {
namespace {

using test::FakeStorage;

constexpr int kChunkAxes = 4;
constexpr std::uint64_t kChunks = 32;
constexpr std::uint64_t kChunkBytes = element_bytes(ElementType::c128) << kChunkAxes;

class TileStreamTest : public testing::Test {
 protected:
  TileStreamTest() : TileStreamTest(std::make_unique<FakeStorage>(kChunks * kChunkBytes)) {}

  /// The first number of chunk c is c + 1.
  void fill() {
    for (std::uint64_t chunk = 0; chunk < kChunks; ++chunk) {
      std::vector<std::complex<double>> values(std::size_t{1} << kChunkAxes);
      values[0] = static_cast<double>(chunk + 1);
      file_.write(chunk, std::as_bytes(std::span(values)), {});
    }
  }

  static double& first_of(Field& tile, std::uint64_t place) {
    return tile.buffer.as<double>()[(place << kChunkAxes) * 2];
  }

  double first_of_chunk(std::uint64_t chunk) {
    std::vector<std::complex<double>> values(std::size_t{1} << kChunkAxes);
    file_.read(chunk, std::as_writable_bytes(std::span(values)), {});
    return values[0].real();
  }

  FakeStorage* storage_;
  ChunkFile file_;
  HostMemory memory_;
  CancelToken cancel_;

 private:
  explicit TileStreamTest(std::unique_ptr<FakeStorage> storage)
      : storage_(storage.get()),
        file_(std::move(storage),
              {.name = "folder", .chunk_bytes = kChunkBytes, .count = kChunks, .bytes_per_second = 0}) {}
};

TEST_F(TileStreamTest, GathersChunksAlongAnyDirections) {
  for (const std::vector<std::uint64_t>& directions :
       {std::vector<std::uint64_t>{1, 2}, {16, 1}, {4, 8}, {31, 3}, {0b10101, 0b01010}, {6, 3}}) {
    for (const int buffers : {1, 2, 3, 9}) {
      fill();
      TileStream stream(file_, memory_, {.type = ElementType::c128, .axes = 6, .buffers = buffers, .threads = 3});
      std::multiset<std::uint64_t> seen;
      std::uint64_t last = 0;
      stream.run({.directions = directions,
                  .stores = true,
                  .wanted = {},
                  .work =
                      [&](std::uint64_t base, Field& tile) {
                        EXPECT_TRUE(seen.empty() || base > last) << "in order";
                        last = base;
                        for (std::uint64_t place = 0; place < 4; ++place) {
                          const std::uint64_t chunk =
                              base ^ ((place & 1) != 0 ? directions[0] : 0) ^ ((place & 2) != 0 ? directions[1] : 0);
                          EXPECT_EQ(first_of(tile, place), static_cast<double>(chunk + 1));
                          first_of(tile, place) += 100;
                          seen.insert(chunk);
                        }
                      }},
                 cancel_);
      EXPECT_EQ(seen.size(), kChunks);
      for (std::uint64_t chunk = 0; chunk < kChunks; ++chunk) {
        EXPECT_EQ(seen.count(chunk), 1U);
        EXPECT_EQ(first_of_chunk(chunk), static_cast<double>(chunk + 101));
      }
    }
  }
}

TEST_F(TileStreamTest, ReadsWhatIsWantedOnly) {
  fill();
  storage_->reads = 0;
  TileStream stream(file_, memory_, {.type = ElementType::c128, .axes = 6, .buffers = 2, .threads = 2});
  std::vector<std::uint64_t> bases;
  stream.run({.directions = {1, 2},
              .stores = false,
              .wanted = [](std::uint64_t chunk) { return chunk == 5 || chunk == 30; },
              .work =
                  [&](std::uint64_t base, Field& tile) {
                    bases.push_back(base);
                    EXPECT_EQ(first_of(tile, base == 4 ? 1 : 2), base == 4 ? 6 : 31);
                  }},
             cancel_);
  EXPECT_THAT(bases, testing::ElementsAre(4, 28));
  EXPECT_EQ(storage_->reads, 2);
}

TEST_F(TileStreamTest, LeavesOutTilesOfZeros) {
  std::vector<std::complex<double>> values(std::size_t{1} << kChunkAxes, 1.0);
  file_.write(9, std::as_bytes(std::span(values)), {});
  TileStream stream(file_, memory_, {.type = ElementType::c128, .axes = 6, .buffers = 2, .threads = 2});
  int tiles = 0;
  stream.run({.directions = {1, 2},
              .stores = true,
              .wanted = {},
              .work =
                  [&](std::uint64_t base, Field& tile) {
                    ++tiles;
                    EXPECT_EQ(base, 8U);
                    EXPECT_EQ(first_of(tile, 0), 0);
                    EXPECT_EQ(first_of(tile, 1), 1);
                  }},
             cancel_);
  EXPECT_EQ(tiles, 1);
  EXPECT_EQ(storage_->writes, 2) << "the chunk of before, and again: the others are still zeros";
}

TEST_F(TileStreamTest, PassesOnWhatWorkThrowsAndCanBeUsedAgain) {
  fill();
  TileStream stream(file_, memory_, {.type = ElementType::c128, .axes = 6, .buffers = 2, .threads = 2});
  TileWalk walk{.directions = {1, 2}, .stores = false, .wanted = {}, .work = [](std::uint64_t base, Field&) {
                  if (base == 12) {
                    throw Error(ErrorCode::failed, "by the work");
                  }
                }};
  EXPECT_THROW(stream.run(walk, cancel_), Error);
  int tiles = 0;
  walk.work = [&](std::uint64_t, Field&) { ++tiles; };
  stream.run(walk, cancel_);
  EXPECT_EQ(tiles, 8);
}

TEST_F(TileStreamTest, StopsBetweenTiles) {
  fill();
  TileStream stream(file_, memory_, {.type = ElementType::c128, .axes = 6, .buffers = 2, .threads = 2});
  int tiles = 0;
  const TileWalk walk{.directions = {1, 2}, .stores = true, .wanted = {}, .work = [&](std::uint64_t, Field&) {
                        ++tiles;
                        cancel_.request();
                      }};
  EXPECT_THROW(stream.run(walk, cancel_), Error);
  EXPECT_EQ(tiles, 1);
}

}  // namespace
}  // namespace basalt
