#include "workloads/patterns/output/write_vti.h"

#include <fmt/format.h>

#include <bit>

#include "base/atomic_file.h"

namespace basalt::patterns {
namespace {

static_assert(std::endian::native == std::endian::little, "the header below says little-endian");

/// An axis that there is not has no cells along it, which makes the others lines and squares.
std::string extent_of(const Grid& grid) {
  std::string extent;
  for (int axis = 0; axis < 3; ++axis) {
    extent += fmt::format("{}0 {}", axis == 0 ? "" : " ",
                          axis < grid.axes ? grid.size[static_cast<std::size_t>(axis)] : std::uint64_t{0});
  }
  return extent;
}

std::string write_header(const FrameView& frame, std::uint64_t species_bytes) {
  const std::string extent = extent_of(frame.grid);
  std::string xml = fmt::format(
      "<?xml version=\"1.0\"?>\n"
      "<VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\">\n"
      "  <ImageData WholeExtent=\"{0}\" Origin=\"0 0 0\" Spacing=\"{1} {1} {1}\">\n"
      "    <FieldData>\n"
      "      <DataArray type=\"Float64\" Name=\"TimeValue\" NumberOfTuples=\"1\" format=\"ascii\">{2}</DataArray>\n"
      "    </FieldData>\n"
      "    <Piece Extent=\"{0}\">\n"
      "      <CellData Scalars=\"{3}\">\n",
      extent, frame.grid.spacing, frame.time, frame.species.front());
  for (std::size_t i = 0; i < frame.species.size(); ++i) {
    xml += fmt::format("        <DataArray type=\"{}\" Name=\"{}\" format=\"appended\" offset=\"{}\"/>\n",
                       frame.precision == Precision::single_precision ? "Float32" : "Float64", frame.species[i],
                       i * (sizeof(std::uint64_t) + species_bytes));
  }
  return xml +
         "      </CellData>\n"
         "    </Piece>\n"
         "  </ImageData>\n"
         "  <AppendedData encoding=\"raw\">\n"
         "_";
}

}  // namespace

void write_vti(const std::string& path, const FrameView& frame) {
  const std::uint64_t species_bytes = frame.grid.rows() * frame.row_bytes();
  AtomicFile file(path);
  const std::string header = write_header(frame, species_bytes);
  file.write(header.data(), header.size());
  for (std::size_t species = 0; species < frame.species.size(); ++species) {
    file.write(&species_bytes, sizeof(species_bytes));
    for_each_block(frame, species,
                   [&](const RowBlock& block) { file.write(block.cells, block.rows * frame.row_bytes()); });
  }
  constexpr std::string_view kEnd = "\n  </AppendedData>\n</VTKFile>\n";
  file.write(kEnd.data(), kEnd.size());
  file.commit();
}

}  // namespace basalt::patterns
