#include "workloads/patterns/output/grid_values.h"

#include <gmock/gmock.h>
#include <png.h>

#include <cmath>
#include <limits>

#include "base/npy.h"
#include "patterns/output/frame_maker.h"
#include "workloads/patterns/output/png.h"
#include "workloads/patterns/output/write_hdf5.h"
#include "workloads/patterns/output/write_npy.h"

namespace basalt::patterns {
namespace {

using test::Folder;
using test::InventedFrame;
using test::refusal;
using test::write_text;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<double> row_of(const GridValues& values, const Grid& grid, std::uint64_t layer, std::uint64_t y,
                           std::uint64_t z) {
  std::vector<double> row(grid.size[0]);
  values.read_row(grid, layer, y, z, row.data());
  return row;
}

std::string refused(const std::string& path) {
  return refusal(ErrorCode::bad_input, [&] { open_grid_values(path); });
}

TEST(GridValues, OfANumPyFileAreWhatWasWritten) {
  const Folder folder;
  for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
    for (const std::vector<std::uint64_t>& size : {std::vector<std::uint64_t>{9}, {5, 7}, {4, 3, 6}}) {
      const InventedFrame frame(size, precision);
      write_npy(folder / "a.npy", frame.view());
      const auto values = open_grid_values(folder / "a.npy");
      ASSERT_EQ(values->layers(frame.grid), 2U);
      std::vector<double> expected;
      for (std::size_t species = 0; species < 2; ++species) {
        for (std::uint64_t z = 0; z < frame.grid.size[2]; ++z) {
          for (std::uint64_t y = 0; y < frame.grid.size[1]; ++y) {
            read_row(frame.view(), species, y, z, expected);
            EXPECT_EQ(row_of(*values, frame.grid, species, y, z), expected);
          }
        }
      }
    }
  }
}

TEST(GridValues, MayBeWholeNumbers) {
  const Folder folder;
  write_text(folder / "a.npy", write_npy_header("|u1", {3}) + std::string("\x00\x80\xFF", 3));
  const auto values = open_grid_values(folder / "a.npy");
  EXPECT_THAT(row_of(*values, make_grid({3}, 1), 0, 0, 0), ElementsAre(0, 128, 255));
}

TEST(GridValues, MustHaveTheShapeOfTheGrid) {
  const Folder folder;
  write_text(folder / "a.npy", write_npy_header("|u1", {4, 3}) + std::string(12, '\0'));
  const auto values = open_grid_values(folder / "a.npy");
  EXPECT_EQ(values->layers(make_grid({3, 4}, 1)), 1U);
  EXPECT_EQ(values->layers(make_grid({3}, 1)), 4U);
  EXPECT_THAT(refusal(ErrorCode::bad_input,
                      [&] {
                        static_cast<void>(values->layers(make_grid({4, 3}, 1)));
                      }),
              HasSubstr("has the shape (4, 3), and the grid is (3, 4)"));
}

TEST(GridValues, OfDamagedFilesAreRefused) {
  const Folder folder;
  EXPECT_THAT(refused(folder / "absent.npy"), HasSubstr("No such file"));
  EXPECT_THAT(refused(folder / "."), HasSubstr("no regular file"));
  const std::string path = folder / "a.npy";
  const auto refused_text = [&](const std::string& text) {
    write_text(path, text);
    return refused(path);
  };
  const std::string header = write_npy_header("<f8", {3});
  EXPECT_THAT(refused_text(""), HasSubstr("neither"));
  EXPECT_THAT(refused_text("u,v\n1,2\n"), HasSubstr("neither"));
  EXPECT_THAT(refused_text(header.substr(0, 40)), HasSubstr("cut off"));
  EXPECT_THAT(refused_text(header + std::string(23, '\0')), HasSubstr("has 23 bytes of numbers"));
  EXPECT_THAT(refused_text(header + std::string(25, '\0')), HasSubstr("its shape asks for 24"));
  EXPECT_THAT(refused_text(write_npy_header(">f8", {3}) + std::string(24, '\0')), HasSubstr("the type '>f8'"));
  EXPECT_THAT(refused_text(write_npy_header("<c8", {3}) + std::string(24, '\0')), HasSubstr("the type '<c8'"));
}

TEST(GridValues, OfHdf5FilesAreThoseOfTheNames) {
  const Folder folder;
  for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{{5}, {4, 3}, {3, 4, 5}}) {
    const InventedFrame frame(size, Precision::single_precision);
    write_hdf5(folder / "a.h5", frame.view());
    const auto values = open_grid_values(folder / "a.h5", {"u", "v"});
    ASSERT_EQ(values->layers(frame.grid), 2U);
    const auto one = open_grid_values(folder / "a.h5", {"v"});
    ASSERT_EQ(one->layers(frame.grid), 1U);
    for (std::uint64_t row = 0; row < frame.grid.rows(); ++row) {
      const std::uint64_t y = row % frame.grid.size[1];
      const std::uint64_t z = row / frame.grid.size[1];
      std::vector<double> expected;
      for (std::uint64_t x = 0; x < size[0]; ++x) {
        expected.push_back(test::value_of(1, x, y, z));
      }
      EXPECT_EQ(row_of(*values, frame.grid, 1, y, z), expected);
      EXPECT_EQ(row_of(*one, frame.grid, 0, y, z), expected);
    }
  }
}

TEST(GridValues, OfHdf5FilesThatDoNotFitAreRefused) {
  const Folder folder;
  InventedFrame frame({4, 3}, Precision::double_precision);
  write_hdf5(folder / "a.h5", frame.view());
  const auto refused_names = [&](const std::vector<std::string>& names) {
    return refusal(ErrorCode::bad_input, [&] { open_grid_values(folder / "a.h5", names); });
  };
  EXPECT_THAT(refused_names({"u", "w"}), HasSubstr("has the data sets u, v, and u, w are wanted"));
  EXPECT_THAT(refused_names({}), HasSubstr("has the data sets u, v"));
  const std::string whole = test::content_of(folder / "a.h5");
  write_text(folder / "a.h5", whole.substr(0, 1000));
  EXPECT_THAT(refused_names({"u", "v"}), HasSubstr("cannot read"));
  frame.species = {"only"};
  write_hdf5(folder / "one.h5", frame.view());
  EXPECT_EQ(open_grid_values(folder / "one.h5", {"u", "v"})->layers(frame.grid), 1U);
}

TEST(GridValues, AreFinite) {
  const Folder folder;
  const auto value = [](std::size_t, std::uint64_t x, std::uint64_t y, std::uint64_t) {
    return x == 2 && y == 1 ? std::numeric_limits<double>::quiet_NaN() : 1.0;
  };
  const InventedFrame frame({3, 3}, Precision::single_precision, value);
  write_npy(folder / "a.npy", frame.view());
  const auto values = open_grid_values(folder / "a.npy");
  EXPECT_THAT(row_of(*values, frame.grid, 0, 0, 0), ElementsAre(1, 1, 1));
  EXPECT_THAT(refusal(ErrorCode::bad_input, [&] { row_of(*values, frame.grid, 1, 1, 0); }),
              HasSubstr("holds nan in cell (2, 1, 0)"));
}

/// A PNG file of any format of libpng's.
std::string png_of(png_uint_32 width, png_uint_32 height, png_uint_32 format, const void* samples) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = format;
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string file(bytes, '\0');
  EXPECT_NE(png_image_write_to_memory(&image, file.data(), &bytes, 0, samples, 0, nullptr), 0) << image.message;
  file.resize(bytes);
  return file;
}

TEST(Images, OfGreysAreExact) {
  const Folder folder;
  std::vector<std::uint8_t> greys(256);
  for (std::size_t i = 0; i < greys.size(); ++i) {
    greys[i] = static_cast<std::uint8_t>(i);
  }
  write_text(folder / "a.png", png_of(64, 4, PNG_FORMAT_GRAY, greys.data()));
  const auto values = open_grid_values(folder / "a.png");
  const Grid grid = make_grid({64, 4}, 1);
  ASSERT_EQ(values->layers(grid), 1U);
  for (std::uint64_t y = 0; y < 4; ++y) {
    const std::vector<double> row = row_of(*values, grid, 0, y, 0);
    for (std::size_t x = 0; x < 64; ++x) {
      EXPECT_EQ(row[x], static_cast<double>(64 * y + x) / 255);
    }
  }
}

TEST(Images, OfColoursAreAsBrightAsTheirLuminance) {
  const std::array<std::uint8_t, 12> rgb = {255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255};
  const std::string file = png_of(4, 1, PNG_FORMAT_RGB, rgb.data());
  const Brightness image = parse_png({file.begin(), file.end()}, "a");
  EXPECT_EQ(image.values[0], 1);
  double light = 0;
  for (std::size_t i = 1; i < 4; ++i) {
    light += decode_srgb(image.values[i]);
  }
  EXPECT_NEAR(light, 1, 1e-12);
  EXPECT_GT(image.values[2], image.values[1]);
  EXPECT_GT(image.values[1], image.values[3]);
}

TEST(Images, OfSixteenBitsKeepTheirSteps) {
  std::array<std::uint16_t, 5> light{};
  for (std::size_t i = 0; i < light.size(); ++i) {
    light[i] = static_cast<std::uint16_t>(std::lround(65535 * decode_srgb(0.5 + static_cast<double>(i) / 1024)));
  }
  const std::string file = png_of(5, 1, PNG_FORMAT_LINEAR_Y, light.data());
  const Brightness image = parse_png({file.begin(), file.end()}, "a");
  for (std::size_t i = 0; i < light.size(); ++i) {
    EXPECT_NEAR(image.values[i], 0.5 + static_cast<double>(i) / 1024, 1e-4);
  }
}

TEST(Images, LieOverBlack) {
  const std::array<std::uint8_t, 8> rgba = {255, 255, 255, 0, 255, 255, 255, 255};
  const std::string file = png_of(2, 1, PNG_FORMAT_RGBA, rgba.data());
  EXPECT_THAT(parse_png({file.begin(), file.end()}, "a").values, ElementsAre(0, 1));
}

TEST(Images, ThatAreCutOffAreRefused) {
  const Folder folder;
  const std::vector<std::uint8_t> greys(64 * 64, 77);
  const std::string file = png_of(64, 64, PNG_FORMAT_GRAY, greys.data());
  for (std::size_t length = 8; length + 12 < file.size(); ++length) {  // without its last chunk, an image is whole
    write_text(folder / "a.png", file.substr(0, length));
    EXPECT_THAT(refused(folder / "a.png"), HasSubstr("a.png")) << length;
  }
}

}  // namespace
}  // namespace basalt::patterns
