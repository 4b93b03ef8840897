// .npy and VTI files, read back byte by byte.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <regex>

#include "base/npy.h"
#include "patterns/output/frame_maker.h"
#include "workloads/patterns/output/write_npy.h"
#include "workloads/patterns/output/write_vti.h"

namespace basalt::patterns {
namespace {

using test::content_of;
using test::Folder;
using test::InventedFrame;
using test::refusal;
using testing::ElementsAre;
using testing::HasSubstr;

/// What the file should hold of one species.
std::string cells_of(const InventedFrame& frame, std::size_t species) {
  const FrameView view = frame.view();
  std::string bytes;
  std::string row(view.row_bytes(), '\0');
  for (std::uint64_t z = 0; z < frame.grid.size[2]; ++z) {
    for (std::uint64_t y = 0; y < frame.grid.size[1]; ++y) {
      view.read_row(species, y, z, row.data());
      bytes += row;
    }
  }
  return bytes;
}

struct Case {
  std::vector<std::uint64_t> size;
  Precision precision;
};

class ArrayFiles : public testing::TestWithParam<Case> {
 protected:
  Folder folder_;
  InventedFrame frame_{GetParam().size, GetParam().precision};
};

TEST_P(ArrayFiles, OfNumPyHoldTheSpeciesInCOrder) {
  write_npy(folder_ / "frame.npy", frame_.view());
  const std::string bytes = content_of(folder_ / "frame.npy");
  const NpyHeader header = parse_npy_header(bytes, "frame.npy");
  EXPECT_EQ(header.type, GetParam().precision == Precision::single_precision ? "<f4" : "<f8");
  std::vector<std::uint64_t> shape = {2};
  shape.insert(shape.end(), GetParam().size.rbegin(), GetParam().size.rend());
  EXPECT_EQ(header.shape, shape);
  EXPECT_EQ(bytes.substr(header.bytes), cells_of(frame_, 0) + cells_of(frame_, 1));
  EXPECT_EQ(folder_.files(), 1U);
}

TEST_P(ArrayFiles, OfVtkHoldTheSpeciesAsCellData) {
  write_vti(folder_ / "frame.vti", frame_.view());
  const std::string bytes = content_of(folder_ / "frame.vti");
  const std::size_t begin = bytes.find("<AppendedData encoding=\"raw\">\n_") + 31;
  const std::string xml = bytes.substr(0, begin);
  std::string extent;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::uint64_t cells = axis < GetParam().size.size() ? GetParam().size[axis] : 0;
    extent += (axis == 0 ? "0 " : " 0 ") + std::to_string(cells);
  }
  EXPECT_THAT(xml, HasSubstr("WholeExtent=\"" + extent + "\" Origin=\"0 0 0\" Spacing=\"0.5 0.5 0.5\""));
  EXPECT_THAT(xml, HasSubstr("header_type=\"UInt64\""));
  EXPECT_THAT(xml, HasSubstr("format=\"ascii\">1.5</DataArray>"));

  const std::regex array("type=\"(Float..)\" Name=\"(.)\" format=\"appended\" offset=\"([0-9]+)\"");
  std::size_t species = 0;
  for (std::sregex_iterator found(xml.begin(), xml.end(), array); found != std::sregex_iterator(); ++found, ++species) {
    EXPECT_EQ((*found)[1], GetParam().precision == Precision::single_precision ? "Float32" : "Float64");
    EXPECT_EQ((*found)[2], frame_.species[species]);
    const std::size_t offset = begin + std::stoul((*found)[3]);
    std::uint64_t count = 0;
    std::memcpy(&count, bytes.data() + offset, sizeof(count));
    EXPECT_EQ(bytes.substr(offset + sizeof(count), count), cells_of(frame_, species));
  }
  EXPECT_EQ(species, 2U);
  EXPECT_TRUE(bytes.ends_with("\n  </AppendedData>\n</VTKFile>\n"));
}

INSTANTIATE_TEST_SUITE_P(Grids, ArrayFiles,
                         testing::Values(Case{{9}, Precision::single_precision},
                                         Case{{5, 7}, Precision::double_precision},
                                         Case{{4, 3, 6}, Precision::single_precision},
                                         // several blocks a plane, the last one smaller
                                         Case{{3000, 101}, Precision::double_precision}));

/// While it stands, no file grows beyond so many bytes: a full disk.
class SmallDisk {
 public:
  explicit SmallDisk(std::uint64_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit small = before_;
    small.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(FullDisk, LeavesWhatWasWrittenBefore) {
  const Folder folder;
  const InventedFrame frame({64, 64}, Precision::single_precision);
  write_npy(folder / "a.npy", frame.view());
  const std::string before = content_of(folder / "a.npy");
  {
    const SmallDisk disk(20'000);  // a frame is 32 KiB
    EXPECT_THAT(refusal(ErrorCode::io, [&] { write_npy(folder / "a.npy", frame.view()); }), HasSubstr("a.npy"));
    EXPECT_THAT(refusal(ErrorCode::io, [&] { write_vti(folder / "b.vti", frame.view()); }), HasSubstr("b.vti"));
  }
  EXPECT_EQ(content_of(folder / "a.npy"), before);
  EXPECT_EQ(folder.files(), 1U);
}

TEST(NpyHeaders, AreReadAsTheyAreWritten) {
  for (const std::vector<std::uint64_t>& shape :
       {std::vector<std::uint64_t>{}, {7}, {2, 3}, {2, 0, 5}, {1, 2, 3, 4, 5, 6, 7, 8, 9}}) {
    const std::string bytes = write_npy_header("<f8", shape);
    EXPECT_EQ(bytes.size() % 64, 0U);
    const NpyHeader header = parse_npy_header(bytes, "a");
    EXPECT_EQ(header.type, "<f8");
    EXPECT_EQ(header.shape, shape);
    EXPECT_FALSE(header.fortran_order);
    EXPECT_EQ(header.bytes, bytes.size());
  }
  EXPECT_THAT(write_npy_header("<c8", {1024}),
              HasSubstr("{'descr': '<c8', 'fortran_order': False, 'shape': (1024,), }"));
}

std::string header_with(const std::string& literal, char version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  bytes += static_cast<char>(literal.size());
  bytes += std::string(version == 1 ? 1 : 3, '\0');
  return bytes + literal;
}

TEST(NpyHeaders, MayBeWrittenByOthers) {
  const NpyHeader header =
      parse_npy_header(header_with("{\"shape\":(3L,4L) ,\n\"fortran_order\":True,\"descr\":\"|u1\"}", 3), "a");
  EXPECT_THAT(header.shape, ElementsAre(3, 4));
  EXPECT_EQ(header.elements, 12U);
  EXPECT_TRUE(header.fortran_order);
  EXPECT_EQ(header.type, "|u1");
}

TEST(NpyHeaders, ThatAreDamagedAreRefused) {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }";
  ASSERT_EQ(parse_npy_header(header_with(good), "a").elements, 12U);
  const auto refused = [](const std::string& bytes) {
    return refusal(ErrorCode::bad_input, [&] { parse_npy_header(bytes, "a.npy"); });
  };
  for (std::size_t length = 0; length < header_with(good).size(); ++length) {
    EXPECT_THAT(refused(header_with(good).substr(0, length)), HasSubstr("a.npy")) << length;
    EXPECT_THAT(refused(header_with(good.substr(0, std::min(length, good.size() - 1)))), HasSubstr("a.npy")) << length;
  }
  EXPECT_THAT(refused(header_with(good, 4)), HasSubstr("version 4"));
  EXPECT_THAT(refused(header_with("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,)}")),
              HasSubstr("records"));
  EXPECT_THAT(refused(header_with("{'descr': '<f4', 'fortran_order': 1, 'shape': (3,)}")), HasSubstr("neither"));
  EXPECT_THAT(refused(header_with("{'descr': '<f4', 'descr': '<f4', 'shape': (3,)}")),
              HasSubstr("'descr', unknown or"));
  EXPECT_THAT(refused(header_with("{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}")), HasSubstr("no shape"));
  EXPECT_THAT(refused(header_with("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999)}")),
              HasSubstr("2^56"));
  EXPECT_THAT(refused(header_with("{'descr': '<f4', 'fortran_order': False}")), HasSubstr("lacks"));
}

}  // namespace
}  // namespace basalt::patterns
