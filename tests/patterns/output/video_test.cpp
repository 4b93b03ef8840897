// Videos, by programs that stand for ffmpeg.
#include "workloads/patterns/output/video.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "patterns/output/frame_maker.h"

namespace basalt::patterns {
namespace {

using test::content_of;
using test::Folder;
using test::refusal;
using testing::HasSubstr;

/// A folder with a script named ffmpeg as the first of the PATH, or, without a script, the only one.
class VideoTest : public testing::Test {
 protected:
  ~VideoTest() override { ::setenv("PATH", path_.c_str(), 1); }

  void install(const std::string& script) {
    const std::string program = folder_ / "ffmpeg";
    test::write_text(program, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    ::setenv("PATH", ((folder_ / "") + ":" + path_).c_str(), 1);
  }

  Folder folder_;
  const std::string path_ = std::getenv("PATH");
  const VideoShape shape_{.width = 40, .height = 30, .frames_per_second = 25};
  const Image image_{.width = 40, .height = 30, .rgb = std::vector<std::uint8_t>(3600, 77)};
};

constexpr const char* kKeepAll = "for last; do :; done; exec cat > \"${last#file:}\"";

TEST_F(VideoTest, GetsAllFrames) {
  install(kKeepAll);
  const auto video = Video::start(folder_ / "a.mp4", shape_);
  ASSERT_NE(video, nullptr);
  for (int i = 0; i < 100; ++i) {
    video->add(image_);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.mp4"));
  video->finish();
  EXPECT_EQ(content_of(folder_ / "a.mp4"), std::string(360'000, 77));
  EXPECT_EQ(folder_.files(), 2U);
}

TEST_F(VideoTest, IsToldTheShape) {
  install("for last; do :; done; echo \"$@\" > \"${last#file:}\"; cat > /dev/null");
  const auto video = Video::start(folder_ / "a.mp4", shape_);
  ASSERT_NE(video, nullptr);
  video->finish();
  EXPECT_THAT(content_of(folder_ / "a.mp4"), HasSubstr("-s 40x30 -r 25 -i pipe:0"));
}

TEST_F(VideoTest, IsNoneWithoutFfmpeg) {
  ::setenv("PATH", (folder_ / "").c_str(), 1);
  EXPECT_EQ(Video::start(folder_ / "a.mp4", shape_), nullptr);
  EXPECT_EQ(folder_.files(), 0U);
}

TEST_F(VideoTest, FailsWhereFfmpegFails) {
  install("cat > /dev/null; exit 3");
  const auto video = Video::start(folder_ / "a.mp4", shape_);
  ASSERT_NE(video, nullptr);
  EXPECT_THAT(refusal(ErrorCode::io, [&] { video->finish(); }), HasSubstr("a.mp4': ffmpeg ended with 3"));
}

TEST_F(VideoTest, FailsWhereFfmpegEndsEarly) {
  install("exit 0");
  const auto video = Video::start(folder_ / "a.mp4", shape_);
  ASSERT_NE(video, nullptr);
  const auto fill = [&] {
    for (int i = 0; i < 10'000; ++i) {
      video->add(image_);
    }
  };
  EXPECT_THAT(refusal(ErrorCode::io, fill), HasSubstr("takes no more frames"));
}

TEST_F(VideoTest, LeavesNothingWhereItIsNotFinished) {
  install(kKeepAll);
  {
    const auto video = Video::start(folder_ / "a.mp4", shape_);
    ASSERT_NE(video, nullptr);
    video->add(image_);
  }
  EXPECT_EQ(folder_.files(), 1U);
}

}  // namespace
}  // namespace basalt::patterns
