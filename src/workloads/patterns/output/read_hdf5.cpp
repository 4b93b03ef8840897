#include "workloads/patterns/output/read_hdf5.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "basalt/error.h"
#include "base/printable.h"
#include "workloads/patterns/output/hdf5_library.h"

namespace basalt::patterns {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw Error(ErrorCode::bad_input, fmt::format("cannot read {}: {}", in_quotes(path, 200), printable(reason, 200)),
              "give an HDF5 file that is whole");
}

/// One of the library's objects that something is read with.
class ReadObject : public Hdf5Object {
 public:
  ReadObject(hid_t id, Close closing, const std::string& path) : Hdf5Object(id, closing, path, refuse) {}
};

bool has_data_set(const ReadObject& file, const std::string& name) {
  if (H5Lexists(file.id(), name.c_str(), H5P_DEFAULT) <= 0) {
    return false;
  }
  H5O_info_t about{};
  return H5Oget_info_by_name(file.id(), name.c_str(), &about, H5P_DEFAULT) >= 0 && about.type == H5O_TYPE_DATASET;
}

/// All data sets of the file's root.
std::vector<std::string> data_sets(const ReadObject& file) {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* into) -> herr_t {
    static_cast<std::vector<std::string>*>(into)->emplace_back(name);
    return 0;
  };
  file.require(H5Literate(file.id(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &names));
  std::erase_if(names, [&](const std::string& name) { return !has_data_set(file, name); });
  return names;
}

std::vector<std::string> choose_layers(const ReadObject& file, const std::string& path,
                                       const std::vector<std::string>& wanted) {
  std::vector<std::string> found = wanted;
  std::erase_if(found, [&](const std::string& name) { return !has_data_set(file, name); });
  if (found.size() == wanted.size() && !wanted.empty()) {
    return found;
  }
  std::vector<std::string> all = data_sets(file);
  if (found.empty() && all.size() == 1) {
    return all;
  }
  throw Error(ErrorCode::bad_input,
              fmt::format("{} has the data sets {}, and {} are wanted", in_quotes(path, 200),
                          all.empty() ? "none" : printable(fmt::format("{}", fmt::join(all, ", ")), 200),
                          fmt::join(wanted, ", ")),
              "name the data sets like this, or give a file of one");
}

std::vector<std::uint64_t> shape_of_set(const ReadObject& file, const std::string& path, const std::string& name) {
  constexpr int kMostAxes = 4;
  const ReadObject set(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, path);
  const ReadObject type(H5Dget_type(set.id()), H5Tclose, path);
  const H5T_class_t kind = H5Tget_class(type.id());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) {
    refuse(path, fmt::format("the data set {} holds no numbers", name));
  }
  const ReadObject space(H5Dget_space(set.id()), H5Sclose, path);
  const int axes = H5Sget_simple_extent_ndims(space.id());
  if (axes < 1 || axes > kMostAxes) {
    refuse(path, fmt::format("the data set {} has {} axes", name, axes));
  }
  std::array<hsize_t, kMostAxes> extent{};
  set.require(H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr));
  return {extent.begin(), extent.begin() + axes};
}

class Hdf5Values final : public GridValues {
 public:
  Hdf5Values(std::string path, std::vector<std::string> layers, std::vector<std::uint64_t> set_shape)
      : GridValues(path, with_layers(set_shape, layers.size())),
        path_(std::move(path)),
        layers_(std::move(layers)),
        set_shape_(std::move(set_shape)) {
    for (const std::uint64_t size : set_shape_) {
      set_cells_ *= size;
    }
  }

 private:
  static std::vector<std::uint64_t> with_layers(std::vector<std::uint64_t> shape, std::size_t layers) {
    if (layers > 1) {
      shape.insert(shape.begin(), layers);
    }
    return shape;
  }

  /// A row, or a part of one: only the last axis is longer than one.
  void read(std::uint64_t first, std::uint64_t count, double* values) const override {
    const Hdf5Library library;
    const ReadObject file(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, path_);
    const ReadObject set(H5Dopen2(file.id(), layers_[first / set_cells_].c_str(), H5P_DEFAULT), H5Dclose, path_);
    const ReadObject space(H5Dget_space(set.id()), H5Sclose, path_);
    std::vector<hsize_t> begin(set_shape_.size());
    std::vector<hsize_t> extent(set_shape_.size(), 1);
    std::uint64_t place = first % set_cells_;
    for (std::size_t axis = set_shape_.size(); axis-- > 0;) {
      begin[axis] = place % set_shape_[axis];
      place /= set_shape_[axis];
    }
    extent.back() = count;
    set.require(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, begin.data(), nullptr, extent.data(), nullptr));
    const hsize_t length = count;
    const ReadObject memory(H5Screate_simple(1, &length, nullptr), H5Sclose, path_);
    set.require(H5Dread(set.id(), H5T_NATIVE_DOUBLE, memory.id(), space.id(), H5P_DEFAULT, values));
  }

  std::string path_;
  std::vector<std::string> layers_;
  std::vector<std::uint64_t> set_shape_;  ///< Of each data set.
  std::uint64_t set_cells_ = 1;
};

}  // namespace

std::unique_ptr<GridValues> open_hdf5(const std::string& path, const std::vector<std::string>& names) {
  const Hdf5Library library;
  const ReadObject file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, path);
  const std::vector<std::string> layers = choose_layers(file, path, names);
  const std::vector<std::uint64_t> shape = shape_of_set(file, path, layers.front());
  for (const std::string& layer : layers) {
    if (shape_of_set(file, path, layer) != shape) {
      refuse(path, fmt::format("the data sets {} and {} have different shapes", layers.front(), layer));
    }
  }
  return std::make_unique<Hdf5Values>(path, layers, shape);
}

}  // namespace basalt::patterns
