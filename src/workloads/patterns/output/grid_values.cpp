#include "workloads/patterns/output/grid_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "basalt/error.h"
#include "base/npy.h"
#include "base/printable.h"
#include "base/regular_file.h"
#include "workloads/patterns/output/frame.h"
#include "workloads/patterns/output/png.h"
#include "workloads/patterns/output/read_hdf5.h"

namespace basalt::patterns {
namespace {

static_assert(std::endian::native == std::endian::little, "the types below are little-endian");

using Convert = void (*)(const unsigned char* bytes, std::uint64_t count, double* values);

template <typename Number>
void convert(const unsigned char* bytes, std::uint64_t count, double* values) {
  for (std::uint64_t i = 0; i < count; ++i) {
    Number number{};
    std::memcpy(&number, bytes + i * sizeof(Number), sizeof(Number));
    values[i] = static_cast<double>(number);
  }
}

struct NumberType {
  std::string_view name;  ///< NumPy's.
  std::uint64_t bytes;
  Convert convert;
};

constexpr std::array kNumberTypes = {
    NumberType{"<f4", 4, convert<float>},         NumberType{"<f8", 8, convert<double>},
    NumberType{"|u1", 1, convert<std::uint8_t>},  NumberType{"|i1", 1, convert<std::int8_t>},
    NumberType{"<u2", 2, convert<std::uint16_t>}, NumberType{"<i2", 2, convert<std::int16_t>},
    NumberType{"<u4", 4, convert<std::uint32_t>}, NumberType{"<i4", 4, convert<std::int32_t>},
    NumberType{"<u8", 8, convert<std::uint64_t>}, NumberType{"<i8", 8, convert<std::int64_t>},
};

[[noreturn]] void refuse(const std::string& name, const std::string& what, const std::string& advice) {
  throw Error(ErrorCode::bad_input, fmt::format("{} {}", in_quotes(name, 200), what), advice);
}

NpyHeader read_header(const RegularFile& file) {
  std::string bytes(std::min<std::uint64_t>(file.bytes(), kMaxNpyHeaderBytes), '\0');
  file.read(0, bytes.data(), bytes.size());
  NpyHeader header = parse_npy_header(bytes, file.path());
  if (header.fortran_order) {
    refuse(file.path(), "is in Fortran's order", "save numpy.ascontiguousarray of it");
  }
  return header;
}

class NpyValues final : public GridValues {
 public:
  NpyValues(std::unique_ptr<RegularFile> file, const NpyHeader& header)
      : GridValues(file->path(), header.shape), file_(std::move(file)), first_byte_(header.bytes) {
    const auto* type = std::find_if(kNumberTypes.begin(), kNumberTypes.end(),
                                    [&](const NumberType& each) { return each.name == header.type; });
    if (type == kNumberTypes.end()) {
      refuse(file_->path(), fmt::format("holds numbers of the type {}", in_quotes(header.type)),
             "save it as float32 or float64, little-endian");
    }
    type_ = *type;
    if (file_->bytes() - first_byte_ != header.elements * type_.bytes) {
      refuse(file_->path(),
             fmt::format("has {} bytes of numbers, and its shape asks for {}", file_->bytes() - first_byte_,
                         header.elements * type_.bytes),
             "it was cut off or damaged: save it again");
    }
  }

 private:
  void read(std::uint64_t first, std::uint64_t count, double* values) const override {
    std::vector<unsigned char> bytes(count * type_.bytes);
    file_->read(first_byte_ + first * type_.bytes, bytes.data(), bytes.size());
    type_.convert(bytes.data(), count, values);
  }

  std::unique_ptr<RegularFile> file_;
  std::uint64_t first_byte_;
  NumberType type_{};
};

class ImageValues final : public GridValues {
 public:
  ImageValues(const std::string& name, Brightness image)
      : GridValues(name, {image.height, image.width}), values_(std::move(image.values)) {}

 private:
  void read(std::uint64_t first, std::uint64_t count, double* values) const override {
    std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(first), count, values);
  }

  std::vector<double> values_;
};

}  // namespace

GridValues::GridValues(std::string name, std::vector<std::uint64_t> shape)
    : name_(std::move(name)), shape_(std::move(shape)) {}

std::uint64_t GridValues::layers(const Grid& grid) const {
  const std::vector<std::uint64_t> wanted = shape_of(grid);
  if (shape_ == wanted) {
    return 1;
  }
  if (shape_.size() == wanted.size() + 1 && std::equal(wanted.begin(), wanted.end(), shape_.begin() + 1)) {
    return shape_.front();
  }
  refuse(name_,
         fmt::format("has the shape ({}), and the grid is ({})", fmt::join(shape_, ", "), fmt::join(wanted, ", ")),
         "give a file of the grid's shape, z before y before x, or a grid of the file's");
}

void GridValues::read_row(const Grid& grid, std::uint64_t layer, std::uint64_t y, std::uint64_t z, double* row) const {
  const std::uint64_t cells = grid.size[0];
  read(layer * grid.cells() + (z * grid.size[1] + y) * cells, cells, row);
  const double* wrong = std::find_if(row, row + cells, [](double value) { return !std::isfinite(value); });
  if (wrong != row + cells) {
    refuse(name_, fmt::format("holds {} in cell ({}, {}, {})", *wrong, wrong - row, y, z), "give finite numbers");
  }
}

std::unique_ptr<GridValues> open_grid_values(const std::string& path, const std::vector<std::string>& names) {
  auto file = std::make_unique<RegularFile>(path);
  std::array<unsigned char, 8> start{};
  file->read(0, start.data(), std::min<std::uint64_t>(file->bytes(), start.size()));
  constexpr std::array<unsigned char, 8> kPng = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  if (start == kPng) {
    return std::make_unique<ImageValues>(path, read_png(*file));
  }
  constexpr std::array<unsigned char, 8> kHdf5 = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};
  if (start == kHdf5) {
    return open_hdf5(path, names);
  }
  if (start[0] != 0x93) {
    refuse(path, "is neither a .npy file nor a PNG image nor an HDF5 file", "give one of these");
  }
  const NpyHeader header = read_header(*file);
  return std::make_unique<NpyValues>(std::move(file), header);
}

}  // namespace basalt::patterns
