#include "workloads/patterns/output/frame_folder.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "basalt/pattern_file.h"
#include "patterns/output/frame_maker.h"

namespace basalt::patterns {
namespace {

using test::content_of;
using test::Folder;
using test::InventedFrame;
using test::refusal;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

PatternRequest request_of(const std::string& folder) {
  PatternRequest request;
  request.model = "gray-scott";
  request.size = {5, 7};
  request.steps = 12'000;
  request.output = folder;
  return request;
}

TEST(FrameFolder, HoldsTheFramesAndTheRun) {
  const Folder folder;
  const InventedFrame frame({5, 7}, Precision::single_precision);
  FrameFolder frames(request_of(folder / "a/b"), {.png = true, .npy = true, .vti = true, .hdf5 = true});
  FrameView view = frame.view();
  frames.write(view);
  view.step = 12'000;
  frames.write(view);
  std::vector<std::string> names;
  for (const std::string& file : frames.written().files) {
    EXPECT_TRUE(fs::is_regular_file(file)) << file;
    names.push_back(fs::path(file).filename().string());
  }
  EXPECT_THAT(names,
              ElementsAre("run.toml", "frame_00300.png", "frame_00300.npy", "frame_00300.vti", "frame_00300.h5",
                          "frames.xdmf", "frame_12000.png", "frame_12000.npy", "frame_12000.vti", "frame_12000.h5"));
  EXPECT_EQ(read_pattern_toml(content_of(folder / "a/b/run.toml"), "run.toml").steps, 12'000U);
  const std::string series = content_of(folder / "a/b/frames.xdmf");
  EXPECT_THAT(series, HasSubstr("frame_00300.h5:/v"));
  EXPECT_THAT(series, HasSubstr("frame_12000.h5:/u"));
}

TEST(FrameFolder, MustBeOne) {
  const Folder folder;
  test::write_text(folder / "file", "");
  EXPECT_THAT(refusal(ErrorCode::io, [&] { FrameFolder(request_of(folder / "file"), {}); }), HasSubstr("file"));
  EXPECT_THAT(refusal(ErrorCode::io, [&] { FrameFolder(request_of(folder / "file/below"), {}); }), HasSubstr("below"));
}

TEST(FrameFolder, KeepsWhatWasWrittenBefore) {
  const Folder folder;
  const InventedFrame frame({5, 7}, Precision::single_precision);
  FrameFolder frames(request_of(folder / "a"), {.png = false, .npy = true});
  FrameView view = frame.view();
  frames.write(view);
  fs::create_directory(folder / "a/frame_00400.npy");  // in the way
  view.step = 400;
  EXPECT_THAT(refusal(ErrorCode::io, [&] { frames.write(view); }), HasSubstr("frame_00400.npy"));
  EXPECT_EQ(frames.written().files.size(), 2U);
  EXPECT_TRUE(fs::is_regular_file(folder / "a/frame_00300.npy"));
}

TEST(FrameFolder, MakesAVideoOfItsPictures) {
  const Folder folder;
  const std::string path = std::getenv("PATH");
  test::write_text(folder / "ffmpeg", "#!/bin/sh\nfor last; do :; done; exec cat > \"${last#file:}\"\n");
  fs::permissions(folder / "ffmpeg", fs::perms::owner_all);
  const InventedFrame frame({6, 4}, Precision::single_precision);
  const auto run = [&](const std::string& name, const std::string& search) {
    ::setenv("PATH", search.c_str(), 1);
    FrameFolder frames(request_of(folder / name), {.png = false, .mp4 = true});
    frames.write(frame.view());
    frames.write(frame.view());
    frames.finish();
    ::setenv("PATH", path.c_str(), 1);
    return frames.lacks_video() ? std::string("none") : frames.written().files.back();
  };
  EXPECT_EQ(run("a", (folder / "") + ":" + path), folder / "a/video.mp4");
  EXPECT_EQ(content_of(folder / "a/video.mp4").size(), 2U * 6 * 4 * 3);
  EXPECT_EQ(run("b", folder / "b"), "none");
  EXPECT_FALSE(fs::exists(folder / "b/video.mp4"));
}

TEST(UsualPictures, CanBeDrawnOfEachModel) {
  for (const PatternModel& model : pattern_models()) {
    InventedFrame frame({4, 4}, Precision::single_precision);
    frame.species = model.species;
    EXPECT_EQ(render_frame(frame.view(), usual_picture(model)).rgb.size(), 48U) << model.name;
  }
}

}  // namespace
}  // namespace basalt::patterns
