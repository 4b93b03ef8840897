// HDF5 files, read back through the library, and the XDMF file over them.
#include <gmock/gmock.h>
#include <hdf5.h>
#include <sys/resource.h>

#include <csignal>

#include "patterns/output/frame_maker.h"
#include "workloads/patterns/output/write_hdf5.h"

namespace basalt::patterns {
namespace {

using test::content_of;
using test::Folder;
using test::InventedFrame;
using test::refusal;
using testing::HasSubstr;

template <typename Number>
Number attribute(hid_t file, const char* name, hid_t type) {
  Number value{};
  const hid_t id = H5Aopen(file, name, H5P_DEFAULT);
  EXPECT_GE(H5Aread(id, type, &value), 0) << name;
  H5Aclose(id);
  return value;
}

void check_file(const std::string& path, const InventedFrame& frame, const std::vector<std::uint64_t>& size) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  EXPECT_EQ(attribute<std::uint64_t>(file, "step", H5T_NATIVE_UINT64), 300U);
  EXPECT_EQ(attribute<double>(file, "time", H5T_NATIVE_DOUBLE), 1.5);
  EXPECT_EQ(attribute<double>(file, "spacing", H5T_NATIVE_DOUBLE), 0.5);
  for (std::size_t species = 0; species < 2; ++species) {
    const hid_t set = H5Dopen2(file, frame.species[species].c_str(), H5P_DEFAULT);
    ASSERT_GE(set, 0);
    const hid_t type = H5Dget_type(set);
    EXPECT_EQ(H5Tget_size(type), scalar_bytes(frame.type));
    const hid_t space = H5Dget_space(set);
    std::vector<hsize_t> shape(size.size());
    ASSERT_EQ(H5Sget_simple_extent_ndims(space), static_cast<int>(size.size()));
    H5Sget_simple_extent_dims(space, shape.data(), nullptr);
    EXPECT_TRUE(std::equal(shape.begin(), shape.end(), size.rbegin(), size.rend()));
    std::vector<double> values(frame.grid.cells());
    ASSERT_GE(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
    std::size_t i = 0;
    for (std::uint64_t z = 0; z < frame.grid.size[2]; ++z) {
      for (std::uint64_t y = 0; y < frame.grid.size[1]; ++y) {
        for (std::uint64_t x = 0; x < frame.grid.size[0]; ++x) {
          ASSERT_EQ(values[i++], test::value_of(species, x, y, z)) << x << ' ' << y << ' ' << z;
        }
      }
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(set);
  }
  H5Fclose(file);
}

TEST(Hdf5Files, HoldTheSpecies) {
  const Folder folder;
  for (const std::vector<std::uint64_t>& size : {std::vector<std::uint64_t>{9}, {5, 7}, {4, 3, 6}, {2000, 200}}) {
    for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
      const auto value = [](std::size_t species, std::uint64_t x, std::uint64_t y, std::uint64_t z) {
        return test::value_of(species, x, y, z);
      };
      const InventedFrame frame(size, precision, value);
      write_hdf5(folder / "frame.h5", frame.view());
      EXPECT_EQ(folder.files(), 1U);
      check_file(folder / "frame.h5", frame, size);
    }
  }
}

TEST(Hdf5Files, ThatCannotBeWrittenLeaveNothing) {
  const Folder folder;
  const InventedFrame frame({64, 64}, Precision::single_precision);
  EXPECT_THAT(refusal(ErrorCode::io, [&] { write_hdf5(folder / "absent/a.h5", frame.view()); }),
              HasSubstr("absent/a.h5"));

  write_hdf5(folder / "a.h5", frame.view());
  const std::string before = content_of(folder / "a.h5");
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 20'000, .rlim_max = limit.rlim_max};  // a frame is 32 KiB
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string refused = refusal(ErrorCode::io, [&] { write_hdf5(folder / "a.h5", frame.view()); });
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(refused, HasSubstr("a.h5"));
  EXPECT_THAT(refused, HasSubstr("File too large"));
  EXPECT_EQ(content_of(folder / "a.h5"), before);
  EXPECT_EQ(folder.files(), 1U);
}

TEST(Xdmf, NamesEachFrame) {
  const Folder folder;
  Series series{
      .grid = make_grid({5, 7}, 0.5), .species = {"u", "v"}, .precision = Precision::single_precision, .frames = {}};
  series.frames = {{.file = "a&b.h5", .time = 0}, {.file = "c.h5", .time = 2.5}};
  write_xdmf(folder / "series.xdmf", series);
  EXPECT_EQ(content_of(folder / "series.xdmf"), R"(<?xml version="1.0"?>
<Xdmf Version="3.0">
  <Domain>
    <Grid Name="series" GridType="Collection" CollectionType="Temporal">
      <Grid Name="frame" GridType="Uniform">
        <Time Value="0"/>
        <Topology TopologyType="2DCoRectMesh" Dimensions="8 6"/>
        <Geometry GeometryType="ORIGIN_DXDY">
          <DataItem Format="XML" Dimensions="2">0 0</DataItem>
          <DataItem Format="XML" Dimensions="2">0.5 0.5</DataItem>
        </Geometry>
        <Attribute Name="u" AttributeType="Scalar" Center="Cell">
          <DataItem Format="HDF" NumberType="Float" Precision="4" Dimensions="7 5">a&amp;b.h5:/u</DataItem>
        </Attribute>
        <Attribute Name="v" AttributeType="Scalar" Center="Cell">
          <DataItem Format="HDF" NumberType="Float" Precision="4" Dimensions="7 5">a&amp;b.h5:/v</DataItem>
        </Attribute>
      </Grid>
      <Grid Name="frame" GridType="Uniform">
        <Time Value="2.5"/>
        <Topology TopologyType="2DCoRectMesh" Dimensions="8 6"/>
        <Geometry GeometryType="ORIGIN_DXDY">
          <DataItem Format="XML" Dimensions="2">0 0</DataItem>
          <DataItem Format="XML" Dimensions="2">0.5 0.5</DataItem>
        </Geometry>
        <Attribute Name="u" AttributeType="Scalar" Center="Cell">
          <DataItem Format="HDF" NumberType="Float" Precision="4" Dimensions="7 5">c.h5:/u</DataItem>
        </Attribute>
        <Attribute Name="v" AttributeType="Scalar" Center="Cell">
          <DataItem Format="HDF" NumberType="Float" Precision="4" Dimensions="7 5">c.h5:/v</DataItem>
        </Attribute>
      </Grid>
    </Grid>
  </Domain>
</Xdmf>
)");
}

TEST(Xdmf, HasThreeAxesOrARow) {
  const Folder folder;
  Series series{
      .grid = make_grid({4, 5, 6}, 2), .species = {"u"}, .precision = Precision::double_precision, .frames = {}};
  series.frames = {{.file = "a.h5", .time = 1}};
  write_xdmf(folder / "a.xdmf", series);
  EXPECT_THAT(content_of(folder / "a.xdmf"), HasSubstr("3DCoRectMesh\" Dimensions=\"7 6 5\""));
  EXPECT_THAT(content_of(folder / "a.xdmf"), HasSubstr("Precision=\"8\" Dimensions=\"6 5 4\""));
  series.grid = make_grid({4}, 2);
  write_xdmf(folder / "a.xdmf", series);
  EXPECT_THAT(content_of(folder / "a.xdmf"), HasSubstr("2DCoRectMesh\" Dimensions=\"2 5\""));
}

}  // namespace
}  // namespace basalt::patterns
