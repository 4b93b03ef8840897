// PNG files, through libpng.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/regular_file.h"
#include "workloads/patterns/output/render.h"

namespace basalt::patterns {

/// 8-bit RGB. Throws Error(io), and Error(unsupported) for an image wider or higher than PNG allows.
void write_png(const std::string& path, const Image& image);

/// Brightness of an image's pixels, rows from the top.
struct Brightness {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::vector<double> values;  ///< 0 (black) to 1 (white).
};

/// Of more pixels, images are refused before anything is unpacked.
inline constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 28;

/// Grey g of 255 is g/255; a colour is as bright as the grey of its luminance; what is transparent lies over black. Any
/// PNG is read, also with a palette, interlaced, or of 16 bits a channel. Throws Error(bad_input) for what is no PNG,
/// damaged or too large.
Brightness read_png(const RegularFile& file);

/// The same of a file's bytes; `name` is what messages call it.
Brightness parse_png(const std::vector<std::uint8_t>& bytes, const std::string& name);

}  // namespace basalt::patterns
