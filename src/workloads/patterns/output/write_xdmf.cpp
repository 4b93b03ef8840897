#include <fmt/format.h>

#include <string_view>

#include "base/atomic_file.h"
#include "workloads/patterns/output/write_hdf5.h"

namespace basalt::patterns {
namespace {

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

/// XDMF knows grids of 2 and 3 axes; one of 1 axis is a row of cells. Numbers are the same along all of them.
struct Axes {
  explicit Axes(const Grid& grid) : shape(shape_of(grid)) {
    if (shape.size() == 1) {
      shape.insert(shape.begin(), 1);
    }
  }
  [[nodiscard]] std::string cells() const {
    return list([](std::uint64_t size) { return fmt::format("{}", size); });
  }
  [[nodiscard]] std::string corners() const {
    return list([](std::uint64_t size) { return fmt::format("{}", size + 1); });
  }
  [[nodiscard]] std::string each(double value) const {
    return list([&](std::uint64_t) { return fmt::format("{}", value); });
  }

  std::vector<std::uint64_t> shape;

 private:
  template <typename Text>
  [[nodiscard]] std::string list(const Text& text) const {
    std::string joined;
    for (const std::uint64_t size : shape) {
      joined += (joined.empty() ? "" : " ") + text(size);
    }
    return joined;
  }
};

std::string frame_xml(const Series& series, const SeriesFrame& frame, const Axes& axes) {
  const bool three = axes.shape.size() == 3;
  std::string xml = fmt::format(
      "      <Grid Name=\"frame\" GridType=\"Uniform\">\n"
      "        <Time Value=\"{0}\"/>\n"
      "        <Topology TopologyType=\"{1}CoRectMesh\" Dimensions=\"{2}\"/>\n"
      "        <Geometry GeometryType=\"ORIGIN_{3}\">\n"
      "          <DataItem Format=\"XML\" Dimensions=\"{4}\">{5}</DataItem>\n"
      "          <DataItem Format=\"XML\" Dimensions=\"{4}\">{6}</DataItem>\n"
      "        </Geometry>\n",
      frame.time, three ? "3D" : "2D", axes.corners(), three ? "DXDYDZ" : "DXDY", axes.shape.size(), axes.each(0),
      axes.each(series.grid.spacing));
  for (const std::string& name : series.species) {
    xml += fmt::format(
        "        <Attribute Name=\"{0}\" AttributeType=\"Scalar\" Center=\"Cell\">\n"
        "          <DataItem Format=\"HDF\" NumberType=\"Float\" Precision=\"{1}\" Dimensions=\"{2}\">{3}:/{0}"
        "</DataItem>\n"
        "        </Attribute>\n",
        escape(name), scalar_bytes(series.precision), axes.cells(), escape(frame.file));
  }
  return xml + "      </Grid>\n";
}

}  // namespace

void write_xdmf(const std::string& path, const Series& series) {
  const Axes axes(series.grid);
  std::string xml =
      "<?xml version=\"1.0\"?>\n"
      "<Xdmf Version=\"3.0\">\n"
      "  <Domain>\n"
      "    <Grid Name=\"series\" GridType=\"Collection\" CollectionType=\"Temporal\">\n";
  for (const SeriesFrame& frame : series.frames) {
    xml += frame_xml(series, frame, axes);
  }
  xml +=
      "    </Grid>\n"
      "  </Domain>\n"
      "</Xdmf>\n";
  AtomicFile file(path);
  file.write(xml.data(), xml.size());
  file.commit();
}

}  // namespace basalt::patterns
