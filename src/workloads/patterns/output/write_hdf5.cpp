#include "workloads/patterns/output/write_hdf5.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <array>

#include "basalt/error.h"
#include "base/atomic_file.h"
#include "workloads/patterns/output/hdf5_library.h"

namespace basalt::patterns {
namespace {

/// At least what the library writes besides the cells.
constexpr std::size_t kMetadataBytes = std::size_t{1} << 16;

/// One of the library's objects that something is written with.
class WrittenObject : public Hdf5Object {
 public:
  WrittenObject(hid_t id, Close closing, const std::string& path) : Hdf5Object(id, closing, path, refuse) {}

 private:
  [[noreturn]] static void refuse(const std::string& path, const std::string& reason) {
    throw Error(ErrorCode::io, fmt::format("cannot write '{}': {}", path, reason),
                "check the folder and the space that is left; nothing was left behind");
  }
};

void write_attribute(const WrittenObject& file, const char* name, hid_t type, const void* value,
                     const std::string& path) {
  const WrittenObject space(H5Screate(H5S_SCALAR), H5Sclose, path);
  WrittenObject attribute(H5Acreate2(file.id(), name, type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, path);
  attribute.require(H5Awrite(attribute.id(), type, value));
  attribute.close();
}

void write_species(const WrittenObject& file, const FrameView& frame, std::size_t species, const std::string& path) {
  const std::vector<std::uint64_t> shape = shape_of(frame.grid);
  const std::vector<hsize_t> extent(shape.begin(), shape.end());
  const bool single = frame.precision == Precision::single_precision;
  const WrittenObject space(H5Screate_simple(frame.grid.axes, extent.data(), nullptr), H5Sclose, path);
  const WrittenObject creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, path);
  creation.require(H5Pset_obj_track_times(creation.id(), false));  // the same run writes the same bytes
  WrittenObject set(H5Dcreate2(file.id(), frame.species[species].c_str(), single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE,
                               space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                    H5Dclose, path);
  for_each_block(frame, species, [&](const RowBlock& block) {
    const std::array<hsize_t, 3> begin = {block.z, block.y, 0};
    const std::array<hsize_t, 3> count = {1, block.rows, frame.grid.size[0]};
    const auto absent = static_cast<std::size_t>(3 - frame.grid.axes);
    set.require(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, begin.data() + absent, nullptr, count.data() + absent,
                                    nullptr));
    const WrittenObject memory(H5Screate_simple(frame.grid.axes, count.data() + absent, nullptr), H5Sclose, path);
    set.require(H5Dwrite(set.id(), single ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE, memory.id(), space.id(), H5P_DEFAULT,
                         block.cells));
  });
  set.close();
}

}  // namespace

void write_hdf5(const std::string& path, const FrameView& frame) {
  const Hdf5Library library;
  // In memory: the library does not survive a disk on which it cannot close its file.
  const WrittenObject access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, path);
  const std::size_t bytes = frame.species.size() * frame.grid.rows() * frame.row_bytes() + kMetadataBytes;
  access.require(H5Pset_fapl_core(access.id(), bytes, false));
  WrittenObject file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose, path);
  write_attribute(file, "step", H5T_NATIVE_UINT64, &frame.step, path);
  write_attribute(file, "time", H5T_NATIVE_DOUBLE, &frame.time, path);
  write_attribute(file, "spacing", H5T_NATIVE_DOUBLE, &frame.grid.spacing, path);
  for (std::size_t species = 0; species < frame.species.size(); ++species) {
    write_species(file, frame, species, path);
  }
  file.require(H5Fflush(file.id(), H5F_SCOPE_LOCAL));
  void* image = nullptr;
  file.require(H5Fget_vfd_handle(file.id(), access.id(), &image));
  hsize_t image_bytes = 0;
  file.require(H5Fget_filesize(file.id(), &image_bytes));
  AtomicFile result(path);
  result.write(*static_cast<void**>(image), image_bytes);
  result.commit();
}

}  // namespace basalt::patterns
