#include <fmt/format.h>
#include <png.h>

#include "basalt/error.h"
#include "base/printable.h"
#include "workloads/patterns/output/png.h"

namespace basalt::patterns {
namespace {

/// libpng's picture, which it must be told to forget.
struct Reader {
  png_image image{};
  explicit Reader(const std::string& file_name) : name(file_name) { image.version = PNG_IMAGE_VERSION; }
  ~Reader() { png_image_free(&image); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void require(int done) const {
    if (done == 0) {
      throw Error(ErrorCode::bad_input, fmt::format("cannot read {}: {}", in_quotes(name, 200), image.message),
                  "give a PNG file that is whole");
    }
  }
  template <typename Sample>
  std::vector<Sample> read(png_uint_32 format) {
    image.format = format;
    const png_color black{0, 0, 0};
    std::vector<Sample> samples(PNG_IMAGE_SIZE(image) / sizeof(Sample));
    require(png_image_finish_read(&image, &black, samples.data(), 0, nullptr));
    return samples;
  }

  const std::string& name;
};

double brightness_of(const std::uint8_t* rgb) {
  if (rgb[0] == rgb[1] && rgb[1] == rgb[2]) {
    return rgb[0] / 255.0;
  }
  // The luminance of sRGB's primaries.
  return encode_srgb(0.2126 * decode_srgb(rgb[0] / 255.0) + 0.7152 * decode_srgb(rgb[1] / 255.0) +
                     0.0722 * decode_srgb(rgb[2] / 255.0));
}

}  // namespace

Brightness parse_png(const std::vector<std::uint8_t>& bytes, const std::string& name) {
  Reader reader(name);
  reader.require(png_image_begin_read_from_memory(&reader.image, bytes.data(), bytes.size()));
  Brightness brightness{.width = reader.image.width, .height = reader.image.height, .values = {}};
  if (brightness.height > kMostPixels / brightness.width) {
    throw Error(ErrorCode::bad_input,
                fmt::format("{} has {}x{} pixels", in_quotes(name, 200), brightness.width, brightness.height),
                fmt::format("give at most {}, or a .npy file", kMostPixels));
  }
  brightness.values.reserve(brightness.width * brightness.height);
  if ((reader.image.format & PNG_FORMAT_FLAG_LINEAR) != 0) {
    // 16 bits a channel: read as light, in which greys of sRGB keep more than 12 bits.
    reader.image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    for (const std::uint16_t light : reader.read<std::uint16_t>(PNG_FORMAT_LINEAR_Y)) {
      brightness.values.push_back(encode_srgb(light / 65535.0));
    }
    return brightness;
  }
  const std::vector<std::uint8_t> rgb = reader.read<std::uint8_t>(PNG_FORMAT_RGB);
  for (std::size_t i = 0; i < rgb.size(); i += 3) {
    brightness.values.push_back(brightness_of(&rgb[i]));
  }
  return brightness;
}

Brightness read_png(const RegularFile& file) {
  // The largest picture, and a little for what files carry besides.
  if (file.bytes() > 9 * kMostPixels) {
    throw Error(ErrorCode::bad_input, fmt::format("{} is too large for a picture", in_quotes(file.path(), 200)));
  }
  std::vector<std::uint8_t> bytes(file.bytes());
  file.read(0, bytes.data(), bytes.size());
  return parse_png(bytes, file.path());
}

}  // namespace basalt::patterns
