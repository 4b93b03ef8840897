#include <fmt/format.h>
#include <png.h>

#include "basalt/error.h"
#include "base/atomic_file.h"
#include "workloads/patterns/output/png.h"

namespace basalt::patterns {

void write_png(const std::string& path, const Image& image) {
  if (image.width > PNG_USER_WIDTH_MAX || image.height > PNG_USER_HEIGHT_MAX) {
    throw Error(ErrorCode::unsupported,
                fmt::format("a picture of {}x{} pixels is too large for PNG", image.width, image.height),
                "ask for .npy or VTI files instead");
  }
  png_image description{};
  description.version = PNG_IMAGE_VERSION;
  description.width = static_cast<png_uint_32>(image.width);
  description.height = static_cast<png_uint_32>(image.height);
  description.format = PNG_FORMAT_RGB;
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(description);
  std::vector<std::uint8_t> file(bytes);
  if (png_image_write_to_memory(&description, file.data(), &bytes, 0, image.rgb.data(), 0, nullptr) == 0) {
    throw Error(ErrorCode::failed, fmt::format("cannot make the picture '{}': {}", path, description.message));
  }
  AtomicFile output(path);
  output.write(file.data(), bytes);
  output.commit();
}

}  // namespace basalt::patterns
