#include <gmock/gmock.h>
#include <png.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "patterns/output/frame_maker.h"
#include "workloads/patterns/output/color_map.h"
#include "workloads/patterns/output/png.h"
#include "workloads/patterns/output/render.h"

namespace basalt::patterns {
namespace {

using test::Folder;
using test::InventedFrame;
using test::refusal;
using testing::HasSubstr;

Rgb8 pixel(const Image& image, std::uint64_t x, std::uint64_t y) {
  const std::uint8_t* rgb = &image.rgb[3 * (y * image.width + x)];
  return {rgb[0], rgb[1], rgb[2]};
}

TEST(Pictures, ShowEachCell) {
  const InventedFrame frame({7, 5}, Precision::single_precision);
  const Image image = render_frame(frame.view(), {.species = 1, .map = "ice", .range = std::pair(1000.0, 1008.0)});
  const ColorTable table = make_color_table(find_color_map("ice"));
  ASSERT_EQ(image.width, 7U);
  ASSERT_EQ(image.height, 5U);
  for (std::uint64_t y = 0; y < 5; ++y) {
    for (std::uint64_t x = 0; x < 7; ++x) {
      const double t = (test::value_of(1, x, y, 0) - 1000) / 8;
      EXPECT_EQ(pixel(image, x, y), table[static_cast<std::size_t>(std::lround(255 * t))]) << x << ' ' << y;
    }
  }
}

TEST(Pictures, TakeTheirRangeFromTheFrame) {
  const InventedFrame frame({7, 5}, Precision::double_precision);
  const Image image = render_frame(frame.view(), {});
  const ColorTable table = make_color_table(find_color_map("lava"));
  EXPECT_EQ(pixel(image, 0, 0), table.front());
  EXPECT_EQ(pixel(image, 6, 4), table.back());
}

TEST(Pictures, OfTwoSignsAreCentred) {
  const auto value = [](std::size_t, std::uint64_t x, std::uint64_t, std::uint64_t) {
    return static_cast<double>(x) - 1;  // −1, 0, 1, 2
  };
  const InventedFrame frame({4, 3}, Precision::double_precision, value);
  const Image image = render_frame(frame.view(), {.map = "rift"});
  const ColorTable table = make_color_table(find_color_map("rift"));
  EXPECT_EQ(pixel(image, 0, 0), table[64]);
  EXPECT_EQ(pixel(image, 1, 0), table[128]);
  EXPECT_EQ(pixel(image, 3, 0), table[255]);
}

TEST(Pictures, OfOneAxisAreStrips) {
  const InventedFrame frame({9}, Precision::single_precision);
  const Image image = render_frame(frame.view(), {});
  ASSERT_EQ(image.height, kStripHeight);
  ASSERT_EQ(image.rgb.size(), 3 * 9 * kStripHeight);
  EXPECT_EQ(pixel(image, 4, 0), pixel(image, 4, kStripHeight - 1));
  EXPECT_NE(pixel(image, 3, 0), pixel(image, 4, 0));
}

TEST(Pictures, OfThreeAxesShowTheMiddle) {
  const auto value = [](std::size_t, std::uint64_t, std::uint64_t, std::uint64_t z) { return z == 2 ? 1.0 : 0.0; };
  const InventedFrame frame({4, 3, 5}, Precision::single_precision, value);
  const Image image = render_frame(frame.view(), {.range = std::pair(0.0, 1.0)});
  EXPECT_EQ(image.height, 3U);
  EXPECT_EQ(pixel(image, 1, 1), make_color_table(find_color_map("lava")).back());
}

TEST(Pictures, MarkWhatIsNoNumber) {
  const auto value = [](std::size_t, std::uint64_t x, std::uint64_t, std::uint64_t) {
    return x == 1 ? std::numeric_limits<double>::quiet_NaN() : x == 2 ? HUGE_VAL : 5.0;
  };
  const InventedFrame frame({4, 3}, Precision::double_precision, value);
  const Image image = render_frame(frame.view(), {});
  EXPECT_EQ(pixel(image, 1, 0), kNotFinite);
  EXPECT_EQ(pixel(image, 2, 0), kNotFinite);
  EXPECT_EQ(pixel(image, 0, 0), make_color_table(find_color_map("lava"))[128]);  // no contrast: the middle
}

TEST(Pictures, ShowModulusAndPhase) {
  const auto value = [](std::size_t species, std::uint64_t x, std::uint64_t, std::uint64_t) {
    const double angle = static_cast<double>(x) * std::numbers::pi / 4 - std::numbers::pi;
    return (static_cast<double>(x) + 1) * (species == 0 ? std::cos(angle) : std::sin(angle));
  };
  const InventedFrame frame({8, 3}, Precision::double_precision, value);
  const Image phase = render_frame(frame.view(), {.shown = Shown::phase});
  const ColorTable tide = make_color_table(find_color_map("tide"));
  const Image modulus = render_frame(frame.view(), {.shown = Shown::modulus});
  const ColorTable lava = make_color_table(find_color_map("lava"));
  for (std::uint64_t x = 0; x < 8; ++x) {
    EXPECT_EQ(pixel(phase, x, 0), tide[32 * x]) << x;
    EXPECT_EQ(pixel(modulus, x, 0), lava[static_cast<std::size_t>(std::lround(255.0 * static_cast<double>(x) / 7))]);
  }
}

TEST(Pictures, AreRefusedWhereThereIsNothingToShow) {
  InventedFrame frame({4, 3}, Precision::single_precision);
  const auto render = [&](const PictureOptions& options) {
    return refusal(ErrorCode::bad_usage, [&] { render_frame(frame.view(), options); });
  };
  EXPECT_THAT(render({.species = 2}), HasSubstr("no species 2 among 2"));
  EXPECT_THAT(render({.map = "Moss"}), HasSubstr("did you mean moss?"));
  EXPECT_THAT(render({.range = std::pair(1.0, 1.0)}), HasSubstr("1 to 1"));
  EXPECT_THAT(render({.range = std::pair(0.0, HUGE_VAL)}), HasSubstr("inf"));
  frame.species.pop_back();
  EXPECT_THAT(render({.shown = Shown::phase}), HasSubstr("neither modulus nor phase"));
}

TEST(PngFiles, HoldThePixels) {
  const Folder folder;
  const InventedFrame frame({33, 17}, Precision::single_precision);
  const Image image = render_frame(frame.view(), {});
  write_png(folder / "frame.png", image);
  EXPECT_EQ(folder.files(), 1U);

  png_image read{};
  read.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_file(&read, (folder / "frame.png").c_str()), 0);
  EXPECT_EQ(read.width, 33U);
  EXPECT_EQ(read.height, 17U);
  read.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> rgb(PNG_IMAGE_SIZE(read));
  ASSERT_NE(png_image_finish_read(&read, nullptr, rgb.data(), 0, nullptr), 0);
  EXPECT_EQ(rgb, image.rgb);
}

TEST(PngFiles, HaveALargestSize) {
  const Folder folder;
  EXPECT_THAT(refusal(ErrorCode::unsupported, [&] { write_png(folder / "a.png", {.width = 2'000'000, .height = 1}); }),
              HasSubstr("2000000x1"));
}

}  // namespace
}  // namespace basalt::patterns
