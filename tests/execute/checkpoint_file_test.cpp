// Checkpoint files: what was written comes back, and whatever happened to it on the disk is found.

#include "execute/checkpoint_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "basalt/error.h"
#include "execute/checkpoint_folder.h"
#include "execute/checkpoint_schedule.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

using Bytes = std::vector<std::byte>;

class CheckpointFileTest : public testing::Test {
 protected:
  CheckpointFileTest() {
    std::string pattern = (fs::temp_directory_path() / "basalt_checkpoint_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~CheckpointFileTest() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return (folder_ / "file").string(); }

  static StateAccess access(Bytes& state) {
    return {.is_whole = [] { return true; },
            .view = [&](std::uint64_t first,
                        std::uint64_t bytes) { return std::span<const std::byte>(state).subspan(first, bytes); },
            .room = [&](std::uint64_t first, std::uint64_t bytes) { return std::span(state).subspan(first, bytes); },
            .filled = [](std::uint64_t /*first*/, std::span<const std::byte> /*bytes*/) {}};
  }

  void write(Bytes& state, const Bytes& document) const {
    CheckpointWrite how;
    ASSERT_TRUE(write_checkpoint(path(), document, state.size(), access(state), how));
    EXPECT_EQ(how.file_bytes, fs::file_size(path()));
    EXPECT_LE(how.file_bytes, checkpoint_bytes(state.size()) + document.size());
  }

  [[nodiscard]] std::string content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void replace(const std::string& content) const { std::ofstream(path(), std::ios::binary) << content; }

  /// Empty where nothing is found.
  [[nodiscard]] std::string complaint(std::size_t state_bytes) const {
    try {
      Bytes state(state_bytes);
      CheckpointFile file(path());
      if (file.state_bytes() != state_bytes) {
        return "another size";
      }
      file.read_state(access(state));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::io);
      return error.what();
    }
    return {};
  }

  fs::path folder_;
};

Bytes random_bytes(std::size_t count) {
  std::mt19937_64 random(7);
  Bytes bytes(count);
  std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random()); });
  return bytes;
}

TEST_F(CheckpointFileTest, WhatWasWrittenComesBack) {
  const Bytes document = random_bytes(100);
  for (const int axes : {0, 3, 10, 20, 23}) {
    const std::size_t size = std::size_t{8} << axes;
    Bytes zeros(size);
    Bytes noise = random_bytes(size);
    Bytes mixed = noise;
    std::fill_n(mixed.begin(), size / 2, std::byte{0});
    for (Bytes* state : {&zeros, &noise, &mixed}) {
      write(*state, document);
      CheckpointFile file(path());
      EXPECT_EQ(file.state_bytes(), size);
      EXPECT_TRUE(std::ranges::equal(file.document(), document));
      Bytes back(size, std::byte{1});
      file.read_state(access(back));
      EXPECT_EQ(back, *state);
    }
  }
}

TEST_F(CheckpointFileTest, AStateOfZerosTakesNoRoom) {
  Bytes zeros(std::size_t{8} << 20);
  write(zeros, {});
  EXPECT_LT(fs::file_size(path()), 1000U);
}

TEST_F(CheckpointFileTest, ADocumentNeedsNoState) {
  Bytes none;
  const Bytes document = random_bytes(10);
  write(none, document);
  CheckpointFile file(path());
  EXPECT_EQ(file.state_bytes(), 0U);
  file.read_state(access(none));
}

TEST_F(CheckpointFileTest, EveryFlippedBitIsFound) {
  Bytes state = random_bytes(std::size_t{8} << 5);
  std::fill_n(state.begin(), 64, std::byte{0});
  write(state, random_bytes(20));
  const std::string whole = content();
  ASSERT_EQ(complaint(state.size()), "");
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    replace(damaged);
    EXPECT_NE(complaint(state.size()), "") << "bit " << bit;
  }
}

TEST_F(CheckpointFileTest, AFileOfAnyOtherLengthIsFound) {
  Bytes state = random_bytes(std::size_t{8} << 5);
  write(state, random_bytes(20));
  const std::string whole = content();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    replace(whole.substr(0, length));
    EXPECT_NE(complaint(state.size()), "") << length;
  }
  replace(whole + 'x');
  EXPECT_THAT(complaint(state.size()), HasSubstr("longer"));
  fs::remove(path());
  EXPECT_THAT(complaint(state.size()), HasSubstr("No such file"));
}

TEST_F(CheckpointFileTest, ChunksThatChangedPlacesAreFound) {
  Bytes state = random_bytes(std::size_t{8} << 20);
  write(state, {});
  std::string swapped = content();
  const std::size_t half = (swapped.size() - 48) / 2;
  std::rotate(swapped.begin() + 48, swapped.begin() + 48 + static_cast<std::ptrdiff_t>(half), swapped.end());
  replace(swapped);
  EXPECT_THAT(complaint(state.size()), HasSubstr("chunk 0"));
}

TEST_F(CheckpointFileTest, OneThatIsGivenUpLeavesNothing) {
  Bytes state = random_bytes(std::size_t{8} << 10);
  CheckpointWrite how;
  how.go_on = [](std::uint64_t done, std::uint64_t total) { return done < total / 2; };
  EXPECT_FALSE(write_checkpoint(path(), {}, state.size(), access(state), how));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(CheckpointFileTest, AFolderIsOneRunsAndOneProcesss) {
  const std::string run = (folder_ / "run").string();
  const auto refusal = [&](const auto& take) -> std::string {
    try {
      take(run);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_usage);
      return error.what();
    }
    return {};
  };
  EXPECT_THAT(refusal(CheckpointFolder::open), HasSubstr("there is no folder"));
  {
    const CheckpointFolder folder = CheckpointFolder::create(run);
    EXPECT_THAT(refusal(CheckpointFolder::create), HasSubstr("another run"));
    std::ofstream(folder.file_of(9)) << "x";
    std::ofstream(folder.file_of(10)) << "x";
    std::ofstream(folder.file_of(11)) << "x";
    EXPECT_THAT(folder.generations(), ElementsAre(11, 10, 9));
    folder.keep_latest(2);
    EXPECT_THAT(folder.generations(), ElementsAre(11, 10));
    std::ofstream(folder.file_of(12) + ".aB3dE9") << "a process was killed here";
  }
  EXPECT_THAT(refusal(CheckpointFolder::create), HasSubstr("basalt resume"));
  EXPECT_TRUE(holds_run(run));
  const CheckpointFolder folder = CheckpointFolder::open(run);
  EXPECT_EQ(std::distance(fs::directory_iterator(run), {}), 2);
  EXPECT_GT(folder.free_bytes(), 0U);
}

TEST_F(CheckpointFileTest, AFolderWithOtherFilesIsLeftAlone) {
  std::ofstream(folder_ / "thesis.tex") << "x";
  EXPECT_THROW(CheckpointFolder::create(folder_.string()), Error);
  EXPECT_THROW(CheckpointFolder::open(folder_.string()), Error);
  EXPECT_TRUE(fs::exists(folder_ / "thesis.tex"));
}

TEST(CheckpointSchedule, TakesATwentiethOfTheTimeAtMost) {
  CheckpointSchedule schedule(std::nullopt);
  EXPECT_FALSE(schedule.is_due(59));
  EXPECT_TRUE(schedule.is_due(60));
  EXPECT_FALSE(schedule.accepts(60, 10)) << "ten seconds are a twentieth of 200";
  EXPECT_FALSE(schedule.is_due(199));
  EXPECT_TRUE(schedule.is_due(200));
  schedule.note_written(210, 10);
  EXPECT_FALSE(schedule.is_due(400));
  EXPECT_TRUE(schedule.is_due(410));
  schedule.note_written(415, 1);
  EXPECT_TRUE(schedule.is_due(475));
}

TEST(CheckpointSchedule, DoesWhatWasAskedFor) {
  CheckpointSchedule schedule(5);
  EXPECT_TRUE(schedule.accepts(5, 100));
  schedule.note_written(105, 100);
  EXPECT_FALSE(schedule.is_due(109));
  EXPECT_TRUE(schedule.is_due(110));
}

}  // namespace
}  // namespace basalt
